#!/usr/bin/env python3
"""What only the optimised build shows: AddressSanitizer brings a malloc() of its own and has arenas keep no
blocks, so the unit tests about memory, which run under it elsewhere, run here once more without it.
"""
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from support import Tally, read_options  # noqa: E402

PROGRAMS = ("base/base_test", "base/large_pages_test", "base/pieces_test", "store/store_pieces_test", "store/store_slab_test")


def main():
    options, tally = read_options(__doc__), Tally()
    for program in PROGRAMS:
        done = subprocess.run([options.build / "release/src" / program], capture_output=True, text=True, timeout=60)
        tally.check(done.returncode == 0, f"{program} passes", done.stdout[-2000:] + done.stderr[-2000:])
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
