#!/usr/bin/env python3
"""Simulated months keep every invariant after every month, and the checker finds what is corrupted.

Registrars of this population are silent, so that cases rise to the top; registries are as they are. After each
month the incremental checker goes on and the whole one begins anew. Then each corruption spoils one row of a
store that was sound, which row depends on the seed, and is undone afterwards; both checkers must name its
invariant, the incremental one having seen the store last before the spoilt row came."""
import contextlib
import json
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from checker import Checker, Shelf  # noqa: E402
from corruptions import CORRUPTIONS  # noqa: E402
from law import Law  # noqa: E402
from support import ROOT, Tally, read_options, run, scratch  # noqa: E402

# Fixed, so that each corruption finds something to corrupt; test_simulate.py draws another one each time.
PARTIES = ("--registrars", "60", "--registries", "30", "--seed", "7")
MONTHS = ("2022-07-01", "2022-08-01", "2022-09-01", "2022-10-01", "2022-11-01", "2022-12-01")
KNOWN = 2   # months that the incremental checker has seen when a row is spoilt


def silent_registrars(folder):
    """With mailboxes that are dead more often than they are."""
    text = (ROOT / "simulate/population.yaml").read_text()
    path = folder / "silent.yaml"
    text = re.sub(r"silent: \[.*?\]", "silent: [10000, 10000, 10000, 9000]", text, count=1)
    text = re.sub(r"dead-mailbox: \d+", "dead-mailbox: 3000", text)
    path.write_text(re.sub(r"harm: \d+ ", "harm: 1500 ", text))
    return path


def months_of_casework(options, folder, tally):
    """Gives the law, and a checker that has come as far as the known months."""
    population, data = silent_registrars(folder), folder / "data"
    law, going, known = Law(ROOT / "rulebook/icann"), None, None
    words = ["--data", data, "--population", population, *PARTIES]
    for number, month in enumerate(MONTHS, 1):
        resume = ["--resume"] if going else []
        report = json.loads(run([options.binary, "simulate", "--json", "--until", month, *words, *resume]).stdout)
        shelf = Shelf(data)
        going = going or Checker(data, law, shelf)
        going.shelf = shelf
        going.follow()
        going.month()
        going.compare(report)
        tally.equal(going.violations[:5], [], f"nothing is violated before {month}")
        tally.equal(Checker(data, law, shelf).whole(report)[:5], [], f"nor for who looks anew at {month}")
        if number == KNOWN:
            # The log is signed after the last event too, and what was seen then cannot be spoilt anew.
            last = shelf.one("SELECT MAX(signed_at) AS at FROM log_checkpoint")["at"] or 0
            known = going.copy(shelf), max(int(going.now.timestamp() * 1_000_000), last) + 1
        shelf.db.close()
    for figure in ("third", "breach", "suspension", "bounced"):
        tally.check(sum(row[figure] for row in report["months"]), f"a {figure} was seen")
    with contextlib.closing(Shelf(data).db) as db:
        tally.check(db.execute("SELECT 1 FROM case_event WHERE type = 'recalculated'").fetchone(), "and moved a date")
    tally.equal(len(law.calendars), 2, "a late holiday came into force")
    return law, *known


def spoil(db, options, since, query, statement):
    """How many rows could be spoilt; one is."""
    for kind, name in db.execute("SELECT type, name FROM sqlite_master WHERE type = 'trigger' OR type = 'index'"
                                 " AND sql LIKE '%UNIQUE%'").fetchall():
        db.execute(f"DROP {kind} {name}")
    rows = db.execute(query, {"since": since} if ":since" in query else {}).fetchall()
    if rows:
        db.execute(statement, tuple(options.random.choice(rows)))
    return len(rows)


def corrupt(options, folder, tally, law, known, since):
    data, shelf = folder / "data", Shelf(folder / "data", "rw")
    with contextlib.closing(shelf.db):
        for number, what, query, statement in CORRUPTIONS:
            shelf.db.execute("BEGIN")
            rows = spoil(shelf.db, options, since, query, statement)
            going, whole = known.copy(shelf), Checker(data, law, shelf)
            going.follow()
            going.month()
            whole.whole()
            shelf.db.execute("ROLLBACK")
            for name, checker in (("incremental", going), ("whole", whole)):
                found = sorted({violation[0] for violation in checker.violations})
                tally.check(rows and number in found, f"{name}, found: {what} ({number})", f"{rows} rows, found {found}")


def leak(folder, tally, law):
    """What the public folder says is held too."""
    data, shelf = folder / "data", Shelf(folder / "data")
    with contextlib.closing(shelf.db):
        informal = shelf.one("SELECT id FROM case_file WHERE published = 0")["id"]
        page = data / "public/notices.html"
        before = page.read_text()
        page.write_text(before + f"<p>{informal}</p>")
        found = {violation[0] for violation in Checker(data, law, shelf).whole()}
        tally.equal(found, {1}, "found: an informal case is named in public (1)")
        page.write_text(before)
        for number, path in ((16, data / "public/log/checkpoint"), (2, next((data / "public/notices").glob("*.json")))):
            path.unlink()
            found = {violation[0] for violation in Checker(data, law, shelf).whole()}
            tally.check(number in found, f"found: {path.name} is lost ({number})", found)


def misplace(options, folder, tally):
    """An opening is said to stand elsewhere in the log, the place of another is forgotten, and the digest of a third leads
    nowhere: `log verify` names the three."""
    def faults():
        told = json.loads(run([options.binary, "log", "verify", "--json", "--data", folder / "data"], expect=(0, 1)).stdout)
        return {fault["id"] for fault in told["faults"]
                if fault["words"] == "its digest does not lead to it, or it neither waits nor stands in the log where the store says"}

    tally.equal(faults(), set(), "each opening waits, or stands where the store says")
    with contextlib.closing(Shelf(folder / "data", "rw").db) as db:
        for name, in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'log_place'").fetchall():
            db.execute(f"DROP TRIGGER {name}")
        (number, moved), (lost, forgotten), (hidden, unfound) = db.execute("SELECT number, entry FROM opening WHERE entry IN"
                                                        " (SELECT entry FROM log_entry) LIMIT 3").fetchall()
        db.execute("UPDATE log_place SET number = (SELECT MAX(number) FROM log_entry) WHERE opening = ?", (number,))
        db.execute("DELETE FROM log_place WHERE opening = ?", (lost,))
        db.execute("DELETE FROM opening_head WHERE number = ?", (hidden,))
    tally.equal(faults(), {moved.hex(), forgotten.hex(), unfound.hex()}, "what stands elsewhere or nowhere is named")


def main():
    options = read_options(__doc__)
    tally = Tally()
    with scratch() as place:
        folder = pathlib.Path(place)
        law, known, since = months_of_casework(options, folder, tally)
        corrupt(options, folder, tally, law, known, since)
        leak(folder, tally, law)
        misplace(options, folder, tally)
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
