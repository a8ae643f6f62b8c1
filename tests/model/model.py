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
    """One form of the model of one rulebook, compiled in a folder of its own. Claims are the path of a
    file: those of liveness go with PATIENT, else all of safety are checked in one run."""

    def __init__(self, printed, folder, forms, claims=None, frame=None):
        self.folder = folder
        folder.mkdir(parents=True)
        frame = frame or (HERE / "frame.pml").read_text()
        patient = "PATIENT" in forms
        if claims and not patient:
            forms = [*forms, "CLAIMED"]
            (folder / "claims.pml").write_text(checks(claims))
        liveness = claims.read_text() if claims and patient else ""
        (folder / "model.pml").write_text("\n".join([printed, frame, liveness]))
        defines = [f"-D{form}" for form in forms]
        call(["spin", *defines, "-a", "model.pml"], folder)
        more = [] if patient else ["-DSAFETY", "-DNOCLAIM"]
        call(["gcc", *FLAGS, *defines, *more, "-o", "pan", "pan.c"], folder)

    def run(self, claim=None, **environment):
        """(states, errors, what pan said) of one exhaustive run; a claim is one of liveness."""
        words = ["./pan", f"-m{DEPTH}", "-w22", "-E"]
        words += ["-a", "-N", claim] if claim else []
        said = call(words, self.folder, **environment)
        if "max search depth too small" in said or "out of memory" in said:
            raise ValueError(f"the search was not exhaustive: {said[-1000:]}")
        return int(STORED.search(said).group(1)), int(ERRORS.search(said).group(1)), said


def broken_claims(said):
    """{name: the step that broke it} of what a run with claims of safety said."""
    return dict(re.findall(r"^claim (\w+) broken: (.*)", said, re.M))


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


def checks(path):
    """check_claims() of frame.pml: claims of safety say "always", so they are asked after each step."""
    words = re.findall(r"^#define (?:.*\\\n)*.*\n", path.read_text(), re.M)
    rows = [f"    if\n    :: !{as_expression(body)} -> c_code {{ CLAIM_BROKEN({number}, \"{name}\") }}\n"
            "    :: else\n    fi"
            for number, (name, body) in enumerate(claims_of(path)[0].items())]
    return "".join(words) + "inline check_claims() {\n" + ";\n".join(rows) + "\n}\n"
