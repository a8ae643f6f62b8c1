#!/usr/bin/env python3
"""What a machine can see about a complaint is looked up when it is filed, at the lab's own RDAP servers and name servers:
is the name registered and by whom, and does the fault show that is complained of. A server that is down, silent or
wrong leaves facts unknown; a flood about one name asks once; a daemon that is killed meanwhile asks again after its start;
and nobody who is asked hears more than the name.
"""
import base64
import concurrent.futures
import json
import pathlib
import re
import sqlite3
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import Tally, read_options  # noqa: E402
import story as story_module  # noqa: E402
from program import Program  # noqa: E402

CANARY = "Zwiebelfisch"
FLOOD = 200


class RealTime(Program):
    """No demonstration: what is looked up has the time of whoever is asked."""

    def command(self, *words, user=None):
        words = list(map(str, words))
        if "--now" in words:
            at = words.index("--now")
            del words[at:at + 2]
        return super().command(*words, user=user)


class House:
    def __init__(self, options, folder):
        class Settings:
            without = fault = None
        Settings.build, Settings.folder, Settings.seed = options.build, folder, options.seed
        self.folder = folder
        self.story = story_module.Story(Settings)
        self.filed = 0

    def start(self):
        story = self.story
        story_module.Program = RealTime
        story.start_lab()
        story.found_authority()
        self.program = story.program
        story.adopt_law()
        story.import_parties()
        story.write_config(measure_repeat_after="1")
        story.start_daemon()
        self.tlds, self.registrars = story.lab.list()["tlds"], story.lab.list()["registrars"]

    def stop(self):
        if self.story.daemon and self.story.daemon.poll() is None:
            self.story.daemon.terminate()
            self.story.daemon.wait(30)
        if self.story.lab:
            self.story.lab.down()

    # --- complaints ---

    def write(self, kind, name, party="", **answers):
        self.filed += 1
        path = self.folder / f"complaint-{self.filed}.json"
        path.write_text(json.dumps({
            "type": kind, "names": [name], "party": party, "answers": answers,
            "reporter": {"name": CANARY, "email": f"{CANARY}@reporter.example", "role": "other"}}))
        return path

    def inaccuracy(self, domain, party=""):
        return self.write("registration-data-inaccuracy", domain, party, domain=domain, element="name",
                          why=f"The name is {CANARY}, which is a fish.")

    def file(self, path):
        return self.program.json("complaint", "file", path, "--anyway", user="anna")["reference"]

    def show(self, reference):
        return self.program.json("complaint", "show", reference)["complaint"]

    def looks(self, reference):
        return [event for event in self.show(reference)["events"] if event["event"] == "looked-up"]

    def seen(self, reference, count=1):
        return self.story.expect(f"what was seen of {reference}",
                                 lambda: (self.looks(reference) or [])[count - 1:], 60)[0]

    def look_until(self, reference, good):
        """What is seen was surveyed a moment ago, or when a person asks again."""
        def look():
            event = self.looks(reference)[-1]
            if good(event):
                return event
            count = len(self.looks(reference))
            self.program.run("complaint", "look-up", reference, user="anna")
            self.seen(reference, count + 1)
            return None
        return self.story.expect(f"what is seen of {reference} in the end", look, 120)

    def tests(self, reference):
        told = self.program.json("complaint", "scope", reference)
        return told["reach"], {row["id"]: (row["holds"], row["from"]) for row in told["tests"]}

    # --- who is asked ---

    def requests(self):
        """(path, agent) of what the web servers were asked."""
        log, = self.story.lab.folder.glob("**/nginx/access.log")
        return re.findall(r'"GET (\S+) HTTP/1.1" \d+ \d+ "-" "([^"]*)"', log.read_text())

    def asked(self, domain):
        return [path for path, _ in self.requests() if path == f"/domain/{domain}"]

    def signal_web(self, name):
        pid, = self.story.lab.folder.glob("**/nginx/pid")
        workers = f"kill -{name} $(pgrep -P {pid.read_text().strip()}) {pid.read_text().strip()}"
        subprocess.run(self.story.lab.exec(["sh", "-c", workers]), check=True, timeout=30)

    def store(self, statement):
        with sqlite3.connect(f"file:{self.program.data}/store.db?mode=ro", uri=True) as store:
            return store.execute(statement).fetchall()


def a_registered_name(tally, house):
    """The complainant names another registrar than the registry does."""
    tld = house.tlds[0]
    other = next(row for row in house.registrars if row["iana_id"] != registrar_of(house, tld))
    reference = house.file(house.inaccuracy(tld["domain"], f"registrar-{other['iana_id']}"))
    event = house.seen(reference)
    row, = event["looked_up"]
    tally.equal((row["name"], row["registered"], row["registrar"], row["abuse_contact"], row["statuses"]),
                (tld["domain"], "yes", registrar_of(house, tld), True, ["client transfer prohibited"]), "what was seen")
    tally.equal(event["actor"], "machine", "a machine looked")
    reach, tests = house.tests(reference)
    tally.equal((tests["registered"], tests["not-suspended"]), (("yes", "lookup"), ("yes", "lookup")), "facts")
    tally.equal(tests["contracted"], ("yes", "store"), "what the store knows stays")
    tally.equal(reach, "undetermined", "nothing is decided by it")
    tally.equal(len(house.asked(tld["domain"])), 2, "asked once over each family")
    return reference, row["measurement"]


def registrar_of(house, tld):
    """Whom the lab's RDAP server names, asked by us."""
    if not hasattr(house, "known"):
        house.known = {}
    if tld["tld"] not in house.known:
        path, = house.story.lab.folder.glob(f"**/{tld['role']}/domain/{tld['domain']}")
        entity, = json.loads(path.read_text())["entities"]
        house.known[tld["tld"]] = int(entity["publicIds"][0]["identifier"])
    return house.known[tld["tld"]]


def without_a_party(tally, house):
    tld = house.tlds[1]
    reference = house.file(house.inaccuracy(tld["domain"].upper() + "."))
    house.seen(reference)
    _, tests = house.tests(reference)
    tally.equal(tests["contracted"], ("yes", "lookup"), "the registrar's accreditation follows from who it is")


def an_unregistered_name(tally, house):
    name = f"no-such-name.{house.tlds[2]['tld']}"
    reference = house.file(house.inaccuracy(name))
    row, = house.seen(reference)["looked_up"]
    tally.equal((row["name"], row["registered"], "registrar" in row), (name, "no", False), "it is not registered")
    reach, tests = house.tests(reference)
    tally.equal((reach, tests["registered"]), ("out-of-scope", ("no", "lookup")), "which the scope tests say")
    tally.equal((tests["contracted"][0], tests["not-suspended"][0]), ("unknown", "unknown"), "and nothing else")
    tally.equal(house.show(reference)["state"], "filed", "but nobody decided anything")
    checked = house.program.json("complaint", "check", reference)
    tally.check(checked["outcome"] == "hold" and "registered" in json.dumps(checked), "`complaint check` says it too", checked)
    keep = house.folder / "evidence"
    kept = house.program.json("complaint", "evidence", reference, row["measurement"])
    keep.write_bytes(base64.b64decode(kept["base64"]))
    judged = json.loads(house.program.run("replay", keep, "--json", expect=None).stdout)
    codes = {result["code"]: result["sight"] for result in judged["results"] if result["check"] == "rdap.registration"}
    tally.equal((judged["measurement"], codes), (row["measurement"], {"rdap.not-registered": "seen"}),
                "the evidence says so again")
    deep = house.file(house.inaccuracy(f"www.{name}"))
    house.seen(deep)
    tally.equal(house.tests(deep)[1]["registered"][0], "unknown", "what lies deeper may be registered all the same")


def again(tally, house, reference):
    told = house.program.json("complaint", "look-up", reference, user="anna")
    tally.equal((told["names"], told["tlds"]), (1, 0), "a person asks again")
    tally.equal(house.seen(reference, 2)["looked_up"][0]["registered"], "yes", "and is told")
    house.program.run("complaint", "look-up", reference, user="bert", expect=(4, 2, 1, 3))
    tally.equal(len(house.looks(reference)), 2, "who is no analyst does not")


def a_flood(tally, house):
    tld = house.tlds[3]
    path = house.inaccuracy(tld["domain"])
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        references = list(pool.map(lambda _: house.file(path), range(FLOOD)))
    seen = [house.seen(reference)["looked_up"][0] for reference in references]
    tally.equal({(row["registered"], row["measurement"]) for row in seen}, {("yes", seen[0]["measurement"])},
                "all are told of one measurement")
    tally.equal(len(house.asked(tld["domain"])), 2, "for which the registry was asked once over each family")
    tally.equal(len(house.store("SELECT 1 FROM lookup WHERE due_at > 0")), 0, "nothing waits any more")


def a_service_that_is_down(tally, house):
    tld = house.tlds[4]
    house.story.lab.call("break", tld["tld"], "rdap-down")
    inaccuracy = house.file(house.inaccuracy(tld["domain"]))
    down = house.file(house.write("registration-data-service-down", tld["tld"], service=tld["tld"],
                                  query=f"I am {CANARY}.", when="2026-11-30"))
    house.seen(down)
    event = house.look_until(down, lambda event: any(row["fault"] == "seen" for row in event["services"]))
    faults = {row["obligation"]: row["fault"] for row in event["services"]}
    tally.equal(event["looked_up"], [], "a TLD is no name that somebody registered")
    tally.equal({row["tld"] for row in event["services"]}, {tld["tld"]}, "the TLD was surveyed")
    tally.equal(faults.get("ra.spec10.rdap-availability"), "seen", "and the fault shows")
    tally.check(all(re.fullmatch("[0-9a-f]{64}", row["measurement"]) for row in event["services"]), "measurements")
    row, = house.seen(inaccuracy)["looked_up"]
    tally.equal(row["registered"], "unknown", "what could not be seen is unknown")
    reach, tests = house.tests(inaccuracy)
    tally.equal((reach, tests["registered"][0]), ("undetermined", "unknown"), "and no fact")
    healthy = house.tlds[5]
    well = house.file(house.write("registration-data-service-down", healthy["tld"], service=healthy["tld"],
                                  query="None.", when="2026-11-30"))
    tally.equal({row["fault"] for row in house.seen(well)["services"]}, {"not-seen"}, "of a healthy one nothing shows")
    house.story.lab.call("repair", tld["tld"])


def a_wrong_answer(tally, house):
    tld = house.tlds[6]
    house.story.lab.call("break", tld["tld"], "rdap-invalid-json")
    row, = house.seen(house.file(house.inaccuracy(tld["domain"])))["looked_up"]
    tally.equal(row["registered"], "unknown", "a body that is cut off says nothing")
    house.story.lab.call("repair", tld["tld"])


def killed_meanwhile(tally, house):
    """The web servers take connections and say nothing, and the daemon dies waiting."""
    tld = house.tlds[7]
    house.signal_web("STOP")
    reference = house.file(house.inaccuracy(tld["domain"]))
    house.story.expect("that it is asked for", lambda: house.store(
        f"SELECT 1 FROM lookup WHERE reference = '{reference}' AND what = 'registration' AND due_at > 0"))
    receipt = house.file(house.inaccuracy(house.tlds[8]["domain"]))
    tally.check(receipt, "a receipt waits for no lookup")
    pids = subprocess.run(house.story.lab.exec(["pgrep", "-f", f"serve.*{house.program.data}"]), capture_output=True,
                          text=True, timeout=30, check=True).stdout.split()
    subprocess.run(house.story.lab.exec(["kill", "-KILL", *pids]), check=True, timeout=30)
    house.story.daemon.wait(30)
    house.signal_web("CONT")
    tally.equal(len(house.store(f"SELECT 1 FROM complaint_event WHERE reference = '{reference}'"
                                " AND type = 'looked-up'")), 0, "it died before it knew")
    house.story.start_daemon()
    for one in (reference, receipt):
        tally.equal(house.seen(one)["looked_up"][0]["registered"], "yes", "asked again after the start")
        tally.equal(len(house.looks(one)), 1, "and told once")
    tally.equal(len(house.asked(tld["domain"])), 2, "the answer was asked for once")


def nobody_hears_more(tally, house):
    requests = house.requests()
    tally.check(any(path.startswith("/domain/") for path, _ in requests), "requests are seen")
    agents = {agent for path, agent in requests if agent.startswith("bailiwick")}
    tally.equal(len(agents), 1, "a lookup asks as a survey does")
    logs = b"".join(path.read_bytes() for path in house.story.lab.folder.rglob("*log*") if path.is_file())
    tally.check(CANARY.lower().encode() not in logs.lower(), "who complained stands in no log of those asked")
    sent = b"".join(row[0] for row in house.store("SELECT bytes FROM lookup_answer"))
    tally.check(CANARY.lower().encode() not in sent.lower(), "nor in what was sent")
    openings = " ".join(row[0].decode() if isinstance(row[0], bytes) else row[0] for row in house.store(
        "SELECT json FROM opening"))
    names = [tld["domain"] for tld in house.tlds]
    tally.equal([name for name in names if f'"{name}"' in openings], [], "the log knows no name that was looked up")
    tally.equal(house.program.json("log", "verify")["faults"], [], "the log holds")
    tally.equal(house.program.json("rebuild", "--check")["differences"], [], "lists say what the events say")


def erased(tally, house, reference, measurement):
    house.program.run("complaint", "erase", reference, "--reason", "person-asked", user="ada")
    tally.equal(house.store(f"SELECT * FROM lookup WHERE reference = '{reference}'"), [], "no lookup is left")
    tally.equal(house.store(f"SELECT * FROM lookup_answer WHERE measurement = '{measurement}'"), [],
                "nor what was answered")
    shown = house.show(reference)
    tally.check("looked_up" not in shown and all("name" not in row for event in shown["events"]
                                                 for row in event.get("looked_up", [])), "and no name is told")
    house.program.run("complaint", "evidence", reference, measurement, "--json", expect=(1, 2, 3, 4))


def main():
    options = read_options(__doc__)
    tally = Tally()
    with tempfile.TemporaryDirectory() as folder:
        house = House(options, pathlib.Path(folder))
        try:
            house.start()
            with tally.part("a registered name"):
                reference, measurement = a_registered_name(tally, house)
                again(tally, house, reference)
            for what in (without_a_party, an_unregistered_name, a_flood, a_service_that_is_down, a_wrong_answer,
                         killed_meanwhile, nobody_hears_more):
                with tally.part(what.__name__.replace("_", " ")):
                    what(tally, house)
            with tally.part("erased"):
                erased(tally, house, reference, measurement)
        finally:
            house.stop()
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
