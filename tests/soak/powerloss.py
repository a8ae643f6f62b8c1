#!/usr/bin/env python3
"""Power loss at every sync point of a scenario; the work is done by tests/soak/powerloss/powerloss.c.

The short form cuts at one sync point of eight, --full at all of them. Prints the seed and the
closing line `N passed, N failed, N skipped`.
"""
import argparse
import os
import pathlib
import subprocess
import sys


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=pathlib.Path, default=pathlib.Path("build"))
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(3), "big"))
    parser.add_argument("--full", action="store_true")
    options = parser.parse_args()
    program = options.build / "release/tests/soak/powerloss"
    return subprocess.run([program, "--seed", str(options.seed), "--share",
                           "1" if options.full else "8"], timeout=1800).returncode


if __name__ == "__main__":
    sys.exit(main())
