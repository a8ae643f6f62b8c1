#!/usr/bin/env python3
"""The short form of `./dev soak full-disk`."""
import pathlib
import runpy

if __name__ == "__main__":
    runpy.run_path(str(pathlib.Path(__file__).resolve().with_name("full-disk.py")), run_name="__main__")
