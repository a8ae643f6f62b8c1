"""What a short life (life.py) has of complaints: one that is filed as a draft, completed by its link, decided
and erased; and a mail that is one, with its receipt."""
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


def has_receipt(world):
    return world.all("SELECT 1 FROM receipt WHERE state = 'sent'")


FILE = File("a complaint is filed as a draft", "anna", lambda w: ["complaint", "file", w.folder / "draft.json", "--json"])
ADD = Command("who complained adds what it lacks", None, lambda w: ["complaint", "add", link(w), w.folder / "added.json"])
DECIDE = Command("it is found in scope", "anna", lambda w: [
    "complaint", "decide", reference(w), "--in-scope", "--obligation", OBLIGATION, "--party", "registrar-9001",
    "--subject", "evil.example"])
MAIL_IN = Command("a mail is a complaint", "mta", lambda w: ["mail-in"], failures=(75,), stdin=MAIL)  # 75: try again
RECEIPT = Serving("its receipt goes out", lambda w: settled(w, has_receipt))
ERASE = Command("a complaint is erased", "ada", lambda w: ["complaint", "erase", reference(w), "--reason", "person-asked"])
PHASES = (FILE, ADD, DECIDE, MAIL_IN, RECEIPT, ERASE)


def shape(ask):
    """Of complaints, without their references."""
    def count(table):
        return [n for n, in ask(f"SELECT COUNT(*) FROM {table} GROUP BY reference ORDER BY 1")]

    counted = collections.Counter
    return {
        "complaints": sorted(counted(ask("SELECT type, state, case_id <> '', erased_at <> 0 FROM complaint")).items()),
        "complaint events": sorted(counted(ask("SELECT type, actor FROM complaint_event")).items()),
        "sealed": [count(name) for name in ("complaint_key", "complaint_item", "complaint_reporter", "complaint_sketch")],
        "receipts": sorted(counted(ask("SELECT state, sealed <> x'' FROM receipt")).items()),
    }


def check(world):
    """Nobody's words and no address of theirs stand in a file as they were said."""
    for path in world.data.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            for word in (WORDS, REPORTER, "zoe2@"):
                if word.encode() in data:
                    yield f"'{word}' stands in {path.relative_to(world.data)}"
