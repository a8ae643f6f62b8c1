#!/usr/bin/env python3
"""A flood through the real program: one row with its reasons, decided together after a look, each complaint by
itself, and taken back. What was looked at is what is done: what happened to one of them since, or another
reason, refuses it; what came later is not among them. Last line: `N passed, N failed, N skipped`.
"""
import json
import pathlib
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent.parent)]
from support import Tally, daemon, read_options, run, scratch  # noqa: E402
from test_complaints import DUTY, NOW, Desk, fits, set_up  # noqa: E402
from program import Program, wait_for  # noqa: E402

FLOOD = 12
WORDS = ("They took the name from me and gave it to somebody whom I never met, and the registrar wrote that this was"
         " settled and that nobody there would look at it again")
CLOSING = ("--out-of-scope", "too-broad", "--reason", "Which name is it about?")


def alike(number, words=WORDS):
    return {"type": "generic-registrar", "language": "en", "names": ["mine.example"],
            "answers": {"registrar": "Example Names Ltd", "what": f"{words}. My number is {1000 + number}."}}


class Triage:
    def __init__(self, tally, desk):
        self.tally, self.desk, self.program = tally, desk, desk.program
        lines = desk.folder / "flood.jsonl"
        lines.write_text("\n".join(json.dumps(alike(n)) for n in range(FLOOD)))
        filed = self.program.json("complaint", "file", "--bulk", "--anyway", lines, user="anna")["items"]
        self.flood = [item["reference"] for item in filed]
        tally.equal([item["state"] for item in filed], ["filed"] * FLOOD, "the flood is filed")

    def file(self, document):
        return self.program.json("complaint", "file", "--anyway", self.desk.save(document), user="anna")["reference"]

    def row(self):
        rows = self.program.json("complaint", "clusters")["clusters"]
        return rows[0] if rows else None

    def wait_for_row(self, count):
        return wait_for("the row", lambda: (row := self.row()) and row["filed"] == count and row, 30)

    def decide(self, *words, expect=0):
        done = self.try_to("decide", *words)
        self.tally.equal(done.returncode, expect, f"decide {words[0]} {words[-1][:12]}: exit")
        return json.loads(done.stdout) if done.stdout else done.stderr

    def try_to(self, verb, *words):
        return run(self.program.command("complaint", verb, *words, "--json", user="anna"), expect=(0, 1, 2),
                   env=self.program.env)

    def states(self):
        return {self.program.json("complaint", "show", one)["complaint"]["state"] for one in self.flood}


def look(triage):
    tally, program = triage.tally, triage.program
    other = triage.file(alike(99, "A page of the bank is copied, and whoever types a password there loses what they have"))
    row = triage.wait_for_row(FLOOD)
    tally.equal((row["reference"], row["members"], row["names"]), (triage.flood[0], FLOOD, ["mine.example"]), "one row")
    tally.check("11 of 11 name what the first one names" in row["reasons"], "and why", row["reasons"])
    page = program.json("complaint", "clusters", "--singles")
    fits(tally, page, "complaint-clusters.json")
    tally.equal([one["reference"] for one in page["clusters"]], [triage.flood[0], other], "with singles all that waits")
    shown = program.json("complaint", "clusters", triage.flood[3])
    fits(tally, shown, "complaint-cluster.json")
    tally.equal([one["reference"] for one in shown["members"]], triage.flood, "each of them")
    text = program.run("complaint", "clusters").stdout
    tally.check(f"{FLOOD} wait, of {FLOOD} that are alike" in text and "all name mine.example" in text, "for people", text)


def decide(triage):
    """The digest of what was done in the end."""
    tally, flood = triage.tally, triage.flood
    tried = triage.decide("--all-of", flood[5], *CLOSING, "--preview")
    fits(tally, tried, "complaint-decide-many.json")
    tally.equal((tried["preview"], tried["done"], tried["refused"]), (True, FLOOD, 0), "tried")
    tally.equal({item["state"] for item in tried["items"]}, {"out-of-scope"}, "what each would become")
    tally.equal(triage.states(), {"filed"}, "a preview changes nothing")
    words = triage.decide("--all-of", flood[5], *CLOSING[:3], "Another reason", "--digest", tried["digest"], expect=1)
    tally.check("look at it again" in words, "another reason is another thing", words)
    triage.program.run("complaint", "decide", flood[2], "--need", "Which name?", user="anna")
    triage.decide("--all-of", flood[5], *CLOSING, "--digest", tried["digest"], expect=1)
    tally.equal(triage.states(), {"filed", "waiting"}, "one of them moved on: nothing is done")
    tried = triage.decide("--all-of", flood[5], *CLOSING, "--preview")
    later = triage.file(alike(50))
    triage.wait_for_row(FLOOD)
    done = triage.decide("--all-of", flood[5], *CLOSING, "--digest", tried["digest"])
    tally.equal((done["preview"], done["done"], done["refused"]), (False, FLOOD - 1, 0), "done")
    tally.equal(triage.states(), {"out-of-scope", "waiting"}, "each of them")
    event = triage.program.json("complaint", "show", flood[0])["complaint"]["events"][-1]
    tally.equal((event["event"], event["closure"], event["text"], event["batch"]),
                ("out-of-scope", "too-broad", CLOSING[-1], done["digest"].split(":")[0]), "an event of its own")
    tally.equal(triage.program.json("complaint", "show", later)["complaint"]["state"], "filed", "what came later waits")
    return done["digest"]


def refuse_each(triage):
    """What is refused one by one is refused here, one by one."""
    tally = triage.tally
    listed = triage.desk.folder / "listed"
    good = triage.file(alike(60))
    listed.write_text(f"{good}\n\naaaa-aaaa-aaaa\n  {good[:-1]} \n")
    opening = ("--from", listed, "--in-scope", "--obligation", DUTY, "--party", "registrar-9001", "--subject", "mine.example")
    tried = triage.decide(*opening, "--preview", expect=1)
    tally.equal([bool(item["error"]) for item in tried["items"]], [False, True, True], "each has its own answer")
    tally.check("there is no complaint" in tried["items"][1]["error"] and "is no reference" in tried["items"][2]["error"],
                "and why", tried["items"])
    done = triage.decide(*opening, "--digest", tried["digest"], expect=1)
    tally.equal([item["state"] for item in done["items"]], ["in-scope", "", ""], "what can be done is done")
    for words in ((), ("--all-of", good), ("--from", listed, "--preview", "--digest", "x"), (good, "--from", listed)):
        tally.equal(triage.try_to("decide", *words).returncode, 2, f"{len(words)} words that do not fit")
    done = triage.try_to("decide", "--from", listed, "--digest", "x1")
    tally.check("'x1' is no digest of a preview" in done.stderr, "no digest", done.stderr)


def undo(triage, digest):
    tally, flood = triage.tally, triage.flood
    why = ("--reason", "They were closed by mistake.")
    triage.program.run("complaint", "decide", flood[4], *CLOSING, user="anna")
    tried = json.loads(triage.try_to("undo", digest, *why, "--preview").stdout)
    fits(tally, tried, "complaint-decide-many.json")
    tally.equal((tried["preview"], tried["done"], tried["refused"]), (True, FLOOD - 2, 1), "an undo is tried first")
    tally.equal(triage.states(), {"out-of-scope", "waiting"}, "which changes nothing")
    done = triage.try_to("undo", digest, *why)
    told = json.loads(done.stdout)
    tally.equal((done.returncode, told["done"]), (1, FLOOD - 2), "taken back")
    tally.equal([item["error"] for item in told["items"] if item["reference"] == flood[4]],
                [f"complaint.reopen: complaint {flood[4]} was decided again since, by event 3"], "but what was decided anew")
    shown = triage.program.json("complaint", "show", flood[0])["complaint"]
    tally.equal((shown["state"], shown["text"], shown["waits_for"]), ("filed", why[1], "first-review"), "it waits again")
    tally.equal([event["event"] for event in shown["events"]], ["filed", "out-of-scope", "reopened"], "nothing is deleted")
    tally.check(triage.wait_for_row(FLOOD - 2 + 1), "and is in its row again", triage.row())
    tally.check("there is no batch" in triage.try_to("undo", "0" * 64, *why).stderr, "no such batch")
    triage.program.run("complaint", "decide", flood[0], *CLOSING, user="anna")
    triage.program.run("complaint", "reopen", flood[0], *why, user="anna")


def main():
    options, tally = read_options(__doc__), Tally()
    with scratch() as place:
        folder = pathlib.Path(place)
        (folder / "conf").write_text("log.tick = 1\n")
        program = Program(options.binary, folder / "data", folder / "conf")
        set_up(program, folder)
        with tally.part("triage"), open(folder / "daemon.log", "w") as log, daemon(program, NOW, log):
            triage = Triage(tally, Desk(program, folder, options.build))
            look(triage)
            digest = decide(triage)
            refuse_each(triage)
            undo(triage, digest)
        program.run("rebuild")
        tally.equal(program.json("rebuild", "--check")["differences"], [], "and all of it is what the events say")
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
