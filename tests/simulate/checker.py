#!/usr/bin/env python3
"""Holds a data directory to the invariants of casework, without any code of the program.

    tests/simulate/checker.py DATA --rulebook DIR [--report FILE]

Read are events, letters, attempts, approvals, links, outbox, openings and publications of the SQLite
file, and the public folder. Prints one line for each violation, `INVARIANT case: words`, and ends with
1 when there is one. The numbers:

  1  nothing informal is public                    8  approved by another person, byte for byte
  2  nothing received is lost, who complained told 9  one open case for each matter
  3  levels rise by one, formal only after failure 10 every event names its rule and is in the log
  4  no deadline missed, no case forgotten         11 a resend starts no clock
  5  deadline = counted days; moved later only     12 no deadline before service
  6  no cure shorter than the agreement's          19 closed with a code and a reason
  7  what was sent is what is kept                 20 nothing waits in a case that ended
                                                   26 a live publication has a next update
                                                   27 what came back went out another way
"""
import argparse
import collections
import contextlib
import datetime
import email
import email.policy
import hashlib
import hmac
import json
import pathlib
import sqlite3
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from law import UTC, Law  # noqa: E402

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=UTC)
IDLE = datetime.timedelta(21)     # without a clock, somebody moves a case within this time
TOLD = datetime.timedelta(14)     # and tells who complained
CLOCKS = ("notice-sent", "extended", "remediation-agreed", "resumed", "clarified", "recalculated")
CAUSES = ("answer-judged", "extended", "rescinded", "escalated", "remediation-agreed")


def moment(micros):
    return EPOCH + datetime.timedelta(microseconds=micros)


def parse(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


class Case:
    """What the walk along the events of one case knows."""

    def __init__(self, record, law):
        self.record, self.law, self.id = record, law, record["id"]
        self.stage, self.party, self.at = "intake", None, None
        self.clock = None       # the instant of the running deadline
        self.date = self.service = None
        self.drafters = collections.defaultdict(set)
        self.approvers = collections.defaultdict(set)
        self.sent, self.bounced, self.published = [], [], False
        self.count, self.ended = 0, 0
        self.enter("intake")

    def enter(self, stage):
        self.stage, self.served, self.expired, self.answer = stage, False, False, "none"
        self.clock = self.date = None


class Checker:
    def __init__(self, data, law, db):
        self.data, self.law, self.violations, self.db = pathlib.Path(data), law, [], db
        self.cases = {row["id"]: Case(row, law) for row in self.rows("SELECT * FROM case_file")}
        self.letters = collections.defaultdict(list)
        for row in self.rows("SELECT * FROM letter ORDER BY id"):
            self.letters[row["case_id"]].append(row)
        self.attempts = collections.defaultdict(list)
        for row in self.rows("SELECT * FROM letter_attempt ORDER BY letter, number"):
            self.attempts[row["letter"]].append(row)
        self.approvals = {(bytes(row["sha256"]).hex(), row["approver"]) for row in self.rows("SELECT * FROM approval")}
        self.figures = collections.Counter()
        last = self.rows("SELECT MAX(at) AS at FROM case_event")[0]["at"]
        self.now = moment(last or 0)

    def rows(self, query, *values):
        return self.db.execute(query, values).fetchall()

    def fault(self, number, case, words):
        self.violations.append((number, getattr(case, "id", case), words))

    # --- events ---

    def walk(self):
        for row in self.rows("SELECT e.*, o.key, o.json, (SELECT COUNT(*) FROM log_entry l WHERE l.entry = e.entry)"
                             " + (SELECT COUNT(*) FROM log_waiting w WHERE w.entry = e.entry) AS logged"
                             " FROM case_event e LEFT JOIN opening o ON o.entry = e.entry ORDER BY e.case_id, e.seq"):
            case = self.cases.get(row["case_id"])
            if case is None:
                self.fault(10, row["case_id"], "an event without a case")
                continue
            self.step(case, row, json.loads(row["data"]))
        for case in self.cases.values():
            self.end(case)

    def step(self, case, row, data):
        at, what = moment(row["at"]), row["type"]
        case.count += 1
        if row["seq"] != case.count or (case.at and at < case.at):
            self.fault(10, case, f"event {row['seq']} is out of order")
        rule = data.get("rule", {})
        if rule.get("from") != case.stage or rule.get("to") not in self.law.stages:
            self.fault(10, case, f"event {row['seq']} ({what}) names no rule from '{case.stage}'")
            rule = {"from": case.stage, "to": case.stage}
        self.in_log(case, row, data)
        if case.clock and at >= case.clock and what != "deadline-passed":
            self.fault(4, case, f"'{what}' at {at} although the due moment {case.clock} had not been taken")
            case.clock = None
        if what in CAUSES and not row["reason"]:
            self.fault(5, case, f"'{what}' without a reason")
        self.count(case, row, data)
        self.happen(case, row, data, at)
        if rule["to"] != rule["from"]:
            self.move(case, row, data, rule["to"])
        self.turn_clock(case, row, data, at)
        case.at = at

    def in_log(self, case, row, data):
        if row["key"] is None or not row["logged"]:
            self.fault(10, case, f"event {row['seq']} is not in the log")
            return
        if hmac.new(row["key"], row["json"].encode(), hashlib.sha256).digest() != row["entry"]:
            self.fault(10, case, f"event {row['seq']}: the opening does not open its entry")
        told = json.loads(row["json"])
        mine = {"case": case.id, "seq": row["seq"], "event": row["type"], "at": row["at"], "actor": row["actor"],
                "reason": row["reason"], "data": data, "evidence": json.loads(row["evidence"]), "kind": "case-event"}
        if told != mine:
            self.fault(10, case, f"event {row['seq']} is not what the log was told")

    def happen(self, case, row, data, at):
        what = row["type"]
        if what in ("received", "opened") and case.party is None:
            case.party = data["party"]
        if what == "notice-drafted":
            case.drafters[data["sha256"]].add(row["actor"])
        elif what == "notice-approved":
            case.approvers[data["sha256"]].add(row["actor"])
            if (data["sha256"], row["actor"]) not in self.approvals:
                self.fault(8, case, f"event {row['seq']}: the store knows no such approval")
        elif what == "notice-sent":
            self.serve(case, row, data, at)
        elif what == "resent" and data.get("deadline"):
            self.fault(11, case, "a resend started a clock")
        elif what == "answered":
            case.answer = "received"
        elif what == "answer-judged":
            if case.answer != "received":
                self.fault(3, case, "a judgement without an answer")
            case.answer = data["judgement"]
        elif what == "bounced":
            case.bounced.append(at)
        elif what == "deadline-passed":
            if case.clock is None or at < case.clock or at > case.clock + datetime.timedelta(hours=1):
                self.fault(4, case, f"the due moment {case.clock} was taken at {at}")
            case.expired, case.clock = True, None
        elif what == "closed" and (data.get("closure") not in self.law.families or not row["reason"]):
            self.fault(19, case, "closed without a code of the process or a reason")

    def serve(self, case, row, data, at):
        """The bytes that went out are kept, somebody stands behind them, and a server took them."""
        letter = next((one for one in self.letters[case.id] if bytes(one["sha256"]).hex() == data["sha256"]), None)
        case.served = True
        case.sent.append(data["sha256"])
        if letter is None or letter["kind"] != data["letter"] or letter["state"] not in ("sent", "bounced"):
            self.fault(7, case, f"event {row['seq']}: no such letter was sent")
            return
        if not any(one["phase"] == "accepted" and moment(one["ended_at"]) <= at for one in self.attempts[letter["id"]]):
            self.fault(12, case, f"letter {letter['id']} was served before a server took it")
        if not case.drafters[data["sha256"]] - {"machine"}:
            self.fault(8, case, f"nobody stands behind letter {letter['id']}")
        if self.law.formal(case.stage):
            case.published = True

    def move(self, case, row, data, to):
        law, old = self.law, case.stage
        failed = case.served and case.expired and case.answer in ("none", "partial", "inadequate")
        if law.kind(to) == "informal" and law.level(to) > 1:
            if law.level(to) != law.level(old) + 1 or not failed:
                self.fault(3, case, f"'{old}' rose to '{to}' without having failed")
        if law.kind(to) == "escalated" and not (row["type"] == "escalated" and data.get("criterion")):
            self.fault(3, case, f"'{to}' without a criterion")
        if law.formal(to) and not data.get("ground"):
            judged = law.kind(old) == "escalated" and case.served and case.answer == "inadequate"
            top = law.level(old) == law.top or law.kind(old) == "escalated" or law.formal(old)
            if not top or not (failed or judged):
                self.fault(3, case, f"'{to}' although '{old}' had not failed")
        if law.formal(to) or law.kind(to) == "escalated":
            self.approved(case, row, to, 2 if data.get("ground") else 1)
        case.ended = row["at"] if law.kind(to) == "end" else 0
        case.enter(to)

    def approved(self, case, row, to, needed):
        """Invariant 8, for the letter that opens a stage: the newest of its kind that is drafted."""
        mine = [one for one in self.letters[case.id] if one["kind"] == self.law.stages[to].get("letter")]
        good = [one for one in mine if len(case.approvers[bytes(one["sha256"]).hex()]
                                           - case.drafters[bytes(one["sha256"]).hex()] - {"machine"}) >= needed]
        if not good:
            self.fault(8, case, f"'{to}' without {needed} approval by somebody who did not draft it")

    def turn_clock(self, case, row, data, at):
        deadline = data.get("deadline")
        if "deadline" not in data:
            return
        if deadline is None:
            case.clock = None
            return
        date = datetime.date.fromisoformat(deadline["date"])
        service = parse(deadline["service_at"]) if "service_at" in deadline else case.service
        if row["type"] not in CLOCKS:
            self.fault(12, case, f"'{row['type']}' set a clock")
        if service > at or not case.served:
            self.fault(12, case, "a deadline before service")
        if row["type"] == "notice-sent":
            due = self.law.due(deadline["rule"], service)
            if due and due != date:
                self.fault(5, case, f"due {date}, counted {due}")
        elif case.date and date <= case.date:
            self.fault(5, case, f"the date {case.date} was moved to {date}")
        if row["type"] == "extended" and self.law.formal(case.stage) and data.get("second", "") in ("", row["actor"]):
            self.fault(5, case, "a public extension by one person")
        if parse(deadline["instant"]) != self.law.passes(date) and self.law.due(deadline["rule"], service):
            self.fault(5, case, f"{date} passes at {self.law.passes(date)}, not at {deadline['instant']}")
        if self.law.kind(case.stage) == "breach" and \
                (date - self.law.local_day(service)).days < self.law.least[case.party]:
            self.fault(6, case, f"a cure of {(date - self.law.local_day(service)).days} days")
        case.clock, case.date, case.service = parse(deadline["instant"]), date, service

    def end(self, case):
        record, kind = case.record, self.law.kind(case.stage)
        over = kind == "end"
        if record["seq"] != case.count or record["stage"] != case.stage or \
                record["closed_at"] != case.ended or bool(record["published"]) != case.published:
            self.fault(10, case, "lists do not show what the events say")
        if case.clock and case.clock <= self.now:
            self.fault(4, case, f"the due moment {case.clock} was missed")
        if not over and not case.clock and case.at and self.now - case.at > IDLE:
            self.fault(4, case, f"nothing has happened in '{case.stage}' since {case.at}")
        for at in case.bounced:
            if self.now - at > IDLE and not over and not case.served:
                self.fault(27, case, f"what came back at {at} was left so")
        running = self.rows("SELECT due_at FROM deadline WHERE case_id = ? AND state = 'running'", case.id)
        if [moment(row["due_at"]) for row in running] != ([case.clock] if case.clock else []):
            self.fault(4, case, "the running deadline is another than the events set")

    # --- letters, complaints, matters, public ---

    def check_letters(self):
        for case_id, letters in self.letters.items():
            case = self.cases[case_id]
            for letter in letters:
                if hashlib.sha256(letter["bytes"]).digest() != letter["sha256"]:
                    self.fault(7, case, f"letter {letter['id']} has other bytes than its digest")
                    continue
                if not (self.data / "letters" / f"{letter['id']}.html").exists():
                    self.fault(7, case, f"letter {letter['id']}: its page is lost")
                if bytes(letter["sha256"]).hex() not in case.sent:
                    continue
                message = email.message_from_bytes(letter["bytes"], policy=email.policy.default)
                text = message.get_body(("plain",)).get_content()
                if case.id not in str(message["Subject"]) + text or case.record["subject"] not in text:
                    self.fault(7, case, f"letter {letter['id']} does not name case and subject")

    def check_complaints(self):
        complaints = self.rows("SELECT * FROM case_link WHERE kind = 'complaint'")
        told = {row["key"]: row for row in self.rows("SELECT * FROM outbox WHERE kind = 'tell-complainant'")}
        if len(complaints) != self.figures["received"]:
            self.fault(2, "-", f"{len(complaints)} complaints, {self.figures['received']} events")
        for row in complaints:
            case = self.cases[row["case_id"]]
            if self.law.kind(case.stage) != "end":
                continue
            mine = [task for key, task in told.items() if key.startswith(case.id + "/")]
            late = self.now - case.at > TOLD
            if "complaint" == case.record["origin"] and self.tells(case) and \
                    (not mine or (late and any(task["state"] != "done" or not task["error"] for task in mine))):
                self.fault(2, case, f"who sent {row['object']} was not told how it ended")

    def tells(self, case):
        """Whether the process has anybody told at this end; a rulebook may leave it out."""
        return case.stage != "settled" and case.stage != "withdrawn"

    def check_matters(self):
        spans = collections.defaultdict(list)
        for case in self.cases.values():
            row = case.record
            spans[row["party"], row["obligation"], row["subject"]].append(
                (row["opened_at"], row["closed_at"] or 1 << 62, case))
        for matter in spans.values():
            matter.sort(key=lambda span: span[:2])
            for one, other in zip(matter, matter[1:]):
                if other[0] < one[1]:
                    self.fault(9, other[2], f"opened while {one[2].id} was open")
        for row in self.rows("SELECT * FROM case_proposal WHERE state = 'waiting'"):
            if self.law.kind(self.cases[row["case_id"]].stage) == "end":
                self.fault(20, self.cases[row["case_id"]], "a proposal waits in a case that ended")

    def check_public(self):
        published = {row["case_id"]: row for row in self.rows("SELECT * FROM publication")}
        for case in self.cases.values():
            if case.published != (case.id in published):
                self.fault(1, case, "public although it is not formal" if case.id in published
                           else "a formal notice that is served has no publication")
        for row in published.values():
            if row["state"] in ("open", "suspended") and not row["next_update_due"]:
                self.fault(26, row["case_id"], "no next update is promised")
        ids = set(self.cases) - set(published)
        parties = {self.cases[id].record["party"] for id in ids} - \
                  {self.cases[id].record["party"] for id in published if id in self.cases}
        for path in (self.data / "public").rglob("*"):
            if not path.is_file() or "tile" in path.parts:
                continue
            words = set(path.read_text(errors="replace").translate(WORDS).split())
            for found in words & (ids | parties):
                self.fault(1, found, f"named in public: {path.name}")
        for row in self.rows("SELECT json FROM opening WHERE json LIKE '%@%'"):
            self.fault(17, "-", f"the log was told an address: {row['json'][:80]}")

    # --- figures ---

    def count(self, case, row, data):
        month = (moment(row["at"]).strftime("%Y-%m"), case.party or data.get("party"))
        what = row["type"]
        if what == "received" and row["reason"].startswith("complaint"):
            self.figures["received"] += 1
            self.figures[month, "received"] += 1
        if what == "closed":
            self.figures[month, "closed"] += 1
            self.figures[month, "out_of_scope"] += self.law.families.get(data.get("closure")) == "out-of-scope"
        if what == "notice-sent":
            stage = self.law.stage_of_letter(data["letter"])
            name = {"informal": ("first", "second", "third")[max(self.law.level(stage), 1) - 1],
                    "escalated": "escalated", "breach": "breach"}.get(self.law.kind(stage))
            self.figures[month, name] += 1

    def compare(self, report):
        for row in report["months"]:
            for name in ("received", "closed", "out_of_scope", "first", "second", "third", "escalated", "breach"):
                found = self.figures[(row["month"], row["party"]), name]
                if found != row[name]:
                    self.fault(2, "-", f"{row['month']} {row['party']}: {name} {row[name]} reported, {found} in events")

    def run(self, report=None):
        self.walk()
        self.check_letters()
        self.check_complaints()
        self.check_matters()
        self.check_public()
        if report:
            self.compare(report)
        return self.violations


WORDS = {ord(sign): " " for sign in "\"'<>/,;:()[]{}=&?#\n\t"}


def open_store(data, mode="ro"):
    db = sqlite3.connect(f"file:{pathlib.Path(data) / 'store.db'}?mode={mode}", uri=True, isolation_level=None)
    db.row_factory = sqlite3.Row
    return db


def check(data, rulebook, report=None):
    with contextlib.closing(open_store(data)) as db:
        return Checker(data, Law(pathlib.Path(rulebook)), db).run(report)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--rulebook", type=pathlib.Path, required=True)
    parser.add_argument("--report", type=pathlib.Path)
    options = parser.parse_args()
    report = json.loads(options.report.read_text()) if options.report else None
    violations = check(options.data, options.rulebook, report)
    for number, case, words in violations:
        print(f"{number} {case}: {words}")
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())
