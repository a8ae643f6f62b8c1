"""The walk along the events of one case, and what each event may and may not do.

Rows of the store come in through `shelf` (checker.py); nothing here reads a file. Numbers are the invariants
that checker.py lists."""
import collections
import datetime
import functools
import hashlib
import hmac
import json

from law import UTC

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=UTC)
CLOCKS = ("notice-sent", "extended", "remediation-agreed", "resumed", "clarified", "recalculated")
CAUSES = ("answer-judged", "extended", "rescinded", "escalated", "remediation-agreed")
SCAN = json.JSONDecoder().scan_once
COUNTED = ("received", "closed", "notice-sent")
OUT = ("escalated", "rescinded")   # leave a served notice before its time, each with a reason


def moment(micros):
    return EPOCH + datetime.timedelta(microseconds=micros)


@functools.lru_cache(1 << 16)
def parse(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def read(text):
    """A value of JSON; the shorter way, when nothing stands around it."""
    try:
        value, end = SCAN(text, 0)
    except StopIteration:
        return json.loads(text)
    return value if end == len(text) else json.loads(text)


@functools.lru_cache(1 << 16)
def names(evidence):
    """The digests that an event gives as evidence, for reading only."""
    return read(evidence)


class Case:
    """What the walk along the events of one case knows."""

    def __init__(self, record, law):
        self.record, self.law, self.id = record, law, record["id"]
        self.stage, self.party, self.at = "intake", None, None
        self.clock = None       # the instant of the running deadline
        self.date = self.service = self.rule = None
        self.counted = False    # the date is what the rule gives; nobody moved it
        self.drafters = collections.defaultdict(set)
        self.approvers = collections.defaultdict(set)
        self.sent, self.bounced, self.published, self.met = [], [], False, False
        self.count, self.ended = 0, 0
        self.served_at = self.answered_at = self.expired_at = None
        self.complaints = 0
        self.letters, self.attempts, self.approvals = [], {}, set()
        self.enter("intake")

    def enter(self, stage):
        self.stage, self.served, self.expired, self.answer = stage, False, False, "none"
        self.clock = self.date = None


class Walk:
    """Goes on where it stopped. Whoever inherits gives `shelf` and `fault()`."""

    def __init__(self):
        self.figures = collections.Counter()

    def step(self, case, row, data):
        at, what = moment(row["at"]), row["type"]
        case.count += 1
        if row["seq"] != case.count or (case.at and at < case.at):
            self.fault(10, case, f"event {row['seq']} is out of order")
        rule = data.get("rule", {})
        if rule.get("from") != case.stage or rule.get("to") not in case.law.stages:
            self.fault(10, case, f"event {row['seq']} ({what}) names no rule from '{case.stage}'")
            rule = {"from": case.stage, "to": case.stage}
        self.in_log(case, row, data)
        if case.clock and at >= case.clock and what != "deadline-passed":
            self.fault(4, case, f"'{what}' at {at} although the due moment {case.clock} had not been taken")
            case.clock = None
        if what in CAUSES and not row["reason"]:
            self.fault(5, case, f"'{what}' without a reason")
        self.count(case, row, data, at)
        self.happen(case, row, data, at)
        if rule["to"] != rule["from"]:
            self.move(case, row, data, rule["to"])
        self.turn_clock(case, row, data, at)
        case.at = at

    def in_log(self, case, row, data):
        if row["key"] is None or not row["logged"]:
            self.fault(10, case, f"event {row['seq']} is not in the log")
            return
        if hmac.digest(row["key"], row["json"].encode(), "sha256") != row["entry"]:
            self.fault(10, case, f"event {row['seq']}: the opening does not open its entry")
        if "@" in row["json"]:
            self.fault(17, case, f"event {row['seq']}: the log was told an address")
        mine = {"case": case.id, "seq": row["seq"], "event": row["type"], "at": row["at"], "actor": row["actor"],
                "reason": row["reason"], "data": data, "evidence": names(row["evidence"]), "kind": "case-event"}
        if read(row["json"]) != mine:
            self.fault(10, case, f"event {row['seq']} is not what the log was told")

    def happen(self, case, row, data, at):
        what = row["type"]
        if what in ("received", "opened") and case.party is None:
            case.party = data["party"]
        if what == "received" and row["reason"].startswith("complaint"):
            case.complaints += 1
        if what == "notice-drafted":
            case.drafters[data["sha256"]].add(row["actor"])
        elif what == "notice-approved":
            case.approvers[data["sha256"]].add(row["actor"])
            if (data["sha256"], row["actor"]) not in case.approvals:
                self.fault(8, case, f"event {row['seq']}: the store knows no such approval")
        elif what == "notice-sent":
            self.serve(case, row, data, at)
        elif what == "resent" and data.get("deadline"):
            self.fault(11, case, "a resend started a clock")
        elif what == "answered":
            case.answer, case.answered_at = "received", at
            self.answer_is_kept(case, row)
        elif what == "answer-judged":
            if case.answer != "received":
                self.fault(3, case, "a judgement without an answer")
            case.answer = data["judgement"]
        elif what == "finding-met":
            case.met = True
        elif what == "bounced":
            case.bounced.append(at)
        elif what == "deadline-passed":
            if case.clock is None or at < case.clock or at > case.clock + datetime.timedelta(hours=1):
                self.fault(4, case, f"the due moment {case.clock} was taken at {at}")
            case.expired, case.clock, case.expired_at = True, None, at
        elif what == "closed" and (data.get("closure") not in case.law.families or not row["reason"]):
            self.fault(19, case, "closed without a code of the process or a reason")

    def answer_is_kept(self, case, row):
        for name in names(row["evidence"]):
            found = self.shelf.one("SELECT bytes FROM mail WHERE sha256 = ?", bytes.fromhex(name))
            if found is None or hashlib.sha256(found["bytes"]).hexdigest() != name:
                self.fault(15, case, f"event {row['seq']}: the evidence {name[:12]} is not there, or other bytes")

    def serve(self, case, row, data, at):
        """The bytes that went out are kept, somebody stands behind them, and a server took them."""
        letter = next((one for one in case.letters if one["sha256"].hex() == data["sha256"]), None)
        case.served, case.served_at, case.bounced = True, at, []   # what came back before has reached it after all
        case.sent.append(data["sha256"])
        if letter is None or letter["kind"] != data["letter"] or letter["state"] not in ("sent", "bounced"):
            self.fault(7, case, f"event {row['seq']}: no such letter was sent")
            return
        if not any(one["phase"] == "accepted" and moment(one["ended_at"]) <= at for one in case.attempts[letter["id"]]):
            self.fault(12, case, f"letter {letter['id']} was served before a server took it")
        if not case.drafters[data["sha256"]] - {"machine"}:
            self.fault(8, case, f"nobody stands behind letter {letter['id']}")
        if case.law.formal(case.stage):
            case.published = True

    def move(self, case, row, data, to):
        law, old = case.law, case.stage
        failed = case.served and case.expired and case.answer in ("none", "partial", "inadequate")
        if case.served and not (case.expired or case.answer in ("adequate", "partial", "inadequate")
                                or row["type"] in OUT or data.get("ground") or case.met
                                or law.families.get(data.get("closure"), "resolved") != "resolved"):
            self.fault(25, case, f"'{old}' was left without an answer, a due moment or a decision")
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
        mine = [one for one in case.letters if one["kind"] == case.law.stages[to].get("letter")]
        good = [one for one in mine if len(case.approvers[one["sha256"].hex()]
                                           - case.drafters[one["sha256"].hex()] - {"machine"}) >= needed]
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
        due = case.law.due(deadline["rule"], service, at)
        case.counted = row["type"] == "notice-sent" or (row["type"] == "recalculated" and case.counted)
        if case.counted and due and due != date:
            self.fault(5, case, f"due {date}, counted {due}")
        elif row["type"] != "notice-sent" and case.date and date <= case.date:
            self.fault(5, case, f"the date {case.date} was moved to {date}")
        if row["type"] == "extended" and case.law.formal(case.stage) and data.get("second", "") in ("", row["actor"]):
            self.fault(5, case, "a public extension by one person")
        if parse(deadline["instant"]) != case.law.passes(date) and due:
            self.fault(5, case, f"{date} passes at {case.law.passes(date)}, not at {deadline['instant']}")
        if case.law.kind(case.stage) == "breach" and \
                (date - case.law.local_day(service)).days < case.law.least[case.party]:
            self.fault(6, case, f"a cure of {(date - case.law.local_day(service)).days} days")
        case.clock, case.date, case.service, case.rule = parse(deadline["instant"]), date, service, deadline["rule"]

    # --- figures ---

    def count(self, case, row, data, at):
        what = row["type"]
        if what not in COUNTED:
            return
        month = (f"{at.year}-{at.month:02}", case.party or data.get("party"))
        if what == "received" and row["reason"].startswith("complaint"):
            self.figures["received"] += 1
            self.figures[month, "received"] += 1
        if what == "closed":
            self.figures[month, "closed"] += 1
            self.figures[month, "out_of_scope"] += case.law.families.get(data.get("closure")) == "out-of-scope"
        if what == "notice-sent":
            stage = case.law.stage_of_letter(data["letter"])
            name = {"informal": ("first", "second", "third")[max(case.law.level(stage), 1) - 1],
                    "escalated": "escalated", "breach": "breach"}.get(case.law.kind(stage))
            self.figures[month, name] += 1
