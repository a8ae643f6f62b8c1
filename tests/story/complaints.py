"""The last chapter: three people complain of a registrar. One brings all that is needed, one writes about a name of a
country, one has not told the registrar yet. Nothing is closed without a person, and each is told what becomes of it.
"""
import base64
import email.message
import email.utils
import json

from chapters import Chapter

TYPE, OBLIGATION = "dns-abuse-registrar", "raa.3.18.1-investigation"


class Complaints(Chapter):
    TITLE = "three people complain"

    def tell(self):
        story = self.story
        story.begin(self.TITLE, registrar=story.random.choice(story.other_registrars()))
        self.party = f"registrar-{story.target['iana_id']}"
        self.domains = [tld["domain"] for tld in story.random.sample(story.lab.list()["tlds"], 2)]
        self.step("a complaint with all that it needs is filed", self.file_whole)
        self.step("one about a country's name is held, and says why", self.file_foreign)
        self.step("one that the registrar never heard of is held too", self.file_untold)
        self.step("an analyst finds the first in scope: a case opens", self.take)
        self.step("and closes the second with the rule's words", self.turn_away)
        self.step("who sent the third reports to the registrar, and adds the report", self.complete)
        self.step("each of them sees what became of it", self.look)

    # --- what they write ---

    def told(self, domain, days_ago=1):
        """A report to the registrar, as its sender kept it."""
        then = self.story.now().timestamp() - days_ago * 86400
        mail = email.message.EmailMessage()
        mail["From"], mail["To"] = "reporter@reporter.example", self.story.target["mailbox"]
        mail["Date"], mail["Subject"] = email.utils.formatdate(then), f"Phishing at {domain}"
        mail.set_content(f"The pages of {domain} ask for the passwords of our customers.\n")
        return mail.as_bytes()

    @staticmethod
    def exhibit(evidence, media_type, data):
        return {"evidence": evidence, "media_type": media_type, "base64": base64.b64encode(data).decode()}

    def day_before(self, days=1):
        return self.story.day(-days)

    def file(self, name, domain, *exhibits, told):
        answers = {"kind": "phishing", "domain": domain, "address": f"https://{domain}/login"}
        if told:
            answers["reported-at"] = self.day_before()
        path = self.story.folder / f"complaint-{name}.json"
        path.write_text(json.dumps({
            "type": TYPE, "names": [domain], "party": self.party, "answers": answers, "exhibits": list(exhibits),
            "told_first": {"told": told, **({"on": self.day_before(), "how": "by mail"} if told else {})},
            "reporter": {"name": f"Reporter {name}", "email": f"{name}@reporter.example", "role": "other"}}))
        receipt = self.program.json("complaint", "file", path, user="anna")
        link = self.story.folder / f"link-{name}"
        link.touch(mode=0o600)
        link.write_text(receipt["link"])
        self.story.complaints[name] = {"complaint": receipt["reference"], "about": domain, "link": link}
        return receipt

    def told_of(self, receipt):
        lacks = [row["id"] for row in receipt["missing"]]
        return {"complaint": receipt["reference"], "state": receipt["state"], **({"lacks": " ".join(lacks)} if lacks else {})}

    def reference(self, name):
        return self.story.complaints[name]["complaint"]

    def follow(self, name):
        return self.program.json("complaint", "follow", self.story.complaints[name]["link"])["complaint"]

    # --- the steps ---

    def file_whole(self):
        domain = self.domains[0]
        receipt = self.file("whole", domain, self.exhibit("report", "message/rfc822", self.told(domain)),
                            self.exhibit("abuse", "text/plain", b"The page asks for a password.\n"), told=True)
        self.story.require((receipt["state"], receipt["missing"]) == ("filed", []), f"it is not filed: {receipt}")
        return self.told_of(receipt)

    def must_be_held(self, receipt, test):
        self.story.require(receipt["state"] == "held" and test in [row["id"] for row in receipt["missing"]],
                           f"it is not held for '{test}': {receipt}")
        return self.told_of(receipt)

    def file_foreign(self):
        domain = "shop.example.nz"
        return self.must_be_held(self.file("foreign", domain, self.exhibit("report", "message/rfc822", self.told(domain)),
                                           self.exhibit("abuse", "text/plain", b"The page asks for a password.\n"),
                                           told=True), "not-country-code")

    def file_untold(self):
        return self.must_be_held(self.file("untold", self.domains[1],
                                           self.exhibit("abuse", "text/plain", b"The page asks for a password.\n"),
                                           told=False), "told-first")

    def take(self):
        decided = self.program.json("complaint", "decide", self.reference("whole"), "--in-scope", "--obligation", OBLIGATION,
                                    "--party", self.party, "--subject", self.domains[0], user="anna")
        self.story.facts.update(case=decided["case"], obligation=OBLIGATION)
        self.story.facts["outcome"] = stage = self.story.show()["case"]["stage"]
        return {"complaint": decided["reference"], "case": decided["case"], "stage": stage}

    def turn_away(self):
        decided = self.program.json("complaint", "decide", self.reference("foreign"), "--out-of-scope", "country-code",
                                    "--reason", "We have no agreement with who runs that domain.", user="anna")
        return {"complaint": decided["reference"], "closure": decided["closure"]}

    def complete(self):
        domain = self.domains[1]
        addition = self.story.folder / "addition.json"
        addition.write_text(json.dumps({
            "text": "I have told the registrar now.", "answers": {"reported-at": self.day_before(0)},
            "exhibits": [self.exhibit("report", "message/rfc822", self.told(domain, days_ago=0))]}))
        self.program.run("complaint", "add", self.story.complaints["untold"]["link"], addition)
        shown = self.follow("untold")
        self.story.require(shown["state"] in ("filed", "held"), f"it is {shown['state']}")
        return {"complaint": shown["reference"], "state": shown["state"],
                "lacks": " ".join(row["id"] for row in shown["missing"]) or "nothing"}

    def look(self):
        for name, state in (("whole", "in-scope"), ("foreign", "out-of-scope"), ("untold", "filed")):
            shown, told = self.follow(name), self.story.complaints[name]
            self.story.require(shown["state"] == state, f"{shown['reference']} is {shown['state']}, not {state}")
            told.update(state=state, words=shown.get("reason") or told.get("words", ""))
        return {told["complaint"]: told["state"] for told in self.story.complaints.values()}
