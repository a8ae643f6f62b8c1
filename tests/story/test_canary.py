#!/usr/bin/env python3
"""Canary: random words and everything else the store knows of an informal case are looked for in all
that the public and other parties can get (see leak.py). Last line: `N passed, N failed, N skipped`.
"""
import argparse
import pathlib
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent), str(pathlib.Path(__file__).resolve().parent.parent)]
from leak import LeakStory  # noqa: E402
from program import CommandFailed  # noqa: E402
from story import StepFailed  # noqa: E402
from support import MISSING, Tally, read_options, scratch  # noqa: E402


def run_leak_story(build, seed, canary=None):
    """Tells it once in a folder of its own; (None or the failure, story)."""
    with scratch() as folder:
        story = LeakStory(argparse.Namespace(build=build, folder=pathlib.Path(folder), record=None,
                                             without=None, fault="wildcard", seed=seed % 1000000,
                                             canary=canary))
        try:
            story.tell_all()
            return None, story
        except StepFailed as failure:
            return failure, story
        finally:
            story.stop()


def invariant_1_nothing_informal_reaches_the_public(options, tally):
    failure, story = run_leak_story(options.build, options.seed)
    cause = failure.__cause__ if failure else None
    if isinstance(cause, CommandFailed) and cause.code == MISSING:
        return tally.skip(cause)
    for step in story.steps:
        tally.check(True, step["name"])
    tally.check(failure is None, "invariant 1", f"{failure}: {cause}")
    print(story.figures)


def main():
    options, tally = read_options(__doc__.split("\n")[0]), Tally()
    invariant_1_nothing_informal_reaches_the_public(options, tally)
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
