#!/usr/bin/env python3
"""How long it takes to find complaints that are alike.

  ./dev bench duplicates [--seed N] [--size N] [--rounds N] [--peer N]

similar_bench (bench/duplicates.c) makes a store with the sketches of many complaints, and a table of
SQLite's FTS5 with the same words; then both are asked about complaints that are drawn from all: ours by
similar_find(), the peer by MATCH of any of the complaint's words, best twenty. Figures are processor time.
Goal, of a million complaints: similar.cpu.p95 of at most 20 ms.
"""
import argparse
import pathlib
import random
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "shared"))
sys.path.insert(0, str(HERE.parent / "tests/story"))
from figures import Figures, tell_missed, told  # noqa: E402
from program import ROOT  # noqa: E402

GOAL_MS = 20


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1, 10**6))
    parser.add_argument("--size", type=int, default=20_000, help="complaints; a million for the full form")
    parser.add_argument("--rounds", type=int, default=2000, help="searches")
    parser.add_argument("--peer", type=int, default=40, help="searches of the peer")
    options = parser.parse_args()
    figures = Figures(options.seed)
    figures.say("complaints", options.size, "count")
    program = options.build.resolve() / "release/src/app/similar_bench"
    with tempfile.TemporaryDirectory(prefix="bailiwick-bench-") as folder:
        told(program, "build", folder, options.size, options.seed)
        for name in ("store", "peer"):
            figures.say(f"size.{name}", sum(f.stat().st_size for f in pathlib.Path(folder).glob(f"{name}.db*")) / 1e6, "MB")
        asked = told(program, "ask", folder, options.rounds, options.seed, options.peer)
    figures.ratio("fts5", asked["fts5.cpu.p95"], asked["similar.cpu.p95"])
    figures.say("goal", GOAL_MS, "ms")
    return tell_missed(["similar.cpu.p95"] if asked["similar.cpu.p95"] > GOAL_MS else [])


if __name__ == "__main__":
    sys.exit(main())
