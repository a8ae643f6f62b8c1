"""Moments at which a process is killed: found from outside, by what the store and the kernel show.

A moment is aimed: the process is stopped first, then looked at again; only when it still stands
inside what was aimed at is it killed, else it goes on and the hunt does too.
"""
import fcntl
import os
import pathlib
import signal
import sqlite3
import struct
import subprocess
import time

WAL_WRITE_LOCK = 120  # byte of the -shm file that a writer of SQLite locks (WAL format, "locks")


def children():
    """Process id -> (parent, words of the command line) of everything that runs."""
    found = {}
    for entry in os.scandir("/proc"):
        if not entry.name.isdigit():
            continue
        try:
            stat = pathlib.Path(entry.path, "stat").read_text()
            words = pathlib.Path(entry.path, "cmdline").read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue
        fields = stat[stat.rindex(")") + 2:].split()
        if fields[0] != "Z":
            found[int(entry.name)] = (int(fields[1]), words)
    return found


def below(root):
    """Everything below a process: id -> words."""
    everything = children()
    inside, grew = {root}, True
    while grew:
        more = {pid for pid, (parent, _) in everything.items() if parent in inside} - inside
        inside |= more
        grew = bool(more)
    return {pid: everything[pid][1] for pid in inside if pid in everything}


def find(root, role):
    """The process of a role below the daemon's starter, or None."""
    for pid, words in below(root).items():
        if role == "core" and "serve" in words and words[0].endswith("bailiwick"):
            return pid
        if words[1:3] == ["--child", role]:
            return pid
    return None


def stopped(pid):
    """Waits until a stopped process really stands still; False when it is gone."""
    while True:
        try:
            stat = pathlib.Path(f"/proc/{pid}/stat").read_text()
        except OSError:
            return False
        state = stat[stat.rindex(")") + 2]
        if state in "ZX":
            return False
        if state in "Tt":
            return True
        time.sleep(0.0002)


def lock_held(file, start):
    """Whether another process holds a lock on that byte."""
    want = struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, start, 1, 0)
    answer = struct.unpack("hhqqi4x", fcntl.fcntl(file, fcntl.F_GETLK, want))
    return answer[0] != fcntl.F_UNLCK


class Sight:
    """What the store shows while another process writes it."""

    def __init__(self, data):
        self.path = pathlib.Path(data) / "store.db"
        self.shm = self.db = None

    def open(self):
        if self.shm is None:
            self.shm = open(f"{self.path}-shm", "rb+")
            self.db = sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, timeout=1)

    def close(self):
        if self.shm:
            self.shm.close()
            self.db.close()
        self.shm = self.db = None

    def one(self, sql):
        return self.db.execute(sql).fetchone()[0]

    def transaction(self):
        return lock_held(self.shm, WAL_WRITE_LOCK)

    def smtp(self):
        return self.one("SELECT COUNT(*) FROM letter_attempt WHERE phase = 'begun'") > 0

    def receipt(self):
        return self.one("SELECT COUNT(*) FROM receipt_attempt WHERE phase = 'begun'") > 0

    def tile(self):
        return self.one("SELECT COALESCE((SELECT size FROM log_tree), 0)"
                        " > COALESCE((SELECT MAX(size) FROM log_checkpoint), 0)") > 0

    def anytime(self):
        return True

    def holds(self, aim):
        try:
            self.open()
            return getattr(self, aim)()
        except (OSError, sqlite3.Error):
            self.close()
            return False


def cut(command, store, delay):
    """Starts a program that writes the store in one transaction and kills it; `delay` seconds after that
    began, or when it ends. Whether it was killed while its transaction was open."""
    process = subprocess.Popen(list(map(str, command)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    sight, inside = Sight(store.parent), None
    while process.poll() is None:
        if inside is None and pathlib.Path(f"{store}-shm").exists() and sight.holds("transaction"):
            inside = time.monotonic()
        if inside is not None and time.monotonic() >= inside + delay:
            break
    hit = False
    if process.poll() is None:
        process.send_signal(signal.SIGSTOP)
        hit = stopped(process.pid) and sight.holds("transaction")
        os.kill(process.pid, signal.SIGKILL)
    process.wait()
    sight.close()
    return hit


def strike(find_target, sight, aim, seconds):
    """Kills the target inside `aim`; its id, or None when no such moment came."""
    end = time.monotonic() + seconds
    target = None
    while time.monotonic() < end:
        target = target or find_target()
        if not target:
            time.sleep(0.005)
            continue
        if not sight.holds(aim):
            time.sleep(0.0001 if aim == "transaction" else 0.0005)
            continue
        try:
            os.kill(target, signal.SIGSTOP)
            if stopped(target) and sight.holds(aim):
                os.kill(target, signal.SIGKILL)
                return target
            os.kill(target, signal.SIGCONT)
        except ProcessLookupError:
            pass
        target = None
        time.sleep(0.001)
    return None
