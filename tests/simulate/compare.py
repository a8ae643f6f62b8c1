#!/usr/bin/env python3
"""Holds simulated months against the published ones: fitted on June to November 2022, compared with December
2022 to May 2023 (monthly figures per stage, registrars and registries apart).

    tests/simulate/compare.py REPORT.json ...

Each report is one seed's, with 2600 registrars and 1200 registries, and begins some months before June 2022, so
that the house is not empty then. Printed are the
published sums, the mean of the seeds, their difference, and how many seeds lie inside the 99.9 % interval of a
Poisson number with the published mean. Complaints that were closed out of scope are published by the month of
closing, with a backlog from before June 2022 that a simulation does not have."""
import collections
import json
import math
import sys

PUBLISHED = {
    ("registrar", "received"): (1399, 854, 2224, 826, 1132, 738, 886, 920, 895, 1234, 1216, 1405),
    ("registrar", "out_of_scope"): (669, 1077, 1162, 576, 605, 544, 341, 1607, 675, 1081, 930, 1289),
    ("registrar", "first"): (200, 246, 314, 159, 133, 162, 105, 225, 153, 219, 207, 229),
    ("registrar", "second"): (31, 31, 75, 55, 23, 37, 13, 43, 36, 51, 39, 28),
    ("registrar", "third"): (11, 14, 15, 3, 11, 9, 7, 10, 14, 18, 12, 11),
    ("registrar", "escalated"): (1, 0, 0, 0, 1, 2, 1, 0, 1, 0, 0, 2),
    ("registrar", "breach"): (0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1),
    ("registry", "received"): (60, 93, 126, 67, 86, 61, 124, 36, 169, 61, 437, 149),
    ("registry", "out_of_scope"): (35, 45, 54, 16, 138, 30, 9, 106, 50, 45, 67, 85),
    ("registry", "first"): (43, 154, 72, 39, 33, 26, 23, 32, 42, 7, 8, 82),
    ("registry", "second"): (15, 5, 16, 8, 22, 5, 0, 12, 4, 10, 0, 18),
    ("registry", "third"): (3, 3, 1, 5, 8, 9, 0, 0, 0, 0, 2, 5),
    ("registry", "escalated"): (0, 4, 1, 0, 2, 1, 1, 2, 1, 5, 38, 0),
    ("registry", "breach"): (0,) * 12,
}
HALVES = (("fitted: Jun-Nov 2022", slice(0, 6)), ("compared: Dec 2022-May 2023", slice(6, 12)))


def poisson_interval(mean, outside=0.001):
    """The numbers between which a Poisson number lies but for `outside`."""
    at, term, below, least = 0, math.exp(-mean), 0.0, None
    while True:
        below += term
        if least is None and below > outside / 2:
            least = at
        if below >= 1 - outside / 2 or at > 10 * mean + 100:
            return least, at
        at += 1
        term *= mean / at


def read(paths):
    seeds = collections.defaultdict(list)
    for path in paths:
        rows = collections.defaultdict(list)
        for row in json.load(open(path))["months"]:
            if not "2022-06" <= row["month"] <= "2023-05":
                continue
            for party, figure in PUBLISHED:
                if row["party"] == party:
                    rows[party, figure].append(row[figure])
        for key, months in rows.items():
            seeds[key].append(months)
    return seeds


def main():
    seeds = read(sys.argv[1:])
    for name, half in HALVES:
        print(f"\n{name}\n{'party':10} {'figure':14} {'published':>9} {'simulated':>9} {'difference':>10}  inside 99.9 %")
        for key, months in PUBLISHED.items():
            published = sum(months[half])
            sums = [sum(one[half]) for one in seeds[key]]
            mean = sum(sums) / len(sums)
            least, most = poisson_interval(published) if published < 700 else (
                published - 3.29 * math.sqrt(published), published + 3.29 * math.sqrt(published))
            inside = sum(least <= one <= most for one in sums)
            difference = f"{100 * (mean - published) / published:+.1f} %" if published else "-"
            print(f"{key[0]:10} {key[1]:14} {published:9} {mean:9.1f} {difference:>10}  {inside} of {len(sums)}")


if __name__ == "__main__":
    main()
