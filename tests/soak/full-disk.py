#!/usr/bin/env python3
"""A disk that is really full, for each phase of a short life (life.py).

Each part of the data directory gets a small file system of its own (tmpfs, in a user and mount
namespace, so that an ordinary user can do it), which is filled up: the whole folder with store, tokens
and backup, the public folder, the signer's folder. A command that failed
must say so and leave things as before or as after; the daemon may wait or end, but loses and doubles
nothing; and when there is room again, the next run completes.
"""
import argparse
import concurrent.futures
import contextlib
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from life import PHASES, Command, Life, judge  # noqa: E402
from program import ROOT  # noqa: E402

NAMESPACE = ["unshare", "--user", "--map-root-user", "--mount"]
ROOM = {"data": (0, 8192, 65536), "public": (0, 8192), "signer": (0,)}  # bytes that are left
SIZES = {"data": "32m", "public": "2m", "signer": "64k"}
SHORT = {True: 8, False: 4}  # of commands, and of runs of the daemon, in the short form


@contextlib.contextmanager
def small_disk(place, size):
    """A file system over a folder, with what was in the folder."""
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = pathlib.Path(f"{place}.aside")
    shutil.copytree(place, aside)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=700", "none", place], check=True)
    try:
        shutil.copytree(aside, place, dirs_exist_ok=True)
        shutil.rmtree(aside)
        yield
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)


def fill(place, room):
    """Leaves no more than `room` bytes in the file system of a folder. Gives the file that is in the way."""
    filler = place / ".filler"
    with open(filler, "wb", buffering=0) as file:
        for size in (1 << 16, 1):
            with contextlib.suppress(OSError):
                while True:
                    file.write(b"\0" * size)
        file.truncate(max(0, file.tell() - room))
    return filler


class Soak:
    def __init__(self, binary, folder):
        self.folder = folder
        self.life = Life(binary, folder / "life")

    def jobs(self):
        """(phase, part, room, whether there is room again while the daemon still runs)"""
        return [(number, part, room, relieved) for number, phase in enumerate(PHASES)
                for part, rooms in ROOM.items() for room in rooms for relieved in (False, True)
                if not isinstance(phase, Command) or not relieved and part == "data"]

    def one(self, job):
        try:
            return self.try_one(job)
        except (subprocess.SubprocessError, OSError, AssertionError) as failure:
            return job, [repr(failure)]

    def try_one(self, job):
        number, part, room, relieved = job
        place = self.folder / f"{number}-{part}-{room}-{relieved}"
        with small_disk(place, SIZES["data"]), self.life.world_before(number, place) as world:
            disk = world.data / part if part != "data" else place
            if part != "data" and not world.data.exists():
                return job, []
            with small_disk(disk, SIZES[part]) if part != "data" else contextlib.nullcontext():
                filler = fill(disk, room)
                if relieved:
                    code, words = PHASES[number].try_it(world, filler.unlink)
                else:
                    code, words = PHASES[number].try_it(world)
                    filler.unlink()
                faults = list(judge(self.life, number, world, code, words))
        if faults:
            faults.append(f"it ended with {code}; it said: {words.strip()[-600:]}")
        return job, faults


def some(jobs, chance):
    chosen = []
    for quick, count in SHORT.items():
        chosen += chance.sample([job for job in jobs if isinstance(PHASES[job[0]], Command) == quick], count)
    return chosen


def soak(options):
    begun, bad = time.monotonic(), 0
    with tempfile.TemporaryDirectory(prefix="bailiwick-full-") as folder:
        run = Soak(options.build.resolve() / "bailiwick", pathlib.Path(folder))
        jobs = run.jobs() if options.full else some(run.jobs(), random.Random(options.seed))
        jobs = [job for job in jobs if options.phase in PHASES[job[0]].name]
        with concurrent.futures.ThreadPoolExecutor(max_workers=os.cpu_count() or 2) as pool:
            for (number, part, room, relieved), faults in pool.map(run.one, jobs):
                bad += bool(faults)
                if faults:
                    print(f"FAILED {PHASES[number].name}, {part} full but for {room} bytes"
                          f"{', then not' if relieved else ''}")
                    for fault in faults:
                        print(f"  {fault}", flush=True)
    print(f"{len(jobs)} full disks in {len(PHASES)} phases, {time.monotonic() - begun:.0f} s")
    print(f"{len(jobs) - bad} passed, {bad} failed, 0 skipped")
    return 1 if bad else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(3), "big"))
    parser.add_argument("--full", action="store_true", help="each phase, each part, each room that is left")
    parser.add_argument("--phase", default="", help="only phases whose name has this in it")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        return soak(options)
    print(f"seed {options.seed}", flush=True)
    if subprocess.run([*NAMESPACE, "true"], check=False, capture_output=True).returncode:
        print("skipped: this machine gives no user namespace\n0 passed, 0 failed, 1 skipped")
        return 0
    words = ["--build", options.build, "--seed", str(options.seed), "--phase", options.phase, "--inside",
             *["--full"] * options.full]
    command = [*NAMESPACE, sys.executable, pathlib.Path(__file__).resolve(), *words]
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
