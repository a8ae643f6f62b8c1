#!/usr/bin/env python3
"""Public notices by the real program, at its public door: the record is what was served less what two
people redacted; progress, a statement, corrections and withdrawals are entries of their own
that stay; an update that does not come is told to the public and to the staff.
"""
import datetime
import email
import email.policy
import hashlib
import html.parser
import http.client
import json
import pathlib
import re
import sys
import xml.etree.ElementTree as xml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import feeds  # noqa: E402
import schema as schemas  # noqa: E402
from browser import signed_in  # noqa: E402
from support import Tally, daemon, read_options, scratch  # noqa: E402
from program import Program, read_folder, wait_for  # noqa: E402
from postbox import Postbox  # noqa: E402
from test_two_people import NOW, set_up  # noqa: E402

MARK = "[redacted]"
SECRET = "Example Names Ltd"  # stands in the head of the letter
HOSTILE = "We disagree.\n<script>alert(1)</script> & ]]> \"{{id}}\""


class Page(html.parser.HTMLParser):
    """What a reader of the page meets: elements and their ids, text, headings in order."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.ids, self.text, self.levels, self.unnamed = [], [], [], [], 0
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.tags.append(tag)
        self.ids += [values["id"]] if "id" in values else []
        self.levels += [int(tag[1])] if re.fullmatch(r"h[1-6]", tag) else []
        self.unnamed += tag == "svg" and not values.get("aria-label")
        self.unnamed += tag == "img" and "alt" not in values

    def handle_data(self, data):
        self.text.append(data)


class House:
    """The program, its public door and one case after the other."""

    def __init__(self, tally, program):
        self.tally, self.program, self.port = tally, program, program.public_port

    def get(self, path):
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        link.request("GET", path)
        reply = link.getresponse()
        body = reply.read()
        link.close()
        return body if reply.status == 200 else None

    def record(self, notice):
        body = self.get(f"/notices/{notice}.json")
        return json.loads(body)["notice"] if body else None

    def updates(self, notice):
        return {u["id"]: u for u in self.record(notice)["updates"]}

    def await_update(self, notice, kind, count=1):
        """The last update of a kind, when there are `count` of them."""
        def look():
            record = self.record(notice)
            found = [u for u in record["updates"] if u["kind"] == kind] if record else []
            return found[-1] if len(found) >= count else None
        return wait_for(f"{kind} of {notice}", look, 30)

    def refuse(self, what, words, *command, user):
        done = self.program.run(*command, user=user, expect=None)
        self.tally.check(done.returncode == 2 and words in done.stderr, what, (done.returncode, done.stderr))

    def serve(self, letter_kind, ground, subject, before_sending=lambda case, letter: None):
        """A case in a formal stage; (case, letter)."""
        run, answer = self.program.run, self.program.json
        case = answer("case", "open", "--party", "registrar-9001", "--obligation",
                      "raa.3.18.2-dns-abuse-mitigation", "--violation", *subject, user="anna")["case"]
        sha256 = answer("case", "draft", case, "--letter", letter_kind, user="anna")["sha256"]
        letters = answer("letter", "list", "--case", case)["letters"]
        letter = [row["id"] for row in letters if row["sha256"] == sha256][0]
        before_sending(case, letter)
        for name in ("bert", "carl"):
            run("case", "approve", case, "--sha256", sha256, user=name)
        run("case", "send", case, "--sha256", sha256, "--ground", ground, user="anna")
        if not self.await_update(f"n-{case}", "sent"):
            raise AssertionError("the notice was not published")
        return case, letter


def write(folder, text):
    path = folder / "words.txt"
    path.write_text(text, newline="")
    return path


# --- redactions and the letter ---

def redact_before(house, case, letter):
    """Anna proposes, Bert agrees; who may not is refused."""
    run, answer = house.program.run, house.program.json
    words = ["notice", "redact", letter, "--words"]
    house.refuse("words that are not there", "does not have these words", *words, "no such words", "--reason", "x",
                 user="anna")
    house.refuse("no reason", "'reason' is missing", *words, SECRET, user="anna")
    house.refuse("an unknown letter", "there is no letter", "notice", "redact", "l-none", "--words", "x", "--reason",
                 "x", user="anna")
    item = answer(*words, "To: " + SECRET.replace(" ", "\n"), "--reason", "A private name.", user="anna")
    house.tally.equal(item["state"], "waiting", "a redaction waits")
    agree = ["notice", "agree", item["item"], "--sha256"]
    house.refuse("the same person", "role", *agree, item["sha256"], user="anna")
    house.refuse("other bytes", "another SHA-256", *agree, "0" * 64, user="bert")
    answer(*agree, item["sha256"], user="bert")
    house.refuse("agreed once", "does not wait any more", *agree, item["sha256"], user="carl")
    other = answer("notice", "redact", letter, "--words", "you", "--reason", "wrong", user="bert")
    house.refuse("one's own", "bert wrote this", "notice", "agree", other["item"], "--sha256", other["sha256"],
                 user="bert")
    run("notice", "drop", other["item"], user="carl")
    house.tally.check(house.get("/notices/n-" + case) is None, "nothing is public before service")


def served_text(bytes_, tally):
    mail = email.message_from_bytes(bytes_, policy=email.policy.default)
    tally.check(not mail.defects, "the served letter is sound", mail.defects)
    return mail["Subject"], mail.get_payload(decode=True).decode().replace("\r\n", "\n")


def is_projection(shown, served):
    """Everything that is shown stands in the served text, in order, and only marks stand for the rest."""
    pieces = [re.escape(piece) for piece in shown.split(MARK)]
    return re.fullmatch(".+?".join(pieces), served, re.DOTALL) is not None


def check_letter(house, case, letter, marks):
    tally, notice = house.tally, "n-" + case
    message = house.program.json("letter", "show", letter)["message"]
    data = message.encode()
    document = json.loads(house.get(f"/notices/{notice}.json"))
    faults = schemas.faults(document, schemas.load("notice.json"))
    tally.equal(faults[:3], [], "the record keeps to its schema")
    shown = [row for row in document["notice"]["letters"] if row["sha256"] == hashlib.sha256(data).hexdigest()]
    if not tally.equal(len(shown), 1, "the letter stands once in the record"):
        return
    subject, served = served_text(data, tally)
    tally.equal(shown[0]["subject"], subject, "its subject")
    tally.equal(shown[0]["text"].count(MARK), marks, "as many marks as passages")
    tally.check(is_projection(shown[0]["text"], served), "the text is a projection of the served bytes")
    tally.check(marks == 0 or shown[0]["text"] != served, "something is hidden")
    page = "".join(Page(house.get(f"/notices/{notice}").decode()).text)
    tally.check(shown[0]["text"].strip() in page, "the page shows the same text")
    for path, data in read_folder(house.program.data / "public").items():
        hidden = letter_line(served) if marks else "nothing is hidden"
        tally.check(hidden.encode() not in data, f"hidden words are in {path.name}")


def letter_line(served):
    """What the redaction hides of the letter; the party's name itself is public."""
    return [line for line in served.split("\n") if line.startswith("To: " + SECRET)][0]


# --- entries ---

def check_refused_words(house, folder, notice):
    for what, text, words in (("no text", "  \n", "1 to"), ("too much", "x" * 8001, "1 to"),
                              ("a bell", "ring\a", "plain text"), ("text that turns", "abc\u202edef", "plain text")):
        house.refuse(f"a statement with {what}", words, "notice", "statement", notice, write(folder, text), user="anna")
    house.refuse("an unknown notice", "no notice", "notice", "statement", "n-none", write(folder, "x"), user="anna")
    house.refuse("an unknown update", "has no update", "notice", "withdraw", notice, "--about", notice + "-u99",
                 "--reason", "x", user="anna")
    house.refuse("what the case told", "corrected, not withdrawn", "notice", "withdraw", notice, "--about",
                 notice + "-u1", "--reason", "x", user="anna")


def agree(house, item, by="bert"):
    return house.program.json("notice", "agree", item["item"], "--sha256", item["sha256"], user=by)


def check_entries(house, folder, notice):
    """Progress, a statement, a correction and a withdrawal; each stays under its id."""
    tally, answer = house.tally, house.program.json
    before = house.record(notice)
    house.program.run("notice", "progress", notice, write(folder, "Two of four servers answer.\r\n"), user="anna")
    progress = house.await_update(notice, "progress")
    tally.equal((progress or {}).get("text"), "Two of four servers answer.", "progress is published at once")
    item = answer("notice", "statement", notice, write(folder, HOSTILE), user="anna")
    tally.equal(len(house.record(notice)["updates"]), len(before["updates"]) + 1, "a statement waits")
    listed = answer("notice", "list")
    tally.equal([row["item"] for row in listed["items"]], [item["item"]], "notice list shows what waits")
    agree(house, item)
    statement = house.await_update(notice, "statement")
    tally.equal(house.record(notice)["party_statement"]["text"], HOSTILE, "word for word")
    agree(house, answer("notice", "correct", notice, write(folder, "Three of four servers answer."), "--about",
                        progress["id"], "--reason", "We had miscounted.", user="anna"))
    correction = house.await_update(notice, "correction")
    agree(house, answer("notice", "withdraw", notice, "--about", statement["id"], "--reason", "Asked for.",
                        user="anna"))
    withdrawal = house.await_update(notice, "withdrawal")
    after = house.updates(notice)
    tally.equal(after[progress["id"]]["corrected_by"], correction["id"], "the corrected one says by what")
    tally.equal(after[progress["id"]]["text"], progress["text"], "and keeps its words")
    tally.equal(after[statement["id"]]["withdrawn_by"], withdrawal["id"], "the withdrawn one stays, marked")
    tally.equal(house.record(notice)["party_statement"], None, "and is no statement any more")
    corrections = house.record(notice)["corrections"]
    tally.equal([(c["about"], c["old"], c["new"]) for c in corrections],
                [(progress["id"], progress["text"], "Three of four servers answer.")], "the correction is listed")
    house.refuse("withdrawn twice", "was withdrawn", "notice", "withdraw", notice, "--about", statement["id"],
                 "--reason", "x", user="anna")
    return progress, statement


def check_feeds(house, notice, progress, statement):
    tally = house.tally
    atom, feed = house.get("/feed.atom"), house.get("/feed.json")
    tally.equal(feeds.atom_faults(atom), [], "RFC 4287")
    tally.equal(feeds.json_feed_faults(feed), [], "JSON Feed 1.1")
    items = {item["id"].split("#")[1]: item for item in json.loads(feed)["items"]}
    entries = {e.findtext(feeds.ATOM + "id").split("#")[1]: e
               for e in xml.fromstring(atom).findall(feeds.ATOM + "entry")}
    updates = house.updates(notice)
    ours = [key for key in items if key.startswith(notice + "-u")]
    tally.equal(sorted(ours), sorted(updates), "an item for each update, under its permanent id")
    tally.equal(set(entries), set(items), "the same in Atom")
    for key, update in updates.items():
        tally.equal(entries[key].findtext(feeds.ATOM + "updated"), update["updated_at"], f"{key} is updated")
        tally.equal(items[key].get("date_modified", update["at"]), update["updated_at"], f"{key} is modified")
    tally.check(updates[statement["id"]]["updated_at"] > statement["at"], "a withdrawal is news")
    tally.check("withdrawn" in items[statement["id"]]["content_text"], "the withdrawn item says so")
    tally.check("corrected" in entries[progress["id"]].findtext(feeds.ATOM + "content"), "the corrected one too")
    tally.check("<script>" in items[statement["id"]]["content_text"], "hostile words are text")
    tally.check(b"<script" not in atom, "in XML they are escaped")


def check_page(house, notice):
    tally, text = house.tally, house.get(f"/notices/{notice}").decode()
    page = Page(text)
    tally.check("<script" not in text and "onclick" not in text, "no script reaches the page")
    tally.check(HOSTILE.split("\n")[1] in "".join(page.text), "the hostile words are read as they are")
    missing = [key for key in house.updates(notice) if key not in page.ids]
    tally.equal(missing, [], "each update has its place on the page")
    tally.check(len(set(page.ids)) == len(page.ids), "no id stands twice")
    tally.equal((page.levels[0], page.levels.count(1)), (1, 1), "one first heading")
    tally.check(all(b <= a + 1 for a, b in zip(page.levels, page.levels[1:])), "headings skip no level", page.levels)
    tally.equal(page.unnamed, 0, "pictures have names")
    tally.check("svg" in page.tags, "the timeline is drawn")


def check_lists(house, notice):
    """The register by kind of party, state and year, and its archive, as pages of their own."""
    has = {name: (house.get("/lists/" + name) or b"none").decode().count(f'href="/notices/{notice}"')
           for name in ("registrar", "registry", "terminated", "registrar-terminated", "cured", "2027", "archive")}
    house.tally.equal(has, {"registrar": 1, "registry": 0, "terminated": 1, "registrar-terminated": 1, "cured": 0,
                            "2027": 1, "archive": 0}, "lists")
    page = house.get("/notices").decode()
    links = set(re.findall(r'href="(/lists/[^"]+)"', page))
    house.tally.equal([link for link in links if not house.get(link)], [], "every list that is linked is there")


def check_proof(house, folder, notice):
    """The bundle proves the record as it is now and opens nothing but publications."""
    tally = house.tally

    def whole():
        data = house.get(f"/notices/{notice}/bundle")
        return data if data and len(json.loads(data)["openings"]) == len(house.updates(notice)) else None
    data = wait_for("the bundle", whole, 30)
    if not tally.check(data is not None, "the bundle has all updates"):
        return
    (folder / "bundle").write_bytes(data)
    key = house.get("/log/key").decode().strip()
    report = house.program.json("verify", folder / "bundle", "--log-key", key)
    tally.equal((report["openings"], report["erased"]), (len(house.updates(notice)), 0), "each update is in the log")
    bundle = json.loads(data)
    tally.equal({o["event"]["kind"] for o in bundle["openings"]}, {"publication"}, "only publications are opened")
    tally.equal([o["event"]["what"] for o in sorted(bundle["openings"], key=lambda o: o["event"]["update"])],
                [u["kind"] for u in house.record(notice)["updates"]], "and say what was told")


# --- updates that are due ---

def instant(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def check_due(house, folder, staff):
    """The date comes from public updates alone; when it passes, that is said."""
    tally, run = house.tally, house.program.run
    case, _ = house.serve("suspension", "raa-stability", ("--subject", "other"))
    notice = "n-" + case
    first = house.record(notice)
    due = instant(first["next_update_due"])
    tally.equal(due - instant(first["updates"][0]["at"]), datetime.timedelta(days=30), "due as the rulebook says")
    run("clock", "jump", "2027-01-06T10:00:00Z", user="ada")
    run("case", "record", case, "call", "--call", "not-reached", "--reason", "internal", user="anna")
    run("notice", "progress", notice, write(folder, "Nothing new."), user="anna")
    told = house.await_update(notice, "progress")
    run("case", "record", case, "meeting", "--reason", "internal", user="anna")
    due = instant(house.record(notice)["next_update_due"])
    tally.equal(due - instant(told["at"]), datetime.timedelta(days=30), "due anew, from the public update")
    run("clock", "jump", "2027-01-25T10:00:00Z", user="ada")
    passed = house.await_update(notice, "due-passed")
    due = house.record(notice)["next_update_due"]
    anna = signed_in(staff, house.program.tokens["anna"].read_text().strip())
    worklist = lambda: json.loads(anna.ask("GET", "/api/v1/worklist")[2])  # noqa: E731
    tally.equal([row["notice"] for row in worklist()["updates"] if row["notice"] == notice], [], "not due soon")
    run("clock", "jump", (instant(due) - datetime.timedelta(days=2)).isoformat().replace("+00:00", "Z"), user="ada")
    # The staff door follows a clock that jumped after some seconds.
    soon = wait_for("the worklist", lambda: [row for row in worklist()["updates"] if row["notice"] == notice], 20)
    tally.equal([(row["case"], row["overdue"]) for row in soon or []], [(case, False)], "the worklist shows it before")
    run("clock", "jump", (instant(due) + datetime.timedelta(days=1)).isoformat().replace("+00:00", "Z"), user="ada")
    late = house.await_update(notice, "overdue")
    record = house.record(notice)
    tally.check(passed and late, "it is told that none came")
    tally.equal(record["overdue_since"], due, "overdue since it was due")
    tally.check("Overdue since" in house.get(f"/notices/{notice}").decode(), "the page says so")
    tally.check("verdue" in house.get("/notices").decode(), "the list too")
    alarms = wait_for("an alarm", lambda: [a for a in house.program.json("status", user="anna")["alarms"]
                                           if a["kind"] == "notices"], 10)
    tally.check(alarms and "late with an update" in alarms[0]["words"], "the staff is told", alarms)
    tally.equal([row["overdue"] for row in worklist()["updates"] if row["notice"] == notice], [True], "also there")
    run("notice", "progress", notice, write(folder, "Still nothing new."), user="anna")
    house.await_update(notice, "progress", count=2)
    tally.equal(house.record(notice)["overdue_since"], None, "an update ends it")
    tally.check(wait_for("no alarm", lambda: "notices" not in [
        a["kind"] for a in house.program.json("status", user="anna")["alarms"]], 10), "and the alarm")


def check_files(house):
    """Files that cannot be written are an alarm; the old ones stay."""
    tally, program = house.tally, house.program
    page, blocked = program.data / "public/notices.html", program.data / "public/feed.json"
    blocked.unlink()
    blocked.mkdir()
    notice = [row["notice"] for row in program.json("notice", "list")["notices"] if row["next_update_due"]][0]
    house.program.run("notice", "progress", notice, write(program.data.parent, "More."), user="anna")
    alarms = wait_for("an alarm", lambda: [a for a in program.json("status", user="anna")["alarms"]
                                           if a["kind"] == "public"], 20)
    tally.check(alarms and "feed.json" in alarms[0]["words"], "files that cannot be written are an alarm", alarms)
    tally.check(page.exists(), "pages stay")
    blocked.rmdir()
    tally.check(wait_for("well again", lambda: "public" not in [
        a["kind"] for a in program.json("status", user="anna")["alarms"]], 30), "and are written when they can be")


PAST = """Party,Kind,Notice,Cure due,Cured,Suspended,Terminated,Clauses,Source
9001,breach,2026-05-04,2026-05-25,2026-05-20,,,RAA 3.7.7; RAA 3.9,https://old.example/notices/1
Example Names Ltd,suspension,2025-06-02,,,2025-06-17,,RAA 5.5.4,https://old.example/notices/2
4711,breach,2026-05-04,,,,,RAA 3.9,https://old.example/notices/3
"""


def check_import(house, folder):
    """Notices of earlier years: shown, brought in by two people, the same file twice; never public."""
    tally, answer = house.tally, house.program.json
    past = folder / "past.csv"
    past.write_text(PAST)
    words = ["notice", "import", past]
    shown = answer(*words, "--dry-run", user="anna")
    tally.equal(schemas.faults(shown, schemas.load("notice-import.json"))[:3], [], "the difference keeps to its schema")
    tally.equal((len(shown["added"]), [row["line"] for row in shown["refused"]]), (2, [4]), "shown, with what is refused")
    house.refuse("a bad row", "1 rows are refused", *words, user="anna")
    house.refuse("no number", "wants a number", *words, "--refused", "all", user="anna")
    tally.equal(answer(*words, "--refused", "1", user="bert")["state"], "proposed", "proposed")
    house.refuse("the same person", "a second person", *words, "--refused", "1", "--confirm", user="bert")
    tally.equal(answer(*words, "--refused", "1", "--confirm", user="carl")["state"], "imported", "imported by another")
    again = answer(*words, "--dry-run", user="anna")
    tally.equal((again["added"], again["changed"], again["same"]), ([], [], 2), "twice changes nothing")
    history = answer("notice", "history", "9001")
    tally.equal(schemas.faults(history, schemas.load("notice-history.json"))[:3], [], "history keeps to its schema")
    ours = [row for row in history["notices"] if not row["imported"]]
    tally.equal([row["source"][-1] for row in history["notices"] if row["imported"]], ["2", "1"], "imported ones, by day")
    tally.equal(sorted(row["kind"] for row in ours), ["suspension", "termination"], "beside ours")
    tally.equal(history["breaches_in_twelve_months"], 1, "a breach within twelve months")
    tally.check("https://old.example/notices/1" in house.program.run("notice", "history", "9001").stdout, "as a table")
    house.program.run("notice", "progress", ours[0]["id"], write(folder, "On."), user="anna")
    house.await_update(ours[0]["id"], "progress")
    public = [path.name for path, data in read_folder(house.program.data / "public").items() if b"old.example" in data]
    tally.equal(public, [], "nothing imported is published as ours")


def main():
    options = read_options(__doc__)
    tally = Tally()
    with scratch() as place, Postbox() as mail:
        folder = pathlib.Path(place)
        (folder / "conf").write_text(f"mail.smtp-port = {mail.port}\nmail.from = desk@authority.example\n"
                                     "log.tick = 1\n")
        program = Program(options.binary, folder / "data", folder / "conf")
        set_up(program, folder)
        with daemon(program, NOW) as staff:
            house = House(tally, program)
            with tally.part("a redacted notice"):
                case, letter = house.serve("termination", "raa-stability", (),
                                           lambda case, letter: redact_before(house, case, letter))
                check_letter(house, case, letter, 1)
            with tally.part("entries"):
                check_refused_words(house, folder, "n-" + case)
                told = check_entries(house, folder, "n-" + case)
                check_feeds(house, "n-" + case, *told)
                check_page(house, "n-" + case)
                check_lists(house, "n-" + case)
                check_proof(house, folder, "n-" + case)
            with tally.part("updates that are due"):
                check_due(house, folder, staff)
            with tally.part("past notices"):
                check_import(house, folder)
            with tally.part("files"):
                check_files(house)
        tally.equal(program.json("rebuild", "--check")["differences"], [], "cases agree with their events")
        tally.equal(program.json("log", "verify")["faults"], [], "so does the log")
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
