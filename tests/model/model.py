"""A process as a model that Spin verifies: what tests/soak/model.py and tests/test_model.py share.

A model is what `case_model model DIR` printed of a rulebook, then frame.pml, then claims. Each form of
frame.pml is a program of its own, made by `spin -a` and the C compiler in a folder.
"""
import os
import pathlib
import re
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
CLAIM = re.compile(r"^ltl (\w+) \{(.*?)\}\s*$", re.M | re.S)
STORED = re.compile(r"(\d+) states, stored")
ERRORS = re.compile(r"errors: (\d+)")
DEPTH = 4_000_000
# Every variable is shared, so that there is nothing to reduce.
FLAGS = ["-O1", "-w", "-DNOREDUCE", f"-I{HERE}"]


def call(words, folder, **environment):
    done = subprocess.run(list(map(str, words)), cwd=folder, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=600,
                          env={**os.environ, **environment})
    if done.returncode:
        raise ValueError(f"{words[0]} ended with {done.returncode}: {done.stdout[-2000:]}")
    return done.stdout


def case_model(build, *words):
    return call([build / "release/tests/model/case_model", *words], HERE)


def claims_of(path):
    """{name: body} of the claims of safety and of liveness in a file."""
    text = path.read_text()
    safety, _, liveness = text.partition("#else")
    return [dict(CLAIM.findall(part)) for part in (safety, liveness)]


class Spin:
    """One form of the model of one rulebook, compiled in a folder of its own."""

    def __init__(self, printed, folder, forms, claims="", more=(), frame=None):
        self.folder = folder
        folder.mkdir(parents=True)
        frame = frame or (HERE / "frame.pml").read_text()
        (folder / "model.pml").write_text("\n".join([printed, frame, claims, *more]))
        defines = [f"-D{form}" for form in forms]
        call(["spin", *defines, "-a", "model.pml"], folder)
        safe = [] if "PATIENT" in forms else ["-DSAFETY"]
        none = [] if claims else ["-DNOCLAIM"]
        call(["gcc", *FLAGS, *defines, *safe, *none, "-o", "pan", "pan.c"], folder)

    def run(self, claim=None, liveness=False, **environment):
        """(states, errors, what pan said) of one exhaustive run."""
        words = ["./pan", f"-m{DEPTH}", "-w22", "-E"]
        words += ["-a"] if liveness else []
        words += ["-N", claim] if claim else []
        said = call(words, self.folder, **environment)
        if "max search depth too small" in said or "out of memory" in said:
            raise ValueError(f"the search was not exhaustive: {said[-1000:]}")
        return int(STORED.search(said).group(1)), int(ERRORS.search(said).group(1)), said


def as_expression(body):
    """The body of `[] (...)` as an expression of Promela, which has no implication: (A -> B) becomes
    the choice (A -> B : true)."""
    text = " ".join(re.fullmatch(r"\s*\[\]\s*(\(.*\))\s*", body, re.S).group(1).split())
    made, owing = "", []
    for i, character in enumerate(text):
        if character == "(":
            owing.append(False)
        if text.startswith("->", i):
            owing[-1] = True
        if character == ")" and owing.pop():
            made += " : true"
        made += character
    return made


def together(safety):
    """One claim that is broken when any of these is: each of them says "always"."""
    broken = "".join(f":: !{as_expression(body)} -> break\n" for body in safety.values())
    return f"never all_of_them {{\ndo\n{broken}:: else\nod\n}}\n"
