#!/usr/bin/env python3
"""Leaks of informal matters, the long form: tells the story of tests/story/leak.py several times
with fresh words, then builds a program that leaks on purpose (meson option leak_for_tests) and shows
that the story notices. `--canary WORD` takes that word for the informal party. Last line:
`N passed, N failed, N skipped`.
"""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "tests/story"), str(ROOT / "tests")]
from leak import Leaked  # noqa: E402
from support import Tally  # noqa: E402
from test_canary import run_leak_story  # noqa: E402

STORIES = 3


def leaking_build(folder):
    build = pathlib.Path(folder)
    wanted = ["src/cli/bailiwick", "src/web/web_public_routes"]
    for command in (["meson", "setup", str(build), str(ROOT), "-Dleak_for_tests=true"],
                    ["ninja", "-C", str(build), *wanted]):
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            sys.exit((done.stdout + done.stderr)[-3000:])
    (build / "bailiwick").symlink_to("src/cli/bailiwick")
    return build


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(3), "big"))
    parser.add_argument("--full", action="store_true", help=f"{STORIES} stories instead of one")
    parser.add_argument("--canary", metavar="WORD", help="fills the fields of the informal party")
    options = parser.parse_args()
    tally = Tally()
    print(f"seed {options.seed}", flush=True)
    for n in range(STORIES if options.full else 1):
        failure, story = run_leak_story(options.build.resolve(), options.seed + n, options.canary)
        tally.check(failure is None, f"story {n + 1}",
                    f"{failure}: {failure.__cause__}" if failure else "")
        print(f"story {n + 1}: {story.figures}", flush=True)
    with tempfile.TemporaryDirectory(prefix="bailiwick-leaking-") as folder:
        failure, _ = run_leak_story(leaking_build(folder), options.seed, options.canary)
        cause = failure.__cause__ if failure else None
        tally.check(isinstance(cause, Leaked), "a program that leaks is caught", f"{failure}: {cause}")
        print(f"the leaking program: {cause}", flush=True)
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
