"""The chapters after the first: an escalated notice, and a registrar that never answers.

Each is about a party of its own, in the same house and log. A chapter takes the story's steps where
they fit and adds what only it tells.
"""
import datetime
import json
import subprocess

from program import CommandFailed

OBLIGATION = "raa.3.18.2-dns-abuse-mitigation"


class Chapter:
    """What both have in common: a party, and letters that a second person approves."""

    def __init__(self, story):
        self.story, self.program = story, story.program

    def step(self, name, work):
        self.story.step(name, work)

    def case(self):
        return self.story.facts["case"]

    def act(self, user, *words):
        return self.program.json("case", words[0], self.case(), *words[1:], user=user)

    def must_be_refused(self, user, *words):
        refused = self.program.run("case", words[0], self.case(), *words[1:], user=user, expect=None)
        self.story.require(refused.returncode == 2, f"case {' '.join(words)} by {user} is not refused")

    def send_approved(self, kind, *options):
        """anna writes it, bert approves the bytes, anna takes the step; the letter as it was sent."""
        words = ("--sha256", self.act("anna", "draft", "--letter", kind)["sha256"])
        self.must_be_refused("anna", "approve", *words)
        self.act("bert", "approve", *words)
        self.act("anna", "send", *words, *options)
        return self.story.see_sent(kind)

    def extend(self, by_days, reason):
        """A later due date, so many days on; (that date, what was answered)."""
        due = self.story.show()["case"]["due_at"][:10]  # the first moment after the last day
        until = str(datetime.date.fromisoformat(due) + datetime.timedelta(days=by_days - 1))
        return until, self.act("anna", "record", "extended", "--until", until, "--reason", reason)


class Harm(Chapter):
    """A TLD that no validating resolver finds any more: the first letter is the escalated notice. The
    registry asks for time in a mail, gets it, repairs, and nothing of it ever becomes public."""

    TITLE = "a case that begins with an escalated notice"

    def tell(self):
        story = self.story
        story.begin(self.TITLE, tld=story.random.choice(story.other_tlds()))
        story.fault = "bogus-ds"
        self.step("no validating resolver finds another TLD", story.break_it)
        self.step("its failure opens a case", story.find_it)
        self.step("an escalated notice goes out first", self.escalate)
        self.step("the registry asks for time", self.ask_for_time)
        self.step("an extension is recorded with its reason", self.give_time)
        self.step("the other TLD is repaired", story.repair)
        self.step("the case is closed in time", self.close)

    def escalate(self):
        sent = self.send_approved("escalated", "--criterion", "harm", "--reason", "no-validation")
        self.story.require([mail["message_id"].strip("<>") for mail in self.story.mailbox()]
                           == [sent["message_id"]], "the escalated notice is not the first letter")
        self.message_id = sent["message_id"]
        return dict(self.story.told_of(sent), approved_by="bert", criterion="harm")

    def ask_for_time(self):
        story = self.story
        self.program.tokens["mta"] = story.folder / "mta.token"
        self.program.run("user", "add", "mta", "--role", "mail", "--out", self.program.tokens["mta"], user="ada")
        reply = (f"From: {story.target['mailbox']}\r\nTo: {story.lab.env['LAB_MAIL_FROM']}\r\n"
                 f"Subject: Re: your notice\r\nMessage-ID: <asks@{story.target['mailbox'].split('@')[1]}>\r\n"
                 f"In-Reply-To: <{self.message_id}>\r\n\r\n"
                 "The key was lost with its module. A new one is being made; please give us a week.\r\n")
        done = subprocess.run(self.program.command("mail-in", "--json", user="mta"), input=reply, text=True,
                              capture_output=True, env=self.program.env, check=False)
        if done.returncode:
            raise CommandFailed(("mail-in",), done.returncode, done.stderr)
        mail = json.loads(done.stdout)
        story.require((mail["outcome"], mail["case"]) == ("held", self.case()), f"the answer is not held: {mail}")
        self.act("anna", "answer", "--mail", mail["sha256"])
        judged = self.act("anna", "judge", "--judgement", "partial", "--reason", "plan-without-proof")
        return {"mail": mail["sha256"][:16], "judged": "partial", "event": judged["seq"]}

    def give_time(self):
        before = self.story.show()["case"]["due_at"]
        until, answer = self.extend(7, "key-ceremony-needed")
        after = self.story.show()["case"]["due_at"]
        self.story.require(before < after, f"the due moment did not move: {before}, {after}")
        return {"until": until, "reason": "key-ceremony-needed", "event": answer["seq"], "due": after}

    def close(self):
        story = self.story

        def well():
            self.program.run("measure", story.facts["tld"], user="anna")
            return story.show()["case"]["stage"] == "closed"
        story.expect("the repair to be seen", well)
        draft = story.expect("the letter about it", story.letter("closed", ("draft",)))
        self.act("anna", "adopt", "--sha256", draft["sha256"])
        sent = story.see_sent("closed")
        story.facts["outcome"] = story.show()["case"]["stage"]
        return {"letter": sent["id"], "stage": story.facts["outcome"]}


class Silence(Chapter):
    """A registrar that answers nothing: three notices, a call, a breach notice whose cure period is
    extended by two people, suspension and termination. Each formal step is published and proved."""

    TITLE = "a registrar that stays silent"

    def tell(self):
        story = self.story
        story.begin(self.TITLE, registrar=story.random.choice(story.lab.list()["registrars"]))
        self.step("a complaint about a registrar opens a case", self.open)
        story.tell_informal()
        self.step("a second person approves the breach notice", story.approve_breach)
        self.step("the breach notice is published", story.see_published)
        self.step("the proof of the breach notice holds", story.prove)
        self.step("two people extend the time to cure", self.extend_by_two)
        for kind, state in (("suspension", "suspended"), ("termination", "terminated")):
            self.step(f"the time before the {kind} passes", self.let_pass)
            self.step(f"a second person approves the {kind}",
                      lambda kind=kind: dict(story.told_of(self.send_approved(kind)), approved_by="bert"))
            self.step(f"the {kind} is published", lambda state=state: self.see_state(state))
            self.step(f"the proof of the {kind} holds", story.prove)
        self.step("the agreement ends", self.end)
        self.step("the proof of the end holds", story.prove)

    def open(self):
        domain = self.story.random.choice(self.story.other_tlds())["domain"]
        party = f"registrar-{self.story.target['iana_id']}"
        made = self.program.json("case", "open", "--party", party, "--obligation", OBLIGATION, "--subject", domain,
                                 "--origin", "complaint", "--violation", user="anna")
        self.story.facts.update(case=made["case"], obligation=OBLIGATION)
        return {"case": made["case"], "party": party, "obligation": OBLIGATION, "subject": domain}

    def extend_by_two(self):
        before = self.story.show()["case"]["due_at"]
        until, answer = self.extend(10, "office-flooded")
        words = ("agree", "--proposal", answer["proposal"])
        self.story.require(self.story.show()["case"]["due_at"] == before, "one person alone moved the due moment")
        self.must_be_refused("anna", *words)
        self.act("bert", *words)
        cure = self.story.expect("the public record to say so", lambda: self.record()["cure"]["extended_date"])
        self.story.require(cure == until, f"the public record says {cure} instead of {until}")
        return {"until": until, "proposed_by": "anna", "agreed_by": "bert", "proposal": answer["proposal"][:16],
                "due": self.story.show()["case"]["due_at"]}

    def record(self):
        return json.loads(self.story.fetch(self.story.notice_path() + ".json"))["notice"]

    def passed(self):
        return [event for event in self.program.json("case", "explain", self.case())["events"]
                if event["event"] == "deadline-passed"]

    def let_pass(self):
        before = len(self.passed())
        due = self.story.jump_to_due()
        self.story.expect("the due moment to pass", lambda: len(self.passed()) > before)
        return {"due": due, "stage": self.story.show()["case"]["stage"]}

    def see_state(self, state):
        record = self.story.expect("the public record to say so",
                                   lambda: (lambda found: found["state"] == state and found)(self.record()))
        return {"notice": self.story.facts["notice_url"], "state": state, "update": record["updates"][-1]["id"],
                "letter_sha256": record["letters"][-1]["sha256"][:16]}

    def end(self):
        told = self.let_pass()
        self.story.require(told["stage"] == "terminated", f"the case is in {told['stage']}")
        self.story.facts["outcome"] = told["stage"]
        return told


CHAPTERS = (Harm, Silence)
