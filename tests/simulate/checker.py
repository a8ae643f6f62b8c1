#!/usr/bin/env python3
"""Holds a data directory to the invariants of casework, without any code of the program.

    tests/simulate/checker.py DATA --rulebook DIR [--process FILE] [--report FILE]

Read are events, letters, attempts, approvals, links, answers, outbox, log, calendars and publications of the
SQLite file, and the public folder. Prints one line for each violation, `INVARIANT case: words`, and ends with 1 when there
is one. The numbers:

  1  nothing informal is public                    12 no deadline before service
  2  nothing received is lost, who complained told 15 evidence is kept as it came
  3  levels rise by one, formal only after failure 16 the log only grows, checkpoint after checkpoint
  4  no deadline missed, no case forgotten         17 the log is told no address
  5  deadline = counted days; moved later only     18 nothing is deleted
  6  no cure shorter than the agreement's          19 closed with a code and a reason
  7  what was sent is what is kept                 20 nothing waits in a case that ended
  8  approved by another person, byte for byte     25 a served notice ends judged, expired or decided
  9  one open case for each matter                 26 a live publication has a next update
  10 every event names its rule and is in the log  27 what came back went out another way
  11 a resend starts no clock

follow() takes the events that are new since it was called last, and checks after each what that event can
touch; month() checks besides whatever time alone can violate, and the public folder. Together they are the
incremental check. A new checker that follows from the first event and then looks at everything() is the
whole one. What a simulation cannot show is not held here: who may see what (13, 14: there are no doors to it),
report runs, flags and draws of samples (21 to 23), the witnesses of checkpoints (28)."""
import argparse
import contextlib
import copy
import datetime
import email
import email.policy
import hashlib
import json
import pathlib
import sqlite3
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from law import Law  # noqa: E402
from tree import Tree, read_checkpoint  # noqa: E402
from walk import Case, Walk, moment  # noqa: E402

IDLE = datetime.timedelta(21)     # without a clock, somebody moves a case within this time
TOLD = datetime.timedelta(14)     # and tells who complained
SHOWN = datetime.timedelta(8)     # and the public folder is written once a week
WORDS = {ord(sign): " " for sign in "\"'<>/,;:()[]{}=&?#\n\t"}

EVENTS = ("SELECT e.*, o.key, o.json, (SELECT COUNT(*) FROM log_place p JOIN log_entry l ON l.number = p.number"
          " WHERE p.opening = o.number AND l.entry = e.entry)"
          " + (SELECT COUNT(*) FROM log_waiting w WHERE w.opening = o.number) AS logged"
          " FROM case_event e LEFT JOIN opening o ON o.number = e.opening AND o.entry = e.entry WHERE e.case_id = ? AND e.seq > ? ORDER BY e.seq")

# What an event can touch besides the lists and the clock, which every event does.
TOUCHES = {"received": ("complaints", "matter"), "opened": ("matter",), "reopened": ("matter",),
           "notice-drafted": ("letters",), "notice-approved": ("letters",), "notice-sent": ("letters", "publication"),
           "resent": ("letters",), "bounced": ("letters",), "closed": ("complaints", "matter", "proposals"),
           "cured": ("complaints", "matter", "proposals", "publication"), "rescinded": ("complaints", "matter", "publication", "proposals"),
           "deadline-passed": ("complaints", "publication", "matter", "proposals"), "extended": ("publication", "proposals")}


class Shelf:
    """The SQLite file, row by row."""

    def __init__(self, data, mode="ro"):
        self.db = open_store(data, mode)

    def rows(self, query, *values):
        return self.db.execute(query, values).fetchall()

    def one(self, query, *values):
        return self.db.execute(query, values).fetchone()


class Checker(Walk):
    def __init__(self, data, law, shelf):
        super().__init__()
        self.data, self.law, self.shelf = pathlib.Path(data), law, shelf
        self.violations, self.cases, self.tree = [], {}, Tree()
        self.now, self.looked = moment(0), 0

    def fault(self, number, case, words):
        self.violations.append((number, getattr(case, "id", case), words))

    def copy(self, shelf):
        """Another one that has come as far, which reads from `shelf`."""
        mine = copy.copy(self)
        mine.shelf = shelf
        return copy.deepcopy(mine, {id(one): one for one in (shelf, self.law)})

    # --- what is new ---

    def follow(self):
        """The events since the last time; gives the cases that they touched."""
        last = self.shelf.one("SELECT MAX(at) AS at FROM case_event")["at"] or 0
        self.now = moment(last)
        self.law.know(self.shelf.rows("SELECT bytes, adopted_at FROM calendar WHERE name = ? AND number > 0 ORDER BY number",
                                      self.law.calendar))
        touched = []
        for record in self.shelf.rows("SELECT * FROM case_file WHERE updated_at >= ?", self.looked):
            case = self.cases.get(record["id"])
            if case is None:
                case = self.cases[record["id"]] = Case(dict(record), self.law)
            case.record = dict(record)
            if self.walk(case):
                touched.append(case)
        self.looked = last
        return touched

    def walk(self, case):
        self.fetch(case)
        touched, new = {"lists", "clock"}, self.shelf.rows(EVENTS, case.id, case.count)
        for row in new:
            self.step(case, row, json.loads(row["data"]))
            touched.update(TOUCHES.get(row["type"], ()))
        for what in sorted(touched) if new else ():
            getattr(self, f"check_{what}")(case)
        return bool(new)

    def fetch(self, case):
        """Letters of the case, attempts to send them and who approved; none may be gone that was there."""
        before = {row["id"] for row in case.letters}
        case.letters = [dict(row) for row in self.shelf.rows(
            "SELECT id, kind, sha256, state FROM letter WHERE case_id = ? ORDER BY id", case.id)]
        ids = [row["id"] for row in case.letters]
        if before - set(ids) or ids != [f"{case.id}-l{i + 1:03}" for i in range(len(ids))]:
            self.fault(18, case, f"letters are missing: there are {' '.join(ids)}")
        case.approvals = set()
        for letter in ids:
            case.attempts[letter] = [dict(row) for row in self.shelf.rows(
                "SELECT number, ended_at, phase FROM letter_attempt WHERE letter = ? ORDER BY number", letter)]
            if [row["number"] for row in case.attempts[letter]] != list(range(1, len(case.attempts[letter]) + 1)):
                self.fault(18, case, f"an attempt to send {letter} is missing")
            for row in self.shelf.rows("SELECT sha256, approver FROM approval WHERE letter = ?", letter):
                case.approvals.add((row["sha256"].hex(), row["approver"]))

    # --- what an event can touch ---

    def check_lists(self, case):
        record = case.record
        if record["seq"] != case.count or record["stage"] != case.stage or \
                record["closed_at"] != case.ended or bool(record["published"]) != case.published:
            self.fault(10, case, "lists do not show what the events say")

    def check_clock(self, case):
        running = self.shelf.rows("SELECT due_at FROM deadline WHERE case_id = ? AND state = 'running'", case.id)
        if [moment(row["due_at"]) for row in running] != ([case.clock] if case.clock else []):
            self.fault(4, case, "the running deadline is another than the events set")

    def check_letters(self, case):
        for letter in case.letters:
            bytes_ = self.shelf.one("SELECT bytes FROM letter WHERE id = ?", letter["id"])["bytes"]
            if hashlib.sha256(bytes_).digest() != letter["sha256"]:
                self.fault(7, case, f"letter {letter['id']} has other bytes than its digest")
                continue
            if letter["sha256"].hex() in case.sent and not self.names_its_matter(case, bytes_):
                self.fault(7, case, f"letter {letter['id']} does not name case and subject")

    @staticmethod
    def names_its_matter(case, bytes_):
        """As it stands, when the bytes are plain; else as a mail program would show it."""
        if case.id.encode() in bytes_ and case.record["subject"].encode() in bytes_:
            return True
        message = email.message_from_bytes(bytes_, policy=email.policy.default)
        text = message.get_body(("plain",)).get_content()
        return case.id in str(message["Subject"]) + text and case.record["subject"] in text

    def check_complaints(self, case):
        links = self.shelf.rows("SELECT object FROM case_link WHERE case_id = ? AND kind = 'complaint'", case.id)
        if len(links) != case.complaints:
            self.fault(2, case, f"{len(links)} complaints, {case.complaints} events")
        if not links or case.law.kind(case.stage) != "end" or case.record["origin"] != "complaint" or \
                not case.law.tells(case.stage):
            return
        told = self.shelf.rows("SELECT state, error FROM outbox WHERE key >= ? AND key < ? AND kind = 'tell-complainant'",
                               case.id + "/", case.id + "0")
        late = self.now - case.at > TOLD
        if not told or (late and any(task["state"] != "done" or not task["error"] for task in told)):
            self.fault(2, case, f"who sent {links[0]['object']} was not told how it ended")

    def check_matter(self, case):
        row = case.record
        for other in self.shelf.rows("SELECT id, opened_at, closed_at FROM case_file WHERE party = ? AND obligation = ?"
                                     " AND subject = ? AND id <> ?", row["party"], row["obligation"], row["subject"], case.id):
            if other["opened_at"] < (row["closed_at"] or 1 << 62) and row["opened_at"] < (other["closed_at"] or 1 << 62):
                self.fault(9, case, f"open at the same time as {other['id']}")

    def check_proposals(self, case):
        if case.law.kind(case.stage) == "end" and self.shelf.rows(
                "SELECT 1 FROM case_proposal WHERE case_id = ? AND state = 'waiting'", case.id):
            self.fault(20, case, "a proposal waits in a case that ended")

    def check_publication(self, case):
        found = self.shelf.rows("SELECT * FROM publication WHERE case_id = ?", case.id)
        if case.published != bool(found):
            self.fault(1, case, "public although it is not formal" if found
                       else "a formal notice that is served has no publication")
        for row in found:
            if row["state"] in ("open", "suspended") and not row["next_update_due"]:
                self.fault(26, case, "no next update is promised")

    # --- what time can violate ---

    def check_time(self, case):
        over = case.law.kind(case.stage) == "end"
        if case.clock and case.clock <= self.now:
            self.fault(4, case, f"the due moment {case.clock} was missed")
        if case.clock and case.counted and not case.law.formal(case.stage):
            due = case.law.due(case.rule, case.service, self.now)
            if due and due > case.date:
                self.fault(5, case, f"due {case.date}, which the calendar of today counts as {due}")
        if not over and not case.clock and case.at and self.now - case.at > IDLE:
            self.fault(4, case, f"nothing has happened in '{case.stage}' since {case.at}")
        if case.answer == "received" and not over and self.now - case.answered_at > IDLE:
            self.fault(25, case, f"the answer of {case.answered_at} was not judged")
        if case.served and case.expired and case.answer != "received" and not over and self.now - case.expired_at > IDLE \
                and not case.clock:
            self.fault(25, case, f"the notice expired at {case.expired_at} and nothing was decided")
        if any(self.now - at > IDLE for at in case.bounced) and not over and not case.served:
            self.fault(27, case, "what came back was left so")

    def month(self):
        """Whatever may be violated though nothing happened, and what the public sees."""
        for case in self.cases.values():
            ended = case.law.kind(case.stage) == "end"
            if not ended:
                self.check_time(case)
            if not ended or self.now - case.at < 3 * TOLD:
                self.check_complaints(case)
        public = {row["case_id"] for row in self.shelf.rows("SELECT case_id FROM publication")}
        for id in sorted(public | {case.id for case in self.cases.values() if case.published}):
            if id not in self.cases:
                self.fault(1, id, "a publication without a case")
            else:
                self.check_publication(self.cases[id])
        self.check_log()
        self.check_public_folder()

    def everything(self):
        for case in self.cases.values():
            if case.count == 0:
                self.fault(10, case, "a case without an event")
            for what in ("letters", "complaints", "matter", "proposals", "publication"):
                getattr(self, f"check_{what}")(case)
        for row in self.shelf.rows("SELECT DISTINCT case_id FROM case_event"):
            if row["case_id"] not in self.cases:
                self.fault(10, row["case_id"], "an event without a case")
        for row in self.shelf.rows("SELECT json FROM opening WHERE json LIKE '%@%'"):
            self.fault(17, "-", f"the log was told an address: {row['json'][:80]}")
        self.month()

    # --- log and public folder ---

    def check_log(self):
        for row in self.shelf.rows("SELECT number, entry FROM log_entry WHERE number >= ? ORDER BY number", self.tree.size):
            if row["number"] != self.tree.size:
                self.fault(16, "-", f"entry {self.tree.size} is missing")
                break
            self.tree.append(row["entry"])
        for row in self.shelf.rows("SELECT size, note FROM log_checkpoint WHERE size > ? ORDER BY size", self.tree.signed):
            size, root = read_checkpoint(row["note"])
            if size != row["size"] or self.tree.root(size) != root:
                self.fault(16, "-", f"the checkpoint of {row['size']} entries is of other entries")
        last = self.shelf.one("SELECT note FROM log_checkpoint ORDER BY size DESC LIMIT 1")
        shown = self.data / "public/log/checkpoint"
        if last and (not shown.exists() or shown.read_text() != last["note"]):
            self.fault(16, "-", "the public checkpoint is another than the last one signed")

    def check_public_folder(self):
        published = {row["case_id"]: row for row in self.shelf.rows("SELECT * FROM publication")}
        for id, row in published.items():
            if self.now - moment(row["published_at"]) > SHOWN and \
                    not (self.data / f"public/notices/{row['notice']}.json").exists():
                self.fault(2, id, f"the record {row['notice']} is not in the public folder")
        ids = set(self.cases) - set(published)
        parties = {self.cases[id].record["party"] for id in ids} - \
                  {self.cases[id].record["party"] for id in published if id in self.cases}
        for path in (self.data / "public").rglob("*"):
            if not path.is_file() or "tile" in path.parts:
                continue
            words = set(path.read_text(errors="replace").translate(WORDS).split())
            for found in words & (ids | parties):
                self.fault(1, found, f"named in public: {path.name}")

    # --- the whole ---

    def compare(self, report):
        for row in report["months"]:
            for name in ("received", "closed", "out_of_scope", "first", "second", "third", "escalated", "breach"):
                found = self.figures[(row["month"], row["party"]), name]
                if found != row[name]:
                    self.fault(2, "-", f"{row['month']} {row['party']}: {name} {row[name]} reported, {found} in events")

    def whole(self, report=None):
        self.follow()
        self.everything()
        if report:
            self.compare(report)
        return self.violations


def open_store(data, mode="ro"):
    db = sqlite3.connect(f"file:{pathlib.Path(data) / 'store.db'}?mode={mode}", uri=True, isolation_level=None)
    db.row_factory = sqlite3.Row
    return db


def check(data, rulebook, report=None, process=None):
    shelf = Shelf(data)
    with contextlib.closing(shelf.db):
        return Checker(data, Law(pathlib.Path(rulebook), process), shelf).whole(report)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--rulebook", type=pathlib.Path, required=True)
    parser.add_argument("--process", type=pathlib.Path)
    parser.add_argument("--report", type=pathlib.Path)
    options = parser.parse_args()
    report = json.loads(options.report.read_text()) if options.report else None
    violations = check(options.data, options.rulebook, report, options.process)
    for number, case, words in violations:
        print(f"{number} {case}: {words}")
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())
