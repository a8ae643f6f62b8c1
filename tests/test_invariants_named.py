#!/usr/bin/env python3
"""Each numbered invariant of the house is held by at least one test that carries its number, as
`invariant_N_...` in the name of a function that its program really runs, or of a Python test.
Last line: `N passed, N failed, N skipped`.
"""
import argparse
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
INVARIANTS = {
    1: "nothing informal reaches the public or another party",
    2: "nothing received is lost",
    3: "an informal level rises by one, a formal stage has its ground",
    4: "no deadline is missed silently",
    5: "a deadline depends on service and rule alone",
    6: "a cure time is never shorter than the agreement's",
    7: "a letter names what it is about; the bytes sent are kept",
    8: "the approver neither drafted nor edited and approves one SHA-256",
    9: "the same matter joins one open case",
    10: "every state can be explained",
}
# Rooms that number invariants of their own in a header say so: "Invariant 3 of survey.h".
C_TEST = r"^static void ({prefix}invariant_(\d+)_\w+)\("
PYTHON_TEST = r"^ *def ({prefix}invariant_(\d+)_\w+)\("
# Those of casework have numbers of their own, so that the two are not taken for each other.
CASEWORK = {
    6: "an allegation cites a version and an agreement that cover the conduct",
    20: "no case closes with an undecided allegation",
}


def named_in(path, prefix):
    """(function, number) of the tests of one file that somebody calls or registers."""
    text = path.read_text()
    pattern = re.compile((C_TEST if path.suffix == ".c" else PYTHON_TEST).format(prefix=prefix), re.M)
    return [(name, int(number)) for name, number in pattern.findall(text)
            if len(re.findall(rf"\b{name}\b", text)) > 1]


def check(files, prefix, invariants):
    found = [(number, path, name) for path in files for name, number in named_in(path, prefix)]
    passed = failed = 0
    for number, words in invariants.items():
        tests = [f"{path.relative_to(ROOT)}: {name}" for n, path, name in found if n == number]
        passed += bool(tests)
        if not tests:
            failed += 1
            print(f"FAILED no test is named after {prefix}invariant {number}: {words}")
    for number, path, name in found:
        if number not in invariants:
            failed += 1
            print(f"FAILED {path.relative_to(ROOT)}: {name}: there is no {prefix}invariant {number}")
    return passed, failed


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build", type=pathlib.Path, help="not used: only sources are read")
    parser.parse_args()
    files = [*sorted((ROOT / "src").rglob("*_test.c")), *sorted((ROOT / "tests").rglob("*_test.c")),
             *sorted((ROOT / "tests").rglob("test_*.py"))]
    counts = [check(files, "", INVARIANTS), check(files, "casework_", CASEWORK)]
    passed, failed = (sum(column) for column in zip(*counts))
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
