#!/usr/bin/env python3
"""The short form of `./dev soak failing`."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from failing import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
