#!/usr/bin/env python3
"""Deadlines: the oracle agrees with what was worked out by hand, and the engine with the oracle on
drawn questions (`./dev soak deadlines` draws many more)."""
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]
from oracle import ROOT, Draw, Question, answer, differences, parse_instant  # noqa: E402
from support import Tally, read_options, scratch  # noqa: E402

QUESTIONS = 4000


def vectors():
    """(line, question, date, instant, words) of each row worked out by hand."""
    for number, line in enumerate((HERE / "deadlines.csv").read_text().splitlines(), 1):
        if not line.startswith("#"):
            service, n, unit, zone, end, roll, name, date, instant, words = line.split(",", 9)
            path = ROOT / f"rulebook/{name}/calendars/{name}.ics"
            yield number, Question(parse_instant(service), int(n), unit, zone, end, roll,
                                   path), date, instant, words


def check_vectors(tally):
    for number, question, date, instant, words in vectors():
        given = answer(question)
        tally.equal(given.line().split()[:2], [date, instant], f"deadlines.csv:{number}")
        if question.unit == "working-days":
            tally.equal(given.counted(), words, f"deadlines.csv:{number}, the days counted")


def check_drawn(options, tally):
    with scratch() as folder:
        draw = Draw(options.random, pathlib.Path(folder), zones=10, calendars=10)
        wrong = differences(options.build, [draw.question() for _ in range(QUESTIONS)])
    for question, expected, found in wrong[:10]:
        print(f"{question.line()}: expected {expected}, found {found}")
    tally.check(not wrong, f"{QUESTIONS} drawn questions", f"{len(wrong)} answered otherwise")


def main():
    options, tally = read_options(__doc__), Tally()
    check_vectors(tally)
    with tally.part("the engine answers"):
        check_drawn(options, tally)
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
