#!/usr/bin/env python3
"""The benchmarks of the store still run: small forms, in which no figure is looked at.

`./dev bench` is for people and for quiet machines; a schema that its raw peer no longer knows would
else be noticed by whoever measures next.
"""
import json
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from support import Tally, read_options, scratch  # noqa: E402

FIGURE = re.compile(r"[\w.-]+ [\d.]+ [\w/]+")
CASES = 300


def run(tally, name, *command):
    """Runs a benchmark; its figures by name."""
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=120)
    lines = done.stdout.splitlines()
    tally.equal((done.returncode, done.stderr), (0, ""), f"{name} runs")
    tally.check(lines and all(map(FIGURE.fullmatch, lines)), f"{name} prints figures", lines)
    return {line.split()[0] for line in lines}


def main():
    options, tally = read_options(__doc__), Tally()
    release = options.build / "release/src"
    names = run(tally, "store_speed", release / "store/store_speed", 500)
    tally.equal({name for name in names if name.startswith("ratio.")},
                {"ratio.sync.each", "ratio.sync.16-together", "ratio.off.each", "ratio.off.100-together"},
                "each way is compared with raw SQLite")
    for argument in ("0", "x", "501"):
        done = subprocess.run([release / "store/store_speed", argument], capture_output=True, text=True)
        tally.equal((done.returncode, done.stderr), (2, "usage: store_speed [PART], 1 to 500\n"),
                    f"store_speed {argument} is refused")
    with scratch() as folder:
        cases, data = release / "app/case_bench", pathlib.Path(folder) / "data"
        run(tally, "case_bench build", cases, "build", data, CASES, options.seed)
        run(tally, "case_bench ask", cases, "ask", data, 3, options.seed)
        compared = subprocess.run([options.binary, "rebuild", "--check", "--json", "--data", data],
                                  capture_output=True, text=True, check=True)
        tally.equal(json.loads(compared.stdout), {"differences": [], "cases": CASES, "complaints": 0},
                    "what was built is what its events say")
    with scratch() as folder:
        similar = release / "app/similar_bench"
        run(tally, "similar_bench build", similar, "build", folder, CASES, 7)
        names = run(tally, "similar_bench ask", similar, "ask", folder, 3, 7, 2)
        tally.check({"similar.cpu.p95", "fts5.cpu.p95"} <= names, "a search and its peer are measured", names)
        done = subprocess.run([similar, "build", folder, "0", "7"], capture_output=True, text=True)
        tally.equal((done.returncode, done.stderr), (2, "similar_bench: '0' is no number up to 10000000\n"),
                    "similar_bench: none is refused")
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
