#!/usr/bin/env python3
"""Two contracted parties at the API of a real daemon, walked against each other.

Each has a case whose first letter went out by mail, one that nobody told it of yet, a complaint that it
must not learn more of than it may, and words of its own in every field that the house writes. Whatever one
asks or sends, nothing of the other is in it, nor of the house; what is the other's is answered like what
never was. What a party sends is its own, and reaches the staff. Last line: `N passed, N failed, N skipped`.
"""
import base64
import hashlib
import json
import os
import pathlib
import pty
import sqlite3
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from postbox import Postbox  # noqa: E402
from support import Tally, daemon, house, read_options  # noqa: E402
from two_parties import DUTY, NOW, PREFIX, SIDES, USERS, Door, open_side, put_findings, set_up  # noqa: E402


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
    targets += [("case", id, f"/api/v1/own/cases/{{}}{tail}") for tail in ("", "/complaints")
                for id in (other.case, side.hidden, other.hidden)]
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
    form = "\r\n".join(("--b", 'Content-Disposition: form-data; name="answer"', "Content-Type: application/json", "",
                        json.dumps({"text": "and later", "exhibits": [{"part": "log", "sha256": hashlib.sha256(log).hexdigest()}]}),
                        "--b", 'Content-Disposition: form-data; name="log"; filename="x/later.log"', "Content-Type: text/plain", "",
                        log.decode(), "--b--", "")).encode()
    head = {"If-Match": tag, "Content-Type": "multipart/form-data; boundary=b"}
    status, _, text = door.ask("POST", f"{path}/answers", "nina", form, **head)
    after, tag = door.get(path, "nina")
    told = after["case"]["answers"][-1]["exhibits"]
    tally.equal((status, [(row["name"], row["media_type"], row["sha256"]) for row in told]),
                (200, [("later.log", "text/plain", hashlib.sha256(log).hexdigest())]), f"an exhibit comes as a file: {text}")
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
