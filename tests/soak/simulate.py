#!/usr/bin/env python3
"""Simulated casework, the long form: for each seed a year (--full: 20 seeds of ten years) of 2600 registrars and
1200 registries, checked by tests/simulate/checker.py; the figures held against the published ones; the same
seed under another process and with other parties. Last line: `N passed, N failed, N skipped`.
"""
import argparse
import json
import os
import pathlib
import re
import resource
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "tests/simulate"), str(ROOT / "tests")]
from checker import check  # noqa: E402
from support import Tally, run  # noqa: E402

LAW = ROOT / "rulebook/icann"
SMALL = ("--registrars", "400", "--registries", "200")


def simulate(options, place, name, *words):
    """One run in a folder that is gone afterwards, unless something is violated; gives report and violations."""
    with tempfile.TemporaryDirectory(prefix="bailiwick-simulate-", dir=place) as folder:
        data, began = pathlib.Path(folder) / "data", time.monotonic()
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        report = json.loads(run([options.build / "bailiwick", "simulate", "--json", "--data", data, *words],
                                timeout=7200).stdout)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        print(f"{name}: {time.monotonic() - began:.1f} s, of the processor {spent:.1f} s, "
              f"{sum(row['events'] for row in report['months'])} events", flush=True)
        law = words[words.index("--rulebook") + 1] if "--rulebook" in words else LAW
        return report, check(data, law, report)


def total(report, figure):
    return sum(row[figure] for row in report["months"])


def seeds(options, place, tally):
    years, reports = 10 if options.full else 1, []
    early = pathlib.Path(place) / "early.yaml"
    early.write_text((ROOT / "simulate/population.yaml").read_text().replace("start: 2022-06-01", "start: 2022-03-01"))
    words = ("--population", early, "--years", "10", *(() if options.full else ("--until", "2023-06-01")))
    for seed in range(options.seed, options.seed + (20 if options.full else 2)):
        report, found = simulate(options, place, f"seed {seed}", "--seed", str(seed), *words)
        tally.equal(found[:5], [], f"seed {seed}: nothing is violated in {years} years")
        path = pathlib.Path(place) / f"{seed}.json"
        path.write_text(json.dumps(report))
        reports.append(path)
    subprocess.run([sys.executable, str(ROOT / "tests/simulate/compare.py"), *map(str, reports)], check=True)


def other_parties(place, name, silent, adequate, time):
    text = (ROOT / "simulate/population.yaml").read_text()
    text = re.sub(r"silent: \[.*?\]", f"silent: [{', '.join([silent] * 4)}]", text)
    text = re.sub(r"adequate: \[.*?\]", f"adequate: [{', '.join([adequate] * 4)}]", text)
    text = re.sub(r"(usual: \d+, most: )\d+", rf"\g<1>{time}", text)
    path = pathlib.Path(place) / f"{name}.yaml"
    path.write_text(text)
    return path


def what_if(options, place, tally):
    """The same seed under other conditions: the funnel moves as it should."""
    words = (*SMALL, "--seed", str(options.seed))
    process = pathlib.Path(place) / "process.yaml"
    process.write_text((LAW / "process.yaml").read_text().replace("{id: second, label: 2nd notice, n: 5",
                                                                  "{id: second, label: 2nd notice, n: 3"))
    variants = {"as it is": (), "second notice of three days": ("--process", process)}
    for name, values in (("all silent", ("10000", "9000", "1150")), ("all cooperative", ("0", "10000", "900"))):
        variants[name] = ("--population", other_parties(place, name.replace(" ", "-"), *values))
    reports = {}
    for name, more in variants.items():
        reports[name], found = simulate(options, place, name, *words, *more)
        tally.equal([one for one in found if one[0] != 5 or "--process" not in more][:5], [], f"{name}: nothing is violated")
    figures = ("received", "first", "second", "third", "breach", "suspension", "termination", "cured")
    print(f"{'':28}" + "".join(f"{figure:>12}" for figure in figures))
    for name, report in reports.items():
        print(f"{name:28}" + "".join(f"{total(report, figure):12}" for figure in figures))
    plain, short, silent, good = (reports[name] for name in variants)
    tally.equal({total(report, "received") for report in reports.values()}, {total(plain, "received")}, "the same came in")
    tally.check(total(short, "third") > 1.2 * total(plain, "third"), "a shorter second notice: more third ones")
    tally.check(total(silent, "second") > 0.75 * total(silent, "first"), "all silent: nearly all firsts become seconds")
    tally.check(total(silent, "suspension") > 0 and total(plain, "breach") < total(silent, "breach"), "and reach the top")
    tally.equal((total(good, "second"), total(good, "third"), total(good, "breach")), (0, 0, 0), "all cooperative: no second")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(2), "big"))
    parser.add_argument("--full", action="store_true", help="20 seeds of ten years")
    options = parser.parse_args()
    options.build = options.build.resolve()
    print(f"seed {options.seed}", flush=True)
    tally = Tally()
    with tempfile.TemporaryDirectory(prefix="bailiwick-simulate-") as place:
        what_if(options, place, tally)
        seeds(options, place, tally)
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
