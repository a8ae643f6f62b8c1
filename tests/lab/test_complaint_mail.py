#!/usr/bin/env python3
"""A complaint that lives by mail alone, through the lab's own mail server in both directions: it comes in, gets its
receipt, is asked about, answered, decided, taken back, taken up, and its complainant is told how it ended. What a
machine answers to any of these messages, or a mail server sends back, opens, answers and reopens nothing.
"""
import base64
import collections
import csv
import email
import json
import pathlib
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import Tally, read_options  # noqa: E402
from test_mail import Post  # noqa: E402

OBLIGATION = "raa.3.18.1-investigation"
SEND = ("import smtplib, sys\n"
        "with smtplib.SMTP(sys.argv[1], int(sys.argv[2]), local_hostname='out.example', timeout=30) as smtp:\n"
        "    smtp.sendmail(sys.argv[3], [sys.argv[4]], sys.stdin.buffer.read())\n")
Message = collections.namedtuple("Message", "id subject text")


class Office(Post):
    def write_contacts(self):
        """One registry has no contact: its mailbox is a complainant's here."""
        env = self.story.lab.env
        with open(env["LAB_CONTACTS"], encoding="utf-8", newline="") as source:
            head, *rows = list(csv.reader(source))
        name, self.complainant = next((row[1], row[4]) for row in rows if row[0] == "registry")
        path = self.folder / "contacts.csv"
        with open(path, "w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows([head, *(row for row in rows if row[1] != name)])
        return path


class Correspondence:
    """What one complainant and the authority write to each other."""

    def __init__(self, post, address):
        self.post, self.lab, self.address = post, post.story.lab, address
        self.authority = self.lab.env["LAB_MAIL_FROM"]
        self.handed, self.read = set(), 0
        self.handed |= {path.name for path in self.box()}

    def take_in(self):
        """Hands what the mail server delivered to the authority's box to `mail-in`, as it would; what became of each."""
        outcomes = []
        for path in self.box():
            code, taken = self.post.mail_in(path.read_bytes())
            if code == 75:  # the message that it is about is being handed over: it comes again
                continue
            self.handed.add(path.name)
            outcomes.append(taken if code == 0 else {"outcome": code, "words": self.post.words})
        return outcomes

    def box(self):
        """What was delivered and not handed over yet."""
        box = pathlib.Path(self.lab.env["LAB_OPERATOR_MAILBOX"]) / "new"
        return [path for path in sorted(box.iterdir()) if path.name not in self.handed]

    def write(self, words, about=None, machine=False):
        """A mail to the authority; what became of it."""
        self.handed |= {path.name for path in self.box()}
        message = email.message.EmailMessage()
        message["From"], message["To"], message["Subject"] = self.address, self.authority, "about a registrar"
        if about:
            message["In-Reply-To"] = message["References"] = f"<{about.id}>"
        if machine:
            message["Auto-Submitted"] = "auto-replied"
        message.set_content(words + "\n")
        command = self.lab.exec([sys.executable, "-B", "-c", SEND, self.lab.env["LAB_SMTP_HOST"],
                                 self.lab.env["LAB_SMTP_PORT"], self.address, self.authority])
        subprocess.run(command, input=message.as_bytes(), check=True, capture_output=True, timeout=60)
        return self.post.story.expect("the mail", self.take_in)[0]

    def next(self):
        """The next message to the complainant, as they read it."""
        def look():
            mails = json.loads(self.lab.call("mail", self.address, "--json"))
            return mails[self.read:]
        found = self.post.story.expect(f"message {self.read + 1} to {self.address}", look)[0]
        self.read += 1
        parsed = email.message_from_bytes(pathlib.Path(found["file"]).read_bytes())
        return Message(parsed["Message-ID"].strip("<> \t\r\n"), found["subject"],
                       parsed.get_payload(decode=True).decode())


class Life:
    """One complaint, its staff and its complainant."""

    def __init__(self, tally, post, address):
        self.tally, self.post = tally, post
        self.mail = Correspondence(post, address)
        self.messages = []

    def file(self, words):
        taken = self.mail.write(words)
        self.tally.equal(taken.get("outcome"), "complaint", "a mail is a complaint")
        self.reference = taken["complaint"]

    def file_by_form(self):
        path = self.post.folder / "complaint.json"
        path.write_text(json.dumps({
            "type": "generic-registrar", "answers": {"registrar": "Some registrar", "what": "It does not answer me."},
            "reporter": {"name": "Yan", "email": self.mail.address, "role": "other"}}))
        self.reference = self.post.program.json("complaint", "file", path, user="anna")["reference"]

    def show(self):
        return self.post.program.json("complaint", "show", self.reference)["complaint"]

    def decide(self, *words):
        return self.post.program.json("complaint", "decide", self.reference, *words, user="anna")

    def reopen(self, reason):
        self.post.program.run("complaint", "reopen", self.reference, "--reason", reason, user="anna")

    def told(self, subject, words=""):
        """The next message says that, in its text too; a machine that answers it moves nothing."""
        message = self.mail.next()
        self.messages.append(message)
        self.tally.check(subject in message.subject, f"told: {subject}", message.subject)
        self.tally.check(self.reference in message.text, "it names the complaint")
        self.tally.check(" ".join(words.split()) in " ".join(message.text.split()), f"it says '{words}'", message.text)
        self.post.story.expect("that it went", lambda: self.receipts()[-1] == "sent")
        self.answered_by_a_machine(message)
        return message

    def answered_by_a_machine(self, message):
        before = self.show()
        taken = self.mail.write("I am on holiday until Monday.", about=message, machine=True)
        self.tally.equal(taken.get("outcome"), "automatic", "a machine's answer is that")
        after = self.show()
        self.tally.equal((after["state"], len(after["events"])), (before["state"], len(before["events"])),
                         "and moves nothing")

    def receipts(self):
        return [event["receipt"] for event in self.show()["events"] if event["event"] == "receipt"]


def a_complaint_by_mail(tally, post):
    life = Life(tally, post, post.complainant)
    registrar = post.story.lab.list()["registrars"][0]
    domain = post.story.lab.list()["tlds"][0]["domain"]
    life.file(f"The registrar of {domain} does not answer me.")
    receipt = life.told("We received your complaint")
    link = post.folder / "link"
    link.touch(mode=0o600)
    link.write_text(re.search(r"(?m)^\s*([A-Za-z0-9_-]{30,})\s*$", receipt.text).group(1))
    follow = lambda: post.program.json("complaint", "follow", link)["complaint"]  # noqa: E731
    tally.equal(follow()["reference"], life.reference, "its link leads to it")

    life.decide("--need", "Which *order* was it?")
    asked = life.told("We need more about your complaint", "Which *order* was it?")
    tally.equal(life.show()["state"], "waiting", "it waits")
    taken = life.mail.write("It was order 4711.", about=asked)
    tally.equal((taken.get("outcome"), taken.get("complaint")), ("added", life.reference), "an answer finds its complaint")
    tally.equal(life.show()["state"], "filed", "and it waits no longer")
    number = [event["mail"] for event in life.show()["events"] if event["event"] == "added"][0]
    exhibit = post.program.json("complaint", "exhibit", life.reference, str(number))
    tally.check(b"It was order 4711." in base64.b64decode(exhibit["base64"]), "a person reads what they wrote")

    life.decide("--out-of-scope", "outside-agreements", "--reason", "That is between you and them.")
    turned_away = life.told("We cannot take up your complaint", "That is between you and them.")
    taken = life.mail.write("But they have to answer!", about=turned_away)
    tally.equal((taken.get("outcome"), life.show()["state"]), ("added", "out-of-scope-more"),
                "what is answered to a decision waits for a person")
    life.reopen("We misread it.")
    life.told("We look at your complaint again", "We misread it.")
    tally.equal(life.show()["state"], "filed", "it is open again")
    case = life.decide("--in-scope", "--obligation", OBLIGATION, "--party", f"registrar-{registrar['iana_id']}",
                       "--subject", domain)["case"]
    life.told("We take up your complaint")
    tally.check("case_outcome" not in follow(), "nothing has ended")

    post.program.run("case", "record", case, "closed", "--closure", "domain-suspended-before", "--outcome",
                     "not-substantiated", "--reason", "looked-at", user="anna")
    ended = life.told("What became of your complaint", "How it ended: The domain had been suspended or deleted before")
    for word in (case, registrar["party"], f"registrar-{registrar['iana_id']}", "3.18"):
        tally.check(word not in ended.text, f"it does not tell '{word}'")
    tally.check("suspended or deleted" in follow()["case_outcome"], "the link tells it too")
    tally.equal(life.receipts(), ["queued", "sent"] * 6, "six messages, each once")
    tally.equal(len(post.program.json("complaint", "list")["complaints"]), 1, "nothing else was opened")
    tally.equal(post.program.json("outbox", "list")["tasks"], [], "nothing is left to a person")


def what_comes_back(tally, post):
    """A mail server that takes each message and sends it back; the address stood in a form."""
    life = Life(tally, post, post.story.lab.env["LAB_BOUNCING_MAILBOX"])
    life.file_by_form()
    steps = (("asked", "waiting", lambda: life.decide("--need", "Which secret *order* was it?")),
             ("out-of-scope", "out-of-scope",
              lambda: life.decide("--out-of-scope", "outside-agreements", "--reason", "It was a secret *order*.")),
             ("reopened", "filed", lambda: life.reopen("It was no secret *order*.")))
    for what, state, take in steps:
        take()
        back = post.story.expect("what comes back", life.mail.take_in)[0]
        tally.equal((back.get("outcome"), back.get("complaint")), ("bounced", life.reference), f"{what} comes back")
        shown = life.show()
        tally.equal([event["event"] for event in shown["events"][-4:]], [what, "receipt", "receipt", "receipt"],
                    f"and nothing follows from {what}")
        tally.equal(life.receipts()[-3:], ["queued", "sent", "bounced"], "but that it is told")
        tally.equal(shown["events"][-1]["about"], len(shown["events"]) - 3, "of which message")
        tally.equal(shown["state"], state, "its state is as it was")
    tally.equal(len(post.program.json("complaint", "list")["complaints"]), 2, "nothing was opened by it")
    tally.check(all(b"secret *order*" not in mail for mail in post.operators_mail()),
                "a person's words did not go where no secret went")


def main():
    options = read_options(__doc__)
    tally = Tally()
    with tempfile.TemporaryDirectory() as folder:
        post = Office(options.build, pathlib.Path(folder), options.seed)
        try:
            post.start()
            with tally.part("a complaint by mail"):
                a_complaint_by_mail(tally, post)
            with tally.part("what comes back"):
                what_comes_back(tally, post)
            tally.equal(post.program.json("log", "verify")["faults"], [], "the log holds")
            tally.equal(post.program.json("rebuild", "--check")["differences"], [], "lists say what the events say")
        finally:
            post.stop()
            if post.story.lab:
                post.story.lab.down()
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
