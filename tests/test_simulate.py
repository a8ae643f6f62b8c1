#!/usr/bin/env python3
"""`simulate`, in short: some months of casework give the same report for the same seed."""
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from support import Tally, read_options, run, scratch  # noqa: E402

SMALL = ("--registrars", "100", "--registries", "50", "--until", "2022-10-01")


def simulate(options, data, *words, expect=(0,)):
    return run([options.binary, "simulate", "--data", data, "--json", *SMALL, *words], expect=expect).stdout


def main():
    options = read_options(__doc__)
    tally = Tally()
    with scratch() as place:
        folder = pathlib.Path(place)
        seed = ("--seed", str(options.seed))
        first = simulate(options, folder / "first", *seed)
        tally.equal(simulate(options, folder / "again", *seed), first, "the same seed, the same bytes")
        other = simulate(options, folder / "other", "--seed", str(options.seed + 1))
        tally.check(other != first, "another seed, other months")
        months = json.loads(first)["months"]
        tally.equal(len(months), 8, "a row for each month and kind of party")
        for figure in ("received", "out_of_scope", "first", "second", "closed"):
            tally.check(sum(row[figure] for row in months) > 0, f"something was {figure}")
        run([options.binary, "rebuild", "--check", "--data", folder / "first"])
        tally.check(True, "the projections agree with the events")
        simulate(options, folder / "first", *seed, expect=(2, 3, 4))
        tally.check(True, "a store that is there is not written over")
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
