#!/usr/bin/env python3
"""A process of ours that is killed has one line on stderr with its role and signal, leaves no zombie and
is started again; the end of the daemon says nothing of the kind."""
import os
import pathlib
import signal
import sys
import time
import types

from support import Tally, daemon, read_options, run, scratch

ROLES = ("public", "staff", "signer")


def children():
    """Role, number and state of the processes that the daemon started, by /proc."""
    found = {}
    for entry in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
            parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
        except OSError:
            continue
        if len(words) > 2 and words[1] == b"--child":
            found[words[2].decode(), parent] = int(entry.name)
    return found


def started(parent):
    until = time.monotonic() + 20
    while True:
        mine = {role: pid for (role, of), pid in children().items() if of == parent}
        if set(ROLES) <= set(mine):
            return mine
        if time.monotonic() > until:
            raise AssertionError(f"only {sorted(mine)} run")
        time.sleep(0.05)


def wait_for(true, what):
    until = time.monotonic() + 5
    while not true():
        if time.monotonic() > until:
            return what
        time.sleep(0.02)
    return ""


def kill_each(tally, said):
    parent = None
    for (role, of), _ in children().items():
        # Ours is the one that this process started.
        status = pathlib.Path(f"/proc/{of}/stat").read_text().rsplit(")", 1)[1].split()
        if int(status[1]) == os.getpid():
            parent = of
    for role in ROLES:
        pid = started(parent)[role]
        os.kill(pid, signal.SIGKILL)
        line = f"error: the {role} process ({pid}) died of SIGKILL\n"
        tally.equal(wait_for(lambda: line in said.read_text(), line), "", f"stderr has a line of {role}")
        tally.equal(wait_for(lambda: not os.path.exists(f"/proc/{pid}"), "a zombie"), "", role)
        tally.check(started(parent)[role] != pid, f"{role} is started again")


def main():
    options, tally = read_options(__doc__), Tally()
    with scratch() as folder:
        folder = pathlib.Path(folder)
        config, said = folder / "config", folder / "said"
        config.write_text("log.name = example/log\nlog.tick = 3600\nmail.from = a@b.example\n")
        program = types.SimpleNamespace(env=dict(os.environ), command=lambda *words: list(map(str, [
            options.binary, *words, "--data", folder / "data", "--config", config])))
        run(program.command("init"))
        with tally.part("killed children"):
            with daemon(program, "2027-01-04T09:00:00Z", log=said.open("w")):
                wait_for(lambda: any(role == "signer" for role, _ in children()), "")
                kill_each(tally, said)
            tally.equal(said.read_text().count("died of"), len(ROLES), "one line for each")
            tally.equal(said.read_text().count("ended"), 0, "nothing of children that were told to end")
    return tally.finish()


sys.exit(main())
