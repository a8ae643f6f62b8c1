"""What every benchmark prints: the machine, the seed, and lines `name value unit`."""
import os
import resource
import statistics
import subprocess
import sys
import time


class Figures:
    def __init__(self, seed):
        self.say("cores", len(os.sched_getaffinity(0)), "count")
        self.say("load", os.getloadavg()[0], "processes")
        self.say("seed", seed, "number")

    def say(self, name, value, unit):
        shown = str(value) if isinstance(value, int) else f"{value:.3f}"
        print(f"{name} {shown} {unit}", flush=True)

    def ratio(self, name, peer, ours):
        """How many times the peer's cost ours is: above 1 we are cheaper."""
        self.say(f"ratio.{name}", peer / ours, "times")


class Cost:
    """Wall and processor seconds of one command and everything it waited for."""

    def __init__(self, wall, cpu):
        self.wall, self.cpu = wall, cpu

    def __add__(self, other):
        return Cost(self.wall + other.wall, self.cpu + other.cpu)


def cost_of(command, log, env=None):
    """Runs a command with its words going to `log`; (exit code, Cost)."""
    with open(log, "wb") as out:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        started = time.monotonic()
        code = subprocess.call(list(map(str, command)), stdin=subprocess.DEVNULL, stdout=out,
                               stderr=subprocess.STDOUT, env=env)
        wall = time.monotonic() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return code, Cost(wall, cpu)


def told(*command):
    """Runs a program that prints figures, prints them too; {name: value}."""
    lines = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, text=True, check=True).stdout
    print(lines, end="", flush=True)
    return {name: float(value) for name, value, _ in map(str.split, lines.splitlines())}


def median(costs):
    """Of each measure by itself."""
    return Cost(statistics.median(c.wall for c in costs), statistics.median(c.cpu for c in costs))


class Wrong(Exception):
    """What keeps a benchmark from measuring."""


def tell_missed(names):
    """The exit code."""
    for name in names:
        print(f"missed: {name}", file=sys.stderr)
    return 1 if names else 0


def run_main(main):
    try:
        sys.exit(main())
    except Wrong as wrong:
        print(wrong, file=sys.stderr)
        sys.exit(1)
