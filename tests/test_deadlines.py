#!/usr/bin/env python3
"""Deadlines of a simulated house: `deadline check` agrees with what the program wrote and names what
somebody changed; `deadline feed` is read by libical, whole, and for a party has its own alone."""
import ctypes
import ctypes.util
import json
import pathlib
import sqlite3
import stat
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import schema as schemas  # noqa: E402
from support import Tally, read_options, run, scratch  # noqa: E402

VEVENT = 4  # icalcomponent_kind
# how the row of a running clock is corrupted -> the fields that must be named
CORRUPT = {
    "due_at = due_at + 86400000000": {"due_at"},
    "rule = 'other'": {"rule"},
    "trace = '{}'": {"inputs"},
    "trace = json_set(trace, '$.date', '2031-01-01')": {"date"},
    "trace = json_set(trace, '$.instant', '2031-01-01T00:00:00Z')": {"instant"},
    "trace = json_set(trace, '$.zone_version', 'x')": {"zone_version"},
    "trace = json_set(trace, '$.calendar_version', '" + "0" * 64 + "')": {"calendar_version"},
    "trace = json_set(trace, '$.trace[1].mark', 'holiday')": {"trace"},
    "trace = json_remove(trace, '$.trace[1]')": {"trace"},
    "trace = json_set(trace, '$.rule', 'other')": {"inputs"},
    "id = id || 'x'": {"deadline"},
    "state = 'cancelled'": {"deadline"},
}


def seed(options, folder):
    data = folder / "data"
    run([options.binary, "simulate", "--json", "--data", data, "--registrars", "600", "--registries", "300", "--seed", "3",
         "--years", "1", "--until", "2022-11-01"], timeout=600)
    return data


def check(options, data, expect):
    done = run([options.binary, "deadline", "check", "--json", "--data", data], expect=(expect,))
    answer = json.loads(done.stdout)
    return answer, schemas.faults(answer, schemas.load("deadline-check.json"))


def checks(options, tally, data):
    answer, faults = check(options, data, 0)
    tally.equal((answer["differences"], faults), ([], []), "an untouched store agrees")
    store = sqlite3.connect(data / "store.db")
    running = store.execute("SELECT COUNT(*) FROM deadline WHERE state = 'running'").fetchone()[0]
    tally.check(running > 3 and answer["checked"] == running, "each that runs is counted", (running, answer))
    row = store.execute("SELECT d.id, d.case_id, d.rule, d.due_at, d.state, d.trace FROM deadline d WHERE state = 'running'"
                        " AND json_array_length(trace, '$.trace') > 3 ORDER BY id").fetchone()
    for change, fields in CORRUPT.items():
        store.execute(f"UPDATE deadline SET {change} WHERE id = ?", row[:1])
        store.commit()
        answer, faults = check(options, data, 1)
        named = answer["differences"]
        tally.check(fields <= {d["field"] for d in named} and not faults and {d["case"] for d in named} == {row[1]},
                    f"{change} is named", (named, faults))
        store.execute("DELETE FROM deadline WHERE id LIKE ? || '%'", row[:1])
        store.execute("INSERT INTO deadline (id, case_id, rule, due_at, state, trace) VALUES (?, ?, ?, ?, ?, ?)", row)
        store.commit()
    store.close()
    tally.equal(check(options, data, 0)[0]["differences"], [], "and put back it agrees again")


def library():
    ical = ctypes.CDLL(ctypes.util.find_library("ical") or "libical.so.3")
    for name in ("icalparser_parse_string", "icalcomponent_get_first_component", "icalcomponent_get_next_component"):
        getattr(ical, name).restype = ctypes.c_void_p
    for name in ("icalcomponent_get_uid", "icalcomponent_get_summary"):
        getattr(ical, name).restype = ctypes.c_char_p
    return ical


def events(ical, path):
    """{uid: summary} as libical reads them; every line keeps to 75 octets."""
    text = path.read_bytes()
    assert all(len(line) <= 75 for line in text.split(b"\r\n")), "a line is too long"
    root = ctypes.c_void_p(ical.icalparser_parse_string(text))
    assert root.value and ical.icalcomponent_count_errors(root) == 0, "libical finds faults"
    found, event = {}, ical.icalcomponent_get_first_component(root, VEVENT)
    while event:
        event = ctypes.c_void_p(event)
        found[ical.icalcomponent_get_uid(event).decode()] = ical.icalcomponent_get_summary(event).decode()
        event = ical.icalcomponent_get_next_component(root, VEVENT)
    return found


def feeds(options, tally, data, folder):
    ical, path = library(), folder / "all.ics"
    store = sqlite3.connect(data / "store.db")
    store.execute("UPDATE case_file SET handler = 'nora' WHERE id = (SELECT case_id FROM deadline WHERE state = 'running')")
    store.commit()
    rows = store.execute("SELECT c.party, c.handler, c.id || '.' || d.rule || '@bailiwick' FROM deadline d JOIN case_file c"
                         " ON c.id = d.case_id WHERE d.state = 'running' AND c.closed_at = 0").fetchall()

    def feed(*words):
        run([options.binary, "deadline", "feed", "--data", data, "--out", path, *words])
        return events(ical, path)

    everything = feed()
    tally.equal(set(everything), {uid for _, _, uid in rows}, "the feed has each deadline that runs, by a name that stays")
    tally.equal(stat.S_IMODE(path.stat().st_mode), 0o600, "and is for its owner alone")
    first = path.read_bytes()
    feed()
    tally.equal(path.read_bytes(), first, "the same store gives the same bytes")
    for column, option in ((0, "--party"), (1, "--handler")):
        name = next(row[column] for row in rows if row[column])
        own = {uid for *whose, uid in rows if whose[column] == name}
        tally.check(feed(option, name).keys() == own and len(own) < len(rows), f"{option} gives its own alone", own)
    # Whole names: a case's id is random and may well end in "raa".
    told = {name for row in store.execute("SELECT subject, obligation FROM case_file") for name in row if name.encode() in first}
    tally.equal(told, set(), "neither subject nor obligation is in it")


def main():
    options = read_options(__doc__)
    tally = Tally()
    with scratch() as name:
        folder = pathlib.Path(name)
        data = seed(options, folder)
        with tally.part("check"):
            checks(options, tally, data)
        with tally.part("feed"):
            feeds(options, tally, data, folder)
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
