#!/usr/bin/env python3
"""Faults put into the process of a rulebook, the frame of cases and the guards: is each noticed by what cases do?

Draws seeded mutations, the kinds by turns: of each shipped `process.yaml` (tests/model/process_changes.py), of the frame
(src/cases: step.c, apply.c, letter.c, deadline.c) and of src/rulebook/guard.c (the kinds of `mutate`). Each is made in a
scratch copy of the tree; then the unit tests of both rooms run, those of the scenarios first. What they do not notice goes on:
of C to the same tests with sanitizers and to the model, whose transitions must be the engine's; of a process to the claims of
tests/model, which Spin verifies; at last to simulated casework and its own checker.

What compares with a stored copy does not count and is not run: the list of edges, the drawing, the printed model; and, of a
process, the tests of the loader, which look for places in the shipped text.

Not counted as drawn: a process that the loader refuses, and what changes nothing: the same object code; the same
transitions, effects and times in every state that a search over case_apply() reaches; or EQUIVALENT, by hand with the
reason. All others must be noticed. --full: every mutation there is.
"""
import argparse
import json
import os
import pathlib
import random
import re
import shutil
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests/model"), str(ROOT / "tests/simulate")]
from checker import check  # noqa: E402
from model import Spin, broken_claims, case_model, claims_of  # noqa: E402
from mutate import copy_tree, in_turn, mutations, shell, tell  # noqa: E402
from process_changes import changes  # noqa: E402

COUNT = 40
PROCESSES = ("icann", "cctld-example")
FILES = {"frame": ["src/cases/step.c", "src/cases/apply.c", "src/cases/letter.c", "src/cases/deadline.c"],
         "guard": ["src/rulebook/guard.c"]}
TURNS = ("icann", "frame", "cctld-example", "icann", "guard")
SUITES = ("cases", "rulebook")
STORED_OUTPUT = {"edges", "diagram", "promela"}
ORDER = {"scenario": 0, "memory": 2, "rulebook memory": 2}  # these first, those last, all others between
# Only words, or only what is printed: (file, function).
LEFT_OUT = {"src/cases/deadline.c": ("deadline_print_json", "print_step", "print_version", "report"),
            "src/rulebook/guard.c": ("print_word", "print_compare", "print_node", "guard_print_promela", "guard_explain",
                                     "locate", "fail")}
# No case is another one, but a rulebook could be: not the same, though the transitions are.
LAW_ALONE = ("a shorter cure", "for another party")
# (file, what the changed line matches, why no case can be another one)
EQUIVALENT = [
    ("", r"for \(size_t i = 0; i <= process->edge_count; i\+\+\) \{", "what lies behind the edges in their arena is none"),
    ("", r"(?:letter|argument|id|ground|reason|actor|role|second|closure|object)\[1\]", "nothing has a name of one character"),
    ("deadline.c", r"return walk->rule->roll_forward \? roll\(walk\) : 1;", "success is >= 0 (base/error.h)"),
    ("guard.c", r"fact <= CASE_FACT_COUNT; fact\+\+\)", "no mask has the bit behind the last fact"),
]


def function_of(text, at):
    """The name of the function around a place."""
    heads = re.findall(r"^(?:[a-z_]\w*[ *]+)+\**(\w+)\([^;{}]*\)\n\{", text[:at], re.M)
    return heads[-1] if heads else ""


class Bench:
    """The scratch tree with its builds, and what is known of it when nothing is changed."""

    def __init__(self, options, tree):
        self.options, self.tree, self.usual = options, tree, {}
        self.build, self.strict = tree / "build/mutate", tree / "build/strict"
        self.clean = {name: tree / "clean" / name for name in PROCESSES}
        for name, place in self.clean.items():
            shutil.copytree(tree / "rulebook" / name, place)
        self.known = {}
        self.setup(self.build, "none")
        listed = json.loads(self.must(["meson", "introspect", "--tests", str(self.build)]))
        self.tests = [test for test in listed if self.suite(test) in SUITES
                      and test["name"] not in STORED_OUTPUT]
        self.tests.sort(key=lambda test: ORDER.get(test["name"], 1))
        caught = self.unit_tests()
        if caught is not None:
            sys.exit(f"without any mutation: {caught}")

    def must(self, command):
        text, code = shell(command, 900)
        if code:
            sys.exit(f"{' '.join(map(str, command))}:\n{text[-3000:]}")
        return text

    def setup(self, build, sanitizers):
        self.must(["meson", "setup", str(build), str(self.tree), "--buildtype=debug", "-Doptimization=1",
                   "-Dc_args=-U_FORTIFY_SOURCE -g0", "-Db_sanitize=" + sanitizers, "-Db_lundef=false"])

    def compiled(self, build, *targets):
        return shell(["ninja", "-C", str(build), *targets], 900)[1] == 0

    def programs(self):
        return sorted({os.path.relpath(test["cmd"][0], self.build) for test in self.tests})

    def unit_tests(self, build=None, suites=SUITES):
        """The first test that fails, None when all pass, False when it does not compile."""
        strict = build is not None
        build = build or self.build
        if not self.compiled(build, *self.programs()):
            return False
        more = {"UBSAN_OPTIONS": "halt_on_error=1"} if strict else {"MALLOC_PERTURB_": "165"}
        environment = dict(os.environ, CMOCKA_MESSAGE_OUTPUT="STDOUT", **more)
        for test in (test for test in self.tests if self.suite(test) in suites):
            program, begun = build / os.path.relpath(test["cmd"][0], self.build), time.monotonic()
            key = (test["name"], strict)
            text, code = shell([str(program), *test["cmd"][1:]], 5 * self.usual.get(key, 60) + 10, env=environment,
                               cwd=self.build)
            self.usual.setdefault(key, time.monotonic() - begun)
            if code:
                return f"{test['name']}: {self.said(text)}"
        return None

    @staticmethod
    def suite(test):
        return test["suite"][0].split(":")[-1]

    @staticmethod
    def said(text):
        line = re.search(r"(scenarios-[\w.-]+:\d+: .*)", text)
        named = re.search(r"\[  FAILED  \] (\w*[a-z]\w*)|(SUMMARY: \w+: [\w-]+)|(runtime error: .*)", text)
        return (line or named).group(0)[:160] if line or named else text.strip()[-100:]

    def strict_tests(self):
        if not self.strict.exists():
            self.setup(self.strict, "address,undefined")
        return self.unit_tests(self.strict)

    # --- the model ---

    def rows(self, case_model_program, rulebook, form, *more):
        path = self.tree / "rows.txt"
        text, code = shell([str(case_model_program), "search", str(rulebook), str(path), form, *more], 900)
        return path.read_text() if not code else text

    def model_rows(self, name, form):
        """What the hand-written frame does with the process, as it was before any mutation."""
        if (name, form) not in self.known:
            with tempfile.TemporaryDirectory(dir=self.tree) as folder:
                path = pathlib.Path(folder) / "rows.txt"
                printed = case_model(self.options.build, "model", self.clean[name])
                Spin(printed, pathlib.Path(folder) / "spin", ["COMPARED", form.upper()]).run(RECORD=str(path))
                self.known[name, form] = path.read_text()
        return self.known[name, form]

    def transitions(self):
        """As unit_tests(): whether the changed engine still does what the model does."""
        program = self.build / "tests/model/case_model"
        if not self.compiled(self.build, "tests/model/case_model"):
            return False
        for name, form in (("cctld-example", "people"), ("cctld-example", "facts"), ("icann", "people")):
            if self.rows(program, self.clean[name], form) != self.model_rows(name, form):
                return f"the model of {name}: other transitions ({form})"
        return None

    def claims(self, name):
        """As unit_tests(), by the claims about the changed process."""
        path = self.tree / f"tests/model/claims-{name}.ltl"
        liveness = claims_of(path)[1]
        printed = case_model(self.options.build, "model", self.tree / "rulebook" / name)
        with tempfile.TemporaryDirectory(dir=self.tree) as folder:
            broken = list(broken_claims(Spin(printed, pathlib.Path(folder) / "safety", [], path).run()[2]))
            if broken:
                return f"claims: {broken[0]}"
            spin = Spin(printed, pathlib.Path(folder) / "liveness", ["PATIENT"], path)
            broken = [claim for claim in liveness if spin.run(claim, RECORD=f"{folder}/calm")[1]]
        return f"claims: {broken[0]}" if broken else None

    # --- simulated casework ---

    def simulated(self, name, program):
        """As unit_tests(), by months of casework that the checker of tests/simulate looks at."""
        law = self.tree / "rulebook" / name
        with tempfile.TemporaryDirectory(dir=self.tree) as folder:
            data = pathlib.Path(folder) / "data"
            text, code = shell([str(program), "simulate", "--json", "--data", str(data), "--rulebook", str(law), "--seed", "1",
                                "--registrars", "400", "--registries", "200", "--until", "2023-01-01"], 900)
            found = check(data, self.clean[name], json.loads(text)) if not code else [text[-200:]]
        return f"simulated casework: {found[0]}" if found else None

    def simulated_here(self):
        if not self.compiled(self.build, "src/cli/bailiwick"):
            return False
        for name in reversed(PROCESSES):
            caught = self.simulated(name, self.build / "src/cli/bailiwick")
            if caught is not None:
                return caught
        return None

    # --- what changes nothing ---

    def everything(self, rulebook, form):
        return self.rows(self.options.build / "release/tests/model/case_model", rulebook, form, "everything")

    def same_process(self, name):
        for form in ("people", "facts"):
            key = (name, form, "everything")
            if key not in self.known:
                self.known[key] = self.everything(self.clean[name], form)
            if self.everything(self.tree / "rulebook" / name, form) != self.known[key]:
                return False
        return True

    def object_code(self, path):
        """Of a file, as the compiler makes it when it may use what comes to the same."""
        database = json.loads((self.build / "compile_commands.json").read_text())
        row = next(row for row in database if row["file"].endswith(str(path.relative_to(self.tree))))
        words = re.sub(r" -(?:o|MF|MQ) \S+| -MD", "", row["command"].removeprefix("ccache ")).split()
        made = self.tree / "one.o"
        text, code = shell([*words, "-O2", "-DNDEBUG", "-o", str(made)], 300, cwd=row["directory"])
        return made.read_bytes() if not code else text


class Process:
    """Mutations of the process of one rulebook."""

    def __init__(self, bench, name, chance):
        self.bench, self.name = bench, name
        self.path = bench.tree / "rulebook" / name / "process.yaml"
        stock = {kind: [(self.path, *row) for row in rows] for kind, rows in changes(self.path.read_text()).items()}
        self.pile = shuffled(stock, chance)

    def stands(self):
        """Whether the loader takes it: what it refuses is no process at all."""
        program = self.bench.options.build / "release/tests/model/case_model"
        return shell([str(program), "model", str(self.path.parent)], 60)[1] == 0

    def looks(self):
        release = self.bench.options.build / "bailiwick"
        return (lambda: self.bench.unit_tests(suites=["cases"]), lambda: self.bench.claims(self.name), lambda: self.bench.simulated(self.name, release))

    def same(self, mutation):
        return mutation[-1] not in LAW_ALONE and self.bench.same_process(self.name)


class Source:
    """Mutations of C."""

    def __init__(self, bench, name, chance):
        self.bench, stock = bench, {}
        for file in FILES[name]:
            path = bench.tree / file
            text = path.read_text()
            for kind, rows in mutations(text).items():
                stock.setdefault(kind, []).extend((path, *row) for row in rows
                                                  if function_of(text, row[0]) not in LEFT_OUT.get(file, ()))
        self.pile = shuffled(stock, chance)
        self.clean = {bench.tree / file: bench.object_code(bench.tree / file) for file in FILES[name]}

    def stands(self):
        return self.bench.compiled(self.bench.build, *self.bench.programs())

    def looks(self):
        return (self.bench.unit_tests, self.bench.strict_tests, self.bench.transitions, self.bench.simulated_here)

    def same(self, mutation):
        path = mutation[0]
        now = path.read_text().splitlines()[path.read_text()[:mutation[1]].count("\n")]
        return (self.bench.object_code(path) == self.clean[path]
                or any(path.name.endswith(file) and re.search(line, now) for file, line, _ in EQUIVALENT))


def shuffled(stock, chance):
    for rows in stock.values():
        chance.shuffle(rows)
    return in_turn(list(stock.values()), chance)


def judge(subject, mutation):
    """Who noticed; None for nobody, "refused" or "the same" for what does not count."""
    path, start, end, new, _ = mutation
    original = path.read_text()
    path.write_text(original[:start] + new + original[end:])
    try:
        if not subject.stands():
            return "refused"
        for number, look in enumerate(subject.looks()):
            if number == 1 and subject.same(mutation):
                return "the same"
            caught = look()
            if caught:
                return caught
        return None
    finally:
        path.write_text(original)


def drawn(subjects, turns):
    """(subject, mutation) by turns, until there are no more."""
    turns = list(turns)
    while turns:
        for name in list(turns):
            mutation = next(subjects[name].pile, None)
            if mutation:
                yield subjects[name], mutation
            else:
                turns = [turn for turn in turns if turn != name]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(3), "big"))
    parser.add_argument("--full", action="store_true", help="every mutation there is")
    parser.add_argument("--count", type=int, default=COUNT)
    parser.add_argument("--only", choices=sorted(set(TURNS)), help="only these")
    parser.add_argument("--rev", help="the commit to mutate; default: the working tree")
    options = parser.parse_args()
    options.build = options.build.resolve()
    print(f"seed {options.seed}", flush=True)
    began, counts = time.monotonic(), {"noticed": 0, "refused": 0, "the same": 0, "survived": 0}
    with tempfile.TemporaryDirectory(prefix="bailiwick-mutate-") as folder:
        tree = pathlib.Path(folder) / "tree"
        copy_tree(tree, options.rev)
        bench, chance = Bench(options, tree), random.Random(options.seed)
        turns = [options.only] if options.only else TURNS
        subjects = {name: (Process if name in PROCESSES else Source)(bench, name, chance) for name in dict.fromkeys(turns)}
        print(f"ready after {time.monotonic() - began:.0f} s", flush=True)
        for subject, mutation in drawn(subjects, turns):
            if not options.full and counts["noticed"] + counts["survived"] == options.count:
                break
            caught = judge(subject, mutation)
            counts[caught if caught in counts else "noticed" if caught else "survived"] += 1
            if caught not in counts:
                tell(tree, None, mutation, caught)
    print(", ".join(f"{count} {word}" for word, count in counts.items()), f"in {time.monotonic() - began:.0f} s")
    print(f"{counts['noticed']} passed, {counts['survived']} failed, 0 skipped")
    return 1 if counts["survived"] or not options.full and counts["noticed"] < options.count else 0


if __name__ == "__main__":
    sys.exit(main())
