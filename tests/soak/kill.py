#!/usr/bin/env python3
"""kill -9 at seeded moments of the story: nothing acknowledged is lost, nothing is doubled.

Each story has a lab and a store of its own and is told like tests/story, but every step is asked
for until it is seen to be done, because the daemon or one of its processes dies under it again and
again. When the core dies it is started again at the moment its store has reached: the clock of a
demonstration never goes back. At the end of each story the store, the log, the mailbox and the
public page are compared with what was acknowledged. Last come the upgrade of an older program's store, killed
inside its migrations, `rebuild`, killed inside its transaction, and the daemon while many file complaints, and
while who complained is told.
"""
import argparse
import datetime
import json
import os
import pathlib
import random
import shutil
import signal
import sqlite3
import ssl
import subprocess
import sys
import threading
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parent / "story")]
from audit import WORK, audit  # noqa: E402
from certificate import make_certificate  # noqa: E402
from filings import kill_filings  # noqa: E402
from messages import kill_messages  # noqa: E402
from moments import Sight, below, children, find, strike  # noqa: E402
from program import ROOT, CommandFailed, run  # noqa: E402
from rebuilds import kill_rebuilds  # noqa: E402
from story import START, Story, StepFailed, iso, parse_iso  # noqa: E402
from upgrade import kill_upgrades  # noqa: E402

ROLES = ("core", "prober", "judge", "signer", "mailer", "public", "staff", "front")
# Where each process is at work; `anytime` for those that the store tells nothing about.
AIMS = {"core": ("transaction", "smtp", "tile"), "prober": ("anytime",), "judge": ("anytime",),
        "signer": ("tile",), "mailer": ("smtp",), "public": ("anytime",), "staff": ("anytime",),
        "front": ("anytime",)}
AIMED = ("transaction", "smtp", "receipt", "tile", "migration", "rebuild")
STEP_SECONDS = 60
PATIENCE = {"transaction": 8, "smtp": 8, "tile": 8, "anytime": 3}  # until the aim is given up
TRANSIENT = (CommandFailed, subprocess.SubprocessError, OSError, ValueError, KeyError, IndexError)


class Daemon:
    """The daemon in the lab, started again whenever its core was killed."""

    def __init__(self, story):
        self.story, self.starts, self.started = story, 0, None
        self.addresses = ["127.0.0.1:0", "127.0.0.1:0"]
        self.process = None

    def now(self):
        """No earlier than anything the store holds."""
        latest = self.story.jumped
        try:
            db = sqlite3.connect(f"file:{self.story.folder}/data/store.db?mode=ro", uri=True)
            for table, column in (("case_event", "at"), ("log_tree", "ticked_at"),
                                  ("measurement", "stored_at"), ("letter_attempt", "begun_at")):
                found = db.execute(f"SELECT MAX({column}) FROM {table}").fetchone()[0] or 0
                latest = max(latest, datetime.datetime.fromtimestamp(
                    found // 1000000 + 1, datetime.timezone.utc))
            db.close()
        except sqlite3.Error:
            pass
        return iso(latest)

    def start(self):
        doors = self.story.folder / "doors"
        program = self.story.program
        for _ in range(100):  # the public door lets go of the port a moment later
            log = open(self.story.folder / "daemon.log", "ab")
            self.process = subprocess.Popen(
                self.story.lab.exec(program.command("serve", "--now", self.now()),
                                    listen=self.addresses, listen_file=doors),
                stdout=subprocess.PIPE, stderr=log, env=program.env, text=True)
            if self.process.stdout.readline().strip() == "ready":
                self.addresses = doors.read_text().split()[:2]
                self.starts += 1
                return
            self.process.wait(20)
            time.sleep(0.1)
        raise StepFailed("the daemon does not start any more: "
                         + (self.story.folder / "daemon.log").read_text()[-1500:])

    def alive(self):
        return self.process and self.process.poll() is None


class Killer(threading.Thread):
    """Carries the moments of one story out, one after the other, and starts the core again."""

    def __init__(self, story, plan):
        super().__init__(daemon=True)
        self.story, self.plan = story, plan
        self.done, self.missed, self.failure = [], [], None
        self.waiting = []  # moments armed for the step that is under way
        self.more, self.over = threading.Condition(), False

    def arm(self, *aims):
        """The next moment of one of these aims, now."""
        with self.more:
            for moment in self.plan:
                if moment[1] in aims:
                    self.plan.remove(moment)
                    self.waiting.append(moment)
                    self.more.notify()
                    return

    def idle(self):
        with self.more:
            return not self.waiting

    def run(self):
        while True:
            with self.more:
                while not self.waiting and not self.over:
                    self.more.wait()
                if self.over:
                    return
                moment = self.waiting[0]
            try:
                self.carry_out(moment)
            except Exception as failure:  # told at the end of the story, whatever it is
                self.failure = self.failure or f"{moment}: {failure!r}"
            with self.more:
                self.waiting.pop(0)

    def carry_out(self, moment):
        role, aim, delay = moment
        daemon = self.story.daemon_keeper
        time.sleep(delay if aim == "anytime" else 0)
        victim = strike(lambda: find(daemon.process.pid, role), Sight(self.story.folder / "data"),
                        aim, seconds=PATIENCE[aim])
        if not victim:
            self.missed.append(moment)
            return
        self.done.append(moment)
        if role == "core":
            family = set(below(daemon.process.pid)) - {daemon.process.pid}
            daemon.process.wait(20)
            self.story.await_end(family)
            daemon.start()


class HardStory(Story):
    def __init__(self, options, plan):
        super().__init__(options)
        self.jumped = parse_iso(START)
        self.acknowledged = []  # (case, number of the event, user)
        self.daemon_keeper = Daemon(self)
        self.killer = Killer(self, plan)

    def await_end(self, family):
        """The processes of a dead core end by themselves."""
        end = time.monotonic() + 10
        while time.monotonic() < end:
            if not [p for p in family & set(children()) if "--child" in children().get(p, (0, []))[1]]:
                return
            time.sleep(0.02)
        raise StepFailed("processes outlived their core")

    def write_config(self, **instead):
        """With a certificate, so that the staff door has a process in front."""
        make_certificate(self.folder, "door")
        return super().write_config(staff_certificate=self.folder / "door.pem", staff_key=self.folder / "door.key",
                                    **instead)

    # --- asking until it is done ---

    def attempt(self, work):
        try:
            return work()
        except TRANSIENT:
            return None

    def until(self, what, done, do=None):
        end = time.monotonic() + STEP_SECONDS
        while time.monotonic() < end:
            if self.killer.failure:
                raise StepFailed(self.killer.failure)
            found = self.attempt(done)
            if found:
                return found
            if do:
                self.attempt(do)
            time.sleep(0.05)
        raise StepFailed(f"waited {STEP_SECONDS} s for: {what}; "
                         + (self.attempt(lambda: json.dumps(self.show()["case"])) or "no case"))

    def aim(self, aim):
        """Arms a moment for what comes next, after those before it are through."""
        self.until("the kill before", self.killer.idle)
        self.killer.arm(aim)

    def act(self, user, *words):
        """A command about a case; what was answered is remembered as acknowledged."""
        reply = self.program.json(*words, user=user)
        self.acknowledged.append((reply["case"], reply["seq"], user))

    def stage(self):
        return self.show()["case"]["stage"]

    def adopted(self, kind):
        def look():
            shown = self.show()
            letters = [l for l in shown["letters"] if l["kind"] == kind]
            return letters and (letters[-1]["state"] != "draft" or any(
                shown.get(name, {}).get("adopted") and shown[name]["sha256"] == letters[-1]["sha256"]
                for name in ("letter", "proposal")))
        return look

    def adopt(self, kind):
        draft = self.until(f"draft of {kind}", self.letter(kind, ("draft", "queued", "sent")))
        self.until(f"{kind} adopted", self.adopted(kind), lambda: self.act(
            "anna", "case", "adopt", self.facts["case"], "--sha256", draft["sha256"]))
        return draft

    def jump(self, due):
        def there():
            return parse_iso(self.program.json("status", user="anna")["now"]) >= parse_iso(due)

        def go():
            self.jumped = max(self.jumped, parse_iso(due))
            self.program.run("clock", "jump", due, user="anna")
        self.until("the clock", there, go)

    # --- the steps ---

    def notice(self, kind, after):
        self.aim("smtp")
        self.adopt(kind)
        self.until(f"{kind} sent", self.letter(kind, ("sent",)))
        due = self.until("a deadline", lambda: self.show()["case"]["due_at"])
        self.aim("transaction")
        self.jump(due)
        if after:
            self.until(f"stage {after}", lambda: self.stage() == after)

    def breach(self):
        case = self.facts["case"]
        draft = self.until("draft of the breach notice", self.letter("breach", ("draft",)))
        words = ("--sha256", draft["sha256"])
        self.until("a call recorded", lambda: self.has_event("call"), lambda: self.act(
            "anna", "case", "record", case, "call", "--call", "not-reached", "--reason", "no-answer"))
        self.aim("transaction")
        self.until("adopted", self.adopted("breach"),
                   lambda: self.act("anna", "case", "adopt", case, *words))
        self.until("approved", lambda: self.has_event("notice-approved"),
                   lambda: self.act("bert", "case", "approve", case, *words))
        self.aim("smtp")
        self.until("breached", lambda: self.stage() == "breach",
                   lambda: self.act("anna", "case", "send", case, *words))
        self.until("the breach notice sent", self.letter("breach", ("sent",)))
        self.until("the public page", lambda: self.fetch(self.notice_path()))

    def has_event(self, name):
        events = self.program.json("case", "explain", self.facts["case"])["events"]
        return [e for e in events if e["event"] == name]

    def cure(self):
        self.lab.call("repair", self.facts["tld"])
        self.until("cured", lambda: self.stage() == "cured", self.look_again)
        self.aim("smtp")
        self.adopt("cured")
        self.until("the letter about it", self.letter("cured", ("sent",)))
        self.until("the public record", lambda: json.loads(
            self.fetch(self.notice_path() + ".json"))["notice"]["state"] == "cured")

    def look_again(self):
        self.program.run("measure", self.facts["tld"], user="anna")
        time.sleep(0.2)

    def open_case(self):
        self.until("health seen", lambda: any(f["verdict"] == "met" for f in self.findings()),
                   self.look_again)
        self.lab.call("break", self.facts["tld"], self.fault)
        self.killer.arm("anytime")
        case = self.until("a case", self.cases, self.look_again)[0]
        self.facts["case"], self.facts["obligation"] = case["id"], case["obligation"]

    def spend(self):
        """What is left of the plan, while the daemon goes on observing."""
        end = time.monotonic() + 15 + 5 * len(self.killer.plan)
        while (self.killer.plan or not self.killer.idle()) and time.monotonic() < end:
            if self.killer.failure:
                raise StepFailed(self.killer.failure)
            if self.killer.idle():
                self.killer.arm("anytime", "tile", "transaction")
                if self.killer.idle():
                    break  # only moments of SMTP are left, and no letter any more
            self.attempt(self.look_again)

    def tell_all(self):
        self.start_lab()
        self.cut_the_founding()
        self.found_authority()
        self.adopt_law()
        self.import_parties()
        self.daemon_keeper.start()
        public, staff = self.daemon_keeper.addresses
        self.public, self.staff = f"http://{public}", f"https://{staff}"
        self.killer.start()
        for _ in range(2):
            self.killer.arm("anytime", "tile")
        self.open_case()
        for kind, after in (("notice1", "notice2"), ("notice2", "notice3"), ("notice3", None)):
            self.killer.arm("anytime", "tile")
            self.notice(kind, after)
        self.breach()
        self.killer.arm("anytime", "tile")
        self.cure()
        self.spend()
        self.until("the last kill", self.killer.idle)
        self.until("the log's last tick", self.settled)
        self.until("the staff door", self.ask_staff_door)

    def ask_staff_door(self):
        trust = ssl.create_default_context(cafile=str(self.folder / "door.pem"))
        with urllib.request.urlopen(self.staff + "/login", timeout=10, context=trust) as answer:
            return answer.status == 200

    def cut_the_founding(self):
        """`init` killed while it writes the schema: nothing was acknowledged; the folder is empty
        or holds a half-made store that says so, and can be thrown away."""
        self.founding_cut = False
        moment = next((m for m in self.killer.plan if m[1] == "migration"), None)
        if not moment:
            return
        self.killer.plan.remove(moment)
        data = self.folder / "cut"
        store = data / "store.db"
        process = subprocess.Popen(
            [self.options.build / "bailiwick", "init", "--data", data, "--now", START],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        sight = Sight(data)
        end = time.monotonic() + 5
        while process.poll() is None and time.monotonic() < end:
            if pathlib.Path(f"{store}-shm").exists() and sight.holds("transaction"):
                process.kill()
                self.killer.done.append(moment)
                break
        process.wait()
        sight.close()
        again = run([self.options.build / "bailiwick", "init", "--data", data, "--now", START],
                    expect=None)
        if again.returncode not in (0, 2, 4) or again.returncode < 0:
            raise StepFailed(f"init after a cut init: {again.returncode} {again.stderr}")
        self.founding_cut = True
        shutil.rmtree(data)

    def settled(self):
        verified = self.program.json("log", "verify", expect=(0, 1))
        sight = Sight(self.folder / "data")
        try:
            idle = sight.holds("anytime") and not sight.holds("smtp") and not sight.one(
                f"SELECT COUNT(*) FROM outbox WHERE state IN ('pending', 'claimed') AND {WORK}")
        finally:
            sight.close()
        return idle and "size" in verified

    def stop(self):
        with self.killer.more:
            self.killer.over = True
            self.killer.more.notify()
        self.daemon = self.daemon_keeper.process
        if self.killer.is_alive():
            self.killer.join(20)
        if self.daemon_keeper.alive():
            core = find(self.daemon_keeper.process.pid, "core")
            if core:
                os.kill(core, signal.SIGTERM)
                try:
                    self.daemon_keeper.process.wait(10)
                except subprocess.TimeoutExpired:
                    os.kill(core, signal.SIGKILL)
        if self.lab:
            self.lab.down()


def make_plan(chance, moments, turn):
    """Every process in turn; at least 40 of 100 moments inside something."""
    plan = [("init", "migration", 0)]
    while len(plan) < moments:
        role = ROLES[turn % len(ROLES)]
        turn += 1
        plan.append((role, chance.choice(AIMS[role]), chance.uniform(0, 0.4)))
    # A story has five letters; what is aimed at more of them goes to transactions.
    letters = 0
    for n, (role, aim, delay) in enumerate(plan):
        letters += aim == "smtp"
        if aim == "smtp" and letters > 5:
            plan[n] = ("core", "transaction", delay)
    return plan, turn


def tell(number, options, plan):
    options.folder = options.build / "soak-kill" / f"{number}"
    shutil.rmtree(options.folder, ignore_errors=True)
    options.folder.mkdir(parents=True)
    options.fault = options.chance.choice(("wildcard", "expired-signature", "bogus-ds"))
    options.lab_seed = options.chance.randrange(1 << 24)
    planned = len(plan)
    story = HardStory(argparse.Namespace(**{**vars(options), "seed": options.lab_seed,
                                            "without": None, "record": None}), plan)
    faults, begun = [], time.monotonic()
    try:
        story.tell_all()
        faults = audit(story)
    except (StepFailed, *TRANSIENT) as failure:
        faults.append(f"the story does not complete: {failure}")
    finally:
        story.stop()
    done = story.killer.done
    aimed = sum(aim in AIMED for _, aim, _ in done)
    print(f"story {number}: .{story.facts['tld']} {options.fault}, {len(done)} of {planned} moments "
          f"({aimed} aimed), {story.daemon_keeper.starts} starts, "
          f"{time.monotonic() - begun:.0f} s, {'ok' if not faults else 'FAULTS'}", flush=True)
    for fault in faults:
        print(f"  {fault}", flush=True)
    return done, planned - len(done), faults


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(3), "big"))
    parser.add_argument("--full", action="store_true",
                        help="200 moments over 10 stories or more, 40 each in upgrades, rebuilds, filings and messages")
    options = parser.parse_args()
    options.build = options.build.resolve()
    options.chance = random.Random(options.seed)
    print(f"seed {options.seed}", flush=True)
    wanted, each, upgrades = (200, 20, 40) if options.full else (20, 10, 8)
    done, missed, faults, story, turn = [], 0, [], 0, 0
    while len(done) < wanted and story < 2 * wanted // each:
        story += 1
        plan, turn = make_plan(options.chance, each, turn)
        killed, left, found = tell(story, options, plan)
        done += killed
        missed += left
        faults += found
    for kill in (kill_upgrades, kill_rebuilds, kill_filings, kill_messages):
        killed, found = kill(options, upgrades)
        done += killed
        faults += found
    print("moments: " + ", ".join(
        f"{role} {aim} {sum((r, a) == (role, aim) for r, a, _ in done)}"
        for role, aim in sorted({(r, a) for r, a, _ in done})))
    aimed = sum(aim in AIMED for _, aim, _ in done)
    print(f"{len(done)} moments over {story} stories, {aimed} of them inside a transaction, an SMTP "
          f"dialogue, a tile write, a migration or a rebuild; {missed} did not come about")
    if len(done) < wanted + 4 * upgrades:
        faults.append("too few moments")
    print(f"{len(done)} passed, {len(faults)} failed, 0 skipped")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
