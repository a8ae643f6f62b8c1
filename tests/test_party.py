#!/usr/bin/env python3
"""Two contracted parties at the API of a real daemon, walked against each other.

Each has a case whose first letter went out by mail, one that nobody told it of yet, a complaint that it
must not learn more of than it may, and words of its own in every field that the house writes. Whatever one
asks or sends, nothing of the other is in it, nor of the house; what is the other's is answered like what
never was. What a party sends is its own, and reaches the staff. Last line: `N passed, N failed, N skipped`.
"""
import base64
import hashlib
import http.client
import json
import os
import pathlib
import pty
import sqlite3
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from postbox import Postbox  # noqa: E402
from support import ROOT, Tally, daemon, house, read_options  # noqa: E402
from program import wait_for  # noqa: E402

NOW = "2027-01-04T09:00:00Z"
DUTY = "raa.3.18.2-dns-abuse-mitigation"
SIDES = {"north": "registrar-9001", "south": "registrar-9002"}
USERS = (("nina", "north", "delegate"), ("noah", "north", None), ("sara", "south", "answer"))
PREFIX = {"north": "qwnorthcanary", "south": "qwsouthcanary"}


class Side:
    """What there is of one party; `canary` stands where the house writes, `name` is the party's own."""

    def __init__(self, name):
        self.name, self.party, self.canary = name, SIDES[name], PREFIX[name]
        self.case = self.hidden = self.finding = self.told = None  # told: the finding's name for the party


class Door:
    def __init__(self, port, tokens):
        self.port, self.tokens, self.heard = port, tokens, {name: [] for name in tokens}

    def ask(self, method, path, who, body=None, **head):
        """(status, headers, body); all of it is kept as heard by that user."""
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        head = {"Authorization": f"Bearer {self.tokens[who]}", **head}
        if body is not None:
            head.setdefault("Content-Type", "application/json")
        link.request(method, path, None if body is None else json.dumps(body), head)
        reply = link.getresponse()
        text = reply.read()
        link.close()
        headers = sorted(pair for pair in reply.getheaders() if pair[0] != "Date")
        self.heard[who].append(repr(headers).encode() + text)
        return reply.status, headers, text

    def get(self, path, who):
        status, headers, text = self.ask("GET", path, who)
        if status != 200:
            raise AssertionError(f"{path} for {who}: {status} {text}")
        return json.loads(text), dict(headers).get("ETag")


def set_up(program, folder):
    def token_of(name):
        program.tokens[name] = folder / f"{name}.token"
        return "--out", program.tokens[name]

    program.run("init", "--now", NOW)
    program.run("user", "add", "ada", "--role", "administrator", *token_of("ada"))
    for name, role in (("anna", "analyst"), ("bert", "approver")):
        program.run("user", "add", name, "--role", role, *token_of(name), user="ada")
    law = ROOT / "rulebook/icann"
    program.run("rulebook", "adopt", law, user="anna")
    program.run("rulebook", "adopt", law, "--confirm", user="bert")
    (folder / "registrars.csv").write_text("ID,Registrar Name,Status,RDAP Base URL\n9001,North Names,Accredited,\n"
                                           "9002,South Names,Accredited,\n")
    (folder / "contacts.csv").write_text("Kind,ID,Name,Role,E-mail\n"
                                         "registrar,9001,North Names,compliance,c@north.example\n"
                                         "registrar,9002,South Names,compliance,c@south.example\n")
    program.run("party", "import", "--registrars", folder / "registrars.csv", "--contacts", folder / "contacts.csv",
                user="ada")
    for name, side, may in USERS:
        program.run("user", "add", name, "--role", "party", "--party", SIDES[side], *token_of(name), user="ada")
        if may:
            program.run("user", "grant", "add", name, "--party", SIDES[side], "--may", may, user="ada")


def complain(program, folder, side):
    """A complaint without consent, each field of which has the canary; its case."""
    word = side.canary
    exhibit = {"media_type": "text/plain", "name": f"{word}.txt", "base64": base64.b64encode(word.encode()).decode()}
    document = {"type": "dns-abuse-registrar", "language": "en", "names": [f"{side.name}.example"], "party": side.party,
                "answers": {"kind": "phishing", "domain": f"{side.name}.example", "reported-at": "2026-12-01"},
                "exhibits": [{"evidence": "report", **exhibit}, {"evidence": "abuse", **exhibit}],
                "told_first": {"told": True, "on": "2026-12-01", "how": word},
                "reporter": {"name": word, "email": f"{word}@mail.example", "role": "other", "share": False}}
    path = folder / f"{side.name}.json"
    path.write_text(json.dumps(document))
    receipt = program.json("complaint", "file", path, user="anna")
    return program.json("complaint", "decide", receipt["reference"], "--in-scope", "--obligation", DUTY, "--party",
                        side.party, "--subject", f"{side.name}.example", user="anna")["case"]


def open_side(program, folder, name):
    side = Side(name)
    side.case = complain(program, folder, side)
    program.run("case", "draft", side.case, "--letter", "inquiry", user="anna")  # whose draft it is stands behind it
    if not wait_for("the letter is served", lambda: program.json("case", "show", side.case)["case"]["due_at"], 30):
        raise AssertionError("the letter was not served")
    program.run("case", "record", side.case, "meeting", "--reason", side.canary, user="anna")
    program.run("case", "record", side.case, "recused", "--object", side.canary, "--reason", side.canary, user="anna")
    # Nobody told the party of this one: its letter is the machine's draft.
    side.hidden = program.json("case", "open", "--party", side.party, "--obligation", DUTY, "--subject",
                               f"{side.canary}.example", "--violation", user="anna")["case"]
    return side


def put_findings(program, sides):
    """A finding that is linked to the case of each, and says something of the house."""
    law = program.json("rulebook", "list")["rulebooks"][0]["version"]
    with sqlite3.connect(program.data / "store.db") as store:
        for side in sides:
            side.finding = f"f-{side.name}"
            store.execute("INSERT INTO finding VALUES (?, ?, 'Section 3.18.2', ?, ?, 0, 1, 'not met', '[]', ?, ?, ?, 1, NULL, NULL)",
                          (side.finding, DUTY, side.party, f"{side.name}.example", json.dumps([side.canary]), law, side.canary))
            store.execute("INSERT INTO finding_latest VALUES (?, ?, ?, ?)",
                          (DUTY, side.party, f"{side.name}.example", side.finding))
    for side in sides:
        program.run("case", "link", side.case, "finding", side.finding, user="anna")
        side.told = program.json("own", "findings", side.party)["findings"][0]["id"]


# --- reading ---


def read_own(tally, door, side, other, who):
    parties, _ = door.get("/api/v1/own/parties", who)
    tally.equal([row["party"] for row in parties["parties"]], [side.party], f"{who}: one's own party")
    root = f"/api/v1/own/parties/{side.party}"
    cases, _ = door.get(f"{root}/cases", who)
    tally.equal([row["id"] for row in cases["cases"]], [side.case], f"{who}: the case that was told")
    tally.equal(cases["next"], None, f"{who}: and no word of others")
    findings, _ = door.get(f"{root}/findings", who)
    tally.equal([row["id"] for row in findings["findings"]], [side.told], f"{who}: its finding")
    tally.check(len(door.get(f"{root}/duties", who)[0]["obligations"]) > 5, f"{who}: duties")
    old = door.get(f"{root}/duties?as_of=2012-01-01", who)[0]["obligations"]
    tally.check(DUTY not in {row["id"] for row in old}, f"{who}: duties of another day")
    one, tag = door.get(f"/api/v1/own/cases/{side.case}", who)
    case = one["case"]
    tally.equal(tag, f'"{one["version"]}"', f"{who}: the version")
    tally.check(len(case["letters"]) == 1 and side.case in case["letters"][0]["text"], f"{who}: the letter")
    letter = case["letters"][0]
    tally.equal((letter["id"], "-l00" in json.dumps(letter)), (f"{side.case}-l{letter['sha256'][:16]}", False),
                f"{who}: by a name that counts no drafts")
    tally.check(case["due"]["date"] > NOW[:10] and case["due"]["trace"], f"{who}: when it is due, and why")
    tally.check([item["number"] for item in case["items"]][:2] == [1, 2], f"{who}: what is asked", case["items"])
    tally.equal(door.get(f"/api/v1/own/findings/{side.told}", who)[0]["finding"], findings["findings"][0], f"{who}: alone")


def try_others(tally, door, side, other, who):
    """What is the other's, what was not told, and what never was: the same bytes and headers."""
    nothing = {"party": "registrar-7777", "case": "c-0000000000z", "finding": "f-nothing"}
    targets = [("party", other.party, f"/api/v1/own/parties/{{}}/{part}") for part in ("duties", "findings", "cases", "grants")]
    targets += [("case", other.case, "/api/v1/own/cases/{}"), ("case", side.hidden, "/api/v1/own/cases/{}"),
                ("case", other.hidden, "/api/v1/own/cases/{}")]
    targets += [("finding", id, "/api/v1/own/findings/{}") for id in (other.told, other.finding, side.finding)]
    for kind, id, pattern in targets:
        answers = [door.ask("GET", pattern.format(name), who) for name in (id, nothing[kind])]
        tally.check(answers[0][0] == 404 and answers[0] == answers[1], f"{who}: GET {pattern} of {id}", answers)
    sent = {"answers": {"text": "x"}, "extensions": {"until": "2027-03-01", "text": "x"}}
    for tail, body in sent.items():
        for head in ({"If-Match": '"0"'}, {}):
            answers = [door.ask("POST", f"/api/v1/own/cases/{name}/{tail}", who, body, **head)
                       for name in (other.case, side.hidden, other.hidden, nothing["case"])]
            tally.check(answers[0][0] == 404 and answers.count(answers[0]) == 4, f"{who}: POST {tail}", answers)
    for tail, body in (("grants", {"id": "noah", "may": "read"}), ("revocations", {"id": "sara", "number": "1"})):
        answers = [door.ask("POST", f"/api/v1/own/parties/{name}/{tail}", who, body)
                   for name in (other.party, nothing["party"])]
        tally.check(answers[0][0] == 404 and answers[0] == answers[1], f"{who}: POST {tail}", answers)


def try_staff(tally, door, build, sides, who):
    """To every route that is not for parties their token is nobody's."""
    printed = subprocess.run([build / "release/src/web/web_staff_routes"], capture_output=True, text=True, check=True)
    tried = 0
    for line in printed.stdout.splitlines():
        method, pattern = line.split()[:2]
        if "/own/" in pattern or "/followed" in pattern or pattern in ("/login", "/static/style.css"):
            continue
        for side in sides:
            ids = {"parties": side.party, "cases": side.case, "findings": side.finding}
            path = pattern.replace(":id", next((id for kind, id in ids.items() if f"/{kind}/" in pattern), "x"))
            status, _, _ = door.ask(method, path, who, {} if method == "POST" else None)
            tally.check(status in (401, 303), f"{who}: {method} {path}", status)
            tried += 1
    tally.check(tried > 40, "every route was tried", tried)


# --- sending ---


def on_terminal(program, *words):
    """What a command prints to a terminal."""
    master, slave = pty.openpty()
    subprocess.run(program.command(*words), stdout=slave, env=program.env, check=True, timeout=120)
    os.close(slave)
    printed = os.read(master, 65536)
    os.close(master)
    return printed


def answer(tally, program, door, side, other):
    path, log = f"/api/v1/own/cases/{side.case}", b"took it down at noon"
    before, tag = door.get(path, "nina")
    theirs = door.get(f"/api/v1/own/cases/{other.case}", "sara")
    body = {"text": "We acted at noon. \x1b]0;x\x07\x9b2J\x7f", "items": ["1=comply", "2=need-time"], "exhibits": [
        {"media_type": "text/plain", "name": "noon.log", "collected_on": "2027-01-03", "base64": base64.b64encode(log).decode()}]}
    program.run("case", "record", side.case, "meeting", "--reason", side.canary, user="anna")
    status, _, text = door.ask("POST", f"{path}/answers", "nina", body, **{"If-Match": tag})
    done = json.loads(text)
    tally.equal((status, done.get("exhibits")), (200, [hashlib.sha256(log).hexdigest()]), "answered, whatever the house did meanwhile")
    after, tag = door.get(path, "nina")
    given = after["case"]["answers"][0]
    tally.equal((given["by"], given["sha256"], [p["position"] for p in given["positions"]], given["exhibits"][0]["name"]),
                ("nina", done["sha256"], ["comply", "need-time"], "noon.log"), "and seen")
    tally.equal([item["position"] for item in after["case"]["items"]][:2], ["comply", "need-time"], "item by item")
    shown = program.json("case", "show", side.case)
    tally.equal([item["position"] for item in shown["items"]][:2], ["comply", "need-time"], "the staff sees it")
    event = program.json("case", "explain", side.case)["events"][-1]
    tally.equal((event["event"], event["actor"], event["role"], event["evidence"][0]), ("answered", "nina", "party", done["sha256"]),
                "as an event of theirs")
    kept = program.run("mail", "show", done["sha256"]).stdout
    tally.check("By: nina" in kept and "Item 1: comply" in kept and done["exhibits"][0] in kept and "We acted at noon." in kept,
                "with its words", kept)
    shown = on_terminal(program, "mail", "show", done["sha256"])
    tally.check(b"We acted at noon. ?]0;x?\xc2?2J?" in shown, "which steer no terminal of the staff", shown)
    tally.equal(program.run("case", "exhibit", side.case, event["seq"], "1").stdout.encode(), log, "and its exhibit")
    status, _, text = door.ask("POST", f"{path}/extensions", "nina", {"until": "2027-02-01", "text": "a flood"}, **{"If-Match": tag})
    tally.equal(status, 200, "more time is asked for")
    waiting = program.json("outbox", "list")["tasks"]
    tally.equal([(task["kind"], task["case"]) for task in waiting if task["kind"] == "decide-extension"],
                [("decide-extension", side.case)], "and waits for a person")
    tally.equal(door.get(f"/api/v1/own/cases/{other.case}", "sara"), theirs, "the other sees nothing of it")


def by_command_line(tally, program, folder, side):
    """The same commands, with the token of a user of the party."""
    (folder / "proof.txt").write_text("proof")
    (folder / "answer.json").write_text(json.dumps({"text": "Not ours.", "items": ["1=dispute"], "exhibits": [
        {"media_type": "text/plain", "path": "proof.txt"}]}))
    before = program.json("own", "case", side.case)
    done = program.json("own", "answer", side.case, folder / "answer.json", "--version", before["version"], user="sara")
    tally.equal(done["exhibits"], [hashlib.sha256(b"proof").hexdigest()], "an exhibit from a file beside")
    refused = program.run("own", "answer", side.case, folder / "answer.json", "--version", before["version"], user="sara",
                          expect=None)
    tally.check(refused.returncode == 2 and "look at it again" in refused.stderr, "of another version", refused)
    program.run("own", "extension", side.case, "--until", "2027-02-01", "--text", "a storm", user="sara")
    tally.check(program.json("own", "case", side.case)["case"]["extensions"][0]["waits"], "more time by command line")
    program.run("outbox", "settle", next(task["key"] for task in program.json("outbox", "list")["tasks"]
                                         if task["case"] == side.case and task["kind"] == "decide-extension"),
                "--reason", "no storm there", user="anna")
    after = program.json("own", "case", side.case)
    tally.check(not after["case"]["extensions"][0]["waits"] and "no storm" not in json.dumps(after),
                "decided; in what words is for a letter to say")
    tally.equal([row["id"] for row in program.json("own", "cases", side.party)["cases"]], [side.case], "own cases")
    tally.equal([row["id"] for row in program.json("own", "findings", side.party)["findings"]], [side.told], "own findings")
    for words in (("own", "delegate", "noah", "--party", side.party, "--may", "read"), ("own", "revoke", "nina", "1"),
                  ("user", "grant", "add", "sara", "--party", SIDES["north"], "--may", "read")):
        tally.equal(program.run(*words, user="sara", expect=None).returncode, 2, f"{' '.join(words[:2])} is refused to sara")
    for words in (("own", "revoke", "noah", "first"), ("user", "grant", "revoke", "noah", "0"),
                  ("case", "exhibit", side.case, "x", "1")):
        refused = program.run(*words, user="ada", expect=None)
        tally.check(refused.returncode == 2 and "is no number" in refused.stderr, " ".join(words), refused)


def delegate(tally, program, door, side):
    root, one = f"/api/v1/own/parties/{side.party}", f"/api/v1/own/cases/{side.case}"
    tally.equal(door.ask("GET", one, "noah")[0], 404, "without a grant there is nothing")
    tally.equal(door.ask("POST", f"{root}/grants", "nina", {"id": "noah", "may": "read"})[0], 200, "a colleague is let in")
    _, tag = door.get(one, "noah")
    tally.equal(door.ask("POST", f"{one}/answers", "noah", {"text": "x"}, **{"If-Match": tag})[0], 403, "to read")
    tally.equal(door.ask("GET", f"{root}/grants", "noah")[0], 403, "and no more")
    rows = door.get(f"{root}/grants", "nina")[0]["grants"]
    tally.equal({(row["id"], row["may"], row["delegated"]) for row in rows}, {("nina", "delegate", False), ("noah", "read", True)},
                "who may act is listed")
    replies = [door.ask("POST", f"{root}/grants", "nina", {"id": name, "may": "read"}) for name in ("sara", "anna", "nobody")]
    told = {text.replace(name.encode(), b"NAME") for (_, _, text), name in zip(replies, ("sara", "anna", "nobody"))}
    tally.equal((len(told), {status for status, _, _ in replies}), (1, {422}), "nobody learns who is a user elsewhere")
    tally.equal(door.ask("POST", f"{root}/revocations", "nina", {"id": "noah", "number": "1"})[0], 200, "and out again")
    tally.equal(door.ask("GET", one, "noah")[0], 404, "at once")
    program.run("user", "grant", "revoke", "nina", "1", user="ada")
    tally.equal(door.ask("GET", one, "nina")[0], 404, "the administrator takes it all back")
    kinds = [json.loads(row[0]) for row in sqlite3.connect(program.data / "store.db").execute(
        "SELECT json FROM opening WHERE json LIKE '%\"grant-%'")]
    tally.equal(sorted((e["kind"], e["user"], e["actor"]) for e in kinds if e["user"] != "sara"),
                [("grant-added", "nina", "ada"), ("grant-added", "noah", "nina"), ("grant-revoked", "nina", "ada"),
                 ("grant-revoked", "noah", "nina")], "the log learns of each")


# --- the search ---


def search(tally, door, program, sides, log):
    """In nothing that anybody of a party heard is a word of the house or of the other."""
    north, south = sides
    for who, own, other in (("nina", north, south), ("noah", north, south), ("sara", south, north)):
        heard = b"\n".join(door.heard[who])
        foreign = [PREFIX["north"], PREFIX["south"], other.case, other.hidden, own.hidden, other.party, own.finding, other.finding]
        # What they named themselves comes back in no answer: ids of the other were only ever asked for.
        for word in foreign + [f"{other.name}.example", f"{other.name.capitalize()} Names"]:
            tally.check(word.encode() not in heard, f"{who} never heard '{word}'")
        tally.check(own.party.encode() in heard or who == "noah", f"{who} heard of their own")
    public = b"".join(path.read_bytes() for path in sorted((program.data / "public").rglob("*")) if path.is_file())
    for side in sides:
        # The search would find it: the house has it.
        tally.check(side.canary in program.run("case", "explain", side.case).stdout, "the staff reads its own words")
        for word in (side.canary, side.case):
            tally.check(word.encode() not in public, f"the public never sees {word}")
        tally.check(side.canary.encode() not in log.read_bytes(), "and the daemon's own words have none of it")


def main():
    options = read_options(__doc__)
    tally = Tally()
    with Postbox() as post, house(options, f"mail.smtp-port = {post.port}", "mail.from = desk@authority.example",
                                  "log.tick = 1") as (folder, program):
        set_up(program, folder)
        tokens = {name: program.tokens[name].read_text().strip() for name, _, _ in USERS}
        with tally.part("two parties"), open(folder / "log", "wb") as log, daemon(program, NOW, log) as port:
            sides = [open_side(program, folder, name) for name in SIDES]
            put_findings(program, sides)
            door = Door(port, tokens)
            north, south = sides
            for side, other, who in ((north, south, "nina"), (south, north, "sara")):
                read_own(tally, door, side, other, who)
                try_others(tally, door, side, other, who)
                try_staff(tally, door, options.build, sides, who)
            answer(tally, program, door, north, south)
            by_command_line(tally, program, folder, south)
            delegate(tally, program, door, north)
            search(tally, door, program, sides, folder / "log")
        tally.equal(program.json("rebuild", "--check")["differences"], [], "the projections are whole")
        tally.equal(program.json("log", "verify")["faults"], [], "so is the log")
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
