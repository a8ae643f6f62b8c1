#!/usr/bin/env python3
"""Letters that do not arrive and mail that comes in, with the lab's own mail server.

A mailbox that is not there is refused at RCPT; another takes the letter and sends it back. Both are
told to the case once, stop what has to stop, and leave a way on. Whatever else comes in has one
outcome, and nothing that a mail server was told "taken" about is lost.
"""
import base64
import csv
import email
import fcntl
import json
import pathlib
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import Tally, read_options  # noqa: E402
from story import START, Story  # noqa: E402

NOBODY = "no-such-mailbox"


class Post:
    """A running authority, and what the tests ask of it."""

    def __init__(self, build, folder, seed):
        class Options:
            without = fault = None
        Options.build, Options.folder, Options.seed = build, folder, seed
        self.story = Story(Options)
        self.folder = folder

    def start(self):
        story = self.story
        story.start_lab()
        story.found_authority()
        self.program = story.program
        self.program.tokens["mta"] = self.folder / "mta.token"
        self.program.run("user", "add", "mta", "--role", "mail", "--out", self.program.tokens["mta"],
                         "--now", START, user="ada")
        story.adopt_law()
        story.lab.env["LAB_CONTACTS"] = self.write_contacts()
        story.import_parties()
        story.start_daemon()

    def stop(self):
        if self.story.daemon and self.story.daemon.poll() is None:
            self.story.daemon.terminate()
            self.story.daemon.wait(30)

    def write_contacts(self):
        """The first TLDs have a compliance contact that takes nothing, and a second one that does."""
        env = self.story.lab.env
        with open(env["LAB_CONTACTS"], encoding="utf-8", newline="") as source:
            head, *rows = list(csv.reader(source))
        registries = [row for row in rows if row[0] == "registry"]
        self.boxes = {row[1]: row[4] for row in registries}
        self.refusing, self.resending, self.bouncing, self.mute = [row[1] for row in registries[:4]]
        bad = {self.refusing: NOBODY + "@" + self.boxes[self.refusing].split("@")[1],
               self.resending: NOBODY + "@" + self.boxes[self.resending].split("@")[1],
               self.bouncing: env["LAB_BOUNCING_MAILBOX"]}
        made = [row for row in rows if row[1] != self.mute]
        for row in made:
            if row[1] in bad:
                row[4] = bad[row[1]]
        made += [["registry", tld, "Second desk", "legal", self.boxes[tld]] for tld in bad]
        path = self.folder / "contacts.csv"
        with open(path, "w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows([head, *made])
        self.bad = bad
        return path

    def open_case(self, tld):
        party = [t["party"] for t in self.program.json("tld", "list")["tlds"] if t["name"] == tld][0]
        obligation = self.program.json("obligation", "list", "--party", party, "--subject", tld,
                                       "--as-of", START[:10])["obligations"][0]["id"]
        return self.program.json("case", "open", "--party", party, "--obligation", obligation,
                                 "--subject", tld, "--violation", user="anna")["case"]

    def show(self, case):
        return self.program.json("case", "show", case)

    def events(self, case, kind):
        return [e for e in self.program.json("case", "explain", case)["events"] if e["event"] == kind]

    def letter(self, case, states, number=-1):
        return self.story.expect(f"a letter in {states}", lambda: [
            letter for letter in self.show(case)["letters"][number:] if letter["state"] in states])[0]

    def adopt(self, case):
        draft = self.letter(case, ("draft",))
        self.program.run("case", "adopt", case, "--sha256", draft["sha256"], user="anna")
        return draft

    def action(self, case):
        """What the staff door's worklist says of the case."""
        items = self.worklist()["items"]
        return [item["action"] for item in items if item["case"] == case][0]

    def worklist(self):
        token = self.program.tokens["anna"].read_text().strip()
        request = urllib.request.Request(self.story.staff + "/api/v1/worklist",
                                         headers={"Authorization": "Bearer " + token})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def mail_in(self, message, user="mta", data=None):
        command = self.program.command("mail-in", "--json", user=user)
        if data:
            command[command.index("--data") + 1] = str(data)
        done = subprocess.run(command, input=message, capture_output=True, env=self.program.env)
        self.words = done.stderr.decode(errors="replace")
        return done.returncode, json.loads(done.stdout) if done.returncode == 0 else {}

    def mails(self, *options):
        return self.program.json("mail", "list", *options)["mails"]

    def operators_mail(self):
        box = pathlib.Path(self.story.lab.env["LAB_OPERATOR_MAILBOX"]) / "new"
        return [path.read_bytes() for path in sorted(box.iterdir())]


def refused_at_the_door(tally, post):
    case = post.open_case(post.refusing)
    first = post.adopt(case)
    post.letter(case, ("failed",))
    events = post.events(case, "bounced")
    tally.equal([(e["actor"], e["reason"]) for e in events], [("machine", "refused")], "a refusal is an event")
    tally.equal(post.show(case)["case"]["due_at"], None, "a refusal starts no clock")
    tally.equal(post.show(case)["case"]["stage"], "notice1", "a refusal moves no level")
    tally.check("came back" in post.action(case), "the worklist says it", post.action(case))
    post.program.run("case", "draft", case, "--letter", "notice1", user="anna")
    second = post.letter(case, ("sent",))
    tally.equal(second["recipient"], post.boxes[post.refusing], "the next draft goes to the next contact")
    tally.check(second["sha256"] != first["sha256"], "it is another letter")
    tally.check(post.show(case)["case"]["due_at"], "service starts the clock")
    # What is told of the first letter now undoes nothing.
    code, taken = post.mail_in(report(first["message_id"], first["recipient"]))
    tally.equal((code, taken.get("outcome")), (0, "bounced"), "a report about an older letter is taken")
    tally.check(post.show(case)["case"]["due_at"], "and undoes nothing")
    post.mail_in(report(first["message_id"], first["recipient"]) + b"again\n")
    tally.equal([e["reason"] for e in post.events(case, "received")], ["bounce-noted"], "but is noted once")


def the_same_bytes_elsewhere(tally, post):
    case = post.open_case(post.resending)
    first = post.adopt(case)
    post.letter(case, ("failed",))
    resend = ("letter", "resend", first["id"], "--to")
    refused = post.program.run(*resend, "somebody@else.example", user="anna", expect=None)
    tally.equal(refused.returncode, 2, "only a contact of the party gets the bytes")
    post.program.run(*resend, post.boxes[post.resending], user="anna")
    sent = post.letter(case, ("sent",))
    tally.equal([(a["recipient"], a["phase"]) for a in sent["attempts"]],
                [(post.bad[post.resending], "refused"), (post.boxes[post.resending], "accepted")],
                "each attempt keeps its recipient")
    mails = post.story.expect("the letter", lambda: json.loads(
        post.story.lab.call("mail", post.boxes[post.resending], "--json")))
    tally.equal([m["sha256"] for m in mails], [first["sha256"]], "the same bytes arrive")
    due = post.show(case)["case"]["due_at"]
    tally.check(due, "the first server that takes them makes service")
    post.program.run(*resend, post.boxes[post.resending], user="anna")
    post.story.expect("one more copy", lambda: post.events(case, "resent"))
    tally.equal(post.show(case)["case"]["due_at"], due, "one more copy restarts no clock")
    post.program.run(*resend, post.bad[post.resending], user="anna")
    post.story.expect("its refusal", lambda: post.events(case, "received"))
    tally.equal(post.show(case)["case"]["due_at"], due, "a refused copy undoes no service")
    code, taken = post.mail_in(report(first["message_id"], post.bad[post.resending]))
    tally.equal((code, taken.get("outcome")), (0, "bounced"), "a report about the copy is taken")
    tally.equal(post.show(case)["case"]["due_at"], due, "and undoes no service either")
    return case, sent


def taken_and_sent_back(tally, post):
    case = post.open_case(post.bouncing)
    post.adopt(case)
    post.story.expect("service", lambda: post.show(case)["case"]["due_at"])
    mail = post.story.expect("the report", post.operators_mail)[0]
    for again in (False, True):
        code, taken = post.mail_in(mail)
        tally.equal((code, taken.get("outcome"), taken.get("case"), taken.get("again")),
                    (0, "bounced", case, again), "the report is taken" + " again" * again)
    tally.equal(len(post.events(case, "bounced")), 1, "it is one event")
    tally.equal(post.events(case, "bounced")[0]["evidence"], [taken["sha256"]], "that names the report")
    shown = post.show(case)
    tally.equal(shown["case"]["due_at"], None, "the deadline is cancelled")
    tally.equal([d["state"] for d in shown["deadlines"]], ["cancelled"], "and says so")
    tally.equal(shown["letters"][-1]["state"], "bounced", "the letter has come back")
    tally.check("came back" in post.action(case), "the worklist says it", post.action(case))
    got = post.program.json("mail", "show", taken["sha256"])
    tally.equal(base64.b64decode(got["bytes"]), mail, "the bytes are kept")
    # The way on.
    post.program.run("case", "draft", case, "--letter", "notice1", user="anna")
    tally.equal(post.letter(case, ("sent",))["recipient"], post.boxes[post.bouncing], "the next contact gets it")


def nobody_to_write_to(tally, post):
    case = post.open_case(post.mute)
    post.story.expect("the note", lambda: post.events(case, "received"))
    tally.check("no contact" in post.action(case), "the worklist says that there is no contact", post.action(case))


def report(message_id, address, action="failed"):
    message = email.message_from_string(
        "From: Mailer <mailer@example>\nSubject: report\nAuto-Submitted: auto-replied\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
        "--b\n\nWords.\n--b\nContent-Type: message/delivery-status\n\n"
        f"Reporting-MTA: dns; example\n\nFinal-Recipient: rfc822; {address}\nAction: {action}\nStatus: 5.1.1\n\n"
        f"--b\nContent-Type: message/rfc822\n\nMessage-ID: <{message_id}>\nSubject: x\n\n--b--\n")
    return message.as_bytes()


def whatever_comes_in(tally, post, case, letter):
    about = f"In-Reply-To: <{letter['message_id']}>\n"
    due = post.show(case)["case"]["due_at"]
    away = ("From: desk@party.example\nSubject: away\nAuto-Submitted: auto-replied\n" + about + "\nI am away.\n").encode()
    answer = ("From: desk@party.example\nSubject: Re: letter\n" + about + "\nRepaired.\n").encode()
    # OpenSMTPD and others put a line "From ..." before what they deliver into a program.
    cases = [
        ("an out-of-office reply", away, 0, "automatic", case),
        ("an answer", answer, 0, "held", case),
        ("a report of delay", report(letter["message_id"], letter["recipient"], "delayed"), 0, "delayed", case),
        ("a forged report to another address", report(letter["message_id"], "x@y.example"), 0, "held", case),
        ("a forged report about another letter", report("c-x-l001.y@z", letter["recipient"]), 0, "held", ""),
        ("no mail at all", b"", 65, None, None),
        ("noise", bytes(range(256)) * 40, 65, None, None),
        ("too large a mail", b"From: a@example\n\n" + b"x" * (25 << 20), 65, None, None),
        ("a large mail", b"From: a@example\n\n" + b"\xff\0" * (12 << 20), 0, "complaint", ""),
        ("another character set", f"From: {post.boxes[post.bouncing]}\nSubject: =?iso-8859-15?Q?caf=E9_=A4?=\n\n".encode(),
         0, "held", ""),
        ("deep nesting", b"From: a@example\n" + b"".join(
            b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (i, i) for i in range(20000)), 0, "complaint", ""),
    ]
    events = len(post.program.json("case", "explain", case)["events"])
    for what, message, code, outcome, about_case in cases:
        done, taken = post.mail_in(message)
        tally.equal((done, taken.get("outcome"), taken.get("case")), (code, outcome, about_case), what)
        if code == 0:
            kept = (post.program.json("complaint", "exhibit", taken["complaint"], "1")["base64"] if taken["complaint"] else
                    post.program.json("mail", "show", taken["sha256"])["bytes"])
            tally.check(base64.b64decode(kept) == message, what + ": its bytes are kept")
    tally.equal(len(post.program.json("case", "explain", case)["events"]), events, "none of it is an event")
    tally.equal(post.show(case)["case"]["due_at"], due, "none of it moves a date")
    held = post.mails("--held")
    # The judge process read all of it within its sandbox: none was held because it could not.
    tally.check(all(m["sender"] or m["complaint"] for m in post.mails()), "each sender was read", post.mails())
    tally.check("café €" in [m["subject"] for m in held], "character sets are there", held)
    tally.equal([m["sha256"] for m in held], [m["sha256"] for m in post.worklist()["mails"]],
                "the staff's worklist shows what waits")
    mine = [m for m in held if m["subject"] == "Re: letter"][0]
    post.program.run("case", "answer", case, "--mail", mine["sha256"], user="anna")
    tally.equal([e["evidence"] for e in post.events(case, "answered")], [[mine["sha256"]]], "a person files an answer")
    # Filed as a file, it no longer waits either.
    mine = post.mail_in(f"From: {post.boxes[post.bouncing]}\nSubject: once more\n\nRepaired.\n".encode())[1]
    (post.folder / "answer").write_text(post.program.run("mail", "show", mine["sha256"]).stdout)
    post.program.run("case", "answer", case, post.folder / "answer", user="anna")
    tally.equal([m["outcome"] for m in post.mails() if m["sha256"] == mine["sha256"]], ["answer"], "a filed mail is settled")
    other = [m for m in post.mails("--held")][0]
    post.program.run("mail", "dismiss", other["sha256"], user="anna")
    tally.equal(post.program.run("mail", "dismiss", other["sha256"], user="anna", expect=None).returncode, 2,
                "what does not wait is not dismissed")
    tally.equal(len(post.mails("--held")), len(held) - 2, "neither waits any longer")


def only_a_mail_server_hands_over(tally, post):
    message = b"From: a@example\nSubject: who\n\n"
    tally.equal(post.mail_in(message, user="anna")[0], 75, "an analyst's token hands no mail over")
    tally.equal(post.program.run("status", user="mta", expect=None).returncode, 2, "a mail server's token does no more")
    token = post.program.tokens["mta"].read_text().strip()
    request = urllib.request.Request(post.story.staff + "/api/v1/worklist", headers={"Authorization": "Bearer " + token})
    try:
        urllib.request.urlopen(request, timeout=10)
        tally.check(False, "a mail server's token opens no page")
    except urllib.error.HTTPError as refusal:
        tally.equal(refusal.code, 401, "a mail server's token opens no page")


def nothing_is_lost_meanwhile(tally, post):
    message = b"From: a@example\nSubject: meanwhile\n\n"
    post.stop()
    with open(post.folder / "data/store.db.lock", "rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        tally.equal(post.mail_in(message)[0], 75, "a store in use: try again")
    tally.equal(post.mail_in(message, data=post.folder / "nowhere")[0], 69, "no store: nobody is at home")
    code, taken = post.mail_in(message)
    tally.equal((code, taken.get("outcome"), taken.get("again")), (0, "complaint", False), "without a daemon it is taken")
    tally.equal(post.program.json("log", "verify")["faults"], [], "the log holds")
    tally.equal(post.program.json("rebuild", "--check")["differences"], [], "lists say what the events say")


def main():
    options = read_options(__doc__)
    tally = Tally()
    with tempfile.TemporaryDirectory() as folder:
        post = Post(options.build, pathlib.Path(folder), options.seed)
        case = letter = None
        try:
            post.start()
            with tally.part("refused at RCPT"):
                refused_at_the_door(tally, post)
            with tally.part("the same bytes to another address"):
                case, letter = the_same_bytes_elsewhere(tally, post)
            with tally.part("taken and sent back"):
                taken_and_sent_back(tally, post)
            with tally.part("a party without a contact"):
                nobody_to_write_to(tally, post)
            with tally.part("whatever comes in"):
                whatever_comes_in(tally, post, case, letter)
            with tally.part("who hands over"):
                only_a_mail_server_hands_over(tally, post)
            with tally.part("store in use"):
                nothing_is_lost_meanwhile(tally, post)
        finally:
            post.stop()
            if post.story.lab:
                post.story.lab.down()
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
