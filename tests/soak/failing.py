#!/usr/bin/env python3
"""File operation N fails, for every N of a short life (life.py), in whatever process it comes.

The program runs with failing/shim.c before the C library. A command that failed must say so and
leave things as before or as after; what was acknowledged is there; nothing is doubled; store, log,
files and letters agree; and the next run, in health, completes. The short form takes some operations
of each phase, --full each one, with a full disk (ENOSPC) and with a broken one (EIO).
"""
import argparse
import concurrent.futures
import errno
import os
import pathlib
import random
import shutil
import struct
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from life import PHASES, Command, Life, judge  # noqa: E402
from program import ROOT  # noqa: E402

STATE = struct.Struct("QQII240s")  # struct state of failing/shim.c
ERRORS = (errno.ENOSPC, errno.EIO)
SHORT = 16  # operations of the short form
AT_ONCE = 4  # for each processor: a daemon mostly waits, for a task that was put off or the tick of its log
MEMORY, ROOM = pathlib.Path("/dev/shm"), 2 << 30  # where nothing waits for a disk, and the bytes free that this asks for


class Shim:
    """The counter that the processes of one folder share."""

    def __init__(self, library, folder, fail_at=0, error=0):
        self.path = pathlib.Path(f"{folder}.calls")
        self.path.write_bytes(STATE.pack(0, fail_at, error, 0, b""))
        self.env = {"LD_PRELOAD": str(library), "FAILING_ROOT": f"{folder}/data",
                    "FAILING_STATE": str(self.path)}

    def read(self):
        """(operations so far, whether one failed, which)"""
        count, _, _, failed, words = STATE.unpack(self.path.read_bytes())
        return count, bool(failed), words.split(b"\0")[0].decode()


class Soak:
    def __init__(self, build, folder):
        self.build, self.folder = build, folder
        # A copy: the loader takes a blank in a path for the end of a name.
        self.shim = shutil.copyfile(build / "release/tests/soak/failing.so", folder / "failing.so")
        self.counts, self.counter = [], None
        total = [0]

        def preload(place):
            self.counter = Shim(self.shim, place)
            return self.counter.env

        def after(_):
            count = self.counter.read()[0]
            self.counts.append(count - total[0])
            total[0] = count
        self.life = Life(build / "bailiwick", folder / "life", preload, after)

    def one(self, job):
        try:
            return self.try_one(job)
        except (subprocess.SubprocessError, OSError, AssertionError) as failure:
            return job, None, [repr(failure)]

    def try_one(self, job):
        """Operation n of a phase fails; (job, what failed or None, faults)."""
        number, n, error = job
        place = self.folder / f"{number}-{n}-{error}"
        shim = Shim(self.shim, place, n, error)
        with self.life.world_before(number, place, shim.env) as world:
            world.struck = lambda: shim.read()[1]
            code, words = PHASES[number].try_it(world)
            _, failed, what = shim.read()
            faults = list(judge(self.life, number, world, code, words))
        if faults:
            kept = f"{words.strip()[-600:]}"
            faults.append(f"it ended with {code}; it said: {kept}")
        else:
            shutil.rmtree(place)
            shim.path.unlink()
        return job, what if failed else None, faults

    def every(self):
        return [(number, n, error) for number, count in enumerate(self.counts) for n in range(1, count + 1)
                for error in ERRORS]

    def some(self, chance):
        """Operations of all phases; a phase that is a command is quick, a daemon is not."""
        jobs = self.every()
        quick = [job for job in jobs if isinstance(PHASES[job[0]], Command)]
        slow = [job for job in jobs if job not in quick]
        return chance.sample(quick, SHORT - SHORT // 4) + chance.sample(slow, SHORT // 4)


def place_for_scenes():
    """In memory when there is room: which operation fails is decided before it comes to the disk. None: as usual."""
    good = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= ROOM
    return MEMORY if good else None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(3), "big"))
    parser.add_argument("--full", action="store_true", help="every operation")
    parser.add_argument("--share", type=int, help="one operation of so many, of all phases")
    parser.add_argument("--phase", default="", help="only phases whose name has this in it")
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    begun, missed, bad, where = time.monotonic(), 0, 0, {}
    with tempfile.TemporaryDirectory(prefix="bailiwick-failing-", dir=place_for_scenes()) as folder:
        soak = Soak(options.build.resolve(), pathlib.Path(folder))
        print(f"{sum(soak.counts)} operations in {len(PHASES)} phases, {time.monotonic() - begun:.1f} s", flush=True)
        jobs = soak.every()[options.seed % options.share::options.share] if options.share else \
            soak.every() if options.full else soak.some(random.Random(options.seed))
        jobs = [job for job in jobs if options.phase in PHASES[job[0]].name]
        random.Random(options.seed).shuffle(jobs)  # so that those that wait run beside those that work
        with concurrent.futures.ThreadPoolExecutor(max_workers=AT_ONCE * (os.cpu_count() or 2)) as pool:
            for (number, n, error), what, faults in pool.map(soak.one, jobs):
                missed += what is None
                bad += bool(faults)
                where[PHASES[number].name] = where.get(PHASES[number].name, 0) + 1
                if faults:
                    print(f"FAILED {PHASES[number].name}, operation {n}, {errno.errorcode[error]}: {what}")
                    for fault in faults:
                        print(f"  {fault}", flush=True)
    print(", ".join(f"{name} {count}" for name, count in where.items()))
    print(f"{len(jobs)} operations failed, {missed} of them did not come about, {time.monotonic() - begun:.0f} s")
    print(f"{len(jobs) - bad} passed, {bad} failed, 0 skipped")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
