#!/usr/bin/env python3
"""What is exported for who filed a complaint: the files, their rights, the proof that holds without the house,
and what breaks it. Last line: `N passed, N failed, N skipped`.
"""
import base64
import hashlib
import json
import pathlib
import shutil
import stat
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent.parent)]
from support import Tally, daemon, read_options, run, scratch  # noqa: E402
from test_complaints import NOW, Desk, fits, set_up  # noqa: E402
from program import Program, wait_for  # noqa: E402


def attempt(program, *words, user=None):
    return run(program.command(*words, user=user), expect=(0, 1, 2, 3, 4), env=program.env)


def export(tally, program, desk, folder):
    receipt = program.json("complaint", "file", desk.save(desk.document("zoe")), user="anna")
    reference, out = receipt["reference"], folder / "out of the house"
    told = program.json("complaint", "export", reference, "--reason", "person-asked", "--out", out, user="ada")
    record = json.loads((out / "record.json").read_text())
    fits(tally, record, "complaint-export.json")
    tally.equal(hashlib.sha256((out / "record.json").read_bytes()).hexdigest(), told["record_sha256"], "its digest")
    tally.equal(record["reporter"]["email"], "zoe@mail.example", "who they are")
    tally.equal([row["event"] for row in record["history"]], ["filed", "exported"], "what happened")
    for exhibit in record["complaint"]["exhibits"]:
        data = (out / f"exhibit-{exhibit['number']}").read_bytes()
        tally.equal(hashlib.sha256(data).hexdigest(), exhibit["sha256"], f"exhibit {exhibit['number']} as it came")
    tally.equal(sorted(path.name for path in out.iterdir()), ["entry", "exhibit-1", "exhibit-2", "record.json"], "all of it")
    tally.equal({stat.S_IMODE(path.stat().st_mode) for path in (out, *out.iterdir())}, {0o700, 0o600}, "for its owner alone")
    events = program.json("complaint", "show", reference)["complaint"]["events"]
    tally.equal((events[-1]["event"], events[-1]["reason"], events[-1]["actor"]), ("exported", "person-asked", "ada"), "is recorded")
    return reference, out


def refuse(tally, program, reference, out, folder):
    before = len(program.json("complaint", "show", reference)["complaint"]["events"])
    for words, user, said in (((reference, "--reason", "person-asked", "--out", out), "ada", "--out has to be a new folder"),
                              ((reference, "--reason", "person-asked"), "ada", "--out says where to"),
                              ((reference, "--reason", "person-asked", "--out", folder / "x"), "anna", "administrator"),
                              (("aaaa-aaaa-aaaa", "--reason", "person-asked", "--out", folder / "y"), "ada", "there is no complaint"),
                              ((reference, "--reason", "person-asked", "--out", "/proc/none"), "ada", "--out has to be")):
        done = attempt(program, "complaint", "export", *words, user=user)
        tally.check(done.returncode and said in done.stderr, f"refused: {said}", done.stderr)
    tally.equal(len(program.json("complaint", "show", reference)["complaint"]["events"]), before, "and nothing is recorded")


def prove(tally, program, out, folder):
    wait_for("the log", lambda: attempt(program, "complaint", "prove", out).returncode == 0, 30)
    key = (program.data / "public/log/key").read_text().strip()
    held = json.loads(run([program.binary, "verify", "--json", out / "proof.bundle", "--log-key", key]).stdout)
    tally.equal((held["openings"], held["erased"]), (1, 0), "it is in the log")
    tally.equal(held["record_sha256"], hashlib.sha256((out / "record.json").read_bytes()).hexdigest(), "as it was exported")
    tally.check("zoe" not in "".join(json.dumps(row["event"]) for row in json.loads((out / "proof.bundle").read_text())["openings"]),
                "the log itself knows nobody")
    spoilt = folder / "spoilt"
    shutil.copytree(out, spoilt)
    record = json.loads((spoilt / "record.json").read_text())
    record["reporter"]["name"] = "Somebody Else"
    (spoilt / "record.json").write_text(json.dumps(record))
    done = attempt(program, "complaint", "prove", spoilt)
    if done.returncode == 0:
        done = run([program.binary, "verify", spoilt / "proof.bundle", "--log-key", key], expect=(0, 1))
    tally.equal(done.returncode, 1, "another record has no proof")
    (spoilt / "entry").write_text("0" * 64)
    done = attempt(program, "complaint", "prove", spoilt)
    tally.check(done.returncode and "no export has the entry" in done.stderr, "nor another entry", done.stderr)


def main():
    options, tally = read_options(__doc__), Tally()
    with scratch() as place:
        folder = pathlib.Path(place)
        (folder / "conf").write_text("log.tick = 1\n")
        program = Program(options.binary, folder / "data", folder / "conf")
        set_up(program, folder)
        desk = Desk(program, folder, options.build)
        with tally.part("export"), open(folder / "log", "w") as log, daemon(program, NOW, log):
            reference, out = export(tally, program, desk, folder)
            refuse(tally, program, reference, out, folder)
            prove(tally, program, out, folder)
            program.run("complaint", "erase", reference, "--reason", "person-asked", user="ada")
            done = attempt(program, "complaint", "export", reference, "--reason", "person-asked", "--out", folder / "z", user="ada")
            tally.check(done.returncode and "was erased: nothing is left" in done.stderr, "after an erasure nothing is left", done.stderr)
        tally.check("zoe" not in (folder / "log").read_text(), "the daemon's log names nobody")
        tally.equal(program.json("log", "verify")["faults"], [], "and the log holds")
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
