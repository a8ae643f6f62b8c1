#!/usr/bin/env python3
"""The told story from end to end, confirmed from outside, and three stories that must not succeed."""
import json
import pathlib
import re
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import MISSING, Tally, read_options, scratch  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
CLOSING = re.compile(r"^(\d+) passed, (\d+) failed, (\d+) skipped$", re.M)
LAB_STEP = "a lab of real servers"
SECONDS_MAX = 60

# What is left out, and the step at which the story must stop for it.
WITHOUT = {"repair": "the breach is cured",
           "mail-server": "notice1 goes out",
           "approver": "a second person approves the breach notice"}


class Told:
    """One run of story.py in a folder of its own: how it ended and what it wrote."""

    def __init__(self, options, name, *words):
        with scratch() as folder:
            record = pathlib.Path(folder) / "the record.json"
            begun = time.monotonic()
            done = subprocess.run(
                [sys.executable, HERE / "story.py", "--build", options.build, "--headless",
                 "--seed", str(options.random.randrange(1, 10**6)),
                 "--folder", pathlib.Path(folder) / "the story", "--record", record,
                 "--confirm", HERE / "confirm.py", *words],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                errors="replace", timeout=300, check=False)
            self.seconds = time.monotonic() - begun
            self.code, self.text = done.returncode, done.stdout
            self.record = json.loads(record.read_text()) if record.exists() else {}
        print(f"{name}: {self.seconds:.1f} s", flush=True)

    def confirmed(self, tally, name):
        """Takes over what confirm.py counted."""
        closing = CLOSING.findall(self.text)
        if not tally.check(closing, f"{name}: it was confirmed from outside", self.text[-2000:]):
            return
        passed, failed, _ = map(int, closing[-1])
        tally.passed += passed
        tally.failed += failed
        if failed:
            print("\n".join(line for line in self.text.splitlines() if line.startswith("FAILED")))


def complete(options, tally):
    """False when there is no lab to be had on this machine."""
    told = Told(options, "the story")
    if told.record.get("failed_step") == LAB_STEP and f"exit {MISSING}: " in told.text:
        tally.skip(told.text[-1000:])
        return False
    tally.equal((told.code, told.record.get("outcome"), told.record.get("failed_step")),
                (0, "cured", None), "the story is complete")
    for name in ("tld", "obligation", "case", "notice_url", "bundle", "log_key", "steps"):
        tally.check(told.record.get(name), f"the record names {name}")
    tally.equal([chapter["outcome"] for chapter in told.record.get("chapters", [])],
                ["cured", "closed", "terminated", "inquiry"], "how its chapters ended")
    tally.equal([row["state"] for row in told.record.get("complaints", [])], ["in-scope", "out-of-scope", "filed"],
                "what became of the complaints")
    for row in told.record.get("complaints", []):
        tally.check(f"complaint {row['complaint']} about {row['about']}: {row['state']}" in told.text, "the summary says so", row)
    tally.check(told.seconds < SECONDS_MAX, f"it was told in {SECONDS_MAX} s", told.seconds)
    told.confirmed(tally, "the story")
    if told.code:
        print(told.text[-4000:])
    return True


def incomplete(options, tally, without, step):
    name = f"without {without}"
    told = Told(options, name, "--without", without)
    tally.equal((told.code, told.record.get("outcome"), told.record.get("failed_step")),
                (1, "incomplete", step), f"{name} it stops")
    tally.check(step in told.text, f"{name} it says where")
    tally.equal(told.record.get("notice_url") is not None, without == "repair",
                f"{name}: whether a notice was published")
    told.confirmed(tally, name)


def main():
    options, tally = read_options(__doc__), Tally()
    with tally.part("the story"):
        if not complete(options, tally):
            return tally.finish()
    for without, step in WITHOUT.items():
        with tally.part(f"without {without}"):
            incomplete(options, tally, without, step)
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
