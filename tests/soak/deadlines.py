#!/usr/bin/env python3
"""Deadlines against an oracle that walks days (tests/vectors/oracle.py): random services, rules, zones
and calendars, half of them near a change of clocks, a year's end, a leap day or a holiday.

50,000 questions, with --full 1,000,000 and then the days around every change of every zone. Prints the
seed, progress and the first differences, and ends with `N passed, N failed, N skipped`.
"""
import argparse
import os
import pathlib
import random
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests/vectors"))
from oracle import Draw, all_zones, around_changes, differences  # noqa: E402

QUESTIONS, QUESTIONS_FULL = 50_000, 1_000_000
BATCH, TOLD_EVERY, SHOWN = 10_000, 100_000, 20


class Soak:
    def __init__(self, build):
        self.build, self.started = build, time.monotonic()
        self.compared = self.failed = 0

    def compare(self, questions):
        for question, expected, found in differences(self.build, questions):
            self.failed += 1
            if self.failed <= SHOWN:
                print(f"FAILED {question.line()}: expected {expected}, found {found}", flush=True)
        told, self.compared = self.compared // TOLD_EVERY, self.compared + len(questions)
        if self.compared // TOLD_EVERY > told:
            print(f"{self.compared} compared, {time.monotonic() - self.started:.0f} s", flush=True)

    def drawn(self, draw, count):
        for _ in range(0, count, BATCH):
            self.compare([draw.question() for _ in range(BATCH)])

    def all_changes(self):
        for zone in sorted(all_zones()):
            self.compare(list(around_changes(zone)))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(3), "big"))
    parser.add_argument("--full", action="store_true", help=f"{QUESTIONS_FULL} questions and all zones")
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    soak = Soak(options.build)
    with tempfile.TemporaryDirectory(prefix="bailiwick soak ") as folder:
        draw = Draw(random.Random(options.seed), pathlib.Path(folder),
                    zones=200 if options.full else 40, calendars=100 if options.full else 40)
        print(f"{len(draw.zones)} zones, {len(draw.calendars)} calendars", flush=True)
        soak.drawn(draw, QUESTIONS_FULL if options.full else QUESTIONS)
    if options.full:
        soak.all_changes()
    print(f"{soak.compared - soak.failed} passed, {soak.failed} failed, 0 skipped")
    return 1 if soak.failed else 0


if __name__ == "__main__":
    sys.exit(main())
