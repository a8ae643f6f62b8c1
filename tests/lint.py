#!/usr/bin/env python3
"""Everything that can be said about the sources without running them.

GCC and Clang with warnings as errors, formatting, clang-tidy and cppcheck, the include rules, what Python
files take from each other.
--changed REV looks with clang-tidy only at files that differ from REV. Ends with the line
`N passed, N failed`.
"""
import argparse
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent

# clang-tidy does not know that an assertion of cmocka that fails does not come back.
NOT_IN_TESTS = "-clang-analyzer-core.NonNullParamChecker,-clang-analyzer-core.NullDereference"
FILES_TOLD = 25  # one line of progress for so many


def run(command, env=None):
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, errors="replace", env=dict(os.environ, **(env or {})))
    return done.returncode, done.stdout


def sources(*patterns):
    listed = run(["git", "ls-files", *patterns])[1].split()
    return [path for path in listed if (ROOT / path).exists()]


def compile_with(build, name, env):
    folder = build / name
    if not (folder / "build.ninja").exists():
        code, text = run(["meson", "setup", str(folder), str(ROOT), "-Dwerror=true"], env)
        if code:
            return False, text
    code, text = run(["ninja", "-k", "0", "-C", str(folder)])
    told = [line for line in text.splitlines() if not re.match(r"\[\d+/\d+\] ", line)]
    return code == 0, "\n".join(told)


def formatting():
    code, text = run(["clang-format-14", "--dry-run", "--Werror", *sources("*.c", "*.h")])
    return code == 0, text


def checker(program):
    code, text = run([sys.executable, program])
    return code == 0, text


def tidy(build, changed):
    files = sources("*.c")
    if changed:
        differing = set(run(["git", "diff", "--name-only", changed])[1].split())
        files = [f for f in files if f in differing]

    # The large files first, so that no core waits for one of them at the end.
    files.sort(key=lambda f: (ROOT / f).stat().st_size, reverse=True)

    def one(path):
        is_test = path.startswith("tests/") or path.endswith("_test.c")
        code, text = run(["clang-tidy-14", "--quiet", "-p", str(build / "lint-clang"), path,
                          *(["--checks=" + NOT_IN_TESTS] if is_test else [])])
        return "" if code == 0 and "warning:" not in text else text

    words = ""
    with concurrent.futures.ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        for done, text in enumerate(pool.map(one, files), 1):
            words += text
            if done % FILES_TOLD == 0:
                print(f"  clang-tidy: {done} of {len(files)} files", file=sys.stderr, flush=True)
    # A finding in a header is told once, not once for each file that includes it.
    told = sorted(set(re.findall(r"^\S*?((?:src|build)/\S+: (?:error|warning): .*)$", words, re.M)))
    return not words, "\n".join(told) or words


def cppcheck():
    code, text = run(["cppcheck", f"-j{os.cpu_count()}", "--quiet", "--error-exitcode=1",
                      "--inline-suppr", "--std=c11", "--enable=warning,performance,portability",
                      "--library=tests/cppcheck.cfg",
                      "--suppressions-list=.cppcheck-suppressions", "-Isrc", "src"])
    return code == 0, text


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("--changed", metavar="REV")
    options = parser.parse_args()
    steps = [
        ("gcc", lambda: compile_with(options.build, "lint-gcc", {"CC": "gcc", "CXX": "g++"})),
        ("clang", lambda: compile_with(options.build, "lint-clang",
                                       {"CC": "clang-14", "CXX": "clang++-14"})),
        ("formatting", formatting),
        ("include rules", lambda: checker("tests/check_includes.py")),
        ("names", lambda: checker("tests/check_names.py")),
        ("cppcheck", cppcheck),
        ("clang-tidy", lambda: tidy(options.build, options.changed)),
    ]
    failed = 0
    for name, step in steps:
        started = time.monotonic()
        good, text = step()
        print(f"{name}: {'good' if good else 'FAILED'} ({time.monotonic() - started:.0f} s)",
              file=sys.stderr, flush=True)
        if not good:
            failed += 1
            print(text[-8000:], file=sys.stderr, flush=True)
    print(f"{len(steps) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
