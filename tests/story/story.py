#!/usr/bin/env python3
"""The whole story: one broken TLD carried from a packet to a published and cured notice.

Brings a lab of real servers up, starts the daemon in it, breaks one TLD, and goes on as people would
go on, through the command line: an analyst stands behind letters, an approver approves the breach
notice, the party does not answer, the clock jumps from due moment to due moment. The chapters that
follow (chapters.py) are about other parties. Every step is told and written to build/story.json.
Ends with 0 when the story is complete, else 1 naming the step.
"""
import argparse
import datetime
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import time
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from chapters import CHAPTERS  # noqa: E402
from complaints import Complaints  # noqa: E402
from program import ROOT, CommandFailed, Lab, Program, run, wait_for  # noqa: E402

START = "2027-01-04T09:00:00Z"  # a Monday; the story's clock starts there
PATIENCE = 20  # seconds for what takes milliseconds, so that a busy machine does not fail


class StepFailed(Exception):
    pass


def iso(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_iso(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


class Story:
    def __init__(self, options):
        self.options = options
        self.build = options.build
        self.folder = options.folder
        self.random = random.Random(options.seed)
        self.steps = []
        self.chapter = "a broken TLD"
        self.facts = {"tld": None, "obligation": None, "case": None, "notice_url": None,
                      "bundle": None, "log_key": None}
        self.told = {}  # chapter -> what it is about
        self.complaints = {}  # name -> what was filed, and what became of it
        self.lab = self.program = self.daemon = self.public = self.staff = None
        self.fault = options.fault

    # --- telling ---

    def tell(self, text):
        print(text, flush=True)

    def step(self, name, work):
        started = time.monotonic()
        self.tell(f"\n== {name}")
        try:
            ids = work() or {}
        except (StepFailed, CommandFailed, subprocess.SubprocessError, OSError) as failure:
            self.tell(f"   FAILED: {failure}")
            raise StepFailed(name) from failure
        self.steps.append({"chapter": self.chapter, "name": name, "process_time": self.process_time(),
                           "real_time": iso(datetime.datetime.now(datetime.timezone.utc)),
                           "ids": ids})
        shown = "  ".join(f"{key} {value}" for key, value in ids.items())
        self.tell(f"   {shown}  ({time.monotonic() - started:.1f} s)")

    def process_time(self):
        if not self.daemon:
            return START
        try:
            return self.program.json("status", user="anna")["now"]
        except CommandFailed:
            return START

    def require(self, good, what):
        if not good:
            raise StepFailed(what)

    def expect(self, what, look, seconds=PATIENCE):
        def attempt():
            if self.daemon and self.daemon.poll() is not None:
                raise StepFailed(f"the daemon ended with {self.daemon.returncode}: "
                                 + (self.folder / "daemon.log").read_text()[-2000:])
            return look()
        found = wait_for(what, attempt, seconds)
        if not found:
            raise StepFailed(f"waited {seconds} s for: {what}")
        return found

    # --- the steps ---

    def start_lab(self):
        extra = ["--seed", str(self.options.seed), "--healthy", "--until-end-of", str(os.getpid())]
        if self.options.without == "mail-server":
            extra += ["--without", "mail-server"]
        self.lab = Lab(self.folder / "lab", *extra)
        chosen = self.random.choice(self.lab.list()["tlds"])
        self.target, self.facts["tld"] = chosen, chosen["tld"]
        self.note()
        return {"tlds": len(self.lab.list()["tlds"]), "watched": "." + chosen["tld"]}

    def write_config(self, **instead):
        """The daemon's configuration; `instead` replaces settings (dns_hints for dns.hints)."""
        env = self.lab.env
        lines = {
            "dns.hints": env["LAB_HINTS"], "dns.trust-anchor": env["LAB_TRUST_ANCHOR"],
            "http.ca-file": env["LAB_CA"], "reference.url": env["LAB_REFERENCE_URL"],
            "mail.smtp-host": env["LAB_SMTP_HOST"], "mail.smtp-port": env["LAB_SMTP_PORT"],
            "mail.from": env["LAB_MAIL_FROM"], "measure.network": env["BAILIWICK_NETWORK"],
            "log.name": "lab.bailiwick.example/log", "log.tick": "1",
            "measure.every": "86400", "measure.repeat-after": "60", "vantage": "lab",
        }
        lines.update({name.replace("_", ".", 1).replace("_", "-"): value
                      for name, value in instead.items()})
        config = self.folder / "bailiwick.conf"
        config.write_text("".join(f"{key} = {value}\n" for key, value in lines.items()))
        return config

    def found_authority(self):
        self.program = Program(self.build / "bailiwick", self.folder / "data", self.write_config())
        made = json.loads(self.program.run("init", "--now", START, "--json").stdout)
        self.facts["log_key"] = made["log_key"]
        people = {"ada": ["administrator"], "anna": ["analyst"], "bert": ["approver"]}
        admin = None
        for person, roles in people.items():
            self.program.tokens[person] = self.folder / f"{person}.token"
            words = [word for role in roles for word in ("--role", role)]
            self.program.run("user", "add", person, *words, "--out", self.program.tokens[person],
                             "--now", START, user=admin)
            admin = "ada"
        return {"log_key": made["log_key"].split("+")[0], "people": "ada, anna, bert"}

    def hasty_law(self):
        """The shipped rulebook, but three looks in a row confirm a failure however soon they follow each
        other: evidence has the real time, which the story cannot jump over."""
        folder = self.folder / "law"
        shutil.copytree(ROOT / "rulebook/icann", folder, dirs_exist_ok=True)
        for profiles in (folder / "profiles").glob("*.yaml"):
            lines = profiles.read_text().splitlines(keepends=True)
            profiles.write_text("".join(line for line in lines if not line.lstrip().startswith("spread:")))
        return folder

    def adopt_law(self):
        folder = self.hasty_law()
        self.program.run("rulebook", "adopt", folder, "--now", START, user="anna")
        adopted = json.loads(self.program.run("rulebook", "adopt", folder, "--confirm", "--json",
                                              "--now", START, user="bert").stdout)
        return {"rulebook": adopted["version"][:16], "spread": "none, so that minutes need not pass"}

    def import_parties(self):
        env = self.lab.env
        done = json.loads(self.program.run(
            "party", "import", "--root-zone", env["LAB_ROOT_ZONE"], "--root-db", env["LAB_ROOT_DB"],
            "--registrars", env["LAB_REGISTRARS"], "--rdap-bootstrap", env["LAB_RDAP_BOOTSTRAP"],
            "--contacts", env["LAB_CONTACTS"], "--now", START, "--json", user="ada").stdout)
        return {"added": len(done["added"]), "changed": len(done["changed"])}

    def start_daemon(self):
        addresses = self.folder / "doors"
        command = self.lab.exec(self.program.command("serve", "--now", START),
                                listen=["127.0.0.1:0", "127.0.0.1:0"], listen_file=addresses)
        log = open(self.folder / "daemon.log", "ab")
        self.daemon = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log,
                                       env=self.program.env, text=True)
        line = self.daemon.stdout.readline()
        if line.strip() != "ready":
            raise StepFailed("the daemon did not start: "
                             + (self.folder / "daemon.log").read_text()[-2000:])
        self.public, self.staff = (f"http://{a}" for a in addresses.read_text().split()[:2])
        return {"public": self.public + "/notices", "staff": self.staff + "/"}

    def findings(self):
        return self.program.json("finding", "list", "--subject", self.facts["tld"], "--latest")["findings"]

    def cases(self):
        return self.program.json("case", "list", "--subject", self.facts["tld"])["cases"]

    def see_health(self):
        self.expect("findings about the healthy TLD",
                    lambda: any(f["verdict"] == "met" for f in self.findings()))
        bad = [f for f in self.findings() if f["verdict"] not in ("met", "not applicable")]
        if bad or self.cases():
            raise StepFailed(f"the healthy TLD is not well: {bad} {self.cases()}")
        return {"met": len(self.findings())}

    def break_it(self):
        self.lab.call("break", self.facts["tld"], self.fault)
        return {"tld": "." + self.facts["tld"], "fault": self.fault}

    def find_it(self):
        self.program.run("measure", self.facts["tld"], user="anna")
        self.expect("a first look that sees the failure",
                    lambda: any(f["verdict"] != "met" for f in self.findings()))
        # Nobody is written to after one look.
        def confirmed():
            self.program.run("measure", self.facts["tld"], user="anna")
            return self.cases()
        case = self.expect("a case", confirmed)[0]
        failing = [f for f in self.findings() if f["verdict"] == "not met"]
        self.facts["case"], self.facts["obligation"] = case["id"], case["obligation"]
        return {"case": case["id"], "obligation": case["obligation"],
                "codes": " ".join(failing[0]["codes"]), "evidence": failing[0]["evidence"][0][:16]}

    def show(self):
        return self.program.json("case", "show", self.facts["case"])

    def mailbox(self):
        return json.loads(self.lab.call("mail", self.target["mailbox"], "--json"))

    def letter(self, kind, state):
        def look():
            letters = [l for l in self.show()["letters"] if l["kind"] == kind]
            return letters and letters[-1]["state"] in state and letters[-1]
        return look

    def received(self, message_id):
        return lambda: [m for m in self.mailbox() if m["message_id"].strip("<>") == message_id]

    def send_informal(self, kind):
        draft = self.expect(f"the draft of {kind}", self.letter(kind, ("draft", "queued", "sent")))
        self.program.run("case", "adopt", self.facts["case"], "--sha256", draft["sha256"], user="anna")
        return self.told_of(self.see_sent(kind))

    def see_sent(self, kind):
        """The letter as it is kept, once it was sent and is in the mailbox."""
        sent = self.expect(f"{kind} to be sent", self.letter(kind, ("sent",)), self.mail_patience())
        mail = self.expect(f"{kind} in the mailbox", self.received(sent["message_id"]))
        self.require(mail[0]["sha256"] == sent["sha256"], "the mailbox holds other bytes than were kept")
        return sent

    def told_of(self, sent):
        due = self.expect("a deadline", lambda: self.show()["case"]["due_at"])
        return {"letter": sent["id"], "sha256": sent["sha256"][:16], "due": due}

    def mail_patience(self):
        return 6 if self.options.without == "mail-server" else PATIENCE

    def jump_to_due(self):
        due = self.show()["case"]["due_at"]
        self.program.run("clock", "jump", due, user="anna")
        return due

    def no_answer(self, stage):
        due = self.jump_to_due()
        self.expect(f"stage {stage}", lambda: self.show()["case"]["stage"] == stage)
        return {"due": due, "stage": stage}

    def last_silence(self):
        due = self.jump_to_due()
        draft = self.expect("the draft of the breach notice", self.letter("breach", ("draft",)))
        self.program.run("case", "record", self.facts["case"], "call", "--call", "not-reached",
                         "--reason", "no-answer", user="anna")
        return {"due": due, "draft": draft["sha256"][:16]}

    def approve_breach(self):
        draft = self.letter("breach", ("draft",))()
        self.program.run("case", "adopt", self.facts["case"], "--sha256", draft["sha256"], user="anna")
        refused = self.program.run("case", "approve", self.facts["case"], "--sha256", draft["sha256"],
                                   user="anna", expect=None)
        if refused.returncode == 0:
            raise StepFailed("the person who stands behind the draft could approve it")
        if self.options.without == "approver":
            raise StepFailed("nobody approves: the notice stays unpublished")
        self.program.run("case", "approve", self.facts["case"], "--sha256", draft["sha256"], user="bert")
        self.program.run("case", "send", self.facts["case"], "--sha256", draft["sha256"], user="anna")
        return dict(self.told_of(self.see_sent("breach")), approved_by="bert")

    def fetch(self, path):
        with urllib.request.urlopen(self.public + path, timeout=10) as answer:
            return answer.read()

    def notice_path(self):
        return f"/notices/n-{self.facts['case']}"

    def try_fetch(self, path):
        try:
            return self.fetch(path)
        except OSError:
            return None

    def see_published(self):
        self.expect("the public page", lambda: self.try_fetch(self.notice_path()))
        record = json.loads(self.fetch(self.notice_path() + ".json"))
        self.facts["notice_url"] = self.public + self.notice_path()
        return {"notice": self.facts["notice_url"], "state": record["notice"]["state"]}

    def repair(self):
        if self.options.without == "repair":
            self.tell("   (left broken)")
            return {}
        self.lab.call("repair", self.facts["tld"])
        return {"tld": "." + self.facts["tld"]}

    def see_cured(self):
        def look():
            self.program.run("measure", self.facts["tld"], user="anna")
            return self.show()["case"]["stage"] == "cured"
        self.expect("the case to be cured", look, 6 if self.options.without == "repair" else PATIENCE)
        self.expect("the public record to say so",
                    lambda: json.loads(self.fetch(self.notice_path() + ".json"))["notice"]["state"] == "cured")
        draft = self.expect("the letter about it", self.letter("cured", ("draft", "sent")))
        self.program.run("case", "adopt", self.facts["case"], "--sha256", draft["sha256"], user="anna")
        sent = self.see_sent("cured")
        self.facts["outcome"] = "cured"
        return {"case": self.facts["case"], "letter": sent["id"]}

    def prove(self):
        bundle = self.folder / f"{self.facts['case']}.bundle"
        def current():
            data = self.try_fetch(self.notice_path() + "/bundle")
            if not data:
                return False
            bundle.write_bytes(data)
            return json.loads(data)["record"] == json.loads(self.fetch(self.notice_path() + ".json"))
        self.expect("the proof bundle", current)
        self.facts["bundle"] = str(bundle)
        return self.verify(bundle)

    def verify(self, bundle):
        checked = json.loads(run([self.program.binary, "verify", bundle, "--log-key",
                                  self.facts["log_key"], "--json"]).stdout)
        verified = self.program.json("log", "verify")
        if verified["faults"]:
            raise StepFailed(f"log verify: {verified['faults'][:3]}")
        return {"openings": checked["openings"], "log_size": verified["size"]}

    # --- all of it ---

    def tell_all(self):
        self.step("a lab of real servers", self.start_lab)
        self.step("an authority with three people", self.found_authority)
        self.step("the rulebook adopted by two people", self.adopt_law)
        self.step("parties, TLDs and contacts imported", self.import_parties)
        self.step("the daemon", self.start_daemon)
        self.step("the TLD is healthy", self.see_health)
        self.step("the TLD breaks", self.break_it)
        self.step("the failure is seen twice and a case opens", self.find_it)
        self.tell_informal()
        self.step("a second person approves the breach notice", self.approve_breach)
        self.step("the breach notice is published", self.see_published)
        self.step("the TLD is repaired", self.repair)
        self.step("the breach is cured", self.see_cured)
        self.step("the proofs hold", self.prove)
        for chapter in (*CHAPTERS, Complaints):
            chapter(self).tell()

    def tell_informal(self):
        for kind, after in (("notice1", "notice2"), ("notice2", "notice3")):
            self.step(f"{kind} goes out", lambda kind=kind: self.send_informal(kind))
            self.step(f"{kind} is not answered", lambda after=after: self.no_answer(after))
        self.step("notice3 goes out", lambda: self.send_informal("notice3"))
        self.step("notice3 is not answered", self.last_silence)

    def begin(self, chapter, tld=None, registrar=None):
        """What follows is about another party."""
        self.tell(f"\n\n=== {chapter}")
        self.chapter, self.target = chapter, tld or registrar
        self.facts = {"tld": tld and tld["tld"], "obligation": None, "case": None, "notice_url": None,
                      "bundle": None, "log_key": self.facts["log_key"]}
        self.note()

    def note(self):
        """Keeps what this chapter is about; it goes on to fill the same facts."""
        self.told[self.chapter] = (self.target, self.facts)

    def other_tlds(self):
        """Those that nothing was told of."""
        told = {facts["tld"] for _, facts in self.told.values()}
        return [tld for tld in self.lab.list()["tlds"] if tld["tld"] not in told]

    def other_registrars(self):
        told = {target["party"] for target, _ in self.told.values()}
        return [registrar for registrar in self.lab.list()["registrars"] if registrar["party"] not in told]

    def now(self):
        return parse_iso(self.process_time())

    def day(self, days):
        return str(self.now().date() + datetime.timedelta(days=days))

    def chapters(self):
        return [{"chapter": chapter, "party": target["party"], "mailbox": target["mailbox"],
                 "outcome": facts.get("outcome", "incomplete"),
                 **{name: facts[name] for name in ("tld", "obligation", "case", "notice_url", "bundle")}}
                for chapter, (target, facts) in self.told.items()]

    def write_record(self, failed_step):
        target, facts = next(iter(self.told.values()), (None, self.facts))
        names = ("tld", "obligation", "case", "notice_url", "bundle", "log_key")
        record = dict({name: facts[name] for name in names}, chapters=self.chapters(),
                      complaints=[{name: told[name] for name in ("complaint", "about", "state", "words")}
                                  for told in self.complaints.values() if "state" in told],
                      steps=self.steps, seed=self.options.seed, failed_step=failed_step,
                      outcome="cured" if not failed_step else "incomplete",
                      data=str(self.folder / "data"), config=str(self.folder / "bailiwick.conf"),
                      lab=str(self.folder / "lab"),
                      public=self.public, staff=self.staff,
                      mailbox=target and target["mailbox"],
                      smtp_from=self.lab.env.get("LAB_MAIL_FROM") if self.lab else None)
        target = self.options.record
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps(record, indent=2) + "\n")

    def sum_up(self):
        """What became of each party and of each complaint."""
        self.tell("\n\n=== what became of them")
        for row in self.chapters():
            self.tell(f"{row['party']}: {row['outcome']}, case {row['case']}" + (f", {row['notice_url']}" if row["notice_url"] else ""))
        for told in self.complaints.values():
            self.tell(f"complaint {told['complaint']} about {told['about']}: {told['state']}"
                      + (f" - {told['words']}" if told["words"] else ""))

    def stop_daemon(self):
        if self.daemon and self.daemon.poll() is None:
            self.daemon.terminate()
            try:
                self.daemon.wait(10)
            except subprocess.TimeoutExpired:
                self.daemon.kill()

    def stop(self):
        self.stop_daemon()
        if self.lab:
            self.lab.down()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("--folder", type=pathlib.Path, help="where lab and store live")
    parser.add_argument("--record", type=pathlib.Path)
    parser.add_argument("--headless", action="store_true")
    parser.add_argument("--confirm", type=pathlib.Path, metavar="SCRIPT",
                        help="run SCRIPT with the record's path before everything ends (tests)")
    parser.add_argument("--without", choices=["repair", "mail-server", "approver"])
    parser.add_argument("--fault", default="wildcard")
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(3), "big"))
    options = parser.parse_args()
    options.folder = (options.folder or options.build / "story").resolve()
    options.record = options.record or options.build / "story.json"
    shutil.rmtree(options.folder, ignore_errors=True)
    options.folder.mkdir(parents=True)
    print(f"seed {options.seed}")
    story = Story(options)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    failed = None
    try:
        try:
            story.tell_all()
        except StepFailed as failure:
            failed = str(failure)
        story.write_record(failed)
        if failed:
            print(f"\nThe story stopped at: {failed}")
        else:
            story.sum_up()
            print(f"\nThe story is complete. Public: {story.public}/notices  Staff: {story.staff}/"
                  f"  (token in {story.program.tokens['anna']})")
        if options.confirm and subprocess.call([sys.executable, options.confirm, "--build",
                                                options.build, options.record]):
            failed = failed or "the confirmation from outside"
        if not options.headless and story.daemon:
            print("Serving until Ctrl-C.")
            signal.pause()
    except KeyboardInterrupt:
        pass
    finally:
        story.stop()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
