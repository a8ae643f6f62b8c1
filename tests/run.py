#!/usr/bin/env python3
"""Runs every test and ends with the line `N passed, N failed, N skipped`.

Three kinds, each run twice as many at a time as makes sense on two cores:
  unit     cmocka programs beside the code, in a build with AddressSanitizer and UBSan
  rules    the include rules; what Python files take from each other; formatting and clang-tidy of
           what changed in the last commits (`./dev lint` looks at everything)
  scripts  tests/**/test_*.py, which print the same closing line about themselves

A name given as argument selects those that contain it. With CI=true a skip is a failure.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
CLOSING = re.compile(r"^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$", re.M)
CMOCKA_RUN = re.compile(r"^\[=+\] (\d+) test\(s\) run\.$", re.M)
CMOCKA_FAILED = re.compile(r"^\[  FAILED  \] (\d+) test\(s\)", re.M)


RECENT_COMMITS = 20
TIDY_FILES_MAX = 40  # a second or two each on two cores: about a minute


def say(text):
    print(text, file=sys.stderr, flush=True)


def run(command, timeout, cwd=ROOT, **kwargs):
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=cwd,
                              timeout=timeout, stdin=subprocess.DEVNULL, text=True,
                              errors="replace", **kwargs)
        return done.returncode, done.stdout
    except subprocess.TimeoutExpired as late:
        words = late.stdout or ""
        words = words.decode(errors="replace") if isinstance(words, bytes) else words
        return -1, f"{words}\ntimed out after {timeout} s"


class BuildFailed(Exception):
    """Carries what the compilers said, without the lines of what went well."""


def complaints(text):
    told = re.split(r"(?m)^\[\d+/\d+\] .*\n", text)
    return "\n".join(part for part in told if "error" in part or "FAILED" in part)[:8000] or text[-4000:]


def sanitized_build(build):
    folder = build / "sanitized"
    if not (folder / "build.ninja").exists():
        code, text = run(["meson", "setup", str(folder), str(ROOT), "-Db_sanitize=address,undefined",
                          "-Db_lundef=false", "-Dwerror=true"], 300)
        if code:
            raise BuildFailed(text[-4000:])
    code, text = run(["ninja", "-C", str(folder)], 1500)
    if code:
        raise BuildFailed(complaints(text))
    return folder


def unit_test(test, folder):
    environment = dict(os.environ, UBSAN_OPTIONS="halt_on_error=1:print_stacktrace=1",
                       TZ="Pacific/Kiritimati", LC_ALL="C")
    environment.update(test.get("env") or {})
    code, text = run(test["cmd"], 300, cwd=test.get("workdir") or folder, env=environment)
    ran = CMOCKA_RUN.search(text)
    failed = CMOCKA_FAILED.search(text)
    count = int(ran.group(1)) if ran else 0
    bad = int(failed.group(1)) if failed else 0
    if code and not bad:
        bad = 1
    if not ran and not code:
        count = 1  # a replayed corpus, or a checker that only ends well
    return max(count - bad, 0), bad, 0, text


def script_test(path, build):
    code, text = run([sys.executable, str(path), "--build", str(build)], 1200)
    closing = CLOSING.findall(text)
    if not closing:
        return 0, 1, 0, text + "\n(no closing line)"
    passed, failed, skipped = (int(n or 0) for n in closing[-1])
    if code and not failed:
        failed = 1
    return passed, failed, skipped, text


def rule_test(command):
    code, text = run(command, 300)
    return (0, 1, 0, text) if code else (1, 0, 0, text)


def changed_sources():
    """C files that differ from what they were some commits ago (a shallow clone may have fewer)."""
    count = run(["git", "rev-list", "--count", "HEAD"], 60)[1].strip()
    if not count.isdigit():
        return []  # not a clone: an unpacked release has no history
    base = f"HEAD~{min(RECENT_COMMITS, int(count) - 1)}"
    listed = run(["git", "diff", "--name-only", "--diff-filter=d", base, "--", "*.c", "*.h"], 60)[1]
    return [path for path in listed.split() if (ROOT / path).exists()]


def tidy(folder, files):
    """clang-tidy reads the commands of GCC's sanitized build, which it understands but for some
    warning options."""
    return rule_test(["clang-tidy-14", "--quiet", "--extra-arg=-Wno-unknown-warning-option", "-p",
                      str(folder), *files])


def rules_of_changes(folder):
    jobs = []
    files = changed_sources()
    if files and shutil.which("clang-format-14"):
        jobs.append(("rule formatting", lambda: rule_test(
            ["clang-format-14", "--dry-run", "--Werror", *files]), False))
    looked_at = [f for f in files if f.startswith("src/") and f.endswith(".c")
                 and not f.endswith("_test.c")][:TIDY_FILES_MAX]
    if looked_at and shutil.which("clang-tidy-14"):
        jobs += [(f"rule clang-tidy {path}", lambda p=path: tidy(folder, [p]), False)
                 for path in looked_at]
    return jobs


def collect(build, wanted):
    """(name, callable, alone): stories tell how long they take, so they run alone."""
    jobs = []
    folder = sanitized_build(build)
    listing = run(["meson", "introspect", "--tests", str(folder)], 60)[1]
    for test in json.loads(listing):
        jobs.append((f"unit {test['suite'][0].split(':')[-1]} {test['name']}",
                     lambda t=test: unit_test(t, folder), False))
    jobs += [(f"rule {name}", lambda p=program: rule_test([sys.executable, p, "--self-test"]), False)
             for name, program in (("include-rules", "tests/check_includes.py"), ("names", "tests/check_names.py"))]
    jobs += rules_of_changes(folder)
    for path in sorted((ROOT / "tests").glob("**/test_*.py")):
        alone = path.parent.name == "story"
        jobs.append((f"script {path.relative_to(ROOT / 'tests')}",
                     lambda p=path: script_test(p, build), alone))
    return [job for job in jobs if wanted in job[0]]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("name", nargs="?", default="")
    options = parser.parse_args()
    started = time.monotonic()
    totals = [0, 0, 0]

    def finish(name, outcome, seconds):
        passed, failed, skipped, text = outcome
        spent.append((seconds, name))
        for i, n in enumerate((passed, failed, skipped)):
            totals[i] += n
        say(f"{'FAILED ' if failed else ''}{name}: {passed} passed, {failed} failed, "
            f"{skipped} skipped ({seconds:.1f} s)")
        if failed:
            say("\n".join("    " + line for line in text.splitlines()[-60:]))

    def timed(work):
        begin = time.monotonic()
        return work(), time.monotonic() - begin

    try:
        jobs = collect(options.build, options.name)
    except BuildFailed as failure:
        say(f"FAILED build with sanitizers\n{failure}")
        print("0 passed, 1 failed, 0 skipped")
        return 1
    say(f"build and list: {time.monotonic() - started:.0f} s")
    spent = []
    with concurrent.futures.ThreadPoolExecutor(max_workers=os.cpu_count() or 2) as pool:
        running = [(name, pool.submit(timed, work)) for name, work, alone in jobs if not alone]
        for name, future in running:
            finish(name, *future.result())
    for name, work, alone in jobs:
        if alone:
            finish(name, *timed(work))
    if os.environ.get("CI") == "true":
        totals[1] += totals[2]
    say("longest: " + ", ".join(f"{name} {seconds:.0f} s"
                                for seconds, name in sorted(spent, reverse=True)[:8]))
    say(f"{time.monotonic() - started:.0f} s")
    print(f"{totals[0]} passed, {totals[1]} failed, {totals[2]} skipped")
    return 1 if totals[1] or not totals[0] else 0


if __name__ == "__main__":
    sys.exit(main())
