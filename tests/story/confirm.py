#!/usr/bin/env python3
"""Confirms from outside what build/story.json tells, while lab and daemon still run.

What can be seen without the program is looked at without it: the public door over HTTP, the proof
with tests/tlog/verify.py and the key of the record, the mail in the mailbox of the party. Letters are
compared with `letter list`, dates with `deadline compute`. `story.py --confirm` calls this.
"""
import argparse
import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
import xml.etree.ElementTree

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import ROOT, Tally, run  # noqa: E402

ATOM = "{http://www.w3.org/2005/Atom}"
RULES = {"notice1": "first", "notice2": "second", "notice3": "third", "breach": "cure-registry"}
STEPS = {"notice1": "notice1 goes out", "notice2": "notice2 goes out", "notice3": "notice3 goes out"}
VERIFY = ROOT / "tests/tlog/verify.py"


class Scene:
    """The record of a story, the door it names, and the program's own view of letters and dates."""

    def __init__(self, build, record):
        self.record = json.loads(record.read_text())
        self.base, self.notice_url = self.record["public"], self.record["notice_url"]
        self.binary = build.resolve() / "bailiwick"

    def fetch(self, address):
        with urllib.request.urlopen(address, timeout=20) as answer:
            return answer.read(), answer.headers.get_content_type()

    def ask(self, *words):
        return json.loads(run([self.binary, *words, "--json", "--data", self.record["data"],
                               "--config", self.record["config"]]).stdout)

    def letters(self):
        return [letter for letter in self.ask("letter", "list")["letters"]
                if letter["case"] == self.record["case"]]

    def mailbox(self):
        return json.loads(run([ROOT / "lab/ctl", "mail", self.record["mailbox"], "--json", "--dir",
                               self.record["lab"]]).stdout)

    def atom_links(self):
        feed = xml.etree.ElementTree.fromstring(self.fetch(self.base + "/feed.atom")[0])
        return [entry.find(ATOM + "link").get("href") for entry in feed.findall(ATOM + "entry")]

    def json_links(self):
        return [item["url"] for item in json.loads(self.fetch(self.base + "/feed.json")[0])["items"]]

    def step(self, name):
        return next(step for step in self.record["steps"] if step["name"] == name)


def the_public_record_says_it(scene, tally):
    record, url = scene.record, scene.notice_url
    state = "cured" if record["outcome"] == "cured" else "open"
    page, page_type = scene.fetch(url)
    data, data_type = scene.fetch(url + ".json")
    notice = json.loads(data)["notice"]
    tally.equal((page_type, data_type), ("text/html", "application/json"), "types of page and record")
    tally.equal((notice["case"], notice["state"]), (record["case"], state), "the public record")
    for word in (record["case"], record["obligation"], "." + record["tld"], notice["effect"]):
        tally.check(word in page.decode(), f"the page says {word}")
    tally.check(url.rpartition("/")[2] in scene.fetch(scene.base + "/notices")[0].decode(),
                "the list of notices names it")
    for name, links in (("feed.atom", scene.atom_links()), ("feed.json", scene.json_links())):
        tally.equal({link.partition("#")[0] for link in links}, {url}, f"{name} is about this notice")
        tally.equal(len(links), 2 if state == "cured" else 1, f"updates in {name}")
    for path in ("/notices", "/feed.atom", "/feed.json", url[len(scene.base):]):
        tally.check(b"{{" not in scene.fetch(scene.base + path)[0], f"{path} is filled in")


def nothing_is_public(scene, tally):
    about = [scene.record["case"], scene.record["tld"], scene.record["obligation"]]
    for path in ("/notices", "/feed.atom", "/feed.json", "/log/checkpoint", "/health"):
        text = scene.fetch(scene.base + path)[0].decode()
        for word in filter(None, about):
            tally.check(word not in text, f"{path} does not say {word}")
    tally.equal((scene.atom_links(), scene.json_links()), ([], []), "the feeds are empty")
    for address in (f"/notices/n-{scene.record['case']}", f"/notices/n-{scene.record['case']}.json",
                    f"/notices/n-{scene.record['case']}/bundle"):
        try:
            scene.fetch(scene.base + address)
            tally.check(False, f"{address} is not there")
        except urllib.error.HTTPError as refused:
            tally.equal(refused.code, 404, f"{address} is not there")


def the_proof_holds(scene, tally):
    key, base = scene.record["log_key"], scene.base
    bundle = scene.fetch(scene.notice_url + "/bundle")[0]

    def verified(pinned, data):
        with tempfile.NamedTemporaryFile(suffix=".bundle") as file:
            file.write(data)
            file.flush()
            return run([sys.executable, VERIFY, base, "--key", pinned, "--bundle", file.name],
                       expect=None).returncode == 0
    tally.check(verified(key, bundle), "verify.py accepts the bundle with the pinned key")
    tally.check(json.loads(bundle)["record"] == json.loads(scene.fetch(scene.notice_url + ".json")[0]),
                "the bundle proves the record that is published")
    for old, new in ((b'"state":"', b'"state":"not-'), (b'"index":', b'"index":1'),
                     (scene.record["case"].encode(), b"c-aaaaaaaaaa")):
        tally.check(not verified(key, bundle.replace(old, new)), f"verify.py refuses a changed {old}")
    other = key[:-2] + ("A" if key[-2] != "A" else "B") + key[-1]
    tally.check(not verified(other, bundle), "verify.py refuses another key")


def the_mailbox_holds_the_letters(scene, tally):
    letters, box = scene.letters(), scene.mailbox()
    sent = {letter["message_id"]: letter["sha256"] for letter in letters if letter["state"] == "sent"}
    found = {mail["message_id"].strip("<>"): mail["sha256"] for mail in box}
    tally.equal(found, sent, "the mailbox holds each letter once, with the bytes that were kept")
    tally.equal(len(box), len(sent), "no letter came twice")
    for letter in letters:
        if letter["state"] == "sent":
            shown = subprocess.run(
                [scene.binary, "letter", "show", letter["id"], "--data", scene.record["data"],
                 "--config", scene.record["config"]], capture_output=True, check=True).stdout
            tally.equal(hashlib.sha256(shown).hexdigest(), letter["sha256"],
                        f"letter show {letter['kind']} prints those bytes")


def the_dates_are_computed(scene, tally):
    subjects = {mail["message_id"].strip("<>"): mail["subject"] for mail in scene.mailbox()}
    for letter in scene.letters():
        if letter["state"] != "sent" or letter["kind"] not in RULES:
            continue
        service = letter["attempts"][-1]["begun_at"]
        due = scene.ask("deadline", "compute", "--rule", RULES[letter["kind"]], "--service", service)
        what = f"{letter['kind']}, served {service}"
        tally.check(due["date"] in subjects[letter["message_id"]], f"{what}: the subject's date",
                    (due["date"], subjects[letter["message_id"]]))
        if letter["kind"] in STEPS:
            tally.equal(scene.step(STEPS[letter["kind"]])["ids"]["due"], due["instant"],
                        f"{what}: the story's due moment")
        elif scene.notice_url:
            cure = json.loads(scene.fetch(scene.notice_url + ".json")[0])["notice"]["cure"]
            tally.equal((cure["date"], cure["instant"]), (due["date"], due["instant"]),
                        f"{what}: the published cure date")


def the_steps_go_forward(scene, tally):
    for kind in ("process_time", "real_time"):
        times = [step[kind] for step in scene.record["steps"]]
        # Whole seconds have no fraction: compare them as the dates that they are.
        plain = [time.rstrip("Z").partition(".")[0] for time in times]
        tally.equal(plain, sorted(plain), f"{kind} never goes back")
    process = [step["process_time"][:10] for step in scene.record["steps"]]
    tally.check(process[0] < process[-1], "the story took days of process time", process[-1])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("record", type=pathlib.Path)
    options = parser.parse_args()
    scene, tally = Scene(options.build, options.record), Tally()
    if scene.notice_url:
        parts = [the_public_record_says_it, the_proof_holds, the_dates_are_computed,
                 the_mailbox_holds_the_letters, the_steps_go_forward]
    elif scene.record["failed_step"] == "notice1 goes out":
        parts = [nothing_is_public]  # there is no mail server to look into
    else:
        parts = [nothing_is_public, the_dates_are_computed, the_mailbox_holds_the_letters]
    for part in parts:
        with tally.part(part.__name__.replace("_", " ")):
            part(scene, tally)
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
