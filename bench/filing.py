#!/usr/bin/env python3
"""Complaints filed per second, against raw SQLite with the same rows in the same run.

  ./dev bench filing [--seed N] [--complaints N] [--clients N]

Clients on the daemon's control socket, each with one complaint under way: words, two exhibits of a kilobyte, a
reporter. Its receipt comes after the sync of the transaction in which it was filed, with those of others who
filed at that moment. The peer writes the rows that the daemon wrote into an empty store of the same schema, one
transaction for each complaint, at synchronous=OFF: it checks, seals and answers nothing. Then the same through
the staff door's API. Goals: 1,000 complaints a second, a ratio of at least 0.3 to the peer.
"""
import argparse
import asyncio
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
from store import cpu_of  # noqa: E402

GOAL_RATE, GOAL_RATIO = 1000, 0.3


async def file_all(ways, shares):
    times = Times()
    begun = time.monotonic()
    await asyncio.gather(*(file_each(way, share, times) for way, share in zip(ways, shares)))
    times.whole = time.monotonic() - begun
    return times


def rows_by_complaint(store):
    """The schema, and for each complaint [(statement, rows)], in the order in which the daemon wrote."""
    db = sqlite3.connect(f"file:{store}?mode=ro", uri=True)
    schema = [sql for sql, in db.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND type IN ('table', 'index')"
                                         " AND name NOT LIKE 'sqlite_%' ORDER BY type = 'index'")]
    complaints = {}

    def take(table, of, where="1"):
        found = db.execute(f"SELECT {of}, t.* FROM {table} t WHERE {where}").fetchall()
        width = len(found[0]) - 1
        statement = f"INSERT INTO {table} VALUES ({', '.join('?' * width)})"
        for row in found:
            complaints.setdefault(row[0], {}).setdefault(statement, []).append(row[1:])

    for table in ("complaint", "complaint_key", "complaint_item", "complaint_reporter", "complaint_event", "complaint_sketch"):
        take(table, "t.reference")
    take("complaint_bucket", "(SELECT s.reference FROM complaint_sketch s WHERE s.number = t.number)")
    take("opening", "(SELECT e.reference FROM complaint_event e WHERE e.opening = t.number)",
         "EXISTS (SELECT 1 FROM complaint_event e WHERE e.opening = t.number)")
    db.close()
    return schema, [list(rows.items()) for rows in complaints.values()]


def file_raw(path, schema, complaints):
    """Complaints a second that SQLite alone writes."""
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=OFF")
    for sql in schema:
        db.execute(sql)
    begun = time.monotonic()
    for rows in complaints:
        db.execute("BEGIN IMMEDIATE")
        for statement, many in rows:
            db.executemany(statement, many)
        db.execute("COMMIT")
    seconds = time.monotonic() - begun
    db.close()
    return len(complaints) / seconds


def documents(options, way):
    """For each client its share."""
    return [[json.dumps(document(options.chance, f"{way}-{n}-{i}")) for i in range(options.complaints // options.clients)]
            for n in range(options.clients)]


def file_by(way, make, where, options, figures, house):
    """Complaints a second."""
    shares = documents(options, way)
    token = house.program.tokens["anna"].read_text().strip()
    before = cpu_of(house.process.pid)
    times = asyncio.run(file_all([make(where, token) for _ in shares], shares))
    cpu, rate = cpu_of(house.process.pid) - before, len(times.each) / times.whole
    figures.say(f"{way}.complaints", rate, "complaints/s")
    figures.say(f"{way}.receipt.p50", times.at(0.5), "ms")
    figures.say(f"{way}.receipt.p99", times.at(0.99), "ms")
    figures.say(f"{way}.cpu", cpu / len(times.each) * 1e6, "us/complaint")
    return rate


def measure(options, figures, folder):
    with House(options.build.resolve() / "bailiwick", folder) as house:
        with Place(house.program.data) as place:
            rate = file_by("socket", BySocket, place, options, figures, house)
        file_by("door", ByDoor, house.ports[1], options, figures, house)
        store = house.program.data / "store.db"
    schema, complaints = rows_by_complaint(store)
    filed = 2 * options.clients * (options.complaints // options.clients)
    if len(complaints) != filed:
        raise Wrong(f"{len(complaints)} complaints are there, {filed} were filed")
    raw = file_raw(folder / "raw.db", schema, complaints)
    figures.say("raw.off.complaints", raw, "complaints/s")
    figures.say("ratio.off", rate / raw, "times")
    return rate, rate / raw


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1, 10**6))
    parser.add_argument("--complaints", type=int, default=6400)
    parser.add_argument("--clients", type=int, default=64)
    options = parser.parse_args()
    options.chance = random.Random(options.seed)
    figures = Figures(options.seed)
    figures.say("clients", options.clients, "count")
    with tempfile.TemporaryDirectory(prefix="bailiwick-bench-") as name:
        rate, ratio = measure(options, figures, pathlib.Path(name))
    missed = [name for name, good in (("complaints", rate >= GOAL_RATE), ("ratio.off", ratio >= GOAL_RATIO)) if not good]
    return tell_missed(missed)


if __name__ == "__main__":
    run_main(main)
