#!/usr/bin/env python3
"""Simulated months keep every invariant after every month, and the checker finds what is corrupted.

Registrars of this population are silent, so that cases rise to the top; registries are as they are. Each
corruption is one statement on a store that was sound, undone afterwards; the checker must name its
invariant."""
import contextlib
import json
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from checker import Checker, open_store  # noqa: E402
from law import Law  # noqa: E402
from support import ROOT, Tally, read_options, run, scratch  # noqa: E402

# Fixed, so that each corruption finds something to corrupt; test_simulate.py draws another one each time.
PARTIES = ("--registrars", "60", "--registries", "30", "--seed", "7")
MONTHS = ("2022-07-01", "2022-08-01", "2022-09-01", "2022-10-01", "2022-11-01")
SENT = "(SELECT id FROM letter WHERE state = 'sent' ORDER BY id LIMIT 1)"
OPEN = "(SELECT id FROM case_file WHERE due_at <> 0 AND published = 0 ORDER BY id LIMIT 1)"
PUBLIC = "(SELECT case_id FROM publication WHERE state = 'open' ORDER BY notice LIMIT 1)"
BREACH = "type = 'notice-sent' AND data LIKE '%\"rule\":\"cure-%'"

# invariant, what is done, statements. A number from SQL names a row by its key, the first of its kind.
CORRUPTIONS = (
    (1, "an informal case is published", f"INSERT INTO publication SELECT 'n-x', {OPEN}, 'open', '{{}}', 1, 1, 1"),
    (1, "a publication is lost", f"DELETE FROM publication WHERE case_id = {PUBLIC}"),
    (2, "nobody was told", "DELETE FROM outbox WHERE kind = 'tell-complainant' AND due_at ="
                           " (SELECT MIN(due_at) FROM outbox WHERE kind = 'tell-complainant')"),
    (2, "a complaint is lost", "DELETE FROM case_link WHERE object = (SELECT MIN(object) FROM case_link WHERE kind = 'complaint')"),
    (3, "an answer was adequate before the rise", "UPDATE case_event SET type = 'answer-judged', reason = 'x', data ="
     " REPLACE(data, '{\"rule\"', '{\"judgement\":\"adequate\",\"rule\"') WHERE type = 'deadline-passed' AND"
     " data LIKE '%\"to\":\"notice2\"%'"),
    (3, "an escalation without a criterion", "UPDATE case_event SET data = REPLACE(data, '\"criterion\":', '\"why\":')"
                                             " WHERE type = 'escalated'"),
    (3, "a breach from the second level", "UPDATE case_event SET data = REPLACE(data, '\"to\":\"notice3\"',"
                                          " '\"to\":\"breach\"') WHERE type = 'deadline-passed'"),
    (4, "a running deadline is moved", "UPDATE deadline SET due_at = due_at - 1 WHERE state = 'running'"),
    (4, "a running deadline is lost", f"DELETE FROM deadline WHERE state = 'running' AND case_id = {OPEN}"),
    (4, "a due moment is not taken", "UPDATE case_event SET type = 'received' WHERE type = 'deadline-passed'"),
    (5, "a date is a day early", "UPDATE case_event SET data = REPLACE(data, '\"date\":\"2022-08-1', '\"date\":\"2022-07-1')"
                                 " WHERE type = 'notice-sent'"),
    (5, "a judgement without a reason", "UPDATE case_event SET reason = '' WHERE type = 'answer-judged'"),
    (6, "a cure is too short", f"UPDATE case_event SET data = REPLACE(data, '\"service_at\":\"2022-0', "
                               f"'\"service_at\":\"2023-0') WHERE {BREACH}"),
    (7, "a letter's bytes are changed", f"UPDATE letter SET bytes = CAST('x' AS BLOB) WHERE id = {SENT}"),
    (7, "a letter is lost", f"DELETE FROM letter WHERE id = {SENT}"),
    (8, "an approval is lost", "DELETE FROM approval"),
    (8, "the drafter approved", "UPDATE case_event AS e SET actor = (SELECT actor FROM case_event d WHERE d.case_id ="
     " e.case_id AND d.type = 'notice-drafted' AND d.actor <> 'machine' AND d.seq < e.seq ORDER BY d.seq DESC LIMIT 1)"
     " WHERE type = 'notice-approved'"),
    (8, "nobody adopted", "UPDATE case_event SET actor = 'machine' WHERE type = 'notice-drafted'"),
    (9, "a matter is open twice", f"UPDATE case_file SET subject = 's', obligation = 'o', party = 'p' WHERE closed_at = 0"),
    (10, "an event is lost", f"DELETE FROM case_event WHERE case_id = {OPEN} AND seq = 2"),
    (10, "an event is rewritten", f"UPDATE case_event SET actor = 'mallory' WHERE case_id = {OPEN} AND seq = 2"),
    (10, "an opening has another key", "UPDATE opening SET key = ZEROBLOB(32) WHERE entry ="
                                       f" (SELECT entry FROM case_event WHERE case_id = {OPEN} AND seq = 1)"),
    (10, "an entry is not in the log", f"DELETE FROM log_entry WHERE entry = (SELECT entry FROM case_event WHERE case_id ="
                                       f" {PUBLIC} AND seq = 1)"),
    (10, "the list shows another stage", f"UPDATE case_file SET stage = 'cured' WHERE id = {OPEN}"),
    (11, "a resend starts a clock", "UPDATE case_event SET type = 'resent' WHERE type = 'notice-sent'"),
    (12, "no server took the letter", "UPDATE letter_attempt SET phase = 'deferred' WHERE phase = 'accepted'"),
    (17, "the log is told an address", "UPDATE opening SET json = REPLACE(json, 'machine', 'a@b.example')"),
    (19, "a closure without a reason", "UPDATE case_event SET reason = '' WHERE type = 'closed'"),
    (20, "a proposal waits for ever", "INSERT INTO case_proposal SELECT ZEROBLOB(32), case_id, seq, 'extended', 1, at, actor,"
     " actor_role, '', '{}', entry, 'waiting', 0, '' FROM case_event WHERE type = 'closed' LIMIT 1"),
    (26, "no next update", "UPDATE publication SET next_update_due = 0"),
)


def silent_registrars(folder):
    text = (ROOT / "simulate/population.yaml").read_text()
    path = folder / "silent.yaml"
    text = re.sub(r"silent: \[.*?\]", "silent: [10000, 10000, 10000, 9000]", text, count=1)
    path.write_text(re.sub(r"harm: \d+", "harm: 1500", text))
    return path


def months_of_casework(options, folder, law, tally):
    words = ["--data", folder / "data", "--population", silent_registrars(folder), *PARTIES]
    for month in MONTHS:
        resume = ["--resume"] if month != MONTHS[0] else []
        report = json.loads(run([options.binary, "simulate", "--json", "--until", month, *words, *resume]).stdout)
        with contextlib.closing(open_store(folder / "data")) as db:
            found = Checker(folder / "data", law, db).run(report)
        tally.equal(found[:5], [], f"nothing is violated before {month}")
    for figure in ("third", "breach", "suspension"):
        tally.check(sum(row[figure] for row in report["months"]), f"a {figure} was seen")


def corrupt(folder, law, tally):
    data = folder / "data"
    with contextlib.closing(open_store(data, "rw")) as db:
        for number, what, statement in CORRUPTIONS:
            db.execute("BEGIN")
            for kind, name in db.execute("SELECT type, name FROM sqlite_master WHERE type = 'trigger' OR type = 'index'"
                                         " AND sql LIKE '%UNIQUE%'").fetchall():
                db.execute(f"DROP {kind} {name}")
            done = db.execute(statement).rowcount
            found = {violation[0] for violation in Checker(data, law, db).run()}
            db.execute("ROLLBACK")
            tally.check(done > 0 and number in found, f"found: {what} ({number})", f"{done} rows, found {sorted(found)}")


def leak(folder, law, tally):
    """What the public folder and the pages of letters say is held too."""
    data = folder / "data"
    with contextlib.closing(open_store(data)) as db:
        informal = db.execute("SELECT id FROM case_file WHERE published = 0").fetchone()[0]
        page = data / "public/notices.html"
        before = page.read_text()
        page.write_text(before + f"<p>{informal}</p>")
        found = {violation[0] for violation in Checker(data, law, db).run()}
        tally.equal(found, {1}, "found: an informal case is named in public (1)")
        page.write_text(before)
        next(iter((data / "letters").glob("*.html"))).unlink()
        found = {violation[0] for violation in Checker(data, law, db).run()}
        tally.equal(found, {7}, "found: the page of a letter is lost (7)")


def main():
    options = read_options(__doc__)
    tally, law = Tally(), Law(ROOT / "rulebook/icann")
    with scratch() as place:
        folder = pathlib.Path(place)
        months_of_casework(options, folder, law, tally)
        corrupt(folder, law, tally)
        leak(folder, law, tally)
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
