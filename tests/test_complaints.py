#!/usr/bin/env python3
"""Complaints through the real program: filed, found, decided, erased, and killed at the filing.

A receipt is given only for what is there after the power of the process is gone; what was never
acknowledged is not half there. What somebody said is in no file in the open, and after an erasure
neither the keys nor the sealed bytes are anywhere in the store's files, also when a reader held the
store, or the daemon was killed in between. Last line: `N passed, N failed, N skipped`.
"""
import base64
import contextlib
import csv
import json
import os
import pathlib
import pty
import signal
import sqlite3
import subprocess
import sys
import threading
import urllib.error
import urllib.request

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent),
                str(pathlib.Path(__file__).resolve().parent / "soak")]
import schema as schemas  # noqa: E402
from moments import Sight, find, strike  # noqa: E402
from support import ROOT, Tally, daemon, found_authority, read_options, scratch, serving  # noqa: E402
from program import CommandFailed, Program, wait_for  # noqa: E402

NOW = "2027-01-04T09:00:00Z"
REGISTRARS = ("ID,Registrar Name,Status,RDAP Base URL\n9001,Example Names Ltd,Accredited,\n"
              "9002,Gone Names Ltd,Terminated,\n")
DUTY = "raa.3.18.2-dns-abuse-mitigation"
TABLES = ("complaint_key", "complaint_item", "complaint_reporter")


def set_up(program, folder):
    found_authority(program, folder, NOW, (("anna", "analyst"), ("bert", "approver"), ("carl", "analyst")))
    (folder / "registrars.csv").write_text(REGISTRARS)
    program.run("party", "import", "--registrars", folder / "registrars.csv", user="ada")


class Desk:
    """Files complaints whose every field holds a word of their own."""

    def __init__(self, program, folder, build):
        self.program, self.folder, self.build, self.count = program, folder, build, 0

    def document(self, word, **more):
        (self.folder / "report.txt").write_text(f"{word} report")
        return {"type": "dns-abuse-registrar", "language": "en", "names": [f"{word}.example"],
                "party": "registrar-9001",
                "answers": {"kind": "phishing", "domain": f"{word}.example", "reported-at": "2026-12-01"},
                "exhibits": [
                    {"evidence": "report", "media_type": "text/plain", "path": "report.txt", "name": f"{word}.txt"},
                    {"evidence": "abuse", "media_type": "text/plain",
                     "base64": base64.b64encode(f"{word} abuse".encode()).decode()}],
                "told_first": {"told": True, "on": "2026-12-01", "how": f"{word} form"},
                "reporter": {"name": f"{word} Quill", "email": f"{word}@mail.example", "role": "other",
                             "share": False}, **more}

    def save(self, document):
        self.count += 1
        path = self.folder / f"complaint-{self.count}.json"
        path.write_text(json.dumps(document))
        return path

    def file(self, word, *words, **more):
        return self.program.json("complaint", "file", self.save(self.document(word, **more)), *words, user="anna")


def fits(tally, answer, name):
    tally.equal(schemas.faults(answer, schemas.load(name)), [], f"an answer fits {name}")


# --- the story ---


def tell_story(tally, desk):
    program = desk.program
    document = desk.document("first")
    for exhibit in document["exhibits"]:
        exhibit.pop("path", None) and exhibit.update(base64="aGVsbG8=")
    fits(tally, document, "complaint.json")
    receipt = desk.file("first")
    fits(tally, receipt, "complaint-receipt.json")
    tally.equal((receipt["state"], receipt["missing"]), ("filed", []), "what is whole is filed")
    tally.check("first" not in json.dumps(receipt), "the receipt repeats nothing")
    words = program.run("complaint", "file", desk.save(desk.document("second", exhibits=[])), user="anna").stdout
    tally.check("held" in words and "report (evidence)" in words and "second" not in words,
                "a draft says what it lacks", words)
    draft = words.split()[1]
    tally.equal(program.json("complaint", "anyway", draft, user="anna")["state"], "filed", "and is filed anyway")
    anyway = desk.file("third", "--anyway", exhibits=[])
    tally.equal(anyway["state"], "filed", "--anyway files at once")

    listed = program.json("complaint", "list")
    fits(tally, listed, "complaint-list.json")
    references = [row["reference"] for row in listed["complaints"]]
    tally.equal(set(references), {receipt["reference"], draft, anyway["reference"]}, "all are listed")
    paged = program.json("complaint", "list", "--state", "filed", "--after", references[0])["complaints"]
    tally.equal([row["reference"] for row in paged], references[1:], "page by page")

    reference = receipt["reference"]
    shown = program.json("complaint", "show", reference.upper().replace("-", " "))
    fits(tally, shown, "complaint-show.json")
    tally.equal(shown["complaint"]["names"], ["first.example"], "shown however the reference is written")
    tally.check("Quill" not in json.dumps(shown), "but not who filed it")
    text = program.run("complaint", "show", reference).stdout
    tally.check("phishing" in text and "report" in text, "as words too", text)
    number = next(e["number"] for e in shown["complaint"]["exhibits"] if e["evidence"] == "report")
    tally.equal(program.run("complaint", "exhibit", reference, number).stdout, "first report", "the file beside it was taken")
    late = program.json("complaint", "list", "--overdue")
    fits(tally, late, "complaint-list.json")
    tally.equal(late["complaints"], [], "nothing is overdue on the day of its filing")
    tally.equal(shown["complaint"]["due"], "2027-01-11", "five working days for a first review")
    scope = program.json("complaint", "scope", reference)
    fits(tally, scope, "complaint-scope.json")
    tally.equal(scope["reach"], "undetermined", "what nobody knows stays unknown")
    tally.check("contracted" in program.run("complaint", "scope", reference).stdout, "each test is told")

    decided = program.json("complaint", "decide", reference, "--in-scope", "--obligation", DUTY, "--party",
                           "registrar-9001", "--subject", "first.example", user="anna")
    fits(tally, decided, "complaint-decide.json")
    case = program.json("case", "show", decided["case"])
    tally.equal(case["case"]["origin"], "complaint", "in scope opens a case")
    program.run("complaint", "decide", draft, "--out-of-scope", "no-prior-report", "--reason",
                "Please write to the registrar first.", user="anna")
    who = program.json("complaint", "reporter", reference, "--reason", "to-answer", user="anna")
    fits(tally, who, "complaint-reporter.json")
    tally.equal(who["email"], "first@mail.example", "who filed it, to who says why")
    events = program.json("complaint", "show", reference)["complaint"]["events"]
    told = [e for e in events if e["event"] == "receipt"]
    tally.equal([e["event"] for e in events if e not in told], ["filed", "in-scope", "reporter-read"], "each step is recorded")
    tally.equal({e["about"] for e in told}, {2}, "and that who filed it is told")
    link = desk.folder / "link"
    link.write_text(receipt["link"] + "\n")
    followed = program.json("complaint", "follow", link)
    fits(tally, followed, "complaint-show.json")
    tally.check("events" not in followed["complaint"] and "case" not in followed["complaint"],
                "the complainant sees their own")
    link.write_text("0" * 64)
    program.run("complaint", "follow", link, expect=(2,))
    check_audiences(tally, program, reference, shown, followed)


KINDS = {"answers": "complaint-answer", "facts": "complaint-answer", "exhibits": "complaint-exhibit",
         "missing": "complaint-lack", "told_first": "complaint-told", "additions": "complaint-addition", "outcomes": "complaint-outcome",
         "events": "complaint-event"}


def fields_of(complaint, kind="complaint"):
    """(kind, field) of everything that an answer shows."""
    for name, value in complaint.items():
        yield kind, name
        for row in value if isinstance(value, list) else [value]:
            if isinstance(row, dict):
                yield from fields_of(row, KINDS[name])


def check_audiences(tally, program, reference, shown, followed, party=True):
    """What each audience is given is what tests/access/expected.csv lets it see."""
    answers = [("staff", shown), ("complainant", followed)]
    if party:
        answers += [("party", answer) for answer in see_as_party(tally, program, reference)]
    with open(ROOT / "tests/access/expected.csv", newline="") as file:
        may = {(row["kind"], row["field"], row["audience"]): row["may"] for row in csv.DictReader(file)}
    for audience, answer in answers:
        wrong = [f"{kind}.{field}" for kind, field in fields_of(answer["complaint"])
                 if may.get((kind, field, audience)) != "yes"]
        tally.equal(wrong, [], f"what the {audience} sees is in the table")


def see_as_party(tally, program, reference):
    party = program.json("complaint", "show", reference, "--as-party")
    fits(tally, party, "complaint-party.json")
    tally.equal(party["consent"], False, "no consent was given")
    program.run("complaint", "redact", reference, "--words", "first.example", "--reason", "third-party", user="anna")
    less = program.json("complaint", "show", reference, "--as-party")
    tally.check("first.example" not in json.dumps(less) and less["complaint"]["names"] == ["[redacted]"], "redacted", less)
    return party, less


# --- what complainants do by the link ---


def act_by_link(tally, desk):
    """Adds, withdraws, asks for a review: without a token, each once, however often it is said."""
    program, folder = desk.program, desk.folder
    link, addition = folder / "own.link", folder / "addition.json"

    def file(word):
        receipt = desk.file(word, exhibits=[])
        link.write_text(receipt["link"] + "\n")
        return receipt["reference"]

    def own(*words, schema="complaint-own.json"):
        answer = program.json("complaint", *words)
        fits(tally, answer, schema)
        return answer

    reference = file("owned")
    (folder / "page.txt").write_text("owned page")
    document = {"text": "owned more", "exhibits": [
        {"evidence": name, "media_type": "text/plain", "path": "page.txt"} for name in ("report", "abuse")]}
    addition.write_text(json.dumps(document))
    added = own("add", link, addition)
    tally.equal((added["state"], added["missing"], added["repeated"]), ("filed", [], False), "a draft becomes whole")
    tally.check(own("add", link, addition)["repeated"], "and is not added to twice")
    shown = program.json("complaint", "show", reference)
    fits(tally, shown, "complaint-show.json")
    number = shown["complaint"]["exhibits"][1]["number"]
    tally.equal(program.run("complaint", "exhibit", reference, number).stdout, "owned page", "what was added is given back")
    tally.check("owned more" in program.run("complaint", "show", reference).stdout, "and shown")
    tally.check("report" not in program.run("complaint", "add", link, addition).stdout, "nothing is missing any more")
    check_audiences(tally, program, reference, shown, program.json("complaint", "follow", link), party=False)

    settled = program.json("complaint", "outcome", reference, "domain-suspended", "owned.example", user="anna")
    fits(tally, settled, "complaint-outcome.json")
    shown, followed = program.json("complaint", "show", reference), program.json("complaint", "follow", link)
    fits(tally, shown, "complaint-show.json")
    tally.equal([row["outcome"] for row in followed["complaint"]["outcomes"]], ["domain-suspended"], "of each name")
    check_audiences(tally, program, reference, shown, followed, party=False)
    program.run("complaint", "decide", reference, "--out-of-scope", "too-broad", "--reason", "Too little", user="anna")
    tally.equal(own("ask-review", link, "--reason", "look again")["state"], "review", "a review is asked for")
    waiting = program.json("complaint", "list", "--state", "review")
    fits(tally, waiting, "complaint-list.json")
    tally.equal([row["reference"] for row in waiting["complaints"]], [reference], "and waits for a person")
    words = ("complaint", "decide", reference, "--out-of-scope", "too-broad", "--reason", "Still too little")
    same = program.run(*words, user="anna", expect=(2,))
    tally.check("another person reviews that" in same.stderr, "another one", same.stderr)
    program.run(*words, user="carl")
    addition.write_text(json.dumps({"text": "owned once more"}))
    tally.equal(own("add", link, addition)["state"], "out-of-scope-more", "more about what is decided")
    seen = program.json("complaint", "seen", reference, user="anna")
    fits(tally, seen, "complaint-close.json")
    tally.equal(seen["state"], "out-of-scope", "is read by a person")

    reference = file("withdrawn")
    tally.equal(own("withdraw", link, "--reason", "solved")["state"], "withdrawing", "taken back")
    closed = program.json("complaint", "close", reference, "--own", "--obligation", DUTY, "--party", "registrar-9001",
                          "--subject", "own.example", user="anna")
    fits(tally, closed, "complaint-close.json")
    tally.equal(program.json("case", "show", closed["case"])["case"]["origin"], "monitoring", "goes on as our own")
    fits(tally, program.json("complaint", "show", reference), "complaint-show.json")
    refused = program.run("complaint", "add", link, addition, expect=(2,))
    tally.check("is 'withdrawn'" in refused.stderr, "and is closed", refused.stderr)
    refused = program.run("complaint", "add", link, folder / "nowhere.json", expect=(2,))
    tally.check("nowhere.json" in refused.stderr, "a file that is not there", refused.stderr)


def refuse(tally, desk):
    def refused(words, *command, user="anna"):
        done = desk.program.run(*command, user=user, expect=None)
        tally.check(done.returncode == 2 and words in done.stderr, words, (done.returncode, done.stderr))

    path = desk.folder / "bad.json"
    path.write_text("{")
    refused("bad.json", "complaint", "file", path)
    refused("nowhere.json", "complaint", "file", desk.folder / "nowhere.json")
    missing = desk.document("x")
    missing["exhibits"][0]["path"] = "not-there.txt"
    refused("not-there.txt", "complaint", "file", desk.save(missing))
    refused("/names/0 is no domain name", "complaint", "file", desk.save(desk.document("x", names=["a b"])))
    refused("who is acting?", "complaint", "file", desk.save(desk.document("x")), user=None)
    refused("a sign is wrong or missing", "complaint", "show", "aaaa-aaaa-aaab")
    reference = desk.file("shown")["reference"]
    master, slave = pty.openpty()
    done = subprocess.run(desk.program.command("complaint", "exhibit", reference, "1"), stdout=slave,
                          stderr=subprocess.PIPE, text=True, env=desk.program.env, timeout=120)
    os.close(slave)
    os.close(master)
    tally.check(done.returncode == 2 and "not to a terminal" in done.stderr, "no exhibit to a terminal", done.stderr)
    refused("is no number", "complaint", "exhibit", "aaaa-aaaa-aaaa", "x")


# --- reports of abuse ---


def hand_over(tally, desk):
    """X-ARF and ARF as files, one by one and in bulk: each line has its own result."""
    program, folder = desk.program, desk.folder
    sample = ROOT / "tests/xarf/v4/content-phishing.json"
    receipt = program.json("complaint", "file", sample, "--format", "xarf", user="anna")
    fits(tally, receipt, "complaint-receipt.json")
    shown = program.json("complaint", "show", receipt["reference"])
    fits(tally, shown, "complaint-show.json")
    tally.equal(shown["complaint"]["names"], ["shop.harbour.example"], "a report names what it is about")
    tally.equal(shown["complaint"]["events"][0]["came_as"], "xarf/content/phishing", "and says what it is")
    kept = program.json("complaint", "exhibit", receipt["reference"], "1")["base64"]
    tally.equal(base64.b64decode(kept), sample.read_bytes(), "its bytes are kept")
    old = program.json("complaint", "file", ROOT / "tests/xarf/v3/Phishing.json", "--format", "xarf", "--anyway", user="anna")
    tally.equal(old["state"], "filed", "version 3 too, filed as it is")
    program.run("complaint", "file", ROOT / "tests/fuzz/corpus/mail/feedback", "--format", "arf", user="anna")
    good = json.loads(sample.read_text())
    lines = [json.dumps(good), "", json.dumps({**good, "url": "none"}), json.dumps({**good, "type": "else"}), "{",
             json.dumps(good)]
    bulk = folder / "bulk.jsonl"
    bulk.write_text("\n".join(lines) + "\n")
    done = program.run("complaint", "file", bulk, "--format", "xarf", "--bulk", "--json", user="anna", expect=(2,))
    answer = json.loads(done.stdout)
    fits(tally, answer, "complaint-bulk.json")
    tally.equal([(i["line"], i["state"]) for i in answer["items"]],
                [(1, "held"), (3, "refused"), (4, "refused"), (5, "refused"), (6, "held")], "each line has its result")
    tally.check("xarf /url: not a URL" in answer["items"][1]["error"], "with place and reason", answer["items"][1])
    tally.check("xarf /type: not a type of the category content" in answer["items"][2]["error"], "of each", answer["items"][2])
    tally.equal(len({i["reference"] for i in answer["items"]}), 3, "what is refused has no reference")
    bulk.write_text(json.dumps(desk.document("bulk")) + "\n")
    words = program.run("complaint", "file", bulk, "--bulk", user="anna").stdout
    tally.check("filed" in words, "complaints as JSON too", words)
    for words, *command in [("no --bulk with arf", "--bulk", "--format", "arf"), ("nowhere.jsonl", "--bulk")]:
        path = folder / "nowhere.jsonl" if "nowhere" in words else bulk
        refused = program.run("complaint", "file", path, *command, user="anna", expect=(2,))
        tally.check(words in refused.stderr, words, refused.stderr)
    stopped = program.run("complaint", "file", bulk, "--bulk", expect=(2,))
    tally.check("line 1 and those behind it were not filed" in stopped.stderr, "without a token nothing goes on", stopped.stderr)


# --- confidence ---


def files_of(data):
    return [path for path in sorted(pathlib.Path(data).rglob("*")) if path.is_file()]


def holding(data, needles):
    """Files below the folder that hold one of the bytes, or are named so."""
    found = []
    for path in files_of(data):
        with contextlib.suppress(FileNotFoundError):
            content = path.read_bytes()
            if any(n in content or n in str(path).encode() for n in needles):
                found.append(path.name)
    return found


def look_alikes(word):
    data = word.encode()
    return [data, data.hex().encode(), data.upper()] + [base64.b64encode(b" " * n + data)[4:-4] for n in range(3)]


def staff_routes(build, reference):
    """(method, path) of each route of the staff door, about that complaint where it is about one."""
    printed = subprocess.run([build / "release/src/web/web_staff_routes"], capture_output=True, text=True, check=True)
    for line in printed.stdout.splitlines():
        method, pattern = line.split()
        yield method, pattern.replace(":id", reference)


def keep_confidence(tally, desk, staff, log):
    """No field of a complaint in any file, the daemon's words, the public door, metrics, names."""
    program, word = desk.program, "canaryqzvxk"
    receipt = desk.file(word)
    program.run("complaint", "decide", receipt["reference"], "--need", f"{word} more", user="anna")
    (desk.folder / "canary.link").write_text(receipt["link"])
    (desk.folder / "canary.json").write_text(json.dumps({"text": f"{word} text", "answers": {"answer": f"{word} said"}}))
    program.run("complaint", "add", desk.folder / "canary.link", desk.folder / "canary.json")
    program.run("complaint", "decide", receipt["reference"], "--out-of-scope", "too-broad", "--reason", f"{word} why",
                user="anna")
    program.run("complaint", "ask-review", desk.folder / "canary.link", "--reason", f"{word} because")
    refused = program.run("complaint", "file", desk.save(desk.document(word, names=[f"{word} {word}"])), user="anna",
                          expect=None)
    tally.equal(refused.returncode, 2, "one that is refused")
    tally.equal(holding(program.data, look_alikes(word)), [], "nothing in any file of the store")
    tally.equal(holding(program.data, [receipt["link"].encode()]), [], "nor the secret link")
    bodies = {}
    token = program.tokens["anna"].read_text().strip()
    for port, paths in ((program.public_port, ("/", "/notices", "/feed.json", "/health", f"/{word}",
                                               f"/complaints/{receipt['reference']}")),
                        (staff, ("/metrics", "/health"))):
        for path in paths:
            request = urllib.request.Request(f"http://127.0.0.1:{port}{path}",
                                             headers={"Authorization": f"Bearer {token}"} if port == staff else {})
            try:
                with urllib.request.urlopen(request, timeout=30) as reply:
                    bodies[path] = reply.read()
            except urllib.error.HTTPError as error:
                bodies[path] = error.read()
    for method, path in staff_routes(desk.build, receipt["reference"]):  # to who shows nothing
        request = urllib.request.Request(f"http://127.0.0.1:{staff}{path}", method=method,
                                         data=b"{}" if method == "POST" else None)
        try:
            with urllib.request.urlopen(request, timeout=30) as reply:
                bodies[f"{method} {path}"] = reply.read()
        except urllib.error.HTTPError as error:
            bodies[f"{method} {path}"] = error.read()
    tally.equal([path for path, body in bodies.items() if word.encode() in body], [], "nothing at a door")
    tally.check(word not in pathlib.Path(log.name).read_text(), "nothing in what the daemon says")


# --- erasing ---


def secrets_of(program, reference):
    """Keys and sealed bytes, as they stand in the store now."""
    with contextlib.closing(sqlite3.connect(f"file:{program.data}/store.db?mode=ro", uri=True)) as db:
        keys = [row[0] for row in db.execute("SELECT key FROM complaint_key WHERE reference = ?", (reference,))]
        sealed = [row[0][:64] for table in TABLES[1:]
                  for row in db.execute(f"SELECT sealed FROM {table} WHERE reference = ?", (reference,))]
        sketch = [row[0][1:33] for row in db.execute("SELECT sketch FROM complaint_sketch WHERE reference = ?",
                                                     (reference,))]
    return keys + sealed + sketch


def gone(program, secrets):
    return wait_for("the bytes are gone", lambda: not holding(program.data, secrets), 20)


def hold(tally, desk):
    """What is on legal hold is not erased; the staff alone is told."""
    program, folder = desk.program, desk.folder
    receipt = desk.file("holdword")
    reference = receipt["reference"]
    (folder / "held.link").write_text(receipt["link"])
    held = program.json("complaint", "hold", reference, "--reason", "court-order", user="bert")
    fits(tally, held, "complaint-hold.json")
    tally.equal(held["complaints"], [reference], "put on hold")
    shown, followed = program.json("complaint", "show", reference), program.json("complaint", "follow", folder / "held.link")
    fits(tally, shown, "complaint-show.json")
    tally.equal(shown["complaint"]["legal_hold"], "court-order", "which is shown")
    check_audiences(tally, program, reference, shown, followed, party=False)
    held = program.json("complaint", "holds")
    fits(tally, held, "complaint-holds.json")
    tally.equal([(h["reference"], h["legal_hold"], h["events"][0]["actor"]) for h in held["holds"]],
                [(reference, "court-order", "bert")], "and listed")
    words = ("complaint", "erase", reference, "--reason", "person-asked")
    refused = program.run(*words, user="ada", expect=(2,))
    tally.check("is on legal hold (court-order)" in refused.stderr, "it is not erased", refused.stderr)
    for wrong in ((), (reference, "--case", "c-1")):
        refused = program.run("complaint", "hold", *wrong, "--reason", "court-order", user="bert", expect=(2,))
        tally.check("say either a reference or --case ID" in refused.stderr, "one or the other", refused.stderr)
    lifted = program.json("complaint", "lift", reference, "--reason", "order-ended", user="bert")
    fits(tally, lifted, "complaint-hold.json")
    tally.equal(program.json("complaint", "holds"), {"holds": [], "next": None}, "off the list")
    program.run(*words, user="ada")
    shown = program.json("complaint", "show", reference)
    fits(tally, shown, "complaint-show.json")
    tally.check("legal_hold" not in shown["complaint"] and shown["complaint"]["erased_at"], "lifted, it is erased")


def erase(tally, desk):
    program = desk.program
    receipt, kept = desk.file("erasedword"), desk.file("keptword")
    reference = receipt["reference"]
    secrets, others = secrets_of(program, reference), secrets_of(program, kept["reference"])
    tally.equal(len(secrets), 2 + 3 + 1 + 1, "two keys, the words, two exhibits, the reporter, the sketch")
    tally.check(holding(program.data, secrets), "which are in the store before")
    program.run("complaint", "erase", reference, "--reason", "person-asked", user="ada")
    tally.check(gone(program, secrets), "nothing of it after the erasure", holding(program.data, secrets))
    tally.check(holding(program.data, others), "others stay")
    tally.equal(program.json("complaint", "show", kept["reference"])["complaint"]["names"], ["keptword.example"],
                "and open")
    shown = program.json("complaint", "show", reference)
    fits(tally, shown, "complaint-show.json")
    tally.check("names" not in shown["complaint"] and shown["complaint"]["erased_at"], "what is left says so")
    # A reader keeps the log of the database: the bytes go when it has ended.
    second = desk.file("heldword")
    secrets = secrets_of(program, second["reference"])
    with contextlib.closing(sqlite3.connect(f"file:{program.data}/store.db?mode=ro", uri=True)) as db:
        db.execute("BEGIN")
        db.execute("SELECT COUNT(*) FROM complaint").fetchone()
        program.run("complaint", "erase", second["reference"], "--reason", "retention-over", user="ada")
        tally.check(holding(program.data, secrets), "a reader still needs them")
    desk.file("laterword")
    tally.check(gone(program, secrets), "with the next commit they are gone", holding(program.data, secrets))
    verified = program.json("log", "verify")
    tally.equal(verified["faults"], [], "proofs of the log hold")


def erase_and_die(tally, desk, folder):
    """Killed between the commit of an erasure and the wipe: the next start does it."""
    program = desk.program
    with daemon(program, NOW):
        receipt = desk.file("dyingword")
        secrets = secrets_of(program, receipt["reference"])
    held = sqlite3.connect(f"file:{program.data}/store.db?mode=ro", uri=True)
    with serving(program, NOW) as (process, _):
        process.stdout.readline()
        held.execute("BEGIN")
        held.execute("SELECT COUNT(*) FROM complaint").fetchone()
        program.run("complaint", "erase", receipt["reference"], "--reason", "by-mistake", user="ada")
        process.send_signal(signal.SIGKILL)
        process.wait(20)
    tally.check(holding(program.data, secrets), "left behind by the kill")
    held.close()
    with daemon(program, NOW):
        tally.check(gone(program, secrets), "the next start wipes", holding(program.data, secrets))
    tally.equal(program.json("log", "verify")["faults"], [], "the log holds")


# --- killed at the filing ---


def whole(program):
    """References of complaints that are whole; what is half there is an error."""
    with contextlib.closing(sqlite3.connect(f"file:{program.data}/store.db?mode=ro", uri=True)) as db:
        found = {row[0] for row in db.execute("SELECT reference FROM complaint WHERE erased_at = 0")}
        parts = {table: {row[0] for row in db.execute(f"SELECT DISTINCT reference FROM {table}")}
                 for table in (*TABLES, "complaint_event")}
        openings = db.execute("SELECT COUNT(*) FROM complaint_event e LEFT JOIN opening o ON o.number = e.opening AND o.entry = e.entry"
                              " WHERE o.entry IS NULL").fetchone()[0]
    broken = [table for table, of in parts.items() if found - of]
    return found, broken + (["opening"] if openings else [])


def file_until_dead(desk, receipts):
    """Until nobody answers. What got no answer may be there or not."""
    for n in range(400):
        try:
            receipts.append(desk.file(f"killed{n}")["reference"])
        except (CommandFailed, ValueError):
            return


def kill_filing(tally, desk):
    program, receipts, aimed = desk.program, [], 0
    for _ in range(4):
        with serving(program, NOW) as (process, _):
            process.stdout.readline()
            filing = threading.Thread(target=file_until_dead, args=(desk, receipts))
            before = len(receipts)
            filing.start()
            wait_for("a first receipt", lambda: len(receipts) > before, 60)
            sight = Sight(program.data)
            struck = strike(lambda: find(process.pid, "core"), sight, "transaction", seconds=10)
            sight.close()
            aimed += bool(struck)
            process.kill()  # also when no moment came about
            process.wait(20)
            filing.join(120)
        found, broken = whole(program)
        tally.equal(broken, [], "nothing is half there")
        tally.equal(set(receipts) - found, set(), "each receipt's complaint is there")
    print(f"{len(receipts)} receipts, {aimed} of 4 kills inside a transaction")
    with daemon(program, NOW):
        for reference in receipts[:3] + receipts[-3:]:
            shown = program.json("complaint", "show", reference)["complaint"]
            tally.check(shown["names"] and len(shown["exhibits"]) == 2, "and opens")
    tally.equal(program.json("log", "verify")["faults"], [], "the log holds")


def main():
    options, tally = read_options(__doc__), Tally()
    with scratch() as place:
        folder = pathlib.Path(place)
        (folder / "conf").write_text("mail.smtp-port = 1\nmail.from = desk@authority.example\nlog.tick = 1\n")
        program = Program(options.binary, folder / "data", folder / "conf")
        set_up(program, folder)
        desk = Desk(program, folder, options.build)
        with tally.part("complaints"), open(folder / "daemon.log", "w") as log:
            with daemon(program, NOW, log) as staff:
                tell_story(tally, desk)
                act_by_link(tally, desk)
                refuse(tally, desk)
                hand_over(tally, desk)
                keep_confidence(tally, desk, staff, log)
                hold(tally, desk)
                erase(tally, desk)
        with tally.part("erasing"):
            erase_and_die(tally, desk, folder)
        with tally.part("killed"):
            kill_filing(tally, desk)
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
