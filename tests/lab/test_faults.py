#!/usr/bin/env python3
"""`bailiwick check` reports of each TLD of the lab exactly the faults that it has.

What a fault means was written down by hand in lab/faults.txt. First the TLDs as a plain `up` breaks
them, then seeded combinations of two faults on any TLD (--all: every pair there is).
"""
import itertools
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import ROOT, check, findings, in_lab, seen_codes  # noqa: E402

COMBINATIONS = 30


class Rules:
    """lab/faults.txt: what each fault shows, alone and with others."""

    def __init__(self, path):
        self.shows, self.hides = [], []  # (faults, obligation, codes), (faults, what)
        for line in path.read_text().splitlines():
            words = line.split()
            if not words or words[0].startswith("#"):
                continue
            faults = frozenset(words[0].split("+"))
            if words[1] == "hides":
                self.hides.append((faults, set(words[2:])))
            else:
                self.shows.append((faults, words[1], set(words[2].split(","))))
        self.faults = sorted({fault for faults, _, _ in self.shows for fault in faults})

    def expect(self, faults):
        """(obligation -> codes of what is not met, obligations of which nothing can be told)."""
        hidden = set().union(*(what for by, what in self.hides if by <= set(faults)))
        visible, broken = set(faults) - hidden, {}
        for by, obligation, codes in self.shows:
            if by <= visible:
                broken.setdefault(obligation, set()).update(codes)
        untold = {name for name in hidden - set(self.faults) if name not in broken}
        return broken, untold


def compare(options, tally, lab, rules, tld, faults):
    code, report = check(options, lab, tld)
    broken, untold = rules.expect(faults)
    what = f"{tld['role']} .{tld['tld']} with {' and '.join(faults) or 'no fault'}"
    tally.equal(findings(report, "not met"), broken, f"{what}: obligations and codes")
    tally.equal(seen_codes(report), set().union(*broken.values()), f"{what}: results")
    tally.equal(set(findings(report, "undetermined")), untold, f"{what}: what cannot be told")
    tally.equal(code, 1 if broken else 0, f"{what}: exit code")


def combine(options, rules, lab):
    pairs = list(itertools.combinations(rules.faults, 2))
    tlds = lab.list()["tlds"]
    if options.all:
        return [(pair, tlds[i % len(tlds)]) for i, pair in enumerate(pairs)]
    return [(options.random.choice(pairs), options.random.choice(tlds)) for _ in range(COMBINATIONS)]


def test(options, tally, lab, _folder):
    rules = Rules(ROOT / "lab/faults.txt")
    tally.equal(rules.faults, sorted(lab.call("list", "--faults").split()),
                "lab/faults.txt knows every fault of the lab")
    tlds = lab.list()["tlds"]
    tally.equal(tlds[0]["faults"], [], "one TLD of the lab is healthy")
    for tld in tlds:
        compare(options, tally, lab, rules, tld, tld["faults"])
    for tld in tlds[1:]:
        lab.call("repair", tld["role"])
    for pair, tld in combine(options, rules, lab):
        for fault in pair:
            lab.call("break", tld["role"], fault)
        compare(options, tally, lab, rules, tld, pair)
        lab.call("repair", tld["role"])


if __name__ == "__main__":
    sys.exit(in_lab(test, "the faults of the lab",
                    more=[("--all", "try every pair of faults")]))
