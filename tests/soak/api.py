#!/usr/bin/env python3
"""The API under clients of no good will: questions made from docs/openapi.json and bent, with every role,
against a daemon built with sanitizers (tests/soak/api/, on npm's fast-check and ajv).

Every answer is one that the description allows and none is of the server's own failure; nobody hears a word
that is not for them; each operation is done by each role that may, and by no other; afterwards the daemon
runs, no sanitizer said anything, projections and log are whole. 1,000 questions for each role, 50,000 with
--full. Last line: `N passed, N failed, N skipped`.
"""
import json
import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
TESTS = HERE.parent
sys.path[:0] = [str(TESTS), str(TESTS / "story")]
import run as runner  # noqa: E402
import two_parties as world  # noqa: E402
from browser import signed_in  # noqa: E402
from postbox import Postbox  # noqa: E402
from support import ROOT, Tally, add_user, daemon, house, read_options  # noqa: E402
from program import wait_for  # noqa: E402

REPORTER = "qwreportercanary"
SESSIONS = 20  # of each of the staff, for the hunt to end
DRAWN = 10
LATER = "2027-01-11T09:00:00Z"  # the Monday after world.NOW
STAFF = {"administrator": "ada", "analyst": "anna", "approver": "bert", "auditor": "adam", "publisher": "paula"}


def node_folder(build):
    """The hunt beside what it needs from npm, at the versions of package-lock.json."""
    folder = build / "soak-api"
    lock = folder / "package-lock.json"
    whole = folder / "node_modules/.package-lock.json"  # which npm writes last
    installed = whole.exists() and lock.exists() and lock.read_bytes() == (HERE / "api/package-lock.json").read_bytes()
    shutil.copytree(HERE / "api", folder, dirs_exist_ok=True)
    if installed:
        return folder
    done = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder, capture_output=True,
                          text=True)
    if done.returncode:
        sys.exit(f"npm ci in {folder}: {done.stderr[-2000:]}")
    return folder


def file_complaint(program, folder, n):
    """A complaint of which nobody but the staff may know; its receipt."""
    document = {"type": "dns-abuse-registrar", "language": "en", "names": [f"bad{n}.example"], "party": "registrar-9001",
                "answers": {"kind": "phishing", "domain": f"bad{n}.example", "reported-at": "2026-12-01"},
                "told_first": {"told": True, "on": "2026-12-01"},
                "reporter": {"name": f"{REPORTER} {n}", "email": f"{REPORTER}{n}@mail.example", "role": "other", "share": False}}
    path = folder / f"complaint-{n}.json"
    path.write_text(json.dumps(document))
    return {**program.json("complaint", "file", path, user="anna"), "names": document["names"]}


def add_people(program, folder):
    for role, name in STAFF.items():
        if name not in program.tokens:
            add_user(program, folder, name, role)
    add_user(program, folder, "rita", "party", "--party", "registrar-9001")
    program.run("user", "grant", "add", "rita", "--party", "registrar-9001", "--may", "read", user="ada")


def open_sessions(program, port):
    """Of all the staff; their ids."""
    for name in STAFF.values():
        for _ in range(SESSIONS):
            signed_in(port, program.tokens[name].read_text().strip())
    return [row["id"] for row in program.json("user", "sessions", user="ada")["sessions"]]


def draft_notice(program):
    """One that waits for its approval by two; its case."""
    case = program.json("case", "open", "--party", world.SIDES["south"], "--obligation", world.DUTY, "--subject", "third.example",
                        "--violation", user="anna")["case"]
    program.run("case", "draft", case, "--letter", "termination", user="anna")
    return case


def draw_closures(program, folder):
    """Closures of the week before, which the daemon of the hunt draws for a second look; their receipts."""
    receipts = [file_complaint(program, folder, n) for n in range(100, 100 + DRAWN)]
    with daemon(program, world.NOW):
        wait_for("the first draw", lambda: program.json("complaint", "draws")["draws"], 30)
        for receipt in receipts:
            program.run("complaint", "decide", receipt["reference"], "--out-of-scope", "too-broad", "--reason", "too little",
                        user="anna")
    return receipts


def describe(program, sides, receipts, sessions):
    """What the hunt knows of the house, by kind."""
    letters = [row for id in [side.case for side in sides] + [draft_notice(program)]
               for row in program.json("letter", "list", "--case", id)["letters"]]
    return {
        "parties": [side.party for side in sides] + ["registry-none"], "party": [side.party for side in sides],
        "cases": [id for side in sides for id in (side.case, side.hidden)], "case": [side.case for side in sides],
        "findings": [id for side in sides for id in (side.told, side.finding)],
        "letters": [row["id"] for row in letters], "letter": [row["id"] for row in letters],
        "sha256": [row["sha256"] for row in letters], "complaints": [receipt["reference"] for receipt in receipts],
        "named": {receipt["reference"]: receipt["names"] for receipt in receipts},
        "type": ["dns-abuse-registrar"], "language": ["en", "ar"], "obligation": [world.DUTY],
        "name": [f"bad{n}.example" for n in range(9)], "names": [[f"bad{n}.example"] for n in range(9)],
        "answers": [{"kind": "phishing", "domain": f"bad{n}.example", "reported-at": "2026-12-01"} for n in range(9)],
        "evidence": ["report", "abuse"], "media": ["text/plain", "application/pdf", "image/png"],
        "base64": ["ZXZpZGVuY2U=", "", "%", "AAAA"], "day": ["2027-01-04", "2027-03-01", "2026-12-01"],
        "closure": ["too-broad", "domain-suspended", "open"], "user": ["nina", "noah", "sara", "rita", "anna"],
        "number": ["1", "2", "3"], "items": [["1=comply"], ["1=need-time", "2=dispute"], ["9=comply"]],
        "email": ["zoe@mail.example", "x"], "words": ["We looked at it.", "More about it", "x" * 5000],
        "proposal": ["0" * 64], "hooks": [f"{n}" for n in range(1, 40)], "session": sessions,
    }


def roles_of(program, receipts):
    """Who asks, with which tokens, and what they must never hear."""
    tokens = {name: path.read_text().strip() for name, path in program.tokens.items()}
    north, south = world.PREFIX["north"], world.PREFIX["south"]
    party = [north, south, REPORTER]
    rows = [{"name": role, "tokens": [tokens[name]], "forbidden": []} for role, name in STAFF.items()]
    rows += [{"name": "party, delegate", "tokens": [tokens["nina"]], "forbidden": party},
             {"name": "party, answer", "tokens": [tokens["sara"]], "forbidden": party},
             {"name": "party, read", "tokens": [tokens["rita"]], "forbidden": party},
             {"name": "complainant", "tokens": [receipt["link"] for receipt in receipts], "forbidden": [north, south]},
             {"name": "nobody", "tokens": [""], "forbidden": party}]
    return rows


def hunt(folder, options, port, program, sides, receipts, sessions):
    """A line for each role."""
    place = program.data.parent / "world.json"
    place.write_text(json.dumps({"port": port, "seed": options.seed, "runs": 50000 if options.full else 1000,
                                 "roles": roles_of(program, receipts), "known": describe(program, sides, receipts, sessions)}))
    command = ["node", folder / "hunt.mjs", place, ROOT / "docs/openapi.json", ROOT / "docs/schema"]
    with subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            row = json.loads(line)
            print(f"{row['role']}: {row['asked']} questions, {sum(row['done'].values())} done, {row['lost']} cut off", flush=True)
            yield row
    if process.returncode:
        raise AssertionError(f"the hunt ended with {process.returncode}")


# Whoever may do it needs what a hunt brings by chance alone: a hook with a thousand deliveries behind it.
SELDOM = {f"post /api/v1/{own}hooks/{{id}}/resumption" for own in ("", "own/")}


def judge(tally, row, may, full):
    for fault, shown in row["faults"].items():
        tally.check(False, f"{row['role']}: {fault}", shown)
    tally.check(not row["faults"], f"{row['role']}: every answer is described and for them")
    tally.equal(sorted(set(row["done"]) - set(may) - SELDOM), [], f"{row['role']} does nothing that is for others")
    if full:
        tally.equal(sorted(set(may) - set(row["done"])), [], f"{row['role']} does all that it may")
    elif set(may) - set(row["done"]):
        tally.skip(f"{row['role']}: not met by chance: {', '.join(sorted(set(may) - set(row['done'])))}")


def main():
    options = read_options(__doc__, ("--full", "50,000 questions for each role"))
    tally = Tally()
    folder = node_folder(options.build)
    may = json.loads((HERE / "api/may.json").read_text())
    options.binary = runner.sanitized_build(options.build) / "src/cli/bailiwick"
    with Postbox() as post, house(options, f"mail.smtp-port = {post.port}", "mail.from = desk@authority.example",
                                  "log.tick = 1", "hooks.resolver = 127.0.0.1#1") as (place, program):
        program.env["ASAN_OPTIONS"] = "detect_leaks=0"  # which wants ptrace, and the roles' sandbox has none
        world.set_up(program, place)
        add_people(program, place)
        drawn = draw_closures(program, place)
        with tally.part("the hunt"), open(place / "log", "wb") as log, daemon(program, LATER, log) as port:
            sides = [world.open_side(program, place, name) for name in world.SIDES]
            world.put_findings(program, sides)
            receipts = drawn + [file_complaint(program, place, n) for n in range(40)]
            sessions = open_sessions(program, port)
            for row in hunt(folder, options, port, program, sides, receipts, sessions):
                judge(tally, row, may[row["role"]], options.full)
            tally.check(program.json("case", "list", user="anna")["cases"], "it still answers")
        said = (place / "log").read_text(errors="replace")
        tally.equal(re.findall(r".*(?:runtime error|AddressSanitizer).*", said)[:5], [], "no sanitizer spoke")
        tally.equal(program.json("rebuild", "--check")["differences"], [], "the projections are whole")
        tally.equal(program.json("log", "verify")["faults"], [], "so is the log")
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
