#!/usr/bin/env python3
"""Confirms from outside what build/story.json tells, while lab and daemon still run.

What can be seen without the program is looked at without it: the public door over HTTP, the proof
with tests/tlog/verify.py and the key of the record, the mail in the mailbox of the party. Letters are
compared with `letter list`, dates with `deadline compute`. Each chapter of the story is looked at for
itself. `story.py --confirm` calls this.
"""
import argparse
import datetime
import hashlib
import html
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
# Which rule of the process gives the date of a letter; by kind of party where it matters.
RULES = {"notice1": "first", "notice2": "second", "notice3": "third", "escalated": "escalated",
         ("registry", "breach"): "cure-registry", ("registrar", "breach"): "cure-registrar",
         "suspension": "suspension-notice", ("registrar", "termination"): "termination-notice-registrar"}
# The step that sent a letter, and the letters whose subject names the date.
STEPS = {"notice1": "notice1 goes out", "notice2": "notice2 goes out", "notice3": "notice3 goes out",
         "escalated": "an escalated notice goes out first",
         "breach": "a second person approves the breach notice",
         "suspension": "a second person approves the suspension",
         "termination": "a second person approves the termination"}
DATED = {"notice1", "notice2", "notice3", "escalated", "breach"}
# What the public record must say of a chapter that ended so, and the updates that it then has. Nobody
# writes an update between the extension and the new date, more than a month later: the public is told.
PUBLIC = {"cured": ("cured", ["sent", "cured"]), "incomplete": ("open", ["sent"]),
          "terminated": ("terminated", ["sent", "extended", "overdue", "due-passed", "suspended", "due-passed",
                                        "terminated", "due-passed"])}
VERIFY = ROOT / "tests/tlog/verify.py"


class Scene:
    """One chapter of a story, the door it names, and the program's own view of letters and dates."""

    def __init__(self, build, record, chapter):
        self.record, self.chapter = record, chapter
        self.base, self.notice_url = record["public"], chapter["notice_url"]
        self.party = "registry" if chapter["tld"] else "registrar"
        self.binary = build.resolve() / "bailiwick"

    def fetch(self, address):
        with urllib.request.urlopen(address, timeout=20) as answer:
            return answer.read(), answer.headers.get_content_type()

    def ask(self, *words):
        return json.loads(run([self.binary, *words, "--json", "--data", self.record["data"],
                               "--config", self.record["config"]]).stdout)

    def letters(self):
        return [letter for letter in self.ask("letter", "list")["letters"]
                if letter["case"] == self.chapter["case"]]

    def mailbox(self):
        return json.loads(run([ROOT / "lab/ctl", "mail", self.chapter["mailbox"], "--json", "--dir",
                               self.record["lab"]]).stdout)

    def atom_links(self):
        feed = xml.etree.ElementTree.fromstring(self.fetch(self.base + "/feed.atom")[0])
        return [entry.find(ATOM + "link").get("href") for entry in feed.findall(ATOM + "entry")]

    def json_links(self):
        return [item["url"] for item in json.loads(self.fetch(self.base + "/feed.json")[0])["items"]]

    def published(self):
        return {chapter["notice_url"] for chapter in self.record["chapters"] if chapter["notice_url"]}

    def step(self, name):
        return next(step for step in self.record["steps"]
                    if (step["chapter"], step["name"]) == (self.chapter["chapter"], name))

    def rule(self, kind):
        return RULES.get(kind) or RULES.get((self.party, kind))


def the_public_record_says_it(scene, tally):
    chapter, url = scene.chapter, scene.notice_url
    state, kinds = PUBLIC[chapter["outcome"]]
    page, page_type = scene.fetch(url)
    data, data_type = scene.fetch(url + ".json")
    notice = json.loads(data)["notice"]
    tally.equal((page_type, data_type), ("text/html", "application/json"), "types of page and record")
    tally.equal((notice["case"], notice["state"]), (chapter["case"], state), "the public record")
    tally.equal([update["kind"] for update in notice["updates"]], kinds, "what happened since")
    for word in (chapter["case"], chapter["obligation"], chapter["tld"] or chapter["party"], notice["effect"]):
        tally.check(html.escape(word) in page.decode(), f"the page says {word}")
    tally.check(url.rpartition("/")[2] in scene.fetch(scene.base + "/notices")[0].decode(),
                "the list of notices names it")
    for name, links in (("feed.atom", scene.atom_links()), ("feed.json", scene.json_links())):
        about = [link for link in links if link.partition("#")[0] == url]
        tally.check({link.partition("#")[0] for link in links} <= scene.published(), f"{name} tells of notices alone")
        tally.equal(len(about), len(kinds), f"updates in {name}")
    for path in ("/notices", "/feed.atom", "/feed.json", url[len(scene.base):]):
        tally.check(b"{{" not in scene.fetch(scene.base + path)[0], f"{path} is filled in")


def nothing_is_public(scene, tally):
    chapter = scene.chapter
    pages = [link[len(scene.base):] for link in scene.published()]
    for path in ["/notices", "/feed.atom", "/feed.json", "/log/checkpoint", "/health", *pages]:
        text = scene.fetch(scene.base + path)[0].decode()
        for word in filter(None, (chapter["case"], chapter["tld"], chapter["obligation"])):
            tally.check(word not in text, f"{path} does not say {word}")
    for address in (f"/notices/n-{chapter['case']}", f"/notices/n-{chapter['case']}.json",
                    f"/notices/n-{chapter['case']}/bundle"):
        try:
            scene.fetch(scene.base + address)
            tally.check(False, f"{address} is not there")
        except urllib.error.HTTPError as refused:
            tally.equal(refused.code, 404, f"{address} is not there")


def the_complaints_stay_inside(record, tally):
    """No public page, feed or file of the log tells that somebody complained."""
    def fetch(path):
        with urllib.request.urlopen(record["public"] + path, timeout=20) as answer:
            return answer.read().decode(errors="replace")
    pages = [fetch(path) for path in ("/notices", "/feed.atom", "/feed.json", "/log/checkpoint", "/health")]
    tally.equal(len(record["complaints"]), 3, "three people complained")
    for row in record["complaints"]:
        for word in (row["complaint"], row["complaint"].replace("-", ""), "reporter.example"):
            tally.check(not any(word in page for page in pages), f"nobody reads {word}")
        tally.check(bool(row["words"]) == (row["state"] == "out-of-scope"), f"{row['complaint']}: a closure has words", row)


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
                     (scene.chapter["case"].encode(), b"c-aaaaaaaaaa")):
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
    last = None
    for letter in scene.letters():
        rule = scene.rule(letter["kind"])
        if letter["state"] != "sent" or not rule:
            continue
        service = letter["attempts"][-1]["begun_at"]
        due = scene.ask("deadline", "compute", "--rule", rule, "--service", service)
        what = f"{letter['kind']}, served {service}"
        if letter["kind"] in DATED:
            tally.check(due["date"] in subjects[letter["message_id"]], f"{what}: the subject's date",
                        (due["date"], subjects[letter["message_id"]]))
        tally.equal(scene.step(STEPS[letter["kind"]])["ids"]["due"], due["instant"], f"{what}: the story's due moment")
        last = what, due
    if scene.notice_url:
        what, due = last
        cure = json.loads(scene.fetch(scene.notice_url + ".json")[0])["notice"]["cure"]
        tally.equal((cure["date"], cure["instant"]), (due["date"], due["instant"]), f"{what}: the published date")
        tally.equal(cure["extended_date"], None, f"{what}: no extension stands beside it")


def the_extensions_are_recorded(scene, tally):
    """An extension moves the due moment to the end of its day; a published one has two people."""
    events = scene.ask("case", "explain", scene.chapter["case"])["events"]
    extended = [event for event in events if event["event"] == "extended"]
    steps = [step["ids"] for step in scene.record["steps"]
             if step["chapter"] == scene.chapter["chapter"] and "until" in step["ids"]]
    tally.equal(len(extended), len(steps), "extensions")
    for event, told in zip(extended, steps):
        after = datetime.date.fromisoformat(told["until"]) + datetime.timedelta(days=1)
        tally.check(event["due_at"].startswith(f"{after}T00:00:00"), f"extended to the end of {told['until']}",
                    event["due_at"])
        tally.check(event["reason"], "with a reason")
        tally.equal((event["actor"], event["second"] or None), ("anna", "bert" if scene.notice_url else None),
                    "who extended it")


def formal_steps_have_two_people(scene, tally):
    events = scene.ask("case", "explain", scene.chapter["case"])["events"]
    for event in events:
        if event["event"] not in ("escalated", "breached", "suspended", "terminated"):
            continue
        before = [row for row in events if row["seq"] < event["seq"]]
        people = {row["actor"] for row in before if row["event"] == "notice-approved"}
        tally.check(people - {event["actor"]}, f"{event['event']} was approved by somebody else", people)
        if event["event"] == "breached":
            tally.check([row for row in before if row["event"] == "call"], "a call came before the breach")


def the_steps_go_forward(record, tally):
    for kind in ("process_time", "real_time"):
        times = [step[kind] for step in record["steps"]]
        # Whole seconds have no fraction: compare them as the dates that they are.
        plain = [time.rstrip("Z").partition(".")[0] for time in times]
        tally.equal(plain, sorted(plain), f"{kind} never goes back")
    process = [step["process_time"][:10] for step in record["steps"]]
    tally.check(process[0] < process[-1], "the story took days of process time", process[-1])


def parts_of(scene):
    if scene.notice_url:
        return [the_public_record_says_it, the_proof_holds, the_dates_are_computed, the_extensions_are_recorded,
                formal_steps_have_two_people, the_mailbox_holds_the_letters]
    if scene.record["failed_step"] == "notice1 goes out":
        return [nothing_is_public]  # there is no mail server to look into
    return [nothing_is_public, the_dates_are_computed, the_extensions_are_recorded, formal_steps_have_two_people,
            the_mailbox_holds_the_letters]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("record", type=pathlib.Path)
    options = parser.parse_args()
    record, tally = json.loads(options.record.read_text()), Tally()
    for chapter in record["chapters"]:
        scene = Scene(options.build, record, chapter)
        for part in parts_of(scene):
            with tally.part(f"{chapter['chapter']}: {part.__name__.replace('_', ' ')}"):
                part(scene, tally)
    if not record["failed_step"]:
        with tally.part("the complaints stay inside"):
            the_complaints_stay_inside(record, tally)
        with tally.part("the steps go forward"):
            the_steps_go_forward(record, tally)
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
