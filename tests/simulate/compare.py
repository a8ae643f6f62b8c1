#!/usr/bin/env python3
"""Holds simulated months against the published ones: fitted on June to November 2022, compared with December
2022 to May 2023 (figures per stage, registrars and registries apart).

    tests/simulate/compare.py REPORT.json ...

Each report is one seed's, with 2600 registrars and 1200 registries, and begins some months before June 2022, so
that the house is not empty then. What came in is an input of each month (simulate/population.yaml), and so are
for registries the 1st and escalated notices; what is held are the stages that follow from behaviour.

A published number is itself one draw: of 29 third notices chance alone makes 18 or 40. So each stage is asked
two things. Pooled: is the mean of the seeds within 10 % of the published number, or, where chance is wider than
that, is the published number inside the 99.9 % Poisson interval of that mean; the table says which. Per
seed: may its number and the published one be two Poisson numbers of the same mean (99.9 %)?

Closures out of scope are published by the month of closing and carry a backlog from month to month that a
simulation does not have; they are held over the whole year."""
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
FITTED, HELD_OUT, YEAR = slice(0, 6), slice(6, 12), slice(0, 12)
SPANS = (("fitted: Jun-Nov 2022", FITTED), ("compared: Dec 2022-May 2023", HELD_OUT), ("the whole year", YEAR))
OUTSIDE = 0.001   # of draws, both ends together
SEEDS_A_MISS = 20  # of so many seeds one may be outside: 99.9 % is not all


def poisson_tails(number, mean):
    """The chances that a Poisson number of this mean is at most, and at least, `number`."""
    if mean == 0:
        return 1.0, float(number == 0)
    terms = [math.exp(i * math.log(mean) - mean - math.lgamma(i + 1)) for i in range(number + 1)]
    return math.fsum(terms), 1 - math.fsum(terms[:-1])


def same_mean(one, other):
    """Whether two Poisson numbers may have the same mean: given their sum, either is binomial with one half."""
    total, least = one + other, min(one, other)
    choose = [math.exp(math.lgamma(total + 1) - math.lgamma(i + 1) - math.lgamma(total - i + 1) - total * math.log(2))
              for i in range(least + 1)]
    return math.fsum(choose) > OUTSIDE / 2


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


def held(figure, span):
    return (figure == "out_of_scope") == (span is YEAR)


def judge(published, sums):
    """(how the pooled mean agrees, "" when it does not; seeds inside)."""
    mean = sum(sums) / len(sums)
    inside = sum(same_mean(one, published) for one in sums)
    if abs(mean - published) <= published / 10:
        return "within 10 %", inside
    # The mean of the seeds is known but for their own chance, which matters where it is nearly nothing.
    known = 3.29 * math.sqrt(max(mean, 1) / len(sums))
    chance = poisson_tails(published, mean + known)[1] > OUTSIDE / 2 and \
        poisson_tails(published, max(mean - known, 0))[0] > OUTSIDE / 2
    return "within chance" if chance else "", inside


def table(paths):
    """Rows: (span, party, figure, published, mean, agreement, seeds inside, of, held)."""
    seeds = read(paths)
    for name, span in SPANS:
        for (party, figure), months in PUBLISHED.items():
            if span is YEAR and not held(figure, span):
                continue
            published, sums = sum(months[span]), [sum(one[span]) for one in seeds[party, figure]]
            agreement, inside = judge(published, sums)
            yield name, party, figure, published, sum(sums) / len(sums), agreement, inside, len(sums), held(figure, span)


def compare(paths, say=print):
    """Prints the table; gives the rows that are held and do not hold, as words."""
    bad, last = [], None
    for name, party, figure, published, mean, agreement, inside, count, is_held in table(paths):
        if name != last:
            say(f"\n{name}\n{'party':10} {'figure':14} {'published':>9} {'simulated':>9} {'difference':>10}  seeds inside")
        last = name
        difference = f"{100 * (mean - published) / published:+.1f} %" if published else "-"
        words = f"{inside} of {count}, {agreement or 'apart'}" if is_held else "not held: carries a backlog"
        say(f"{party:10} {figure:14} {published:9} {mean:9.1f} {difference:>10}  {words}")
        if is_held and (not agreement or (figure != "out_of_scope" and count - inside > count // SEEDS_A_MISS)):
            bad.append(f"{name}: {party} {figure} {published} published, {mean:.1f} simulated, {words}")
    return bad


if __name__ == "__main__":
    sys.exit(1 if compare(sys.argv[1:]) else 0)
