#!/usr/bin/env python3
"""A store put back to a backup that is older than its log: what was signed and published stays as it is
to the byte, outsiders find it whole, `log verify` and the staff door name the disagreement, and a log
that did not grow meanwhile goes on."""
import functools
import http.server
import json
import os
import pathlib
import subprocess
import sys
import threading
import time
import types

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))
from support import Tally, daemon, read_options, run, scratch  # noqa: E402

NOW = "2027-01-04T09:00:00Z"


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


class Place:
    def __init__(self, options, folder):
        self.binary, self.folder, self.data = options.binary, folder, folder / "data"
        self.config, self.said = folder / "config", folder / "said"
        self.config.write_text("log.name = example/log\nlog.tick = 1\nmail.from = a@b.example\n")
        self.program = types.SimpleNamespace(command=self.words, env=dict(os.environ))
        handler = functools.partial(Quiet, directory=str(self.data / "public"))
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def words(self, *command):
        return list(map(str, [self.binary, *command, "--data", self.data, "--config", self.config]))

    def run(self, *command, expect=(0,)):
        return run(self.words(*command), expect=expect).stdout

    def published(self):
        """Everything that is published of the log, by path."""
        log = self.data / "public/log"
        return {str(p.relative_to(log)): p.read_bytes() for p in sorted(log.rglob("*")) if p.is_file()}

    def size(self):
        return int((self.data / "public/log/checkpoint").read_text().splitlines()[1])

    def serve(self):
        return daemon(self.program, NOW, log=self.said.open("a"))

    def grow(self, least):
        until = time.monotonic() + 30
        while not (self.data / "public/log/checkpoint").is_file() or self.size() < least:
            if time.monotonic() > until:
                raise AssertionError(f"the log did not grow to {least}")
            time.sleep(0.1)

    def outsider(self):
        """The exit code and words of the independent checker, which keeps the checkpoint it saw."""
        url = f"http://127.0.0.1:{self.server.server_port}"
        done = subprocess.run([sys.executable, TESTS / "tlog/verify.py", url, "--key",
                               (self.data / "public/log/key").read_text(), "--state",
                               self.folder / "seen"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True)
        return done.returncode, done.stdout

    def verify(self, expect):
        return json.loads(self.run("log", "verify", "--json", expect=expect))["faults"]


def goes_on_from_a_backup_of_now(place, tally):
    place.run("backup", place.folder / "now")
    place.run("restore", place.folder / "now")
    before = place.size()
    with place.serve():
        place.grow(before + 16)
    tally.equal(place.verify((0,)), [], "a log put back to where it was has no fault")
    tally.equal(place.outsider()[0], 0, "an outsider agrees with it")


def stays_as_signed(place, tally):
    with place.serve():
        place.grow(16)
        place.run("backup", place.folder / "old")
        place.grow(place.size() + 64)
    before = place.published()
    tally.equal(place.outsider()[0], 0, "an outsider agrees before")
    place.run("restore", place.folder / "old")
    kinds = {fault["kind"] for fault in place.verify((1,))}
    tally.equal(kinds, {"signer", "checkpoint", "tile"}, "log verify names the disagreement")
    place.said.write_text("")
    with place.serve():
        time.sleep(4)
        tally.check("old backup was restored" in str(place.verify((1,))), "log verify names it still")
    said = place.said.read_text().count("an old backup was restored")
    tally.equal(said, 1, "the daemon says it once")
    tally.equal(place.published(), before, "what was published stays to the byte")
    code, words = place.outsider()
    tally.equal(code, 0, f"an outsider agrees after: {words}")


def main():
    options, tally = read_options(__doc__), Tally()
    with scratch() as folder:
        place = Place(options, pathlib.Path(folder))
        place.run("init")
        with place.serve():
            place.grow(16)
        for part in (goes_on_from_a_backup_of_now, stays_as_signed):
            with tally.part(part.__name__):
                part(place, tally)
        place.server.shutdown()
        place.server.server_close()
    return tally.finish()


sys.exit(main())
