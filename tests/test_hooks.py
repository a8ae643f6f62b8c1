#!/usr/bin/env python3
"""Hooks through the real program: a daemon, its heralds, and HTTPS receivers on loopback whose name a resolver of
the test knows.

What comes is signed as docs/interfaces.md says, by the verifier that stands there, and says nothing but where to
look. A party hears of its own case from its first letter on and of nothing else, whatever the house does beside. A
receiver that fails, that is silent, that was killed or is dead loses nothing and delays neither the others nor a
letter; a daemon that is killed loses nothing. 410 and revocation end it; private addresses, redirects and foreign
certificates get nothing. Last line: `N passed, N failed, N skipped`.
"""
import base64
import contextlib
import json
import pathlib
import sqlite3
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import schema as schemas  # noqa: E402
from postbox import Postbox  # noqa: E402
from receiver import Certificates, Names, Receiver, documented_verifier  # noqa: E402
from support import Tally, daemon, house, read_options, serving  # noqa: E402
from program import wait_for  # noqa: E402
from two_parties import NOW, PREFIX, open_side, set_up  # noqa: E402

HOST = "hooks.example"
LATER = "2027-01-04T12:00:00Z"
CASES = ("case.told", "letter.served", "case.changed")


class Hooks:
    def __init__(self, program, receiver):
        self.program, self.receiver, self.secrets, self.seen = program, receiver, {}, {}

    def add(self, user, path, kinds, port=None, host=HOST):
        url = f"https://{host}:{port or self.receiver.port}{path}"
        words = [word for kind in kinds for word in ("--for", kind)]
        made = self.program.json("user", "hook", "add", user, "--url", url, *words, user="ada")
        self.secrets[path] = (url, made["secret"])
        return made["number"]

    def row(self, user, number=1):
        return self.program.json("user", "hook", "list", user)["hooks"][number - 1]

    def bodies(self, path):
        """What was told there, once for each id, in the order in which it came first."""
        told = {}
        for _, body in self.receiver.at(path):
            one = json.loads(body)
            told.setdefault(one["id"], one)
        return list(told.values())

    def kinds(self, path):
        return [one["kind"] for one in self.bodies(path)]

    def quiet(self, seconds=1.5):
        """Until nothing came for a while."""
        count, since = -1, time.monotonic()
        while time.monotonic() - since < seconds:
            if len(self.receiver.heard) != count:
                count, since = len(self.receiver.heard), time.monotonic()
            time.sleep(0.05)


def answer(program, case, words):
    path = program.data.parent / "answer"
    path.write_text(words)
    program.run("case", "answer", case, path, user="anna")


def signed(tally, hooks):
    """Every delivery, by the documented verifier; and what was changed on its way is refused."""
    verify = documented_verifier()
    heard = list(hooks.receiver.heard)
    shape = schemas.load("hook-delivery.json")
    for path, headers, body in heard:
        url, secret = hooks.secrets[path]
        tally.check(verify(secret, "POST", url, headers, body, now=time.time()), "signed", (path, headers, body))
        tally.equal(schemas.faults(json.loads(body), shape), [], "as its schema says")
    path, headers, body = heard[0]
    url, secret = hooks.secrets[path]
    other = hooks.secrets["/nina" if path == "/anna" else "/anna"][1]
    now = time.time()
    for what, wrong in (("body", (secret, "POST", url, headers, body + b" ", now)), ("address", (secret, "POST", url + "x", headers, body, now)),
                        ("secret", (other, "POST", url, headers, body, now)), ("method", (secret, "PUT", url, headers, body, now)),
                        ("moment", (secret, "POST", url, headers, body, now + 3600))):
        tally.check(not verify(*wrong[:5], now=wrong[5]), f"refused: another {what}")


def two_sides(tally, program, folder, hooks):
    """The story of test_party.py, with programs that listen."""
    north = open_side(program, folder, "north")
    wait_for("nina hears of her case", lambda: hooks.bodies("/nina"), 20)
    south = open_side(program, folder, "south")
    for _ in range(3):  # what the house does beside
        program.run("case", "record", north.case, "meeting", "--reason", north.canary, user="anna")
    hooks.quiet()
    tally.equal(hooks.kinds("/nina"), ["case.told"], "a party hears of its case, once, and of nothing that it does not see")
    one = hooks.bodies("/nina")[0]
    tally.equal(one["object"], f"/api/v1/own/cases/{north.case}", "where to look")
    tally.check(hooks.kinds("/sara") == ["case.told"] and south.case in hooks.bodies("/sara")[0]["object"], "each of its own",
                hooks.bodies("/sara"))
    kinds = hooks.kinds("/anna")
    tally.check({"case.changed", "complaint.changed"} <= set(kinds), "staff hear of cases and complaints", kinds)
    return north, south


def confidence(tally, hooks, sides):
    """No word of the house, and nothing of another party's case."""
    north, south = sides
    everything = [(path, json.dumps(headers).encode() + body) for path, headers, body in hooks.receiver.heard]
    tally.check(len(everything) > 20, "there is something to search", len(everything))
    for path, text in everything:
        for word in PREFIX.values():
            tally.check(word.encode() not in text.lower(), f"{path}: no word of the house", text)
        for side, who in ((north, "/sara"), (south, "/nina")):
            if path == who:
                tally.check(side.case.encode() not in text and side.hidden.encode() not in text, f"{path}: nothing of the other", text)
        if path in ("/nina", "/sara"):
            tally.check(north.hidden.encode() not in text and south.hidden.encode() not in text, f"{path}: what was not told", text)


def tried_again(tally, program, hooks, side):
    hooks.receiver.statuses["/nina"] = [503, 302, 200]
    hooks.receiver.filler = 100000  # whatever it says besides
    before = len(hooks.receiver.at("/nina"))
    answer(program, side.case, "We did it.")
    wait_for("a failure is shown", lambda: hooks.row("nina")["state"] == "failing", 20)
    row = hooks.row("nina")
    tally.check(row["last_words"] in ("status 503", "status 302") and row["waiting"] == 1, "and why", row)
    wait_for("it is taken", lambda: hooks.row("nina")["waiting"] == 0, 40)
    tries = [json.loads(body) for _, body in hooks.receiver.at("/nina")[before:]]
    tally.equal((len(tries), len({one["id"] for one in tries}), tries[0]["kind"]), (3, 1, "case.changed"), "three times the same")
    tally.equal(hooks.receiver.at("/stolen"), [], "a redirect is not followed")
    hooks.receiver.filler = 0
    row = hooks.row("nina")
    tally.equal((row["state"], row["failed"], row["last_words"]), ("active", 0, "status 200"), "then all is well")


def nobody_waits(tally, program, hooks, side):
    """Beside a silent and a dead receiver: the quick one hears at once."""
    answer(program, side.case, "And again.")
    begun, before = time.monotonic(), len(hooks.bodies("/anna"))
    answer(program, side.case, "And once more.")
    wait_for("anna hears", lambda: len(hooks.bodies("/anna")) > before, 20)
    tally.check(time.monotonic() - begun < 5, "at once", time.monotonic() - begun)
    wait_for("the silent one is known", lambda: hooks.row("bert")["last_words"] == "no answer in time", 60)
    tally.equal(hooks.row("bert")["last_words"], "no answer in time", "silence is told")
    tally.check(hooks.row("bert")["waiting"] > 1, "what waits there waits", hooks.row("bert"))
    tally.equal(hooks.row("bert", 2)["last_words"], "connection refused", "so is who is dead")
    tally.equal(hooks.row("bert", 3)["last_words"][:10], "TLS failed", "and a certificate for another host")


def ended(tally, program, hooks, sides):
    hooks.receiver.statuses["/sara"] = [410]
    answer(program, sides[1].case, "Done.")
    wait_for("gone is gone", lambda: hooks.row("sara")["state"] == "gone", 20)
    row = hooks.row("sara")
    tally.equal((row["state"], row["waiting"], row["key_id"]), ("gone", 0, None), "410 ends it")
    program.run("user", "hook", "revoke", "nina", "1", user="nina")
    hooks.quiet()
    before = (len(hooks.receiver.at("/sara")), len(hooks.receiver.at("/nina")))
    for one in sides:  # what both of them would see
        answer(program, one.case, "And more.")
    hooks.quiet()
    tally.equal((len(hooks.receiver.at("/sara")), len(hooks.receiver.at("/nina"))), before, "nothing comes any more")


def killed(tally, options, program, folder, hooks, side):
    """The receiver fails, the daemon dies, and comes again after the receiver does."""
    hooks.receiver.statuses["/anna"] = [503]
    before = {one["id"] for one in hooks.bodies("/anna")}
    with open(folder / "log", "ab") as log, serving(program, LATER, log) as (process, _):
        process.stdout.readline()
        answer(program, side.case, "Before the end.")
        wait_for("it was tried", lambda: hooks.row("anna")["failed"] > 0, 20)
        process.kill()
        process.wait()
    hooks.receiver.statuses["/anna"] = [200]
    waited = hooks.row("anna")["waiting"]
    tally.check(waited > 0, "it waits", waited)
    with open(folder / "log", "ab") as log, daemon(program, LATER, log):
        wait_for("it comes", lambda: hooks.row("anna")["waiting"] == 0, 30)
    tally.equal(hooks.row("anna")["waiting"], 0, "nothing was lost")
    tally.check(len({one["id"] for one in hooks.bodies("/anna")} - before) >= waited, "all of it came")


def kept_secret(tally, program, folder):
    """--out: the secret is in a new file that only its owner reads, and nowhere else."""
    place, words = folder / "carl.secret", ("--url", f"https://{HOST}/carl", "--for", "case.changed", "--out")
    made = program.run("user", "hook", "add", "ada", *words, place, "--json", user="ada")
    tally.check("secret" not in json.loads(made.stdout), "it is not printed", made.stdout)
    tally.equal((len(base64.b64decode(place.read_text())), place.stat().st_mode & 0o777), (32, 0o600), "it is in the file")
    kept = place.read_text()
    again = program.run("user", "hook", "add", "ada", *words, place, user="ada", expect=None)
    tally.check(again.returncode == 2 and "File exists" in again.stderr, "no file is overwritten", again)
    tally.equal((place.read_text(), len(program.json("user", "hook", "list", "ada")["hooks"])), (kept, 1), "and nothing was made")
    refused = program.run("user", "hook", "add", "ada", "--url", "http://x/", "--for", "case.changed", "--out", folder / "none",
                          user="ada", expect=None)
    tally.check(refused.returncode == 2 and not (folder / "none").exists(), "a refusal leaves no file", refused)
    program.run("user", "hook", "revoke", "ada", "1", user="ada")


def outside(tally, options, program, folder, hooks, side):
    """Outside of a laboratory the same name leads to an address that nothing is sent to."""
    config = pathlib.Path(folder) / "bailiwick.conf"
    config.write_text("".join(line + "\n" for line in config.read_text().splitlines() if not line.startswith("dns.net-map")))
    refused = program.run("user", "hook", "add", "anna", "--url", f"https://127.0.0.1:{hooks.receiver.port}/x", "--for", "case.changed",
                          user="ada", expect=None)
    tally.check(refused.returncode == 2 and "127.0.0.1 is a special address" in refused.stderr, "refused when it is made", refused)
    before = len(hooks.receiver.heard)
    with open(folder / "log", "ab") as log, daemon(program, LATER, log):
        answer(program, side.case, "Outside.")
        wait_for("it is refused", lambda: "special" in hooks.row("anna")["last_words"], 20)
    tally.check("special addresses" in hooks.row("anna")["last_words"], "refused when it is sent", hooks.row("anna"))
    tally.equal(len(hooks.receiver.heard), before, "nothing was sent")


def nowhere_else(tally, program, hooks, folder):
    """Neither secret nor address in what the program says, in the log, or in its metrics."""
    said = (folder / "log").read_bytes()
    with contextlib.closing(sqlite3.connect(f"file:{program.data}/store.db?mode=ro", uri=True)) as db:
        log = "".join(text for text, in db.execute("SELECT json FROM opening"))
        secrets = [len(secret) for secret, in db.execute("SELECT secret FROM hook WHERE state IN ('gone', 'revoked')")]
    for url, secret in hooks.secrets.values():
        tally.check(secret.encode() not in said and secret not in log, "no secret is told")
        tally.check(url.encode() not in said and url not in log, "no address either")
    tally.equal(secrets, [0, 0, 0], "what is over has no secret")
    tally.check("hook-added" in log and "hook-gone" in log and "hook-revoked" in log, "the log knows that there are hooks")


def run_story(tally, options, folder, program, hooks, dead):
    set_up(program, folder)
    hooks.add("anna", "/anna", ("case.changed", "complaint.changed"))
    hooks.add("nina", "/nina", CASES)
    hooks.add("sara", "/sara", CASES)
    hooks.receiver.statuses["/silent"] = [None]
    hooks.add("bert", "/silent", ("case.changed",))
    hooks.add("bert", "/dead", ("case.changed",), port=dead)
    hooks.add("bert", "/foreign", ("case.changed",), host="other.example")
    with open(folder / "log", "wb") as log, daemon(program, NOW, log):
        with tally.part("two parties"):
            sides = two_sides(tally, program, folder, hooks)
        with tally.part("again and again"):
            tried_again(tally, program, hooks, sides[0])
        with tally.part("side by side"):
            nobody_waits(tally, program, hooks, sides[0])
        tally.equal(schemas.faults(program.json("user", "hook", "list", "bert"), schemas.load("user-hooks.json")), [], "the list")
        with tally.part("ends"):
            ended(tally, program, hooks, sides)
    with tally.part("killed"):
        killed(tally, options, program, folder, hooks, sides[0])
    with tally.part("signatures"):
        signed(tally, hooks)
    with tally.part("confidence"):
        confidence(tally, hooks, sides)
    with tally.part("a secret in a file"):
        kept_secret(tally, program, folder)
    with tally.part("outside"):
        outside(tally, options, program, folder, hooks, sides[0])
    with tally.part("nowhere else"):
        nowhere_else(tally, program, hooks, folder)
    tally.equal(program.json("rebuild", "--check")["differences"], [], "the projections are whole")
    tally.equal(program.json("log", "verify")["faults"], [], "so is the log")


def main():
    options, tally = read_options(__doc__), Tally()
    with contextlib.ExitStack() as stack:
        post, names = stack.enter_context(Postbox()), stack.enter_context(Names())
        folder, program = stack.enter_context(house(
            options, f"mail.smtp-port = {post.port}", "mail.from = desk@authority.example", "log.tick = 1",
            f"hooks.resolver = 127.0.0.1#{names.port}"))
        certificates = Certificates(folder)
        (folder / "map").write_text("# a laboratory, whose addresses are its own\n")
        with open(folder / "bailiwick.conf", "a", encoding="utf-8") as config:
            config.write(f"http.ca-file = {certificates.ca}\ndns.net-map = {folder}/map\n")
        receiver = stack.enter_context(Receiver(certificates.context(HOST)))
        with Receiver(certificates.context(HOST)) as other:
            dead = other.port
        run_story(tally, options, folder, program, Hooks(program, receiver), dead)
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
