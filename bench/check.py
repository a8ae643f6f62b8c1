#!/usr/bin/env python3
"""How long one whole `bailiwick check` of a healthy TLD takes, RDAP and TLS included.

  ./dev bench check [--seed N] [--times N]

A healthy lab; each command is run N times (20), inside the lab, one process after the other. `check`
is what counts (goal: a median under 100 ms); the others are parts of it and say where time goes:

  start     `check --list`: a process that starts, prints the table of checks and ends
  replay    a saved measurement judged: the rulebook, the judge, the report, no network
  dns       `check` without RDAP and without the reference host
  check     everything
"""
import argparse
import json
import os
import pathlib
import random
import statistics
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE / "shared"), str(HERE.parent / "tests")]
from figures import Figures, cost_of  # noqa: E402
from support import ROOT, check_words, lab_of, run  # noqa: E402

GOAL_MS = 100


def inside(plan):
    """In the lab's network: [milliseconds] of wall and of processor per command."""
    folder, spent = pathlib.Path(plan["folder"]), {}
    for _ in range(plan["times"]):
        for name, (expected, command) in plan["commands"].items():
            log = folder / f"{name}.log"
            code, cost = cost_of(command, log)
            if code != expected:
                sys.exit(f"{name}: exit {code}: {log.read_text(errors='replace')[-2000:]}")
            walls, cpus = spent.setdefault(name, ([], []))
            walls.append(cost.wall * 1000)
            cpus.append(cost.cpu * 1000)
    json.dump(spent, sys.stdout)


def commands(options, lab, folder):
    """Name: (exit code, words). Without RDAP its obligations are undetermined: exit code 3."""
    tld, binary = lab.list()["tlds"][0], options.binary
    saved = str(folder / "saved")
    whole = check_words(options, lab, tld, "--json")
    run(lab.exec(whole + ["--save", saved]))
    dns = [str(binary), "check", tld["tld"], "--json", "--hints", lab.env["LAB_HINTS"],
           "--trust-anchor", lab.env["LAB_TRUST_ANCHOR"], "--network", lab.env["BAILIWICK_NETWORK"]]
    return {"start": (0, [str(binary), "check", "--list"]),
            "replay": (0, [str(binary), "replay", saved, "--json"]),
            "dns": (3, dns), "check": (0, whole)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1, 10**6))
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        return inside(json.loads(pathlib.Path(options.inside).read_text()))
    options.binary = options.build.resolve() / "bailiwick"
    figures = Figures(options.seed)
    with tempfile.TemporaryDirectory(prefix="bailiwick bench ") as name:
        folder = pathlib.Path(name)
        with lab_of(folder, options.seed, "--healthy") as lab:
            plan = folder / "plan.json"
            plan.write_text(json.dumps({"folder": name, "times": options.times,
                                        "commands": commands(options, lab, folder)}))
            done = run(lab.exec([sys.executable, os.path.realpath(__file__), "--inside", plan]),
                       timeout=600)
    for name, (walls, cpus) in json.loads(done.stdout).items():
        figures.say(f"{name}.median", statistics.median(walls), "ms")
        figures.say(f"{name}.least", min(walls), "ms")
        figures.say(f"{name}.most", max(walls), "ms")
        figures.say(f"{name}.processor", statistics.median(cpus), "ms")
    figures.ratio("goal", GOAL_MS, statistics.median(json.loads(done.stdout)["check"][0]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
