#!/usr/bin/env python3
"""Committed commands per second, against raw SQLite with the same rows in the same run.

  ./dev bench store [--seed N] [--commands N]

First store_speed (tests/store/speed.c): the store's own interface against prepared statements, with
a sync for each transaction and with synchronous=OFF, one command and many a transaction. Then whole
commands through the daemon: 16 clients on its control socket, each with one request under way,
acknowledged after the commit; its peer is raw SQLite writing the rows of 16 commands for each sync,
which knows no user, checks nothing and answers nobody. Goal: ratio.off.* of at least 0.5.
"""
import argparse
import asyncio
import json
import os
import pathlib
import random
import signal
import struct
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "shared"))
sys.path.insert(0, str(HERE.parent / "tests/story"))
from figures import Figures, Wrong, run_main, tell_missed, told  # noqa: E402
from program import ROOT, Program  # noqa: E402

CLIENTS = 16
GOAL = 0.5
# Frames of src/base/frame.h with the kinds of src/app/control.h.
HEAD, MAGIC, REQUEST, REPLY = struct.Struct(">4sII"), b"BWK1", 0x43000001, 0x43000002


async def ask(reader, writer, request):
    """What a command gives."""
    body = json.dumps(request).encode()
    writer.write(HEAD.pack(MAGIC, REQUEST, len(body)) + body)
    magic, kind, size = HEAD.unpack(await reader.readexactly(HEAD.size))
    answer = json.loads(await reader.readexactly(size))
    if (magic, kind) != (MAGIC, REPLY) or "result" not in answer:
        raise Wrong(f"the daemon refused: {answer}")
    return answer["result"]


async def client(folder, token, prefix, commands):
    """Adds users: a command that anybody can repeat, with an entry in the log for each."""
    reader, writer = await asyncio.open_unix_connection(f"/proc/self/fd/{folder}/control.sock")
    for i in range(commands):
        await ask(reader, writer, {"command": "user.add", "token": token, "arguments": {
            "id": f"{prefix}-{i}", "roles": ["auditor"]}})
    writer.close()


async def all_clients(data, token, commands):
    folder = os.open(data, os.O_PATH | os.O_DIRECTORY)  # the address of a socket must be short
    started = time.monotonic()
    await asyncio.gather(*(client(folder, token, f"client-{n}", commands) for n in range(CLIENTS)))
    seconds = time.monotonic() - started
    os.close(folder)
    return seconds


def cpu_of(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def through_daemon(build, folder, commands):
    """(commands per second, processor seconds of the daemon a command)"""
    config = folder / "bailiwick.conf"
    config.write_text("log.name = bench.bailiwick.example/log\npublic.listen = 127.0.0.1:0\n"
                      "staff.listen = 127.0.0.1:0\n")
    program = Program(build / "bailiwick", folder / "data", config)
    program.run("init")
    program.tokens["ada"] = folder / "ada.token"
    program.run("user", "add", "ada", "--role", "administrator", "--out", program.tokens["ada"])
    with open(folder / "daemon.log", "wb") as log:
        daemon = subprocess.Popen(program.command("serve"), stdout=subprocess.PIPE, stderr=log,
                                  env=program.env)
    try:
        if daemon.stdout.readline().strip() != b"ready":
            raise Wrong("the daemon did not start: " + (folder / "daemon.log").read_text())
        token = program.tokens["ada"].read_text().strip()
        before = cpu_of(daemon.pid)
        seconds = asyncio.run(all_clients(folder / "data", token, commands))
        cpu = cpu_of(daemon.pid) - before
        there = len(program.json("user", "list", user="ada")["users"])
        if there != 1 + CLIENTS * commands:
            raise Wrong(f"{there} users after {CLIENTS * commands} were added")
    finally:
        daemon.send_signal(signal.SIGTERM)
        daemon.wait(30)
    return CLIENTS * commands / seconds, cpu / (CLIENTS * commands)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1, 10**6),
                        help="printed only: nothing here is drawn")
    parser.add_argument("--commands", type=int, default=200, help="of each of the 16 clients")
    options = parser.parse_args()
    figures = Figures(options.seed)
    speed = options.build / "release/src/store/store_speed"
    compared = told(speed)
    with tempfile.TemporaryDirectory(prefix="bailiwick-bench-") as name:
        rate, cpu = through_daemon(options.build.resolve(), pathlib.Path(name), options.commands)
    figures.say("daemon.clients", CLIENTS, "count")
    figures.say("daemon.commands", rate, "commands/s")
    figures.say("daemon.cpu", cpu * 1e6, "us/command")
    figures.ratio("daemon.sync.16-together", rate, compared["sync.16-together.sqlite"])
    missed = [name for name, value in compared.items() if name.startswith("ratio.off") and value < GOAL]
    figures.say("goal", GOAL, "times")
    return tell_missed(missed)


if __name__ == "__main__":
    run_main(main)
