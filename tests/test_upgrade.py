#!/usr/bin/env python3
"""A store of the first schema under the program of today: what it says and does, command by command.

The store is tests/store/fixtures/0001-d9b71c5.db.xz: a case that was published and cured, one whose
clock runs, one whose first letter waits.
"""
import contextlib
import hashlib
import pathlib
import sqlite3
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from support import Tally, daemon, old_store, read_options, scratch  # noqa: E402
from program import ROOT, Program, wait_for  # noqa: E402

NOW = "2027-01-28T12:00:00Z"  # no earlier than anything in the store
TOKEN = "0123456789abcdef" * 4
QUESTIONS = (("case", "list"), ("finding", "list"), ("rebuild", "--check"), ("log", "verify"),
             ("user", "list"), ("check", "--all"))
TODAY = 32


def ask(store, sql, *values):
    with contextlib.closing(sqlite3.connect(store)) as db:
        rows = db.execute(sql, values).fetchall()
        db.commit()
        return rows


def schema(store):
    return ask(store, "PRAGMA user_version")[0][0]


class Place:
    """A folder with a configuration, in which each part has an old store of its own."""

    def __init__(self, options, folder):
        self.binary, self.folder = options.binary, pathlib.Path(folder)
        self.config = self.folder / "bailiwick.conf"
        self.config.write_text("mail.smtp-port = 1\nmail.from = desk@authority.example\n")

    def old(self, name):
        program = Program(self.binary, self.folder / name, self.config)
        store = old_store(program.data)
        # Nobody knows the tokens of that time any more.
        ask(store, "UPDATE person SET token_sha256 = ? WHERE id = 'anna'",
            hashlib.sha256(TOKEN.encode()).digest())
        program.tokens["anna"] = self.folder / f"{name}.token"
        program.tokens["anna"].touch(mode=0o600)
        program.tokens["anna"].write_text(TOKEN + "\n")
        return program, store


def check_before(tally, place):
    program, store = place.old("asked")
    for words in QUESTIONS:
        done = program.run(*words, expect=None)
        tally.check(done.returncode == 3 and "'bailiwick upgrade'" in done.stderr and not done.stdout,
                    f"{' '.join(words)} says what to do", (done.returncode, done.stderr))
    copy = place.folder / "copy.db"
    program.run("backup", copy)
    tally.equal((schema(store), schema(copy)), (1, 1), "a question and a backup change nothing")


def check_contents(tally, program):
    """Everything that the older program had kept, as this one tells it."""
    cases = program.json("case", "list")["cases"]
    tally.equal(sorted(case["stage"] for case in cases), ["cured", "notice1", "notice1"], "the cases")
    tally.equal(program.json("rebuild", "--check"), {"differences": [], "cases": 3, "complaints": 0}, "they fold")
    for case in cases:
        explained = program.json("case", "explain", case["id"])["events"]
        shown = program.json("case", "show", case["id"])
        tally.equal(len(explained), shown["case"]["seq"], "each event is explained")
        tally.check(shown["letters"], "it has letters")
    faults = program.json("log", "verify", expect=(0, 1))["faults"]
    # The signer's folder is no part of a store, so nothing says whose the checkpoint is.
    tally.equal([(fault["kind"], fault["id"]) for fault in faults], [("checkpoint", "signature")],
                "tree, openings and evidence agree")
    answers = program.json("mail", "list")["mails"]
    tally.equal([mail["outcome"] for mail in answers], ["answer"], "the answer is there")
    tally.equal(len(program.json("letter", "list")["letters"]), 7, "the letters are there")
    tally.check(program.json("finding", "list")["findings"], "the findings are there")


def rows_of(store):
    return ask(store, "SELECT id, rules, awaits, about, clock_rule, clock_date, clock_at FROM case_file ORDER BY id")


def check_rows(tally, place):
    """Rows of cases say what lists show of them, and what was left undone is done by the next command."""
    program, store = place.old("rows")
    program.run("upgrade")
    filled, rulebooks = rows_of(store), {row[0] for row in ask(store, "SELECT digest FROM rulebook")}
    tally.equal({row[1] for row in filled} <= rulebooks, True, "each names the version that it runs under")
    tally.equal(sorted(row[2] for row in filled), ["adoption", "move", "nothing"], "what each waits for")
    tally.equal([row[3:5] for row in filled if row[2] == "move"], [("notice2", "first")], "where to, and by which clock")
    running = ask(store, "SELECT due_at FROM deadline WHERE state = 'running'")
    tally.equal([row[6:] for row in filled if row[6]], running, "when the clock runs out")
    tally.equal(ask(store, "SELECT value FROM meta WHERE key = 'projections'"), [("new",)], "it is noted")
    # As a process leaves it that was killed between the migration and the rows.
    ask(store, "UPDATE case_file SET rules = '', awaits = '', about = '', clock_rule = '', clock_date = 0, clock_at = 0")
    ask(store, "UPDATE meta SET value = 'old' WHERE key = 'projections'")
    program.run("upgrade")
    tally.equal(rows_of(store), filled, "a cut upgrade is ended")
    # A history that does not fold keeps nobody out of the others.
    ask(store, "UPDATE meta SET value = 'old' WHERE key = 'projections'")
    ask(store, "DROP TRIGGER case_event_fixed")
    ask(store, "UPDATE case_event SET seq = 100 WHERE (case_id, seq) IN (SELECT case_id, MAX(seq) FROM case_event)")
    done = program.run("upgrade")
    tally.check("rows of cases were not written anew: " in done.stderr and "case c-" in done.stderr,
                "a history that does not fold is named", done.stderr)
    tally.equal(ask(store, "SELECT value FROM meta WHERE key = 'projections'"), [("old",)], "and tried again")


def check_told(tally, place):
    """The migration alone finds which cases their parties were told of, as the events fold."""
    program, folded = place.old("told")
    _, migrated = place.old("told-too")
    with contextlib.closing(sqlite3.connect(migrated, isolation_level=None)) as db:
        for path in sorted((ROOT / "src/store/sql/migrations").glob("*.sql"))[1:]:
            db.executescript(path.read_text())
    program.run("upgrade")
    told, again = (ask(store, "SELECT id, told_at FROM case_file ORDER BY id") for store in (migrated, folded))
    tally.equal((told, sorted(at == 0 for _, at in told)), (again, [False, False, True]), "who was told")


def check_upgrade(tally, place):
    program, store = place.old("upgraded")
    # The last absence of each stood among the loose words of the store, without who said it when.
    ask(store, "INSERT INTO meta VALUES ('absence.anna', '2027-02-27 2027-03-01 bert')")
    done = program.run("upgrade", "--json")
    tally.equal(done.stdout.split(), ["{", '"from":', "1,", '"to":', f"{TODAY}", "}"], "what was done")
    tally.check(f"store.db: brought from schema 1 to {TODAY}" in done.stderr, "and said", done.stderr)
    tally.equal(schema(store), TODAY, "the schema")
    check_contents(tally, program)
    tally.equal(program.json("user", "absences"), {"absences": [
        {"id": "anna", "from": "2027-02-27", "until": "2027-03-01", "deputy": "bert", "said_at": None,
         "said_by": ""}]}, "an absence is kept")
    again = program.run("upgrade", "--json")
    tally.check(again.stderr == "" and f'"from": {TODAY}' in again.stdout, "nothing is left to do", again)


def check_command(tally, place):
    """Whatever writes brings the store up to date first."""
    program, store = place.old("written")
    case, letter = ask(store, "SELECT case_id, LOWER(HEX(sha256)) FROM letter WHERE state = 'draft'")[0]
    done = program.run("case", "adopt", case, "--sha256", letter, "--now", NOW, user="anna")
    tally.check("brought from schema 1" in done.stderr, "a command upgrades", done.stderr)
    tally.equal(program.json("rebuild", "--check")["differences"], [], "old and new events fold")


def check_failure(tally, place):
    program, store = place.old("failing")
    ask(store, "CREATE TABLE case_proposal (x)")
    done = program.run("upgrade", expect=None)
    tally.check(done.returncode == 4 and "migration 3: " in done.stderr, "a failure is told", done)
    tally.equal(schema(store), 1, "and changes nothing")
    tally.equal(ask(store, "SELECT COUNT(*) FROM pragma_table_info('letter_attempt')"
                           " WHERE name = 'recipient'"), [(0,)], "of the migration before it either")
    ask(store, "DROP TABLE case_proposal")
    program.run("upgrade")
    check_contents(tally, program)


def check_restore(tally, place):
    program, _ = place.old("restored")
    old, newer = place.folder / "old.db", place.folder / "newer.db"
    program.run("backup", old)
    program.run("backup", newer)
    program.run("upgrade")
    ask(newer, "PRAGMA user_version = 999")
    refused = program.run("restore", newer, expect=None)
    tally.check(refused.returncode == 2 and "schema 999 is of a newer program" in refused.stderr,
                "a backup of a newer program is refused", refused)
    program.run("restore", old)
    tally.equal((schema(program.data / "store.db"), schema(old)), (TODAY, 1), "a copy was upgraded")
    check_contents(tally, program)


def check_daemon(tally, place):
    program, store = place.old("served")
    log = place.folder / "daemon.log"
    with open(log, "w") as words, daemon(program, NOW, words):
        tally.check(f"brought from schema 1 to {TODAY}" in log.read_text(), "the daemon says so",
                    log.read_text())
        case, letter = ask(store, "SELECT case_id, LOWER(HEX(sha256)) FROM letter WHERE state = 'draft'")[0]
        program.run("case", "adopt", case, "--sha256", letter, user="anna")
        tried = wait_for("the letter", lambda: ask(
            store, "SELECT recipient FROM letter_attempt WHERE phase <> 'begun' AND letter IN"
                   " (SELECT id FROM letter WHERE case_id = ?)", case), 20)
        tally.check(tried and tried[0][0], "work of the older program goes on", tried)
        tally.equal(program.run("upgrade", expect=None).returncode, 2, "its store is held")


def main():
    options, tally = read_options(__doc__), Tally()
    with scratch() as folder:
        place = Place(options, folder)
        for part in (check_before, check_upgrade, check_told, check_rows, check_command, check_failure,
                     check_restore, check_daemon):
            with tally.part(part.__name__):
                part(tally, place)
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
