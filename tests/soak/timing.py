#!/usr/bin/env python3
"""Whether the time that an answer takes tells what is there: what one may not see against what never was.

For each kind of thing 1,000 pairs of questions (5,000 with --full), each pair in a drawn order on one
connection to a real daemon. The median of the pairs' differences must lie within 100 microseconds of
nothing, surely (its 99.9 % interval), and no decile of the two times may surely differ by more. A pair
that must differ, one's own case against one that never was, shows that the test would see it. Last
line: `N passed, N failed, N skipped`.
"""
import json
import math
import pathlib
import socket
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "story")]
import two_parties as world  # noqa: E402
from postbox import Postbox  # noqa: E402
from support import Tally, add_user, daemon, house, read_options  # noqa: E402

BOUND_US = 100
SURE = 3.29  # standard deviations on both sides of 99.9 % of what chance brings
WARM = 50  # pairs that are asked first and not counted
NEVER = {"parties": "registrar-7777", "cases": "c-0000000000z", "findings": "f-nothing", "complaints": "aaaa-aaaa-aaaa"}


class Clocked:
    """One connection that stays open; each question is sent in one piece and timed to its answer's last byte."""

    def __init__(self, port):
        self.port, self.link = port, socket.create_connection(("127.0.0.1", port), timeout=30)
        self.link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, question):
        """(microseconds, status)"""
        begun, answer = time.perf_counter_ns(), b""
        self.link.sendall(question)
        while True:
            more = self.link.recv(1 << 16)
            if not more:
                raise AssertionError("the daemon closed the connection")
            answer += more
            head, end, body = answer.partition(b"\r\n\r\n")
            if end and len(body) >= length_of(head):
                return (time.perf_counter_ns() - begun) / 1000, int(head.split()[1])


def length_of(head):
    return int(next(line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")))


def question(method, path, token, body=None):
    text = b"" if body is None else json.dumps(body).encode()
    head = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Authorization: Bearer {token}"]
    if body is not None:
        head += ["Content-Type: application/json", 'If-Match: "1"', f"Content-Length: {len(text)}"]
    return "\r\n".join(head + ["", ""]).encode() + text


def time_pairs(door, pair, count, chance):
    """Two lists of microseconds, of the first and of the second of each pair, and the statuses seen."""
    times, seen = ([], []), (set(), set())
    for number in range(WARM + count):
        for side in chance.sample((0, 1), 2):
            took, status = door.ask(pair[side])
            seen[side].add(status)
            if number >= WARM:
                times[side].append(took)
    return times, seen


def interval(values, share):
    """Where the quantile of this share surely lies: order statistics, whatever the distribution."""
    rows, slack = sorted(values), SURE * math.sqrt(len(values) * share * (1 - share))
    middle = len(rows) * share
    return rows[max(0, math.floor(middle - slack))], rows[min(len(rows) - 1, math.ceil(middle + slack))]


class Compared:
    def __init__(self, times):
        first, second = times
        self.low, self.high = interval([a - b for a, b in zip(first, second)], 0.5)
        self.deciles = [self.surely_apart(first, second, n / 10) for n in range(1, 10)]
        self.median = sorted(second)[len(second) // 2]

    @staticmethod
    def surely_apart(first, second, share):
        """By how much the two differ at the least there."""
        a, b = interval(first, share), interval(second, share)
        return max(0, a[0] - b[1], b[0] - a[1])

    def tells_nothing(self):
        return -BOUND_US <= self.low <= self.high <= BOUND_US and max(self.deciles) <= BOUND_US

    def __str__(self):
        return (f"{self.median:.0f} us, differs by {self.low:+.0f} to {self.high:+.0f} us,"
                f" its deciles surely by {max(self.deciles):.0f} us")


def pairs_of(program, sides, tokens):
    """(what is compared, method, pattern, id that is there, token, body)"""
    north, south = sides
    own, nina = "/api/v1/own", tokens["nina"]
    for what, method, tail, body in (("reads", "GET", "", None), ("answers", "POST", "/answers", {"text": "x"}),
                                     ("asks for time of", "POST", "/extensions", {"until": "2027-03-01", "text": "x"})):
        yield f"a party {what} a case of another", method, f"{own}/cases/{{}}{tail}", south.case, nina, body
        yield f"a party {what} its case that was not told", method, f"{own}/cases/{{}}{tail}", north.hidden, nina, body
    yield "a party reads a finding of another", "GET", f"{own}/findings/{{}}", south.told, nina, None
    for part in ("duties", "findings", "cases", "grants"):
        yield f"a party lists {part} of another", "GET", f"{own}/parties/{{}}/{part}", south.party, nina, None
    yield "a party lets people into another", "POST", f"{own}/parties/{{}}/grants", south.party, nina, {"id": "noah", "may": "read"}
    complaint = next(row["reference"] for row in program.json("complaint", "list", user="anna")["complaints"]
                     if row["case"] == south.case)
    yield "who is recused reads a complaint", "GET", "/api/v1/complaints/{}", complaint, tokens["eve"], None


def compare(tally, options, port, program, sides, tokens):
    count, door = 5000 if options.full else 1000, Clocked(port)

    def compared(method, pattern, id, token, body):
        kind = next(kind for kind in NEVER if f"/{kind}/" in pattern)
        pair = [question(method, pattern.format(name), token, body) for name in (id, NEVER[kind])]
        times, seen = time_pairs(door, pair, count, options.random)
        return Compared(times), seen

    for what, *asked in pairs_of(program, sides, tokens):
        found, seen = compared(*asked)
        tally.equal(seen, ({404}, {404}), f"{what}: it is not there")
        tally.check(found.tells_nothing(), what, found)
        print(f"{what}: {found}", flush=True)
    found, seen = compared("GET", "/api/v1/own/cases/{}", sides[0].case, tokens["nina"], None)
    tally.equal(seen, ({200}, {404}), "one's own is there")
    tally.check(not found.tells_nothing(), "a difference is seen", found)
    print(f"one's own case, which must differ: {found}", flush=True)


def main():
    options = read_options(__doc__.split("\n")[0], ("--full", "5,000 pairs of each kind"))
    tally = Tally()
    with Postbox() as post, house(options, f"mail.smtp-port = {post.port}", "mail.from = desk@authority.example") as (
            folder, program):
        world.set_up(program, folder)
        add_user(program, folder, "eve", "analyst")
        with open(folder / "log", "wb") as log, daemon(program, world.NOW, log) as port:
            sides = [world.open_side(program, folder, name) for name in world.SIDES]
            world.put_findings(program, sides)
            program.run("case", "record", sides[1].case, "recused", "--object", "eve", "--reason", "interest", user="anna")
            tokens = {name: path.read_text().strip() for name, path in program.tokens.items()}
            compare(tally, options, port, program, sides, tokens)
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
