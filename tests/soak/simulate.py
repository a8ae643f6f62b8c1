#!/usr/bin/env python3
"""Simulated casework, the long form: seeds of two years and three months (--full: 20 seeds of ten years) of 2600
registrars and 1200 registries, two side by side. After each simulated month the incremental checker goes on
(tests/simulate/checker.py), at the end the whole one begins anew; the figures are held against the published ones
(compare.py); the same seed goes under another process and with other parties.

What is done is kept in --work, so that the same call goes on after a cut. Last line: `N passed, N failed, N skipped`."""
import argparse
import concurrent.futures
import datetime
import gc
import hashlib
import json
import pathlib
import re
import resource
import shutil
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "tests/simulate"), str(ROOT / "tests")]
from checker import Checker, Shelf, check  # noqa: E402
from compare import compare  # noqa: E402
from law import Law  # noqa: E402
from support import CommandFailed, Tally, run  # noqa: E402

LAW = ROOT / "rulebook/icann"
SHIPPED = ROOT / "simulate/population.yaml"
SMALL = ("--registrars", "400", "--registries", "200")
FIRST = datetime.date(2022, 3, 1)   # some months before what is compared, so that the house is not empty


def early(place):
    """The population that ships, beginning some months before."""
    path = place / "early.yaml"
    path.write_text(SHIPPED.read_text().replace("start: 2022-06-01", f"start: {FIRST}"))
    return path


def months(count):
    for number in range(1, count + 1):
        year, month = divmod(FIRST.month - 1 + number, 12)
        yield datetime.date(FIRST.year + year, month + 1, 1)


def children():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def tell(function, *arguments):
    """What went wrong, in words that go from process to process."""
    try:
        return function(*arguments)
    except CommandFailed as failure:
        raise RuntimeError(str(failure)) from None


def one_seed(binary, work, seed, count, years):
    """Month by month, each with its check. Gives what is kept: report, violations and seconds of the processor."""
    place = work / str(seed)
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    population, data = early(place), place / "data"
    words = [binary, "simulate", "--json", "--data", data, "--population", population, "--seed", str(seed),
             "--years", str(years)]
    law, checker, spent = Law(LAW), None, 0.0
    gc.disable()   # a checker is many small things and no circles
    for number, until in enumerate(months(count)):
        before = children()
        report = json.loads(run([*words, "--until", until, *(["--resume"] if number else [])], timeout=7200).stdout)
        spent += children() - before
        shelf = Shelf(data)
        checker = checker or Checker(data, law, shelf)
        checker.shelf = shelf
        checker.follow()
        checker.month()
        checker.compare(report)
        shelf.db.close()
        if until.month == 1:
            print(f"seed {seed}: {until}, {spent:.0f} s of the processor, {len(checker.violations)} violations", flush=True)
        if checker.violations:
            break
    found = checker.violations
    del checker, law
    gc.collect()
    found = found or check(data, LAW, report)
    kept = {"report": report, "violations": found[:20], "seconds": round(spent, 1)}
    (work / f"{seed}.json").write_text(json.dumps(kept, default=str))
    if not found:
        shutil.rmtree(place)
    return kept


def what_runs(options):
    """What was done by another program, or with another population, is done again."""
    return hashlib.sha256((options.build / "bailiwick").read_bytes() + SHIPPED.read_bytes()).hexdigest()[:12]


def seeds(options, tally):
    years, count = (10, 120) if options.full else (2, 15)
    numbers = range(options.seed, options.seed + (20 if options.full else 3))
    work = options.work / f"{years}-years-{what_runs(options)}"
    work.mkdir(parents=True, exist_ok=True)
    missing = [seed for seed in numbers if not (work / f"{seed}.json").exists()]
    with concurrent.futures.ProcessPoolExecutor(2) as pool:
        for going in concurrent.futures.as_completed(
                pool.submit(tell, one_seed, options.build / "bailiwick", work, seed, count, years) for seed in missing):
            going.result()
    reports = []
    for seed in numbers:
        kept = json.loads((work / f"{seed}.json").read_text())
        events = sum(row["events"] for row in kept["report"]["months"])
        print(f"seed {seed}: {count} months, {events} events, {kept['seconds']} s of the processor")
        tally.equal(kept["violations"][:5], [], f"seed {seed}: nothing is violated in {count} months")
        reports.append(work / f"{seed}.report.json")
        reports[-1].write_text(json.dumps(kept["report"]))
    for words in compare(reports) or [""]:
        tally.equal(words, "", "the simulated year is like the published one")


# --- what if ---

def simulate(options, place, name, *words):
    """One run; gives report and violations."""
    with tempfile.TemporaryDirectory(prefix="bailiwick-simulate-", dir=place) as folder:
        data, began, before = pathlib.Path(folder) / "data", time.monotonic(), children()
        report = json.loads(run([options.build / "bailiwick", "simulate", "--json", "--data", data, *words],
                                timeout=7200).stdout)
        print(f"{name}: {time.monotonic() - began:.1f} s, of the processor {children() - before:.1f} s, "
              f"{total(report, 'events')} events", flush=True)
        given = dict(zip(words[::2], words[1::2]))
        return report, check(data, LAW, report, given.get("--process"))


def total(report, figure):
    return sum(row[figure] for row in report["months"])


def other_parties(place, name, silent, adequate, most):
    text = SHIPPED.read_text()
    text = re.sub(r"silent: \[.*?\]", f"silent: [{', '.join([silent] * 4)}]", text)
    text = re.sub(r"adequate: \[.*?\]", f"adequate: [{', '.join([adequate] * 4)}]", text)
    text = re.sub(r"(usual: \d+, most: )\d+", rf"\g<1>{most}", text)
    path = pathlib.Path(place) / f"{name}.yaml"
    path.write_text(text)
    return path


def what_if(options, place, tally):
    """The same seed under other conditions: the funnel moves as it should."""
    words = (*SMALL, "--seed", str(options.seed))
    process, earlier = pathlib.Path(place) / "process.yaml", pathlib.Path(place) / "as-it-is.json"
    process.write_text((LAW / "process.yaml").read_text().replace("{id: second, label: 2nd notice, n: 5",
                                                                  "{id: second, label: 2nd notice, n: 3"))
    silent, good = other_parties(place, "silent", "10000", "9000", "1150"), other_parties(place, "good", "0", "10000", "900")
    variants = {"as it is": (), "second notice of three days": ("--process", process),
                "all silent": ("--population", silent), "all cooperative": ("--population", good)}
    reports = {}
    for name, more in variants.items():
        picture = options.work / f"{name.replace(' ', '-')}.svg"
        beside = ("--beside", earlier, "--picture", picture) if more else ()
        reports[name], found = simulate(options, place, name, *words, *more, *beside)
        tally.equal(found[:5], [], f"{name}: nothing is violated")
        if not more:
            earlier.write_text(json.dumps(reports[name]))
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
    parser.add_argument("--seed", type=int, default=1, help="of the first run; the others follow (default 1)")
    parser.add_argument("--work", type=pathlib.Path, help="what is done, and data of the seeds under way (default BUILD/soak-simulate)")
    parser.add_argument("--full", action="store_true", help="20 seeds of ten years")
    options = parser.parse_args()
    options.build = options.build.resolve()
    options.work = (options.work or options.build / "soak-simulate").resolve()
    options.work.mkdir(parents=True, exist_ok=True)
    print(f"seed {options.seed}", flush=True)
    tally = Tally()
    with tempfile.TemporaryDirectory(prefix="bailiwick-simulate-") as place:
        what_if(options, place, tally)
    seeds(options, tally)
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
