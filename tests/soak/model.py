#!/usr/bin/env python3
"""The process of each rulebook, verified exhaustively by Spin and held against the engine.

For each rulebook: the model has the transitions that a search over case_apply() finds, in two parts
(--full: also their whole product); random walks of the engine are followed by the model; every claim of
tests/model/claims-*.ltl holds, on the way to which every stage is reached and every edge taken; in calm
nothing is stuck. Then changed processes, each of which must break a claim. As many parts run side by side as
there are processors.

Another rulebook: --rulebook DIR --claims FILE. Ends with `N passed, N failed, N skipped`.
"""
import argparse
import concurrent.futures
import os
import pathlib
import re
import resource
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests/model")]
from model import Spin, broken_claims, case_model, claims_of  # noqa: E402
from mutations import MUTATIONS, changed  # noqa: E402
from support import Tally  # noqa: E402

WALKS, LENGTH = 1000, 120
SHIPPED = ("icann", "cctld-example")


class Subject:
    """One rulebook with its claims. Each part counts in a tally of its own."""

    def __init__(self, options, folder, rulebook, claims):
        self.build, self.seed = options.build, options.seed
        self.folder, self.rulebook, self.claims = folder, rulebook, claims
        self.printed = case_model(self.build, "model", rulebook)
        self.safety, self.liveness = claims_of(claims)
        self.name = rulebook.name

    def say(self, words):
        print(f"{self.name}: {words}", flush=True)

    def spin(self, *forms, claims=False):
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.folder)) / "spin"
        return Spin(self.printed, folder, forms, self.claims if claims else None)

    def compare(self, tally, form):
        engine, model = (self.folder / f"{self.name}-{form}-{side}" for side in ("engine", "model"))
        case_model(self.build, "search", self.rulebook, engine, form)
        extra = [] if form == "whole" else [form.upper()]
        states, _, _ = self.spin("COMPARED", *extra).run(RECORD=str(model))
        ours, theirs = engine.read_text().splitlines(), model.read_text().splitlines()
        count = sum(int(line.split()[2]) for line in theirs)
        different = sorted(set(ours) ^ set(theirs))
        tally.check(not different, f"{self.name}: {form}: the transitions are the engine's",
                    different[:4])
        self.say(f"{form}: {states} states, {count} transitions, {len(different)} rows differ")

    def walks(self, tally):
        path = self.folder / f"{self.name}-walks"
        case_model(self.build, "traces", self.rulebook, path, self.seed, WALKS, LENGTH)
        _, _, said = self.spin("COMPARED", "REPLAY").run(REPLAY=str(path))
        told = re.search(r"replayed (\d+) rows, (\d+) otherwise", said)
        tally.check(told and told.group(2) == "0" and int(told.group(1)) > WALKS,
                    f"{self.name}: the model follows the engine's walks", said[:600])
        self.say(told.group(0) if told else "no walks")

    def always(self, tally):
        states, _, said = self.spin(claims=True).run()
        broken = broken_claims(said)
        self.say(f"{len(self.safety)} claims of safety, {states} states")
        for claim in self.safety:
            tally.check(claim not in broken, f"{self.name}: {claim}", broken.get(claim))
        self.nothing_idle(tally, said)

    def nothing_idle(self, tally, said):
        stages = re.findall(r"#define stage_(\w+) (\d+)", self.printed)
        reached = re.findall(r"^stage (\d+) reached", said, re.M)
        for stage, number in stages:
            tally.check(number in reached, f"{self.name}: a run ends in stage {stage}")
        edges = re.findall(r"event == event_(\w+) &&[^>]*?->\s+edge = (\d+)", self.printed)
        taken = set(re.findall(r"^edge (\d+) taken", said, re.M))
        idle = [edge for edge in edges if edge[1] not in taken]
        tally.check(edges and not idle, f"{self.name}: every edge is taken", idle)

    def eventually(self, tally):
        spin = self.spin("PATIENT", claims=True)
        rows = self.folder / f"{self.name}-calm"
        for claim in self.liveness:
            states, errors, _ = spin.run(claim, RECORD=str(rows))
            tally.check(errors == 0, f"{self.name}: {claim}")
            self.say(f"{claim}: {states} states")
        self.stuck(tally, rows)

    def stuck(self, tally, rows):
        """States from which nothing leads on in calm, where something is asked of somebody."""
        ends = re.search(r"#define is_end\(s\) \((.*)\)", self.printed).group(1)
        ended = set(map(int, re.findall(r"s == (\d+)", ends)))
        first_bits = 38  # of the fields after `stage` in record.h
        stuck = [line for line in rows.read_text().splitlines() if line.split()[2] == "0"
                 and int(line.split()[0], 16) >> first_bits not in ended]
        tally.check(not stuck, f"{self.name}: nothing is stuck", stuck[:4])


    def parts(self, full):
        """(name, what to do), those that take long first."""
        whole = [("whole", lambda tally: self.compare(tally, "whole"))] if full else []
        return [*whole, ("facts", lambda tally: self.compare(tally, "facts")),
                ("safety", self.always),
                ("people", lambda tally: self.compare(tally, "people")),
                ("liveness", self.eventually), ("walks", self.walks)]


def mutation(options, folder, number):
    """One row of MUTATIONS, as a part."""
    name, find, put, claim = MUTATIONS[number]

    def part(tally):
        place = folder / f"mutation {number}"
        changed(ROOT / "rulebook" / name, place, find, put)
        subject = Subject(options, folder, place, ROOT / f"tests/model/claims-{name}.ltl")
        said = subject.spin(claims=True).run()[2]
        tally.check(claim in broken_claims(said), f"{name}: '{find}' changed to '{put}' breaks {claim}")

    return f"mutation {number}", part


def run_part(name, part):
    tally = Tally()
    with tally.part(name):
        part(tally)
    return tally


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(3), "big"))
    parser.add_argument("--full", action="store_true", help="compare the whole product too")
    parser.add_argument("--rulebook", type=pathlib.Path, help="this one instead of the shipped ones")
    parser.add_argument("--claims", type=pathlib.Path, help="its claims")
    options = parser.parse_args()
    options.build = options.build.resolve()
    print(f"seed {options.seed}", flush=True)
    subjects = [(ROOT / "rulebook" / name, ROOT / f"tests/model/claims-{name}.ltl") for name in SHIPPED]
    if options.rulebook:
        subjects = [(options.rulebook.resolve(), options.claims.resolve())]
    tally, started = Tally(), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="bailiwick-model-") as folder, \
            concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        folder, jobs = pathlib.Path(folder), []
        for rulebook, claims in subjects:
            jobs += Subject(options, folder, rulebook, claims).parts(options.full)
        if not options.rulebook:
            jobs += [mutation(options, folder, number) for number in range(len(MUTATIONS))]
        for done in pool.map(lambda job: run_part(*job), jobs):
            tally.passed += done.passed
            tally.failed += done.failed
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"{time.monotonic() - started:.0f} s, of the processors {spent.ru_utime + spent.ru_stime:.0f} s")
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
