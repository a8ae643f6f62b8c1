#!/usr/bin/env python3
"""Fuzzes every decoder: each target of tests/fuzz with libFuzzer under ASan and UBSan.

5 s each, with --full 60 s; as many at a time as there are cores. What is found stays in BUILD/corpus. A crash leaves its input in BUILD/crashes and its report is shown. Prints executions and
covered edges of each target and ends with the line `N passed, N failed`.
"""
import argparse
import concurrent.futures
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SECONDS, SECONDS_FULL = 5, 60
# A decoder that needs this long or this much for one input of libFuzzer's sizes is at fault.
INPUT_SECONDS, MEMORY_MB = 10, 2048


def targets():
    return sorted(path.name[:-len("_fuzz.c")] for path in (ROOT / "tests/fuzz").glob("*_fuzz.c"))


def build(folder):
    if not (folder / "build.ninja").exists():
        subprocess.run(["meson", "setup", folder, ROOT, "-Dfuzz=true",
                        "-Db_sanitize=address,undefined", "-Db_lundef=false"], check=True,
                       stdout=subprocess.DEVNULL,
                       env=dict(os.environ, CC="clang-14", CXX="clang++-14"))
    done = subprocess.run(["ninja", "-C", folder, *(f"tests/fuzz/{name}_fuzz" for name in targets())],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        sys.exit(done.stdout[-6000:])


def fuzz(options, name, seconds):
    corpus = options.build / "corpus" / name
    crashes = options.build / "crashes" / name
    corpus.mkdir(parents=True, exist_ok=True)
    crashes.mkdir(parents=True, exist_ok=True)
    command = [options.build / f"fuzz/tests/fuzz/{name}_fuzz", f"-max_total_time={seconds}",
               f"-seed={options.seed}", f"-timeout={INPUT_SECONDS}", f"-rss_limit_mb={MEMORY_MB}",
               f"-artifact_prefix={crashes}/", "-print_final_stats=1", corpus]
    kept = ROOT / "tests/fuzz/corpus" / name
    if kept.is_dir():
        command.append(kept)
    done = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True,
                          errors="replace", env=dict(os.environ,
                                                     UBSAN_OPTIONS="halt_on_error=1:print_stacktrace=1"))
    return name, done.returncode, done.stdout


def tell(name, code, words):
    edges = re.findall(r"cov: (\d+)", words)
    runs = re.findall(r"number_of_executed_units: (\d+)", words)
    print(f"{name}: {'FAILED' if code else 'good'}, {runs[-1] if runs else '?'} inputs, "
          f"{edges[-1] if edges else '?'} edges", flush=True)
    if code:
        print("\n".join("    " + line for line in words.splitlines()[-40:]), flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1, 10**6))
    parser.add_argument("--full", action="store_true")
    parser.add_argument("name", nargs="?", default="", help="only targets with this in their name")
    options = parser.parse_args()
    options.build = options.build.resolve()
    if not shutil.which("clang-14"):
        print("clang-14 is missing; the group `lint` of debian-packages.txt", file=sys.stderr)
        return 2
    print(f"seed {options.seed}")
    build(options.build / "fuzz")
    seconds = SECONDS_FULL if options.full else SECONDS
    failed = passed = 0
    with concurrent.futures.ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        chosen = [name for name in targets() if options.name in name]
        for outcome in pool.map(lambda name: fuzz(options, name, seconds), chosen):
            tell(*outcome)
            failed += outcome[1] != 0
            passed += outcome[1] == 0
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
