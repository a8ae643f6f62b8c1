#!/usr/bin/env python3
"""Second looks through the real program: what the daemon draws on Monday is what the seed chooses to which the
log was committed the week before, as this file works it out; another person looks, what was wrong waits again,
and how often is told. A daemon that was killed over a draw, or was not there for weeks, makes up for it.
Last line: `N passed, N failed, N skipped`.
"""
import contextlib
import hashlib
import hmac
import json
import pathlib
import sqlite3
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent.parent)]
from support import Tally, daemon, read_options, run, scratch  # noqa: E402
from test_complaints import Desk, fits, set_up  # noqa: E402
from program import Program, wait_for  # noqa: E402

WEEKS = ("2027-01-06T09:00:00Z", "2027-01-11T00:00:05Z", "2027-02-01T12:00:00Z")  # Wednesday, Monday, Monday
LOOKS = 10   # of a week, as the rulebook that ships says
CLOSED = 23
CLOSING = ("--out-of-scope", "too-broad", "--reason", "Which name is it about?")


def file(program, desk, number):
    document = {"type": "generic-registrar", "language": "en", "names": [f"n{number}.example"],
                "answers": {"registrar": "Example Names Ltd", "what": f"Nobody answers about n{number}.example"}}
    return program.json("complaint", "file", "--anyway", desk.save(document), user="anna")["reference"]


def close(program, desk, number, user="anna"):
    reference = file(program, desk, number)
    program.run("complaint", "decide", reference, *CLOSING, user=user)
    return reference


def openings(program, kind):
    with contextlib.closing(sqlite3.connect(f"file:{program.data}/store.db?mode=ro", uri=True)) as db:
        rows = [json.loads(text) for text, in db.execute("SELECT json FROM opening ORDER BY number")]
    return [row for row in rows if row["kind"] == kind]


def draws(program):
    told = program.json("complaint", "draws")
    return told, {row["draw"]: row for row in told["draws"]}


def begin(tally, program):
    """The seed of what is to come is in the log, and nowhere to be read."""
    wait_for("the first draw", lambda: program.json("complaint", "draws")["draws"], 30)
    told, rows = draws(program)
    fits(tally, told, "complaint-draws.json")
    tally.equal((rows[1]["seed"], rows[1]["until"], told["total"]["error_per_mille"]), (None, None, None), "nothing is drawn yet")
    entry = openings(program, "second-look-seed")[0]
    tally.equal(entry["seed_sha256"], rows[1]["seed_sha256"], "but the log is committed to the seed")
    return rows[1]


def drawn(tally, program, closed, promised):
    wait_for("the draw", lambda: program.json("complaint", "second-looks")["looks"], 30)
    told, rows = draws(program)
    seed = bytes.fromhex(rows[1]["seed"])
    tally.equal(hashlib.sha256(seed).hexdigest(), promised["seed_sha256"], "the seed is the one that was promised")
    rank = {one: hmac.new(seed, f"{one}/2".encode(), "sha256").digest() for one in closed}
    looks = program.json("complaint", "second-looks")
    fits(tally, looks, "complaint-looks.json")
    found = [row["reference"] for row in looks["looks"]]
    tally.equal(sorted(found), sorted(sorted(closed, key=rank.get)[:LOOKS]), "those whose rank is smallest")
    tally.equal((rows[1]["population"], rows[1]["chosen"], rows[1]["until"]), (CLOSED, LOOKS, "2027-01-11T00:00:00Z"), "of so many")
    entry = openings(program, "second-look-draw")[0]
    tally.equal(sorted(entry["chosen"]), sorted(f"{one}/2" for one in found), "which the log tells")
    tally.equal(entry["seed"], seed.hex(), "with the seed")
    pages, after = [], ()
    for _ in range(4):
        page = program.json("complaint", "second-looks", "--limit", "3", *after)
        pages += [row["reference"] for row in page["looks"]]
        after = ("--after", page["next"])
    tally.equal((pages, page["next"]), (found, None), "page by page")
    return found


def look(tally, program, found):
    def attempt(*words, user):
        return run(program.command("complaint", "second-look", *words, user=user), expect=(0, 1, 2), env=program.env)

    refused = attempt(found[0], "agrees", user="anna")
    tally.check(refused.returncode and "approver" in refused.stderr, "an analyst does not look again", refused.stderr)
    told = program.json("complaint", "second-look", found[0], "agrees", user="bert")
    fits(tally, told, "complaint-look.json")
    tally.equal(told["state"], "out-of-scope", "what agrees stays closed")
    told = program.json("complaint", "second-look", found[1], "differs", "--reason", "It names one.", user="bert")
    tally.equal(told["state"], "filed", "what differs waits again")
    shown = program.json("complaint", "show", found[1])
    fits(tally, shown, "complaint-show.json")
    tally.equal([event["event"] for event in shown["complaint"]["events"]],
                ["filed", "out-of-scope", "drawn", "second-look", "reopened"], "all of it is in its history")
    tally.equal(shown["complaint"]["text"], "It names one.", "and who filed it reads why")
    again = attempt(found[1], "agrees", user="bert")
    tally.check(again.returncode and "was looked at again before" in again.stderr, "once", again.stderr)
    told, rows = draws(program)
    tally.equal((rows[1]["agrees"], rows[1]["differs"], rows[1]["waiting"], rows[1]["error_per_mille"]), (1, 1, LOOKS - 2, 500),
                "what was found is counted")
    text = program.run("complaint", "draws").stdout
    tally.check("500 of 1000 closures were wrong (95 %: 95 to 905)" in text, "for people", text)


def main():
    options, tally = read_options(__doc__), Tally()
    with scratch() as place:
        folder = pathlib.Path(place)
        (folder / "conf").write_text("log.tick = 1\n")
        program = Program(options.binary, folder / "data", folder / "conf")
        set_up(program, folder)
        desk = Desk(program, folder, options.build)
        close(program, desk, 999)  # before anything was promised: never drawn
        with tally.part("the week"), open(folder / "log", "w") as log, daemon(program, WEEKS[0], log):
            promised = begin(tally, program)
            closed = [close(program, desk, n) for n in range(CLOSED)]
            file(program, desk, 500)
        with tally.part("Monday"), open(folder / "log", "a") as log, daemon(program, WEEKS[1], log):
            found = drawn(tally, program, closed, promised)
            look(tally, program, found)
        with tally.part("three weeks later"), open(folder / "log", "a") as log, daemon(program, WEEKS[2], log):
            wait_for("the rest", lambda: len(program.json("complaint", "draws")["draws"]) == 3, 30)
            _, rows = draws(program)
            tally.equal((rows[2]["population"], rows[2]["chosen"]), (0, 0), "nothing was closed meanwhile")
            tally.equal(rows[3]["seed"], None, "and the next seed is promised")
        with contextlib.closing(sqlite3.connect(folder / "data/store.db")) as db:
            secret = db.execute("SELECT seed FROM complaint_draw WHERE number = 3").fetchone()[0]
        tally.check(secret.hex() not in "".join(json.dumps(row) for row in openings(program, "second-look-seed")),
                    "the seed itself is not in the log")
        before = program.json("rebuild", "--check")["differences"]
        program.run("rebuild")
        tally.equal((before, program.json("rebuild", "--check")["differences"]), ([], []), "all of it is what the events say")
        tally.equal(program.json("log", "verify")["faults"], [], "and the log holds it")
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
