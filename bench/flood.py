#!/usr/bin/env python3
"""What others wait for their receipts while one source files complaints that are nearly the same.

  ./dev bench flood [--seed N] [--flood N] [--door N] [--connections N] [--reporters N] [--quiet SECONDS]

Reporters with a user of their own each, half of them on the daemon's control socket and half through the staff
door's API, file a complaint each, rest up to a fifth of a second, and file the next. First they are alone; then one
user floods the socket by many connections at once, with as many complaints as it can; then the door. Told
are times to the receipt, and how many times longer p95 is than alone. Then the staff look at the flood as one row of
`complaint clusters`: when all of it is sorted, and what the list, and a page of the thousand oldest, take by the API.
At the end each receipt's complaint must be there. Goal, of 100,000: no p95 of 100 ms or more.
"""
import argparse
import asyncio
import base64
import json
import pathlib
import random
import sqlite3
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE / "shared"), str(HERE.parent / "tests/story"), str(HERE.parent / "tests/intake")]
from figures import Figures, Wrong, run_main, tell_missed  # noqa: E402
from house import House  # noqa: E402
from program import ROOT  # noqa: E402
from reporters import ByDoor, BySocket, Place, Times, document, file_each  # noqa: E402
from support import add_user  # noqa: E402

GOAL_MS = 100
WORDS = ("The page asks customers of the bank for their password and sends them on to the bank afterwards, and the"
         " registrar has had our report of it with all that it needs and did not answer").split()


def alike(chance, number):
    """One of the flood: the same name and, but for a number and a word here and there, the same evidence."""
    words = [chance.choice(WORDS) if chance.randrange(20) == 0 else word for word in WORDS] + [f"report-{number}"]
    same = document(chance, "flood")
    same["exhibits"] = [{"evidence": evidence, "media_type": "text/plain", "name": "report.txt",
                         "base64": base64.b64encode(" ".join(words).encode()).decode()} for evidence in ("report", "abuse")]
    return json.dumps(same)


def others(chance, name, until):
    """Complaints of a reporter, each about something else, as long as `until` is not done."""
    number = 0
    while not until.done():
        yield json.dumps(document(chance, f"{name}-{number}"))
        number += 1


class Street:
    """A house, who files there, and what became of it."""

    def __init__(self, options, house, place):
        self.options, self.house, self.place, self.number, self.receipts = options, house, place, 0, []
        for name in ["flood", *self.names()]:
            add_user(house.program, house.folder, name, "analyst")

    def names(self):
        return [f"reporter-{i}" for i in range(self.options.reporters)]

    def way(self, kind, name):
        token = self.house.program.tokens[name].read_text().strip()
        return BySocket(self.place, token) if kind == "socket" else ByDoor(self.house.ports[1], token)

    async def live(self, stage, work):
        """The times of the reporters of each kind, as long as `work` takes."""
        until, chance = asyncio.ensure_future(work), self.options.chance
        times = {"socket": Times(), "door": Times()}
        await asyncio.gather(until, *(
            file_each(self.way(kind, name), others(chance, f"{stage}-{name}", until), times[kind],
                      pause=lambda: chance.random() / 5)
            for name, kind in zip(self.names(), ["socket", "door"] * self.options.reporters)))
        self.receipts += times["socket"].references + times["door"].references
        return times

    async def flood(self, kind, count):
        """Complaints a second."""
        times, begun = Times(), time.monotonic()

        def share():
            while self.number < count:
                self.number += 1
                yield alike(self.options.chance, self.number)
        self.number = 0
        await asyncio.gather(*(file_each(self.way(kind, "flood"), share(), times) for _ in range(self.options.connections)))
        self.receipts += times.references
        return len(times.each) / (time.monotonic() - begun)


def tell(figures, stage, times):
    for kind, taken in times.items():
        figures.say(f"{stage}.{kind}.complaints", len(taken.each), "count")
        for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99), ("most", 1)):
            figures.say(f"{stage}.{kind}.{name}", taken.at(share), "ms")


def measure(street, figures):
    """The figures that missed the goal."""
    options, missed = street.options, []
    alone = asyncio.run(street.live("alone", asyncio.sleep(options.quiet)))
    tell(figures, "alone", alone)
    for kind, count in (("socket", options.flood), ("door", options.door)):
        stage, rate = f"flood-by-{kind}", []

        async def flood():
            rate.append(await street.flood(kind, count))
        times = asyncio.run(street.live(stage, flood()))
        figures.say(f"{stage}.complaints", rate[0], "complaints/s")
        tell(figures, stage, times)
        for way in times:
            figures.say(f"{stage}.{way}.ratio.p95", times[way].at(0.95) / alone[way].at(0.95), "times")
            missed += [f"{stage}.{way}.p95"] if times[way].at(0.95) >= GOAL_MS else []
    return missed


async def look(street, figures, filed):
    """The figures that missed the goal."""
    missed, door, begun = [], street.way("door", "flood"), time.monotonic()
    await door.open()
    row = None
    while not row or row["filed"] < filed:
        rows = (await door.get("/api/v1/clusters?limit=1"))["clusters"]
        row = rows[0] if rows else None
        if time.monotonic() - begun > 600:
            raise Wrong(f"the flood of {filed} is no row yet: {row}")
        await asyncio.sleep(0.1)
    figures.say("cluster.filed", row["filed"], "count")
    figures.say("cluster.sorted-after", time.monotonic() - begun, "s")
    for name, path in (("list", "/api/v1/clusters"), ("page", f"/api/v1/clusters/{row['reference']}")):
        times = Times()
        for _ in range(street.options.looks):
            started = time.monotonic()
            await door.get(path)
            times.each.append(time.monotonic() - started)
        figures.say(f"cluster.{name}.p50", times.at(0.5), "ms")
        figures.say(f"cluster.{name}.p95", times.at(0.95), "ms")
        missed += [f"cluster.{name}.p95"] if times.at(0.95) >= GOAL_MS else []
    return missed


def check_nothing_lost(street, store):
    db = sqlite3.connect(f"file:{store}?mode=ro", uri=True)
    there = {reference for reference, in db.execute("SELECT reference FROM complaint WHERE state = 'filed'")}
    db.close()
    if len(set(street.receipts)) != len(street.receipts) or there != set(street.receipts):
        raise Wrong(f"{len(street.receipts)} receipts were given, {len(there)} complaints are there")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1, 10**6))
    parser.add_argument("--flood", type=int, default=100_000, help="complaints by the control socket")
    parser.add_argument("--door", type=int, default=20_000, help="complaints by the staff door")
    parser.add_argument("--connections", type=int, default=64, help="of the flood, one complaint under way in each")
    parser.add_argument("--reporters", type=int, default=8)
    parser.add_argument("--quiet", type=float, default=20, help="seconds that the reporters are alone")
    parser.add_argument("--looks", type=int, default=50, help="of the staff at the clusters")
    options = parser.parse_args()
    options.chance = random.Random(options.seed)
    figures = Figures(options.seed)
    with tempfile.TemporaryDirectory(prefix="bailiwick-bench-") as name:
        with House(options.build.resolve() / "bailiwick", pathlib.Path(name)) as house, Place(house.program.data) as place:
            street = Street(options, house, place)
            missed = measure(street, figures)
            missed += asyncio.run(look(street, figures, options.flood + options.door))
            store = house.program.data / "store.db"
        check_nothing_lost(street, store)
    figures.say("filed", len(street.receipts), "count")
    figures.say("goal", GOAL_MS, "ms")
    return tell_missed(missed)


if __name__ == "__main__":
    run_main(main)
