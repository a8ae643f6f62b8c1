#!/usr/bin/env python3
"""Which error paths does a test reach?

An error path is a place in src that tells a person what went wrong: a call of error_set(),
error_context() or yaml_fault_at() outside of tests, or of a macro around the last. The program is
built with GCC's coverage, the unit tests run there, and gcov says which of those calls were made.
--full runs the script tests against that build too, which adds what core and command line do there:
sandboxed processes cannot write their coverage down and complain about it, so whether a script
passes is not asked.

Told per room, with each path that nothing reached. Those that no test can reach stand with a reason
in unreachable-errors.txt; an entry that is reached after all, or fits nothing any more, is a failure,
as is a path that is neither reached nor listed. Last line: `N passed, N failed, N skipped`, where
the listed ones are the skipped.
"""
import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from run import run, script_test, unit_test  # noqa: E402

LIST = ROOT / "tests/soak/unreachable-errors.txt"
SCRIPTS_LEFT_OUT = {"test_install.py", "test_generated.py"}  # not about what the program says
# Name and place of the format among the arguments.
FUNCTIONS = {"error_set": 2, "error_context": 2, "yaml_fault_at": 4, "yaml_fault": 2}
MACRO = re.compile(r"^#define (\w+)\(((?:\w+, )*)\.\.\.\)\s*\\?\s*yaml_fault_at\(", re.M)
TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|[()]|,|[^"\'(),]+')
COMMENT = re.compile(r"/\*.*?\*/|^[ \t]*#(?:[^\n\\]|\\.|\\\n)*", re.S | re.M)
DEFINED_IN = {"src/base/error.c", "src/rulebook/yaml_fault.c"}
# What may keep a call from being made although its line is run.
CONDITION = re.compile(r"[?:]|&&|\|\||\b(?:if|for|while)\b")
# How gcov tells of a line (the count first) and of a call on the line before.
LINE = re.compile(r"\s*(\S+?)\*?:\s*(\d+):(.*)")
MISSED = re.compile(r"call +\d+ never executed")

FUNCTION = re.compile(r"^\w[^;{}=]*?\b(\w+)\([^;{}]*\)\n\{", re.M)

Path = collections.namedtuple("Path", "file function line text conditional")


# --- the sources --------------------------------------------------------------------------------

def arguments(code, at):
    """The arguments of the call whose bracket opens at `at`, each as a list of tokens."""
    depth, found = 0, [[]]
    for token in TOKEN.findall(code, at):
        depth += (token == "(") - (token == ")")
        if depth == 0:
            return found
        if token == "," and depth == 1:
            found.append([])
        elif not (token == "(" and depth == 1 and found == [[]]):
            found[-1].append(token)
    return found


def words_of(given, place):
    """The message as it stands in the source: its literals joined, or the expression."""
    tokens = [token.strip() for token in given[place]] if len(given) > place else []
    return "".join(t[1:-1] if t.startswith('"') else t for t in tokens)


def error_paths(file):
    text = file.read_text()
    code = COMMENT.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)
    name = str(file.relative_to(ROOT))
    if name in DEFINED_IN:
        return []
    functions = FUNCTIONS | {m.group(1): m.group(2).count(",") for m in MACRO.finditer(text)}
    heads = [(m.start(), m.group(1)) for m in FUNCTION.finditer(code)]
    found = []
    for m in re.finditer(rf"(?<![\w\"])({'|'.join(functions)})\s*\(", code):
        before = code[code.rfind("\n", 0, m.start()) + 1:m.start()]
        function = [called for start, called in heads if start < m.start()][-1]
        found.append(Path(name, function, code.count("\n", 0, m.start()) + 1,
                          words_of(arguments(code, m.end() - 1), functions[m.group(1)]),
                          bool(CONDITION.search(before))))
    return found


def all_paths():
    files = sorted(f for f in (ROOT / "src").rglob("*.c") if not f.name.endswith("_test.c"))
    return [path for file in files for path in error_paths(file)]


def listed():
    """(`FILE FUNCTION`, text) -> reason, as unreachable-errors.txt has them."""
    found, key = {}, None
    for line in LIST.read_text().splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith(" "):
            found[key] += " " + line.strip()
        else:
            key = tuple(line.split(": ", 1))
            found[key] = ""
    return found


# --- the build ----------------------------------------------------------------------------------

def must(command, timeout=1800):
    code, text = run(command, timeout)
    if code:
        sys.exit(text[-4000:])
    return text


def covered_build(build):
    folder = build / "coverage"
    if not (folder / "build.ninja").exists():
        must(["meson", "setup", str(folder), str(ROOT), "-Db_coverage=true",
              "--buildtype=debug"])
    must(["ninja", "-C", str(folder)])
    for counted in folder.rglob("*.gcda"):
        counted.unlink()
    link = folder / "bailiwick"
    if not link.is_symlink():
        link.symlink_to("src/cli/bailiwick")
    return folder


def run_units(folder, pool):
    tests = json.loads(must(["meson", "introspect", "--tests", str(folder)]))
    tests = [test for test in tests if not test["suite"][0].endswith("fuzz")]
    good = True
    for test, (_, failed, _, text) in zip(tests, pool.map(lambda t: unit_test(t, folder), tests)):
        if failed:
            good = False
            print(f"FAILED {test['name']} fails in the build with coverage\n{text[-2000:]}")
    return good


def run_scripts(folder):
    for script in sorted((ROOT / "tests").glob("**/test_*.py")):
        if script.name in SCRIPTS_LEFT_OUT:
            continue
        passed, failed, _, _ = script_test(script, folder)
        print(f"{script.relative_to(ROOT)}: {passed} passed, {failed} failed", flush=True)


# --- gcov ---------------------------------------------------------------------------------------

def run_lines(folder, notes):
    """{(file, line, whole)} that were run; whole ones with every call that stands on them."""
    done = subprocess.run(["gcov", "--stdout", "--branch-probabilities", str(notes)], cwd=folder,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    found, source, at = set(), "", None
    for told in done.stdout.decode(errors="replace").splitlines():
        line = LINE.match(told)
        if line and line.group(3).startswith("Source:"):
            source = os.path.relpath(folder / line.group(3)[len("Source:"):], ROOT)
        if line:
            at = (source, int(line.group(2))) if line.group(1)[0].isdigit() else None
            found |= {(*at, False), (*at, True)} if at else set()
        elif at and MISSED.match(told):
            found.discard((*at, True))
    return found


def reached(paths, folder, pool):
    notes = [n for n in folder.rglob("*.gcno") if n.with_suffix(".gcda").exists()
             and not n.name.endswith("_test.c.gcno")]
    lines = set().union(*pool.map(lambda n: run_lines(folder, n), notes))
    # The line of `a ? error_set() : 0` is run without the call, too.
    return {path for path in paths if (path.file, path.line, path.conditional) in lines}


# --- the answer ---------------------------------------------------------------------------------

def place_of(path):
    return f"{path.file} {path.function}"


def tell(paths, found):
    """Prints room by room what no test reached; (passed, failed, skipped)."""
    reasons = listed()
    missed = [p for p in paths if p not in found]
    unexplained = [p for p in missed if (place_of(p), p.text) not in reasons]
    rooms = collections.Counter(p.file.split("/")[1] for p in paths)
    missed_in = collections.Counter(p.file.split("/")[1] for p in missed)
    for room in sorted(rooms):
        print(f"{room}: {rooms[room] - missed_in[room]} of {rooms[room]} error paths are reached")
    for path in unexplained:
        print(f"FAILED {path.file}:{path.line} {path.function}: no test reaches: {path.text}")
    stale = 0
    for place, text in reasons:
        same = [p for p in paths if (place_of(p), p.text) == (place, text)]
        what = ("there is no such error path" if not same else
                "a test reaches it" if not any(p in missed for p in same) else
                "" if reasons[place, text] else "it has no reason")
        if what:
            stale += 1
            print(f"FAILED {LIST.name}: {place}: {text}: {what}")
    return len(paths) - len(missed), len(unexplained) + stale, len(missed) - len(unexplained)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("--seed", type=int, help="not used: nothing is drawn")
    parser.add_argument("--full", action="store_true", help="the script tests as well")
    options = parser.parse_args()
    folder = covered_build(options.build.resolve())
    with concurrent.futures.ThreadPoolExecutor(max_workers=os.cpu_count() or 2) as pool:
        good = run_units(folder, pool)
        if options.full:
            run_scripts(folder)
        paths = all_paths()
        passed, failed, skipped = tell(paths, reached(paths, folder, pool))
    failed += not good
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
