#!/usr/bin/env python3
"""How lists, pages and a rebuild behave in a store of many cases.

  ./dev bench cases [--seed N] [--size N] [--rounds N]

case_bench (bench/cases.c) makes the store: four events a case, each through the fold, the log and the
statements of every day; then it asks for pages with what is in memory (warm) and through a new
connection without any of it (cold). Each figure is the 95th percentile, once by the clock on the wall,
which the goal is about, and once in processor time, which others on the machine disturb less. At last `rebuild --check` folds
every case again and compares every row. Goals, at a million cases: made in 240 s of one processor, each
page in 5 ms, compared in 120 s. `reads` are pages that were not in the connection's memory. The peer of `ratio.page` is raw SQLite reading the same rows.
"""
import argparse
import json
import pathlib
import random
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "shared"))
sys.path.insert(0, str(HERE.parent / "tests/story"))
from figures import Figures, cost_of, tell_missed, told  # noqa: E402
from program import ROOT  # noqa: E402

BUILD_S, REBUILD_S, PAGE_MS = 240, 120, 5  # of a million cases; a page at any size


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1, 10**6))
    parser.add_argument("--size", type=int, default=20_000, help="cases; a million for the full form")
    parser.add_argument("--rounds", type=int, default=300, help="questions of a kind")
    options = parser.parse_args()
    figures, missed = Figures(options.seed), []
    figures.say("cases", options.size, "count")
    program = options.build.resolve() / "release/src/app/case_bench"
    with tempfile.TemporaryDirectory(prefix="bailiwick-bench-") as name:
        data = pathlib.Path(name) / "data"
        share = options.size / 1_000_000
        made = told(program, "build", data, options.size, options.seed)
        missed += ["build"] if made["build.cpu"] > BUILD_S * share + 1 else []
        asked = told(program, "ask", data, options.rounds, options.seed)
        missed += [name for name, value in asked.items() if name.endswith(".p95") and "reads" not in name and value > PAGE_MS]
        command = [options.build.resolve() / "bailiwick", "rebuild", "--check", "--json", "--data", data]
        code, cost = cost_of(command, pathlib.Path(name) / "rebuild.json")
        found = json.loads((pathlib.Path(name) / "rebuild.json").read_text())
        figures.say("rebuild.wall", cost.wall, "s")
        figures.say("rebuild.cpu", cost.cpu, "s")
        if code or found != {"differences": [], "cases": options.size, "complaints": 0}:
            print(f"rebuild: exit {code}: {str(found)[:500]}", file=sys.stderr)
            return 1
        missed += ["rebuild"] if cost.cpu > REBUILD_S * share + 1 else []
    return tell_missed(missed)


if __name__ == "__main__":
    sys.exit(main())
