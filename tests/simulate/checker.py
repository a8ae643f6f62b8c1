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
import collections
import contextlib
import copy
import datetime
import email
import email.policy
import hashlib
import json
import operator
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from law import Law  # noqa: E402
from shelf import (APPROVALS, ATTEMPTS, BYTES, COMPLAINTS, EVENTS, LETTERS, MATTER, PROPOSALS,  # noqa: E402
                   PUBLICATIONS, RUNNING, TELLING, Shelf)
from shown import Shown  # noqa: E402
from tree import Tree, read_checkpoint  # noqa: E402
from walk import Case, Walk, moment, read  # noqa: E402

IDLE = datetime.timedelta(21)     # without a clock, somebody moves a case within this time
TOLD = datetime.timedelta(14)     # and tells who complained
SHOWN = datetime.timedelta(8)     # and the public folder is written once a week
AT_ONCE = 1000                    # cases whose rows are in memory together

# What an event can touch besides the lists and the clock, which every event does.
TOUCHES = {"received": ("complaints", "matter"), "opened": ("matter",), "reopened": ("matter",),
           "notice-drafted": ("letters",), "notice-approved": ("letters",), "notice-sent": ("letters", "publication"),
           "resent": ("letters",), "bounced": ("letters",), "closed": ("complaints", "matter", "proposals"),
           "cured": ("complaints", "matter", "proposals", "publication"), "rescinded": ("complaints", "matter", "publication", "proposals"),
           "deadline-passed": ("complaints", "publication", "matter", "proposals"), "extended": ("publication", "proposals")}


ALWAYS = ("lists", "clock")
BY_SEQ, BY_ID, BY_NUMBER = map(operator.itemgetter, ("seq", "id", "number"))


def portions(cases):
    cases = list(cases)
    return (cases[i:i + AT_ONCE] for i in range(0, len(cases), AT_ONCE))


class Checker(Walk):
    def __init__(self, data, law, shelf):
        super().__init__()
        self.data, self.law, self.shelf = pathlib.Path(data), law, shelf
        self.violations, self.cases, self.tree, self.shown = [], {}, Tree(), Shown()
        self.now, self.looked = moment(0), 0
        self.live = {}                          # cases to which time alone may still do something
        self.parties = collections.Counter()    # of all cases

    def fault(self, number, case, words):
        self.violations.append((number, getattr(case, "id", case), words))

    def copy(self, shelf):
        """Another one that has come as far, which reads from `shelf`."""
        mine = copy.copy(self)
        mine.shelf = shelf
        return copy.deepcopy(mine, {id(one): one for one in (shelf, self.law)})

    # --- what is new ---

    def follow(self, touches=TOUCHES):
        """The events since the last time; gives the cases that they touched."""
        last = self.shelf.one("SELECT MAX(at) AS at FROM case_event")["at"] or 0
        self.now = moment(last)
        self.law.know(self.shelf.rows("SELECT bytes, adopted_at FROM calendar WHERE name = ? AND number > 0 ORDER BY number",
                                      self.law.calendar))
        if last < self.looked:
            self.live = dict(self.cases)
        touched = []
        for records in portions(self.shelf.rows("SELECT * FROM case_file WHERE updated_at >= ?", self.looked)):
            touched += self.walk([self.file(dict(record)) for record in records], touches)
        self.looked = last
        return touched

    def file(self, record):
        """The case of a record, which is now this one."""
        case = self.cases.get(record["id"])
        if case is None:
            case = self.cases[record["id"]] = self.live[record["id"]] = Case(record, self.law)
            self.parties[record["party"]] += 1
        elif record["party"] != case.record["party"]:
            self.parties.update({case.record["party"]: -1, record["party"]: 1})
            self.parties = +self.parties        # what came to 0 is gone
        case.record = record
        return case

    def walk(self, cases, touches):
        """What is new of each, then what that can touch."""
        news, touched = self.shelf.of(cases, EVENTS), collections.defaultdict(list)
        self.fetch(cases)
        for case in cases:
            what = set(ALWAYS)
            for row in sorted(news[case.id], key=BY_SEQ):
                self.step(case, row, read(row["data"]))
                what.update(touches.get(row["type"], ()))
            # A record that moved without an event that one sees is held against the lists too: its event may be lost.
            for one in what if news[case.id] else ("lists",):
                touched[one].append(case)
        for what in sorted(touched):
            getattr(self, f"check_{what}")(touched[what])
        self.live.update((case.id, case) for case in touched["lists"])
        return touched["lists"]

    def fetch(self, cases):
        """Letters of the cases, attempts to send them and who approved; none may be gone that was there."""
        letters, attempts, approvals = (self.shelf.of(cases, query) for query in (LETTERS, ATTEMPTS, APPROVALS))
        for case in cases:
            before = {row["id"] for row in case.letters}
            case.letters = sorted(letters[case.id], key=BY_ID)
            ids = [row["id"] for row in case.letters]
            if before - set(ids) or ids != [f"{case.id}-l{i + 1:03}" for i in range(len(ids))]:
                self.fault(18, case, f"letters are missing: there are {' '.join(ids)}")
            case.approvals = {(row["sha256"].hex(), row["approver"]) for row in approvals[case.id]}
            case.attempts.update((id, []) for id in ids)
            for row in sorted(attempts[case.id], key=BY_NUMBER):
                case.attempts[row["letter"]].append(row)
            for letter in ids:
                if [row["number"] for row in case.attempts[letter]] != list(range(1, len(case.attempts[letter]) + 1)):
                    self.fault(18, case, f"an attempt to send {letter} is missing")

    # --- what an event can touch ---

    def check_lists(self, cases):
        for case in cases:
            record = case.record
            if record["seq"] != case.count or record["stage"] != case.stage or \
                    record["closed_at"] != case.ended or bool(record["published"]) != case.published:
                self.fault(10, case, "lists do not show what the events say")

    def check_clock(self, cases):
        running = self.shelf.of(cases, RUNNING)
        for case in cases:
            if [moment(row["due_at"]) for row in running[case.id]] != ([case.clock] if case.clock else []):
                self.fault(4, case, "the running deadline is another than the events set")

    def check_letters(self, cases):
        kept = self.shelf.of(cases, BYTES)
        for case in cases:
            bytes_of = {row["id"]: row["bytes"] for row in kept[case.id]}
            for letter in case.letters:
                self.check_letter(case, letter, bytes_of[letter["id"]])

    def check_letter(self, case, letter, bytes_):
        if hashlib.sha256(bytes_).digest() != letter["sha256"]:
            self.fault(7, case, f"letter {letter['id']} has other bytes than its digest")
        elif letter["sha256"].hex() in case.sent and not self.names_its_matter(case, bytes_):
            self.fault(7, case, f"letter {letter['id']} does not name case and subject")

    @staticmethod
    def names_its_matter(case, bytes_):
        """As it stands, when the bytes are plain; else as a mail program would show it."""
        if case.id.encode() in bytes_ and case.record["subject"].encode() in bytes_:
            return True
        message = email.message_from_bytes(bytes_, policy=email.policy.default)
        text = message.get_body(("plain",)).get_content()
        return case.id in str(message["Subject"]) + text and case.record["subject"] in text

    def check_complaints(self, cases):
        links = self.shelf.of(cases, COMPLAINTS)
        for case in cases:
            if len(links[case.id]) != case.complaints:
                self.fault(2, case, f"{len(links[case.id])} complaints, {case.complaints} events")
        ended = [case for case in cases if links[case.id] and case.record["origin"] == "complaint"
                 and case.law.kind(case.stage) == "end" and case.law.tells(case.stage)]
        telling = self.shelf.of(ended, TELLING)
        for case in ended:
            told, late = telling[case.id], self.now - case.at > TOLD
            if not told or (late and any(task["state"] != "done" or not task["error"] for task in told)):
                self.fault(2, case, f"who sent {links[case.id][0]['object']} was not told how it ended")

    def check_matter(self, cases):
        for case in cases:
            row = case.record
            for other in self.shelf.rows(MATTER, row["party"], row["obligation"], row["subject"], case.id):
                if other["opened_at"] < (row["closed_at"] or 1 << 62) and row["opened_at"] < (other["closed_at"] or 1 << 62):
                    self.fault(9, case, f"open at the same time as {other['id']}")

    def check_proposals(self, cases):
        waiting = self.shelf.of(cases, PROPOSALS)
        for case in cases:
            if case.law.kind(case.stage) == "end" and waiting[case.id]:
                self.fault(20, case, "a proposal waits in a case that ended")

    def check_publication(self, cases):
        publications = self.shelf.of(cases, PUBLICATIONS)
        for case in cases:
            found = publications[case.id]
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
        for cases in portions(self.pass_time()):
            self.check_complaints(cases)
        self.check_published()
        self.check_log()
        self.check_public_folder()

    def pass_time(self):
        """Looks at the clocks of every case that has not ended; gives these, and those that ended lately."""
        for case in list(self.live.values()):
            if case.law.kind(case.stage) != "end":
                self.check_time(case)
            elif self.now - case.at >= 3 * TOLD:
                del self.live[case.id]
        return self.live.values()

    def check_published(self):
        public = {row["case_id"] for row in self.shelf.rows("SELECT case_id FROM publication")}
        for id in sorted(public - self.cases.keys()):
            self.fault(1, id, "a publication without a case")
        for cases in portions(case for case in self.cases.values() if case.published or case.id in public):
            self.check_publication(cases)

    def everything(self):
        for cases in portions(self.cases.values()):
            for case in cases:
                if case.count == 0:
                    self.fault(10, case, "a case without an event")
            for what in ("letters", "complaints", "matter", "proposals", "publication"):
                getattr(self, f"check_{what}")(cases)
        for row in self.shelf.rows("SELECT DISTINCT case_id FROM case_event"):
            if row["case_id"] not in self.cases:
                self.fault(10, row["case_id"], "an event without a case")
        for row in self.shelf.rows("SELECT json FROM opening WHERE json LIKE '%@%'"):
            self.fault(17, "-", f"the log was told an address: {row['json'][:80]}")
        self.month()

    # --- log and public folder ---

    def check_log(self):
        rows = self.shelf.rows("SELECT number, entry FROM log_entry WHERE number >= ? ORDER BY number", self.tree.size)
        gap = next((i for i, row in enumerate(rows, self.tree.size) if row["number"] != i), None)
        if gap is not None:
            self.fault(16, "-", f"entry {gap} is missing")
            del rows[gap - self.tree.size:]
        self.tree.extend(row["entry"] for row in rows)
        for row in self.shelf.rows("SELECT size, note FROM log_checkpoint WHERE size > ? ORDER BY size", self.tree.signed):
            size, root = read_checkpoint(row["note"])
            if size != row["size"] or self.tree.root(size) != root:
                self.fault(16, "-", f"the checkpoint of {row['size']} entries is of other entries")
        last = self.shelf.one("SELECT note FROM log_checkpoint ORDER BY size DESC LIMIT 1")
        shown = self.data / "public/log/checkpoint"
        if last and (not shown.exists() or shown.read_text() != last["note"]):
            self.fault(16, "-", "the public checkpoint is another than the last one signed")

    def check_public_folder(self):
        self.shown.look(self.data / "public")
        published = set()
        for row in self.shelf.rows("SELECT case_id, notice, published_at FROM publication"):
            published.add(row["case_id"])
            if self.now - moment(row["published_at"]) > SHOWN and \
                    str(self.data / f"public/notices/{row['notice']}.json") not in self.shown.files:
                self.fault(2, row["case_id"], f"the record {row['notice']} is not in the public folder")
        parties = self.parties.keys() - {self.cases[id].record["party"] for id in published if id in self.cases}
        for found, name in self.shown.naming((self.cases.keys() - published) | parties):
            self.fault(1, found, f"named in public: {name}")

    # --- the whole ---

    def compare(self, report):
        for row in report["months"]:
            for name in ("received", "closed", "out_of_scope", "first", "second", "third", "escalated", "breach"):
                found = self.figures[(row["month"], row["party"]), name]
                if found != row[name]:
                    self.fault(2, "-", f"{row['month']} {row['party']}: {name} {row[name]} reported, {found} in events")

    def whole(self, report=None):
        self.follow(touches={})   # each case is looked at when all were walked
        self.everything()
        if report:
            self.compare(report)
        return self.violations


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
