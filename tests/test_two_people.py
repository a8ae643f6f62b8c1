#!/usr/bin/env python3
"""What needs two people, on the command line and at the staff door of a real daemon.

A termination on a ground of the agreement is approved by two and served by a small mail server of the
test. Its deadline is then moved twice: by command line, and by a form of the staff door. The same
person twice, somebody recused, an unknown proposal and a second agreement are refused.
"""
import contextlib
import json
import pathlib
import re
import resource
import signal
import sqlite3
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from browser import signed_in  # noqa: E402
from postbox import Postbox  # noqa: E402
from support import ROOT, Tally, daemon, found_authority, house, read_options  # noqa: E402
from program import wait_for  # noqa: E402

NOW = "2027-01-04T09:00:00Z"
REGISTRARS = "ID,Registrar Name,Status,RDAP Base URL\n9001,Example Names Ltd,Accredited,\n"
CONTACTS = "Kind,ID,Name,Role,E-mail\nregistrar,9001,Example Names Ltd,compliance,c@names.example\n"
PEOPLE = (("anna", "analyst"), ("bert", "approver"), ("carl", "approver"), ("dora", "approver"))


def set_up(program, folder):
    found_authority(program, folder, NOW, PEOPLE)
    (folder / "registrars.csv").write_text(REGISTRARS)
    (folder / "contacts.csv").write_text(CONTACTS)
    program.run("party", "import", "--registrars", folder / "registrars.csv", "--contacts",
                folder / "contacts.csv", user="ada")


def serve_termination(program):
    """A case in a formal stage whose clock runs; its id."""
    case = program.json("case", "open", "--party", "registrar-9001", "--obligation",
                        "raa.3.18.2-dns-abuse-mitigation", "--violation", user="anna")["case"]
    letter = program.json("case", "draft", case, "--letter", "termination", user="anna")["sha256"]
    for name in ("bert", "carl"):
        program.run("case", "approve", case, "--sha256", letter, user=name)
    program.run("case", "send", case, "--sha256", letter, "--ground", "raa-stability", user="anna")
    found = wait_for("the letter is served",
                     lambda: program.json("case", "show", case)["case"]["due_at"], 30)
    if not found:
        raise AssertionError("the letter was not served")
    return case


def due_of(program, case):
    return program.json("case", "show", case)["case"]["due_at"][:10]


def check_command_line(tally, program, case):
    words = ["case", "record", case, "extended", "--until", "2027-02-01", "--reason", "storm"]
    before = due_of(program, case)
    answer = program.json(*words, user="bert")
    proposal = answer["proposal"]
    tally.equal(answer["waits_for"], "second-person", "the step waits for a second person")
    tally.equal(due_of(program, case), before, "nothing has moved yet")
    waiting = program.json("case", "next", case)["proposals"]
    tally.equal([(p["sha256"], p["actor"], p["open"], p["words"]) for p in waiting],
                [(proposal, "bert", True, "extended until 2027-02-01")], "case next shows it")
    tally.check(proposal in program.run("case", "show", case).stdout, "case show prints it")
    agree = ["case", "agree", case, "--proposal"]
    program.run("case", "record", case, "recused", "--object", "dora", "--reason", "interest", user="anna")
    for user, what, of in (("bert", "the same person", proposal), ("anna", "who is no approver", proposal),
                           ("dora", "who is recused", proposal), ("carl", "an unknown one", "0" * 64)):
        refused = program.run(*agree, of, user=user, expect=None)
        tally.equal(refused.returncode, 2, f"{what} is refused")
    # A name on the command line proves nothing: without a token nobody agrees.
    tally.equal(program.run(*agree, proposal, expect=None).returncode, 2, "nobody agrees")
    program.run(*agree, proposal, user="carl")
    tally.equal(due_of(program, case), "2027-02-02", "the due moment is the end of that day")
    last = program.json("case", "explain", case)["events"][-1]
    tally.equal((last["event"], last["actor"], last["second"], last["evidence"]),
                ("extended", "bert", "carl", [proposal]), "both are named")
    refused = program.run(*agree, proposal, user="carl", expect=None)
    tally.check(refused.returncode == 2 and "agreed by carl" in refused.stderr, "agreed once", refused.stderr)


def check_door(tally, program, case, port):
    tokens = {name: path.read_text().strip() for name, path in program.tokens.items()}
    anna, bert = signed_in(port, tokens["anna"]), signed_in(port, tokens["bert"])
    proposal = program.json("case", "record", case, "extended", "--until", "2027-02-10", "--reason",
                            "storm", user="anna")["proposal"]
    rows = json.loads(bert.ask("GET", "/api/v1/worklist")[2])["proposals"]
    tally.equal([(row["sha256"], row["case"], row["can_agree"]) for row in rows], [(proposal, case, True)],
                "the worklist shows it to who may agree")
    rows = json.loads(anna.ask("GET", "/api/v1/worklist")[2])["proposals"]
    tally.equal([row["can_agree"] for row in rows], [False], "and to others, who may not")
    tally.check("extended until 2027-02-10" in bert.ask("GET", "/")[2], "the page too")
    status, _ = anna.press(f"/cases/{case}", f"/cases/{case}/agree", proposal=proposal)
    tally.equal(status, 403, "a form of who may not agree is refused by the core")
    status, text = bert.press(f"/cases/{case}", f"/cases/{case}/agree", proposal=proposal)
    tally.check(status == 200 and "the step is taken" in text, "a button agrees", (status, text[-400:]))
    last = program.json("case", "explain", case)["events"][-1]
    tally.equal((last["actor"], last["second"]), ("anna", "bert"), "the session's user is the second person")


def check_withdrawal(tally, program, case):
    words = ["case", "record", case, "tolled", "--reason", "storm"]
    proposal = program.json(*words, user="anna")["proposal"]
    twice = program.run(*words, user="bert", expect=None)
    tally.check(twice.returncode == 2 and "waits already" in twice.stderr, "one of a kind waits", twice.stderr)
    program.run("case", "withdraw", case, "--proposal", proposal, user="anna")
    refused = program.run("case", "agree", case, "--proposal", proposal, user="carl", expect=None)
    tally.check(refused.returncode == 2 and "withdrawn by anna" in refused.stderr, "withdrawn", refused.stderr)
    states = [p["state"] for p in program.json("case", "show", case)["proposals"]]
    tally.equal(states, ["agreed", "agreed", "withdrawn"], "the case remembers all of them")


def check_dispute(tally, program, case):
    """A dispute that is open holds the termination at its due moment, and is recorded by its words."""
    words = ["case", "record", case, "disputed", "--reason", "arbitration"]
    for more in ([], ["--dispute", "loud"], ["--dispute", "none"]):
        refused = program.run(*words, *more, user="anna", expect=None)
        tally.check(refused.returncode == 2 and "dispute" in refused.stderr, "how it stands is said", refused.stderr)
    program.run(*words, "--dispute", "open", user="anna")
    due = program.json("case", "show", case)["case"]["due_at"]
    program.run("clock", "jump", due, user="ada")
    events = wait_for("the due moment passes", lambda: [
        row for row in program.json("case", "explain", case)["events"] if row["event"] == "deadline-passed"], 20)
    tally.equal([(row["from"], row["to"]) for row in events or []], [("termination", "termination")],
                "the termination does not come into effect")


def check_called_up(tally, program, folder, staff):
    """Who hands out tokens is not two people: a rulebook is proposed, then ada makes its approver."""
    law = ROOT / "rulebook/cctld-example"
    program.run("rulebook", "adopt", law, user="anna")
    program.run("clock", "jump", "2027-03-01T09:00:00Z", user="ada")
    program.tokens["ada2"] = folder / "ada2.token"
    program.run("user", "add", "ada2", "--role", "approver", "--out", program.tokens["ada2"], user="ada")
    adopt = ["rulebook", "adopt", law, "--confirm"]
    refused = program.run(*adopt, user="ada2", expect=None)
    tally.check(refused.returncode == 2 and "ada2 got a token after" in refused.stderr, "called up", refused.stderr)
    # Nor by another token for somebody who was there.
    old = program.tokens["dora"]
    program.tokens["dora"] = folder / "dora again.token"
    door = signed_in(staff, old.read_text().strip())
    program.run("user", "renew", "dora", "--out", program.tokens["dora"], user="ada")
    tally.equal(door.ask("GET", "/")[0], 303, "the session of the old token ends")
    refused = program.run(*adopt, user="dora", expect=None)
    tally.check(refused.returncode == 2 and "dora got a token after" in refused.stderr, "renewed", refused.stderr)
    program.run("status", user="dora")
    program.run(*adopt, user="bert")


def keep_no_bytes():
    """As on a full disk: files can be made, but nothing goes into them."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def check_tokens(tally, program, folder, staff):
    """What is taken away is gone at once: for the daemon, at the staff door, for mail that comes in."""
    def users():
        return {row["id"]: row["active"] for row in program.json("user", "list")["users"]}

    carl = signed_in(staff, program.tokens["carl"].read_text().strip())
    tally.equal(carl.ask("GET", "/")[0], 200, "carl is signed in")
    tally.equal(program.run("user", "disable", "carl", user="anna", expect=None).returncode, 2, "an analyst")
    program.run("user", "disable", "carl", user="ada")
    tally.equal(carl.ask("GET", "/")[0], 303, "the session ends")
    refused = program.run("status", user="carl", expect=None)
    tally.check(refused.returncode == 2 and "nobody's" in refused.stderr, "the daemon too", refused.stderr)
    tally.equal((users()["carl"], users()["bert"]), (False, True), "the list tells")
    refused = program.run("user", "disable", "ada", user="ada", expect=None)
    tally.check(refused.returncode == 2 and "nobody who is an administrator" in refused.stderr, "the last one",
                refused.stderr)
    program.tokens["mta"] = folder / "mta.token"
    program.run("user", "add", "mta", "--role", "mail", "--out", program.tokens["mta"], user="ada")
    mail = program.command("mail-in", user="mta")
    take = lambda: subprocess.run(mail, input=b"Subject: x\n\nx\n", env=program.env, timeout=30,  # noqa: E731
                                  capture_output=True, check=False).returncode
    tally.equal(take(), 0, "mail is taken")
    program.run("user", "disable", "mta", user="ada")
    tally.equal(take(), 75, "and no more")
    tally.check(re.search(r"^carl +approver +no *$", program.run("user", "list").stdout, re.M), "as text, with roles")
    path = folder / "eve.token"
    done = subprocess.run(program.command("user", "add", "eve", "--role", "analyst", "--out", path, user="ada"),
                          env=program.env, capture_output=True, text=True, timeout=30, check=False,
                          restore_signals=False, preexec_fn=keep_no_bytes)
    tally.check(done.returncode == 2 and "token file" in done.stderr, "a full disk is said", done.stderr)
    tally.equal((path.exists(), "eve" in users()), (False, False), "and leaves nothing half")


def check_outbox(tally, program, case):
    """What the program gave up is listed and, when somebody says so, done by the next daemon."""
    with contextlib.closing(sqlite3.connect(program.data / "store.db")) as store:
        key = store.execute("SELECT key FROM outbox WHERE kind = 'send-letter'").fetchone()[0]
        store.execute("UPDATE outbox SET state = 'dead', error = 'no room' WHERE key = ?", (key,))
        store.commit()
    tally.equal([(row["key"], row["case"], row["error"]) for row in program.json("outbox", "list")["tasks"]],
                [(key, case, "no room")], "what was given up is listed")
    tally.check(key in program.run("outbox", "list").stdout, "as a table too")
    tally.equal(program.run("outbox", "retry", key, user="bert", expect=None).returncode, 2, "an approver")
    program.run("outbox", "retry", key, user="anna")
    tally.equal(program.run("outbox", "retry", key, user="anna", expect=None).returncode, 2, "tried once")
    with daemon(program, NOW):
        done = wait_for("the letter", lambda: key in [
            row["key"] for row in program.json("outbox", "list", "--state", "done")["tasks"]], 20)
    tally.check(done, "it is done in the end")
    sent = [letter for letter in program.json("letter", "list", "--case", case)["letters"] if letter["attempts"]]
    tally.equal([len(letter["attempts"]) for letter in sent], [1], "a letter that was served is not sent again")


def check_history(tally, program):
    def differences():
        return [row["field"] for row in program.json("rebuild", "--check", expect=(0, 1))["differences"]]

    tally.equal(differences(), [], "events and proposals agree")
    with contextlib.closing(sqlite3.connect(program.data / "store.db")) as store:
        store.execute("DROP TRIGGER case_proposal_ends_once")
        store.execute("DROP TRIGGER case_proposal_fixed")
        for change, field in (("state = 'agreed'", "proposal_agreed"), ("reason = 'gift'", "proposal")):
            store.execute(f"UPDATE case_proposal SET {change} WHERE type = 'tolled'")
            store.commit()
            tally.equal(differences(), [field], f"rebuild names {field}")
            store.execute("UPDATE case_proposal SET state = 'withdrawn' WHERE type = 'tolled'")
            store.commit()
    tally.equal(program.json("log", "verify")["faults"], [], "so does the log")


def main():
    options = read_options(__doc__)
    tally = Tally()
    with Postbox() as post, house(options, f"mail.smtp-port = {post.port}", "mail.from = desk@authority.example",
                                  "log.tick = 1") as (folder, program):
        set_up(program, folder)
        with tally.part("two people"), daemon(program, NOW) as staff:
            case = serve_termination(program)
            check_command_line(tally, program, case)
            check_door(tally, program, case, staff)
            check_withdrawal(tally, program, case)
            check_dispute(tally, program, case)
            check_called_up(tally, program, folder, staff)
            check_tokens(tally, program, folder, staff)
        check_outbox(tally, program, case)
        check_history(tally, program)
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
