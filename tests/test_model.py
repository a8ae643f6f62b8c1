#!/usr/bin/env python3
"""The short form of `./dev soak model`: the smaller rulebook's transitions against the engine's, its
claims, and one changed process that must break a claim."""
import pathlib
import shutil
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests/model")]
from model import Spin, broken_claims, case_model  # noqa: E402
from mutations import MUTATIONS, changed  # noqa: E402
from support import Tally, read_options  # noqa: E402

NAME = "cctld-example"


def main():
    options, tally = read_options(__doc__.split(":")[0]), Tally()
    if not shutil.which("spin"):
        tally.skip("the package spin is not installed")
        return tally.finish()
    claims = ROOT / f"tests/model/claims-{NAME}.ltl"
    with tempfile.TemporaryDirectory(prefix="bailiwick-model-") as folder, tally.part("the model"):
        folder, rulebook = pathlib.Path(folder), ROOT / "rulebook" / NAME
        printed = case_model(options.build, "model", rulebook)
        case_model(options.build, "search", rulebook, folder / "engine", "people")
        Spin(printed, folder / "compared", ["COMPARED", "PEOPLE"]).run(RECORD=str(folder / "model"))
        tally.check((folder / "engine").read_text() == (folder / "model").read_text(),
                    "the model's transitions are the engine's")
        said = Spin(printed, folder / "safety", [], claims).run()[2]
        tally.equal(broken_claims(said), {}, "broken claims of safety")
        _, find, put, claim = next(row for row in MUTATIONS if row[3] == "s8_two")
        changed(rulebook, folder / "changed", find, put)
        other = case_model(options.build, "model", folder / "changed")
        said = Spin(other, folder / "broken", [], claims).run()[2]
        tally.check(claim in broken_claims(said), f"'{put}' breaks {claim}")
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
