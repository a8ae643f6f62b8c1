"""What a short life (life.py) has of complaints: one that is filed as a draft, completed by its link, decided
and erased; and a mail that is one, with its receipt and each message that tells what became of it, up to how the
case ended."""
import base64
import collections
import json

from life_world import FILES, OBLIGATION, Command, Serving, settled

REPORTER = "zoe@mail.example"
WORDS = "The page at evil.example asks for our passwords."
EXHIBIT = base64.b64encode(f"{WORDS}\n".encode() * 400).decode()  # some pages of the store
MAIL = (f"From: {REPORTER}\nMessage-ID: <7@mail.example>\nSubject: help\nContent-Type: text/plain\n\n{WORDS}\n")
DRAFT = {"type": "dns-abuse-registrar", "language": "en", "names": ["evil.example"], "party": "registrar-9001",
         "answers": {"kind": "phishing", "domain": "evil.example", "reported-at": "2026-12-01"},
         "exhibits": [{"evidence": "abuse", "media_type": "text/plain", "name": "page.txt", "base64": EXHIBIT}],
         "told_first": {"told": True, "on": "2026-12-01", "how": "by mail"},
         "reporter": {"name": "Zoe", "email": "zoe2@mail.example", "role": "other", "share": False}}
ADDED = {"text": WORDS, "exhibits": [{"evidence": "report", "media_type": "text/plain", "name": "report.txt", "base64": EXHIBIT}]}
THEN, LATER_THEN = "2027-01-07T09:00:00Z", "2027-01-07T20:00:00Z"  # when who was asked is reminded, and after
SAID = "Which of the pages is it?"  # by a person, to who complained
FILES.update({"draft.json": json.dumps(DRAFT).encode(), "added.json": json.dumps(ADDED).encode()})


def link(world):
    return world.folder / "link"


class File(Command):
    """Who is told that it is filed has the link; who is not finds by `complaint list` whether it is."""

    def keep(self, world, printed):
        link(world).touch(mode=0o600)
        link(world).write_text(json.loads(printed)["link"])


def reference(world):
    """Of the complaint that came by the form."""
    return world.one("SELECT reference FROM complaint WHERE type = 'dns-abuse-registrar'")


def mailed(world):
    """Of the one that came by mail."""
    return world.one("SELECT reference FROM complaint WHERE type <> 'dns-abuse-registrar'")


def case(world):
    return world.one("SELECT case_id FROM complaint WHERE type = 'dns-abuse-registrar'")


def are_told_the_end(world):
    """Both who complained."""
    return len(world.all("SELECT 1 FROM receipt WHERE letter = 'complaint-ended' AND state = 'sent'")) == 2


def is_told(*letters):
    """Each of them went out, and none waits."""
    def look(world):
        sent = {letter for letter, in world.all("SELECT letter FROM receipt WHERE state = 'sent'")}
        return sent >= set(letters) and not world.all("SELECT 1 FROM receipt WHERE state = 'queued'")
    return look


def decide(name, find, *words):
    return Command(name, "anna", lambda w: ["complaint", "decide", find(w), *words])


IN_SCOPE = ("--in-scope", "--obligation", OBLIGATION, "--party", "registrar-9001", "--subject", "evil.example")
FILE = File("a complaint is filed as a draft", "anna", lambda w: ["complaint", "file", w.folder / "draft.json", "--json"])
ADD = Command("who complained adds what it lacks", None, lambda w: ["complaint", "add", link(w), w.folder / "added.json"])
DECIDE = decide("it is found in scope", reference, *IN_SCOPE)
MAIL_IN = Command("a mail is a complaint", "mta", lambda w: ["mail-in"], failures=(75,), stdin=MAIL)  # 75: try again
RECEIPT = Serving("its receipt goes out", lambda w: settled(w, is_told("complaint-receipt", "complaint-in-scope")))
ASK = decide("who wrote it is asked for more", mailed, "--need", SAID)
REMIND = Serving("the question goes out, and a reminder", now=THEN, later=LATER_THEN,
                 done=lambda w: settled(w, is_told("complaint-asked", "complaint-reminder")))
TURN_AWAY = decide("it is found out of scope", mailed, "--out-of-scope", "outside-agreements", "--reason", SAID)
REOPEN = Command("that is taken back", "anna", lambda w: ["complaint", "reopen", mailed(w), "--reason", SAID])
TAKE_UP = decide("it joins the case", mailed, *IN_SCOPE)
CLOSE = Command("the case is closed", "anna", lambda w: [
    "case", "record", case(w), "closed", "--closure", "domain-suspended-before", "--outcome", "not-substantiated",
    "--reason", "looked-at"])
TELL = Serving("all of it is told", now=THEN, later=LATER_THEN, done=lambda w: settled(w, is_told(
    "complaint-out-of-scope", "complaint-reopened", "complaint-ended"), are_told_the_end))
ERASE = Command("a complaint is erased", "ada", lambda w: ["complaint", "erase", reference(w), "--reason", "person-asked"])
PHASES = (FILE, ADD, DECIDE, MAIL_IN, RECEIPT, ASK, REMIND, TURN_AWAY, REOPEN, TAKE_UP, CLOSE, TELL, ERASE)


def shape(ask):
    """Of complaints, without their references."""
    def count(table):
        return [n for n, in ask(f"SELECT COUNT(*) FROM {table} GROUP BY reference ORDER BY 1")]

    counted = collections.Counter
    return {
        "complaints": sorted(counted(ask("SELECT type, state, case_id <> '', erased_at <> 0 FROM complaint")).items()),
        "complaint events": sorted(counted(ask("SELECT type, actor FROM complaint_event")).items()),
        "sealed": [count(name) for name in ("complaint_key", "complaint_item", "complaint_reporter", "complaint_sketch")],
        "receipts": sorted(counted(ask("SELECT letter, state, sealed <> x'' FROM receipt")).items()),
    }


def check(world):
    """Nobody's words and no address of theirs stand in a file as they were said."""
    for path in world.data.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            for word in (WORDS, SAID, REPORTER, "zoe2@"):
                if word.encode() in data:
                    yield f"'{word}' stands in {path.relative_to(world.data)}"
