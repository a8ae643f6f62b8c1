#!/usr/bin/env python3
"""Faults put into the pure rooms and the store, one at a time: do the unit tests notice?

Draws seeded mutations (a condition negated, a comparison shifted or turned, a constant off by one,
`&&` for `||`, a call left out) in the functions of src/check, src/cases, src/tlog and src/store,
evenly over the rooms. Each is made in a scratch copy of the tree, where only what the room's tests
need is built again, without optimising; then the room's unit tests run, and when they all pass those
of the rooms above it, the room's once more with sanitizers as `./dev test` has them, and at last
scripts that hold the whole program against something worked out elsewhere: the faults of the lab
written down by hand, the independent verifier of the log, the told story, and when that too passes
further ones of `./dev test`. Tests that compare with a stored output do not count and are not run.

Not drawn: what no test could see, such as ceilings of arenas and buffers, words of errors, what is
given back at the end of a function, files that only draw or only serve tests.

Ends with 0 when at least nine of ten mutations were caught. `--rev REV` takes the tree of a commit
instead of the working tree.
"""
import argparse
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
COUNT, LEAST = 60, 54
SCRIPT_SECONDS = 300
ROOMS = {  # room: the suites that test it, then those of the rooms above it
    "check": (["check"], ["fuzz", "app"]),
    "cases": (["cases"], ["app"]),
    "tlog": (["tlog"], ["store", "app"]),
    "store": (["store"], ["app"]),
}
# Whole programs, the one that sees most first; each seed is its own, so that a failure is the mutation's.
STORY = "story/story.py --headless"
SCRIPTS = {
    "check": ["lab/test_faults.py", "test_bad_input.py", "lab/test_replay.py", STORY, "lab/test_cuts.py"],
    "cases": [STORY, "vectors/test_deadlines.py", "test_two_people.py", "test_deadlines.py", "test_complaints.py",
              "test_notices.py", "test_rebuild.py", "test_simulate.py", "simulate/test_checker.py"],
    "tlog": ["tlog/test_verify.py", "tlog/test_restore.py", "test_notices.py", STORY],
    "store": [STORY, "test_upgrade.py", "test_two_people.py", "complaints/test_duplicates.py", "test_complaints.py",
              "tlog/test_restore.py", "test_import.py", "soak/test_full_disk.py", "soak/test_failing.py",
              "test_notices.py", "test_rebuild.py", "simulate/test_checker.py", "lab/test_mail.py"],
}
UNSEEDED = {"tlog/test_verify.py"}
# What the scripts run, besides the program itself.
PROGRAMS = ["src/cli/bailiwick", "src/tlog/tlog_make_log", "src/web/web_staff_routes", "tests/vectors/deadline_ask",
            "tests/soak/failing.so"]
# Only tests see these, or only a stored picture does.
LEFT_OUT = re.compile(r"(_test|/fixture\w*|/scenario|/story|/diagram|/promela)\.c$")
STORED_OUTPUT = {"diagram"}  # tests that compare with a file that the program wrote
BLANKED = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|^#[^\n]*', re.S | re.M)
FUNCTION = re.compile(r"^\{\n(.*?)^\}", re.S | re.M)
# Lines whose constants and calls no test can see: room for memory, words, and giving back.
UNSEEN = re.compile(r"_init\(|sizeof|CLEANUP|error_set|error_context|\blog_(?:debug|info|warning|error)\(|\{0\}|_MAX|^\s*(?:char|static|enum)\b"
                    r"|(?:\w+_)?(?:free|done|close|clear)\(|#")
PLACE, CAST = r"\w+(?:(?:->|\.)\w+)*", r"(?:\(\w+\))?"
SMALLER = re.compile(rf"\b({PLACE}) [<>] ((?!0\b){PLACE}) \? {CAST}(?:\1 : {CAST}\2|\2 : {CAST}\1)(?!\w)"
                     r"|\((\*?\w+) > (\*?\w+)\) - \(\3 < \4\)")
WORDS = re.compile(r"\b(?:error_set|error_context|log_\w+)$")
CALL = re.compile(r"^( +)((?:result = )?\w+\()", re.M)


def blank(text):
    """The same text with comments, strings and preprocessor lines replaced by blanks."""
    return BLANKED.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)


def closing(text, at):
    """Where the bracket that opens at `at` closes."""
    depth = 0
    for i in range(at, len(text)):
        depth += (text[i] == "(") - (text[i] == ")")
        if not depth:
            return i
    return None


def line_of(text, at):
    start = text.rfind("\n", 0, at) + 1
    return text[start:text.find("\n", at)]


def among_words(text, at):
    """Is this place an argument of a call that only says something?"""
    depth = 0
    for i in range(at - 1, max(0, at - 600), -1):
        depth += (text[i] == ")") - (text[i] == "(")
        if text[i] in ";{}":
            return False
        if depth < 0 and WORDS.search(text[max(0, i - 40):i]):
            return True
    return False


def negations(code, start, end):
    for m in re.finditer(r"\bif \(", code[start:end]):
        opening = start + m.end() - 1
        last = closing(code, opening)
        if last:
            yield opening, last + 1, lambda s: "(!" + s + ")", "condition negated"


def comparisons(code, start, end):
    """Not drawn: `a < b ? a : b`, which is the same with `<=`, and the order of two, in which equal ones
    may stand either way: `(a > b) - (a < b)`."""
    other = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "=="}
    for m in re.finditer(r" (<=|>=|==|!=|<|>) ", code[start:end]):
        new = other[m.group(1)]
        # `result < 0` and `result >= 0`: turned, because no function returns "just not 0".
        if re.match(r"[<>]=? 0\b", code[start + m.start() + 1:]):
            new = {"<": ">=", ">=": "<", ">": "<=", "<=": ">"}[m.group(1)]
        at = start + m.start()
        around = code.rfind("\n", 0, at) + 1
        if not any(around + s.start() <= at < around + s.end() for s in SMALLER.finditer(code[around:at + 120])):
            yield start + m.start(1), start + m.end(1), lambda s, new=new: new, "comparison"


def connectives(code, start, end):
    for m in re.finditer(r"&&|\|\|", code[start:end]):
        new = "||" if m.group() == "&&" else "&&"
        yield start + m.start(), start + m.end(), lambda s, new=new: new, "and/or"


def constants(code, start, end):
    """Off by one. But success is >= 0 (base/error.h): to those who call a function of one file, 1 is the
    same as 0, and so it is as what `result` begins with. There 0 becomes a failure."""
    inner = re.search(r"static int [^;{}]*$", code[max(0, start - 500):start - 2])
    for m in re.finditer(r"(?<![\w.])\d+(?![\w.])", code[start:end]):
        before = code[:start + m.end()]
        success = inner and before.endswith(("return 0", "? result : 0")) or before.endswith("int result = 0")
        new = "-1" if success and code[start + m.end()] == ";" else str(int(m.group()) + 1)
        yield start + m.start(), start + m.end(), lambda s, new=new: new, "constant"


def calls(code, start, end):
    """But for assert(), which says what holds anyway."""
    for m in CALL.finditer(code, start, end):
        last = closing(code, m.end() - 1)
        if last and code[last + 1:last + 2] == ";" and m.group(2) != "assert(":
            new = "result = 0" if m.group(2).startswith("result") else "(void)0"
            yield m.start(2), last + 1, lambda s, new=new: new, "call left out"


KINDS = (negations, comparisons, connectives, constants, calls)


def mutations(text):
    """[kind][n] = (from, to, new text, words) of one file."""
    code = blank(text)
    found = {kind: [] for kind in KINDS}
    for function in FUNCTION.finditer(code):
        for kind in KINDS:
            for start, end, change, words in kind(code, function.start(1), function.end(1)):
                if not UNSEEN.search(line_of(code, start)) and not among_words(code, start):
                    found[kind].append((start, end, change(text[start:end]), words))
    return found


def draw(tree, chance):
    """The mutations of each room in an order of chance, the kinds by turns, none twice."""
    stock = {}
    for room in ROOMS:
        for path in sorted((tree / "src" / room).rglob("*.c")):
            if not LEFT_OUT.search(str(path)):
                for kind, found in mutations(path.read_text()).items():
                    stock.setdefault((room, kind), []).extend((path, *m) for m in found)
    for pile in stock.values():
        chance.shuffle(pile)
    return {room: in_turn([stock[room, kind] for kind in KINDS if (room, kind) in stock], chance) for room in ROOMS}


def in_turn(piles, chance):
    """From each pile one after the other, until all are empty."""
    chance.shuffle(piles)
    while any(piles):
        for pile in piles:
            if pile:
                yield pile.pop()


def shell(command, timeout, **more):
    """(exit code, output); a process that does not end is one that failed."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                               stdin=subprocess.DEVNULL, errors="replace", start_new_session=True, **more)
    try:
        return process.communicate(timeout=timeout)[0], process.returncode
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, 9)
        process.communicate()
        return "does not end", 1


class Bench:
    """The scratch tree, its build, and how long each test takes when nothing is wrong."""

    def __init__(self, tree):
        self.tree, self.build, self.strict = tree, tree / "build/release", tree / "build/strict"
        self.sound = {}  # script: does it pass when nothing is wrong? Asked when it failed first.
        for build, sanitizers in ((self.build, "none"), (self.strict, "address,undefined")):
            self.must(["meson", "setup", str(build), str(tree), "--buildtype=debug", "-Doptimization=0",
                       "-Dc_args=-U_FORTIFY_SOURCE -g0", "-Db_sanitize=" + sanitizers, "-Db_lundef=false"])
        listed = json.loads(self.must(["meson", "introspect", "--tests", str(self.build)]))
        wanted = {suite for pair in ROOMS.values() for half in pair for suite in half}
        self.suites, self.usual = {}, {}
        for test in listed:
            suite = test["suite"][0].split(":")[-1]
            name = test["name"]
            if suite not in wanted or name in STORED_OUTPUT or suite == "fuzz" and name != "fuzz check":
                continue
            self.suites.setdefault(suite, []).append(test)
        for room, (own, above) in ROOMS.items():
            for caught in (self.caught_by(own + above), self.caught_by(own, strict=True),
                           self.caught_by_script(SCRIPTS[room][0])):
                if caught is not None:
                    sys.exit(f"without any mutation: {caught or 'does not compile'}")

    def must(self, command):
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"{' '.join(command)}:\n{(done.stdout + done.stderr)[-3000:]}")
        return done.stdout

    def programs(self, suites):
        """What the tests of these suites need built: the programs, and files that the build makes for them."""
        tests = [test for suite in suites for test in self.suites.get(suite, [])]
        made = {word for test in tests for word in test["cmd"][1:] if re.match(r"(src|tests)/", word)}
        return sorted({os.path.relpath(test["cmd"][0], self.build) for test in tests} | made)

    def run(self, test, strict):
        """(output, exit code); how long it takes the first time is how long it takes."""
        program = (self.strict if strict else self.build) / os.path.relpath(test["cmd"][0], self.build)
        more = {"UBSAN_OPTIONS": "halt_on_error=1"} if strict else {"MALLOC_PERTURB_": "165"}
        environment = dict(os.environ, CMOCKA_MESSAGE_OUTPUT="STDOUT", **more, **(test.get("env") or {}))
        begun, name = time.monotonic(), (test["name"], strict)
        done = shell([str(program), *test["cmd"][1:]], 5 * self.usual.get(name, 60) + 10, env=environment,
                     cwd=test.get("workdir") or self.build)
        self.usual.setdefault(name, time.monotonic() - begun)
        return done

    def caught_by(self, suites, strict=False):
        """The first test that fails, None when all pass, False when it does not compile."""
        text, code = shell(["ninja", "-C", str(self.strict if strict else self.build),
                            *self.programs(suites)], 900)
        if code:
            return False
        for suite in suites:
            for test in sorted(self.suites.get(suite, []), key=lambda t: self.usual.get((t["name"], strict), 0)):
                text, code = self.run(test, strict)
                if code:
                    named = re.search(r"\[  FAILED  \] (\w*[a-z]\w*)|SUMMARY: (\w+: [\w-]+)|(runtime error: .*)", text)
                    return f"{test['name']}: {next(filter(None, named.groups())) if named else text.strip()[-60:]}"
        return None

    def caught_by_script(self, script):
        """As caught_by(), by a script on the whole program."""
        text, code = shell(["ninja", "-C", str(self.build), *PROGRAMS], 600)
        if code:
            return False
        program = self.tree / "build/bailiwick"
        program.unlink(missing_ok=True)
        program.symlink_to("release/src/cli/bailiwick")
        seed = [] if script in UNSEEDED else ["--seed", "1"]
        text, code = shell([sys.executable, *f"tests/{script}".split(), *seed, "--build", "build"],
                           SCRIPT_SECONDS, cwd=self.tree)
        if not code:
            return None
        told = [line for line in text.splitlines() if "FAILED" in line or "stopped at" in line]
        return f"{script}: {(told or [text.strip()[-100:]])[0][:150]}"

    def caught_by_further(self, path, original, room):
        """By one of the scripts that are asked last, each of which has to pass without the mutation."""
        mutated = path.read_text()
        for script in SCRIPTS[room][1:]:
            caught = self.sound.get(script, True) and self.caught_by_script(script)
            if caught and script not in self.sound:
                path.write_text(original)
                told = self.caught_by_script(script)
                self.sound[script] = told is None
                path.write_text(mutated)
                if told:
                    print(f"not asked again, it fails without any mutation: {told}", flush=True)
            if caught and self.sound[script]:
                return caught
        return None

    def judge(self, room, mutation):
        path, start, end, new, _ = mutation
        original = path.read_text()
        path.write_text(original[:start] + new + original[end:])
        try:
            own, above = ROOMS[room]
            for look in (lambda: self.caught_by(own), lambda: self.caught_by(above),
                         lambda: self.caught_by(own, strict=True), lambda: self.caught_by_script(SCRIPTS[room][0]),
                         lambda: self.caught_by_further(path, original, room)):
                caught = look()
                if caught is not None:
                    return caught
            return None
        finally:
            path.write_text(original)


def tell(tree, room, mutation, caught):
    path, start, end, new, words = mutation
    text = path.read_text()
    line = text.count("\n", 0, start) + 1
    begin = text.rfind("\n", 0, start) + 1
    stop = text.find("\n", end)
    print(f"{'caught  ' if caught else 'SURVIVED'} {path.relative_to(tree)}:{line}: {words}")
    if not caught:
        print("    - " + text[begin:stop].strip().replace("\n", "\n      "))
        print("    + " + (text[begin:start] + new + text[end:stop]).strip().replace("\n", "\n      "))
    else:
        print(f"         {caught}")
    sys.stdout.flush()


def copy_tree(target, rev):
    if rev:
        archive = subprocess.run(["git", "-C", str(ROOT), "archive", rev], check=True,
                                 stdout=subprocess.PIPE)
        target.mkdir()
        subprocess.run(["tar", "-x", "-C", str(target)], input=archive.stdout, check=True)
    else:
        shutil.copytree(ROOT, target, ignore=shutil.ignore_patterns("build", ".git"))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build", type=pathlib.Path, help="not used: everything is built in a copy")
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(3), "big"))
    parser.add_argument("--full", action="store_true", help=f"{2 * COUNT} mutations")
    parser.add_argument("--count", type=int, default=COUNT)
    parser.add_argument("--rev", help="the commit to mutate; default: the working tree")
    parser.add_argument("--room", choices=ROOMS, help="only this room")
    options = parser.parse_args()
    count = 2 * COUNT if options.full else options.count
    print(f"seed {options.seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="bailiwick-mutate-") as folder:
        tree = pathlib.Path(folder) / "tree"
        copy_tree(tree, options.rev)
        bench = Bench(tree)
        rooms = draw(tree, random.Random(options.seed))
        wanted = [options.room] if options.room else list(ROOMS)
        survived = done = 0
        while done < count:
            room = wanted[done % len(wanted)]
            mutation = next(rooms[room], None)
            if not mutation:
                sys.exit(f"no more mutations in src/{room}")
            caught = bench.judge(room, mutation)
            if caught is False:
                continue
            tell(tree, room, mutation, caught)
            done += 1
            survived += not caught
    least = -(-count * LEAST // COUNT)
    print(f"{count - survived} of {count} mutations were caught; at least {least} must be")
    print(f"{count - survived} passed, {max(0, least - (count - survived))} failed, 0 skipped")
    return 0 if count - survived >= least else 1


if __name__ == "__main__":
    sys.exit(main())
