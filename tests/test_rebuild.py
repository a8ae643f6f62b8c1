#!/usr/bin/env python3
"""`rebuild` writes projections anew, byte for byte, whatever was done to them, or changes nothing;
`rebuild --check`: agrees with what the program wrote, and names table and key of each row of a
projection that somebody changed, took out or put in. Every table of the schema is either such a
projection or stands here with the reason why it is none."""
import contextlib
import fcntl
import json
import pathlib
import resource
import signal
import sqlite3
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import schema as schemas  # noqa: E402
from support import Tally, daemon, read_options, run, scratch, store_with_law  # noqa: E402
from program import Program, wait_for  # noqa: E402

NOW, LATER = "2027-01-04T09:00:00Z", "2027-01-11T09:00:00Z"  # two Mondays
REGISTRARS = "ID,Registrar Name,Status,RDAP Base URL\n9001,Example Names Ltd,Accredited,\n"
# column of the projection -> a wrong value and the field that must be named
WRONG = {"stage": ("'notice3'", "stage"), "stage_kind": ("'breach'", "stage_kind"),
         "seq": ("seq + 1", "seq"), "due_at": ("due_at + 1000000", "due_at"),
         "updated_at": ("updated_at - 1", "updated_at"), "closure": ("'fees-paid'", "closure"),
         "handler": ("'somebody'", "handler"),
         "published": ("1 - published", "published"), "closed_at": ("1", "closed_at"),
         "rules": ("''", "rules"), "awaits": ("'late'", "awaits"), "about": ("'notice3'", "about"),
         "clock_rule": ("'first'", "clock_rule"), "clock_date": ("clock_date + 1", "clock_date"),
         "clock_at": ("clock_at + 1", "clock_at"), "told_at": ("1", "told_at")}

LOG, EVENTS, FACTS, WORK = ("log verify recomputes it", "the events themselves, which the log binds",
                            "kept as it came in or was decided", "how far work has come, which no event tells")
SEALED = "sealed as it came in; complaint_event has its salted digest alone"
CLUSTER = "made from sketches by the daemon in the order of their filing, and made again by rebuild; compared with nothing"
SKETCH = "hashes of what is sealed, made at the filing; rebuild does not look at them"
# Tables that are not derived from others.
NO_PROJECTION = {
    "opening": LOG, "opening_head": LOG, "log_waiting": LOG, "log_entry": LOG, "log_place": LOG, "log_node": LOG, "log_tree": LOG, "log_plan": WORK, "log_checkpoint": LOG,
    "case_event": EVENTS, "publication_update": EVENTS, "approval": FACTS, "letter": WORK, "letter_attempt": WORK,
    "mail": WORK, "outbox": WORK, "meta": FACTS, "counter": FACTS, "party": FACTS, "tld": FACTS, "agreement": FACTS,
    "delegation": FACTS, "contact": FACTS, "rulebook": FACTS, "calendar": FACTS, "measurement": FACTS, "finding": FACTS,
    "finding_evidence": FACTS, "person": FACTS, "complainant": FACTS, "letter_version": FACTS, "party_language": FACTS, "party_zone": FACTS,
    "past_notice": FACTS, "notice_item": FACTS, "complaint_event": EVENTS, "complaint_item": SEALED,
    "complaint_key": FACTS, "complaint_reporter": SEALED, "receipt": WORK, "receipt_attempt": WORK, "sketch_key": FACTS,
    "complaint_sketch": SKETCH, "complaint_cluster": CLUSTER, "complaint_cluster_bucket": CLUSTER, "complaint_member": CLUSTER,
    "complaint_batch": "which events name one batch; append-only, as they are", "complaint_draw": FACTS,
    "credential": FACTS, "session": WORK, "token": FACTS, "hook": FACTS, "hook_delivery": WORK, "hook_seen": WORK, "lookup": WORK, "lookup_answer": FACTS, "party_grant": FACTS, "reporter_restriction": FACTS, "case_exhibit": FACTS, "idempotency": WORK, "family_member": FACTS, "absence": FACTS}

FINDING = ("INSERT INTO finding VALUES ('{0}', 'o.one', '', 'registrar-9001', 's.example', 0, 1, 'met', '[]', '[]', '', '', {1}, NULL, NULL)")
# table -> (key column, statements by the way in which it is corrupted; {0} is the key of a row)
CORRUPT = {
    "case_file": ("id", {
        "changed": "UPDATE case_file SET due_at = due_at + 1 WHERE id = '{0}'",
        "missing": "UPDATE open_cases SET cases = cases - 1 WHERE stage_kind = (SELECT stage_kind FROM case_file"
                   " WHERE id = '{0}' AND closed_at = 0); DELETE FROM case_file WHERE id = '{0}'",
        "extra": "CREATE TEMP TABLE other AS SELECT * FROM case_file WHERE id = '{0}';"
                 " UPDATE other SET id = 'c-other', subject = 'other', closed_at = 1; INSERT INTO case_file SELECT * FROM other"}),
    "deadline": ("id", {
        "changed": "UPDATE deadline SET due_at = due_at + 1 WHERE id = '{0}'",
        "changed rule": "UPDATE deadline SET rule = 'other' WHERE id = '{0}'",
        "changed state": "UPDATE deadline SET state = 'stopped' WHERE id = '{0}'",
        "changed trace": "UPDATE deadline SET trace = '{{}}' WHERE id = '{0}'",
        "missing": "DELETE FROM deadline WHERE id = '{0}'",
        "extra": "INSERT INTO deadline SELECT '{0}-x', case_id, rule, due_at, state, trace FROM deadline WHERE id = '{0}'",
        "extra, of no case": "INSERT INTO deadline SELECT '{0}-x', 'nobody', rule, due_at, state, trace FROM deadline WHERE id = '{0}'"}),
    "open_cases": ("stage_kind", {
        "changed": "UPDATE open_cases SET cases = cases + 1 WHERE stage_kind = '{0}'",
        "missing": "DELETE FROM open_cases WHERE stage_kind = '{0}'",
        "extra": "INSERT INTO open_cases VALUES ('parallel', 1)"}),
    "finding_latest": ("finding", {
        "changed": "UPDATE finding_latest SET finding = 'f-old'",
        "missing": "DELETE FROM finding_latest",
        "extra": "INSERT INTO finding_latest VALUES ('o.two', 'registrar-9001', 's.example', 'f-new')"}),
    "case_link": ("object", {
        "changed": "UPDATE case_link SET object = 'f-old' WHERE kind = 'finding' AND object = '{0}'",
        "changed hand": "UPDATE case_link SET linked_by = 'somebody' WHERE object = '{0}'",
        "changed moment": "UPDATE case_link SET linked_at = linked_at + 3600000000 WHERE object = '{0}'",
        "changed end": "UPDATE case_link SET unlinked_at = CASE unlinked_at WHEN 0 THEN linked_at ELSE 0 END WHERE object = '{0}'",
        "changed end's hand": "UPDATE case_link SET unlinked_by = 'somebody' WHERE object = '{0}'",
        "missing": "DELETE FROM case_link WHERE object = '{0}'",
        "extra": "INSERT INTO case_link SELECT case_id, kind, 'f-old', 1, '', 0, '' FROM case_link WHERE object = '{0}'",
        "extra, of no case": "INSERT INTO case_link SELECT 'nobody', kind, object, 1, '', 0, '' FROM case_link WHERE object = '{0}'"}),
    "case_proposal": ("HEX(sha256)", {
        "changed": "DROP TRIGGER case_proposal_ends_once; UPDATE case_proposal SET state = CASE state WHEN 'agreed' THEN"
                   " 'withdrawn' ELSE 'agreed' END WHERE HEX(sha256) = '{0}'",
        "missing": None, "extra": None}),  # append-only, and each has its entry in the log
    "publication": ("notice", {
        "changed": "UPDATE publication SET record = REPLACE(record, '2', '3') WHERE notice = '{0}'",
        "changed moment": "UPDATE publication SET updated_at = updated_at + 1 WHERE notice = '{0}'",
        "missing": "PRAGMA foreign_keys = OFF; DELETE FROM publication WHERE notice = '{0}'",
        "extra": "INSERT INTO publication SELECT 'n-extra', case_id, state, record, published_at + 1, updated_at, 0, 0"
                 " FROM publication WHERE notice = '{0}'"}),
    "complaint": ("reference", {
        "changed state": "UPDATE complaint SET state = 'held' WHERE reference = '{0}'",
        "changed closure": "UPDATE complaint SET closure = 'other' WHERE reference = '{0}'",
        "changed case": "UPDATE complaint SET case_id = 'c-other' WHERE reference = '{0}'",
        "changed priority": "UPDATE complaint SET priority = 3 - priority WHERE reference = '{0}'",
        "changed type": "UPDATE complaint SET type = 'other' WHERE reference = '{0}'",
        "changed rulebook": "DROP TRIGGER complaint_fixed; UPDATE complaint SET rulebook = 'other' WHERE reference = '{0}'",
        "changed end": "DROP TRIGGER complaint_sketch_goes_first; DROP TRIGGER complaint_erased_once;"
                       " UPDATE complaint SET erased_at = erased_at + 1 WHERE reference = '{0}'",
        "missing": "DROP TRIGGER complaint_kept; DELETE FROM complaint WHERE reference = '{0}'",
        "extra": "INSERT INTO complaint SELECT 'extra', received_at, type, rulebook, language, ZEROBLOB(32),"
                 " state, closure, case_id, 0, priority FROM complaint WHERE reference = '{0}'"}),
    "complaint_join": ("reference", {
        "changed": "UPDATE complaint_join SET other = (SELECT MAX(reference) FROM complaint AS c"
                   " WHERE c.reference NOT IN (complaint_join.reference, complaint_join.other))",
        "changed moment": "UPDATE complaint_join SET joined_at = joined_at - 1 WHERE reference = '{0}'",
        "missing": "DELETE FROM complaint_join WHERE reference = '{0}'",
        "extra": "INSERT INTO complaint_join SELECT other, reference, joined_at FROM complaint_join WHERE reference = '{0}'",
        "extra, of no complaint": "INSERT INTO complaint_join SELECT 'nobody', other, joined_at FROM complaint_join"
                                  " WHERE reference = '{0}'"}),
    "complaint_second_look": ("reference", {
        "changed decision": "UPDATE complaint_second_look SET decision = decision + 1 WHERE reference = '{0}'",
        "changed draw": "UPDATE complaint_second_look SET draw = draw + 1 WHERE reference = '{0}'",
        "changed verdict": "UPDATE complaint_second_look SET verdict = 'differs' WHERE reference = '{0}'",
        "missing": "DELETE FROM complaint_second_look WHERE reference = '{0}'",
        "extra": "INSERT INTO complaint_second_look SELECT MAX(reference), 1, 1, '' FROM complaint"
                 " WHERE reference NOT IN (SELECT reference FROM complaint_second_look)",
        "extra, of no complaint": "INSERT INTO complaint_second_look VALUES ('nobody', 2, 1, '')"}),
    "complaint_bucket": ("bucket", {
        "changed": "DROP TRIGGER complaint_bucket_fixed; UPDATE complaint_bucket SET bucket = bucket - 1 WHERE bucket = {0}",
        "missing": "DELETE FROM complaint_bucket WHERE bucket = {0}",
        "extra": "INSERT INTO complaint_bucket SELECT 1, number FROM complaint_bucket WHERE bucket = {0}",
        "extra, of no complaint": "INSERT INTO complaint_bucket VALUES ({0}, 9999)"}),
}
# What a simulation makes none of: these are corrupted in a store of a few cases and complaints.
BY_HAND = ("case_link", "complaint", "complaint_join", "complaint_second_look", "complaint_bucket")


def differences(binary, data, expect):
    return json.loads(run([binary, "rebuild", "--check", "--json", "--data", data], expect=expect).stdout)["differences"]


# What `rebuild` writes: after each of these the tables are as they were.
SPOILT = {
    "untouched": "",
    "dropped": "DELETE FROM deadline; DELETE FROM open_cases; DELETE FROM finding_latest",
    "no state of any case": "UPDATE case_file SET stage = '', stage_kind = 'informal', handler = '', seq = 0, updated_at = 0,"
                            " due_at = 0, closed_at = 1, closure = 'none', published = 0, rules = '', awaits = '',"
                            " about = 'x', clock_rule = 'x', clock_date = 1, clock_at = 1, told_at = 1",
    "changed": "UPDATE case_file SET stage_kind = 'breach', seq = seq + 1; UPDATE deadline SET trace = '{}', state = 'met';"
               " UPDATE finding_latest SET finding = 'f-old'; UPDATE open_cases SET cases = 7",
    "extra": "INSERT INTO deadline SELECT id || '-x', case_id, rule, due_at, state, trace FROM deadline;"
             " INSERT OR IGNORE INTO open_cases VALUES ('parallel', 3);"
             " INSERT INTO finding_latest VALUES ('o.two', 'registrar-9001', 's.example', 'f-new')",
}
# The same of complaints.
SPOILT_COMPLAINTS = {
    "untouched": (0, ""),
    "changed": (4, "UPDATE complaint SET state = 'held', closure = 'other', case_id = 'c-other';"
                   " UPDATE complaint_join SET joined_at = 1;"
                   " UPDATE complaint_second_look SET decision = 7, verdict = 'agrees'"),
    "dropped": (0, "DELETE FROM complaint_join; DELETE FROM complaint_second_look; DELETE FROM complaint_bucket"),
    "extra": (0, "INSERT INTO complaint_join SELECT other, reference, 1 FROM complaint_join;"
                 " INSERT INTO complaint_join SELECT 'nobody', other, 1 FROM complaint_join LIMIT 1;"
                 " INSERT INTO complaint_second_look VALUES ('nobody', 2, 1, '');"
                 " INSERT INTO complaint_bucket SELECT bucket - 1, number FROM complaint_bucket LIMIT 2;"
                 " INSERT INTO complaint_bucket VALUES (1, 9999)"),
}


def dump(data):
    with contextlib.closing(sqlite3.connect(data / "store.db")) as store:
        return {table: store.execute(f"SELECT * FROM {table} ORDER BY 1, 2, 3, 4").fetchall() if table == "finding_latest"
                else store.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall() for table in CORRUPT}


def spoil(data, statements):
    with contextlib.closing(sqlite3.connect(data / "store.db", isolation_level=None)) as store:
        store.executescript(statements)


def rewrite(options, tally, data):
    """Dropped, changed and extra rows: byte for byte as before."""
    before = dump(data)
    for way, statements in SPOILT.items():
        spoil(data, statements)
        told = json.loads(run([options.binary, "rebuild", "--json", "--data", data]).stdout)
        tally.equal(schemas.faults(told, schemas.load("rebuild.json")), [], f"rebuilt, {way}: as its schema says")
        after = dump(data)
        tally.equal([table for table in CORRUPT if after[table] != before[table]], [], f"rebuilt, {way}: no table differs")
        tally.equal((told["cases"], told["deadlines"]), (len(before["case_file"]), len(before["deadline"])),
                    f"rebuilt, {way}: what was written is told")
    tally.equal(told["changed"], 0, "rows of cases that are as told are left")
    crowded(options, tally, data, before)
    tally.equal(differences(options.binary, data, (0,)), [], "what was rebuilt agrees")


def crowded(options, tally, data, before):
    """A case shown as open in the place of the one that is: both are put right, in whichever order they come."""
    ids = [row[0] for row in before["case_file"] if row[15] == 0][:1]
    other = [row[0] for row in before["case_file"] if row[15] != 0]
    for pair in (min(other), max(other)):
        spoil(data, f"UPDATE case_file SET closed_at = 1 WHERE id = '{ids[0]}';"
                    f" UPDATE case_file SET closed_at = 0 WHERE id = '{pair}';")
        run([options.binary, "rebuild", "--data", data])
        tally.equal(dump(data) == before, True, f"rebuilt, {pair} shown as open")


def refused(options, tally, data):
    """A history that does not fold, a writer beside, a process that dies, a full disk: nothing is changed."""
    sound = dump(data)
    spoil(data, SPOILT["changed"])
    before = dump(data)
    lock = open(data / "store.db.lock", "w")
    fcntl.flock(lock, fcntl.LOCK_EX)
    done = run([options.binary, "rebuild", "--data", data], expect=(2, 3, 4))
    tally.equal("another process holds the store" in done.stderr, True, f"beside a writer: {done.stderr}")
    lock.close()
    killed(options, tally, data, before, sound)
    full(options, tally, data)
    before = dump(data)
    spoil(data, "DROP TRIGGER case_event_fixed; UPDATE case_event SET seq = seq + 100 WHERE seq ="
                " (SELECT MAX(seq) FROM case_event AS e WHERE e.case_id = case_event.case_id)")
    done = run([options.binary, "rebuild", "--data", data], expect=(2,))
    tally.equal("nothing was changed" in done.stderr and "case c-" in done.stderr, True, f"a case is named: {done.stderr}")
    tally.equal(dump(data) == before, True, "a history that does not fold: as before")
    spoil(data, "DROP TRIGGER case_event_kept; DELETE FROM case_event")
    done = run([options.binary, "rebuild", "--data", data], expect=(2,))
    tally.equal("has no events" in done.stderr, True, f"no events: {done.stderr}")


def killed(options, tally, data, before, sound):
    """Killed at moments that are spread over the run: all of it or nothing."""
    for delay in range(0, 60, 6):
        with subprocess.Popen([options.binary, "rebuild", "--data", data], stdout=subprocess.DEVNULL) as process:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(delay / 1000)
            process.kill()
        found = dump(data)
        tally.equal(found in (before, sound), True, f"killed after {delay} ms: as before or as rebuilt")
        if found == sound:
            spoil(data, SPOILT["changed"])


def full(options, tally, data):
    """The write-ahead log finds no room to grow."""
    def bound():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))
    spoil(data, SPOILT["changed"])
    before = dump(data)
    done = subprocess.run([options.binary, "rebuild", "--data", data], preexec_fn=bound, capture_output=True, text=True, check=False)
    tally.equal(done.returncode, 4, f"no room: {done.stderr}")
    tally.equal("nothing was changed" in done.stderr, True, f"no room: {done.stderr}")
    tally.equal(dump(data) == before, True, "no room: as before")


def columns(options, tally, folder):
    call = store_with_law(options.binary, folder, "--now", NOW)
    (folder / "registrars.csv").write_text(REGISTRARS)
    call("party", "import", "--registrars", folder / "registrars.csv", user="ada")
    call("case", "open", "--party", "registrar-9001", "--obligation",
         "raa.3.18.2-dns-abuse-mitigation", "--violation", user="anna")
    words = json.loads(call("rebuild", "--check", "--json"))
    tally.equal(words, {"differences": [], "cases": 1, "complaints": 0}, "an untouched store agrees")
    for column, (value, field) in WRONG.items():
        store = sqlite3.connect(folder / "data/store.db")
        before = store.execute(f"SELECT {column} FROM case_file").fetchone()[0]
        counts = store.execute("SELECT * FROM open_cases").fetchall()
        store.execute(f"UPDATE case_file SET {column} = {value}")
        store.execute("DELETE FROM open_cases")
        store.executemany("INSERT INTO open_cases VALUES (?, ?)", counts)
        store.commit()
        found = json.loads(call("rebuild", "--check", "--json", expect=(1,)))["differences"]
        tally.equal([row["field"] for row in found], [field], f"a changed {column} is named")
        store.execute(f"UPDATE case_file SET {column} = ?", (before,))
        store.execute("DELETE FROM open_cases")
        store.executemany("INSERT INTO open_cases VALUES (?, ?)", counts)
        store.commit()
        store.close()
    store = sqlite3.connect(folder / "data/store.db")
    store.execute(FINDING.format("f-old", 1))
    store.execute(FINDING.format("f-new", 2))
    store.execute("INSERT INTO finding_latest VALUES ('o.one', 'registrar-9001', 's.example', 'f-new')")
    case, = store.execute("SELECT id FROM case_file").fetchone()
    store.commit()
    store.close()
    call("case", "link", case, "finding", "f-new", "--reason", "same", user="anna")
    corrupt(options, tally, folder / "data", ["case_link"])
    call("case", "unlink", case, "finding", "f-new", "--reason", "other", user="anna")
    corrupt(options, tally, folder / "data", ["case_link"])
    complain(call, folder, Program(options.binary, folder / "data", folder / "conf"))
    corrupt(options, tally, folder / "data", ["complaint", "complaint_join", "complaint_second_look", "complaint_bucket"])
    rewrite_complaints(options, tally, folder / "data")
    damaged_sketch(options, tally, folder / "data")


def complain(call, folder, program):
    """One complaint of each end, one that is joined to another, and one that is drawn for a second look."""
    def file():
        return json.loads(call("complaint", "file", folder / "complaint.json", "--anyway", "--json", user="anna"))["reference"]

    (folder / "complaint.json").write_text(json.dumps({"type": "dns-abuse-registrar", "language": "en"}))
    first, second, third, _ = (file() for _ in range(4))
    (folder / "conf").touch()
    program.tokens.update((name, folder / f"{name}.token") for name in ("ada", "anna"))
    with daemon(program, NOW):
        wait_for("the first draw", lambda: program.json("complaint", "draws")["draws"], 30)
        program.run("complaint", "decide", first, "--in-scope", "--obligation", "raa.3.18.2-dns-abuse-mitigation",
                    "--party", "registrar-9001", user="anna")
        for reference in (second, third):
            program.run("complaint", "decide", reference, "--out-of-scope", "no-prior-report", "--reason", "Tell them first.",
                        user="anna")
        program.run("complaint", "join", first, second, user="anna")
        program.run("complaint", "join", third, second, user="anna")
        program.run("complaint", "part", third, user="anna")
        program.run("complaint", "erase", third, "--reason", "person-asked", user="ada")
    with daemon(program, LATER):
        wait_for("the draw", lambda: program.json("complaint", "second-looks")["looks"], 30)


def rewrite_complaints(options, tally, data):
    before = dump(data)
    for way, (changed, statements) in SPOILT_COMPLAINTS.items():
        spoil(data, statements)
        told = json.loads(run([options.binary, "rebuild", "--json", "--data", data]).stdout)
        tally.equal((told["complaints"], told["joined"], told["changed"]), (4, 1, changed), f"complaints, {way}: told")
        tally.equal([table for table in CORRUPT if dump(data)[table] != before[table]], [], f"complaints, {way}: as before")


def damaged_sketch(options, tally, data):
    spoil(data, "DROP TRIGGER complaint_sketch_fixed; UPDATE complaint_sketch SET sketch = X'00' WHERE number = 1")
    before = dump(data)
    found, = differences(options.binary, data, (1,))
    tally.equal((found["table"], found["field"]), ("complaint_sketch", "sketch"), f"a damaged sketch is named: {found}")
    done = run([options.binary, "rebuild", "--data", data], expect=(2,))
    tally.equal("its sketch is damaged" in done.stderr, True, f"a damaged sketch: {done.stderr}")
    tally.equal(dump(data) == before, True, "a damaged sketch: as before")


def seed(options, folder):
    """Months of silent registrars, a finding that is linked, a step that waits for a second person."""
    text = (pathlib.Path(__file__).resolve().parent.parent / "simulate/population.yaml").read_text()
    (folder / "population.yaml").write_text(text.replace("silent: [", "silent: [10000, 10000, 10000, 10000] # ["))
    data = folder / "data"
    run([options.binary, "simulate", "--json", "--data", data, "--registrars", "60", "--registries", "30", "--seed", "3",
         "--years", "1", "--population", folder / "population.yaml", "--until", "2022-11-01"], timeout=600)
    store = sqlite3.connect(data / "store.db")
    store.execute(FINDING.format("f-old", 1))
    store.execute(FINDING.format("f-new", 2))
    store.execute("INSERT INTO finding_latest VALUES ('o.one', 'registrar-9001', 's.example', 'f-new')")
    store.commit()
    return data, store


def corrupt(options, tally, data, tables):
    """Each row in each way, one after the other, on the same bytes."""
    tally.equal(differences(options.binary, data, (0, 1)), [], "the seeded store agrees")
    sound = (data / "store.db").read_bytes()
    for table in tables:
        key, ways = CORRUPT[table]
        for way, statement in ways.items():
            if statement is None:
                continue
            store = sqlite3.connect(data / "store.db", isolation_level=None)
            found = store.execute(f"SELECT {key} FROM {table} ORDER BY 1 DESC LIMIT 1").fetchone()
            for part in statement.format(*found).split(";"):
                store.execute(part)
            store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            store.close()
            named = {(row["table"], row["key"]) for row in differences(options.binary, data, (0, 1))}
            tally.equal({name for name, _ in named}, {table}, f"{table}, {way}: the table is named")
            tally.equal(all(key for _, key in named), True, f"{table}, {way}: a key is named: {named}")
            (data / "store.db").write_bytes(sound)
            for side in ("store.db-wal", "store.db-shm"):
                (data / side).unlink(missing_ok=True)
    tally.equal(differences(options.binary, data, (0,)), [], "the store agrees again")


def rows(options, tally, folder):
    data, store = seed(options, folder)
    tables = {name for name, in store.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    tally.equal(sorted(tables - set(NO_PROJECTION) - set(CORRUPT)), [], "each table is a projection or says why not")
    store.close()
    rewrite(options, tally, data)
    corrupt(options, tally, data, [table for table in CORRUPT if table not in BY_HAND])
    refused(options, tally, data)


def main():
    options = read_options(__doc__)
    tally = Tally()
    with scratch() as place:
        columns(options, tally, pathlib.Path(place))
    with scratch() as place:
        rows(options, tally, pathlib.Path(place))
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
