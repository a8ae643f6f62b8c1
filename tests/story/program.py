"""The program and the lab as the story uses them: command lines, nothing inside."""
import json
import os
import pathlib
import re
import shlex
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


class CommandFailed(Exception):
    """A command ended with an exit code that was not expected."""

    def __init__(self, command, code, words):
        super().__init__(f"{' '.join(map(str, command))}: exit {code}: {words.strip()[-2000:]}")
        self.code = code


def run(command, expect=(0,), stdin=None, env=None, timeout=120):
    done = subprocess.run(list(map(str, command)), input=stdin, capture_output=True, text=True,
                          errors="replace", env=env, timeout=timeout)
    if expect is not None and done.returncode not in expect:
        raise CommandFailed(command, done.returncode, done.stderr or done.stdout)
    return done


def wait_for(what, look, seconds):
    """Calls `look` until it gives something true; the result, or None when time is up."""
    end = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > end:
            return None
        time.sleep(0.05)


def read_folder(folder):
    """{path: bytes} of every file below. A writer gives a file its name when it is whole: one that has gone
    while we look is there under another name by then, so the look begins anew."""
    for _ in range(50):
        try:
            return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
        except FileNotFoundError:
            continue
    raise AssertionError(f"{folder} does not hold still for a look")


class Lab:
    """lab/ctl with a folder of its own."""

    def __init__(self, folder, *options):
        self.folder = pathlib.Path(folder)
        self.ctl = ["python3", "-B", ROOT / "lab/ctl"]
        self.at = ["--dir", self.folder]
        run(self.ctl + ["up", *self.at, *options], timeout=300)
        self.env = self.read_env()

    def call(self, verb, *words):
        return run(self.ctl + [verb, *words, *self.at]).stdout

    def read_env(self):
        env = {}
        for line in self.call("env").splitlines():
            found = re.match(r"export (\w+)=(.*)", line)
            if found:
                env[found.group(1)] = shlex.split(found.group(2))[0] if found.group(2) else ""
        return env

    def list(self):
        return json.loads(self.call("list", "--json"))

    def exec(self, command, listen=(), listen_file=None):
        """The words of a command that runs inside the lab's network."""
        words = self.ctl + ["exec", *self.at]
        for address in listen:
            words += ["--listen", address]
        if listen_file:
            words += ["--listen-file", listen_file]
        return list(map(str, words + ["--", *command]))

    def down(self):
        run(self.ctl + ["down", *self.at], expect=None)


class Program:
    """build/bailiwick with a data folder; commands run as a user's token file says."""

    def __init__(self, binary, data, config):
        self.binary = pathlib.Path(binary)
        self.data = pathlib.Path(data)
        self.config = pathlib.Path(config)
        self.tokens = {}
        self.env = {k: v for k, v in os.environ.items() if not k.startswith("BAILIWICK_")}

    def command(self, *words, user=None):
        options = ["--data", self.data, "--config", self.config]
        if user:
            options += ["--token", self.tokens[user]]
        return list(map(str, [self.binary, *words, *options]))

    def run(self, *words, user=None, expect=(0,), timeout=120):
        return run(self.command(*words, user=user), expect=expect, env=self.env, timeout=timeout)

    def json(self, *words, user=None, expect=(0,)):
        return json.loads(self.run(*words, "--json", user=user, expect=expect).stdout)
