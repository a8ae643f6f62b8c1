"""What the test scripts share: options, counting, the closing line, a lab for as long as it is needed."""
import argparse
import contextlib
import json
import lzma
import os
import pathlib
import random
import socket
import subprocess
import sys
import tempfile
import traceback

TESTS = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(TESTS / "story"))
from program import ROOT, CommandFailed, Lab, Program, run  # noqa: E402

MISSING = 2  # the exit code of lab/ctl when the machine lacks what it needs


class Tally:
    """Counts what was shown and ends with the line that tests/run.py reads."""

    def __init__(self):
        self.passed = self.failed = self.skipped = 0

    def check(self, good, what, detail=""):
        self.passed += bool(good)
        self.failed += not good
        if not good:
            print(f"FAILED {what}" + (f": {detail}" if detail != "" else ""), flush=True)
        return bool(good)

    def equal(self, found, expected, what):
        return self.check(found == expected, what, f"found {found}, expected {expected}")

    def skip(self, what):
        self.skipped += 1
        print(f"skipped: {what}", flush=True)

    @contextlib.contextmanager
    def part(self, name):
        """A part of a test that fails alone: what goes wrong in it is told, and the rest goes on."""
        try:
            yield
        except (CommandFailed, subprocess.SubprocessError, OSError, LookupError, ValueError,
                AssertionError) as failure:
            traceback.print_exc(file=sys.stdout)
            self.check(False, name, failure)

    def finish(self):
        print(f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped", flush=True)
        return 1 if self.failed else 0


def read_options(description, *more):
    """--build and --seed, which is printed; `more` are pairs of a flag and its help."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(3), "big"))
    for flag, words in more:
        parser.add_argument(flag, action="store_true", help=words)
    options = parser.parse_args()
    options.build = options.build.resolve()
    options.binary = options.build / "bailiwick"
    options.random = random.Random(options.seed)
    print(f"seed {options.seed}", flush=True)
    return options


def scratch():
    """A folder for a while, with a blank in its name as people's folders have."""
    return tempfile.TemporaryDirectory(prefix="bailiwick test ")


@contextlib.contextmanager
def house(options, *lines):
    """A folder with a configuration of these lines, and the program in it; nothing is made yet."""
    with scratch() as place:
        folder = pathlib.Path(place)
        config = folder / "bailiwick.conf"
        config.write_text("".join(f"{line}\n" for line in lines))
        yield folder, Program(options.binary, folder / "data", config)


@contextlib.contextmanager
def serving(program, now, log=None):
    """The daemon with both doors on ports that the kernel chose; yields the process, which may not be
    ready, and the ports; the public one's is `program.public_port` too. What it says goes to the file
    `log`, or where ours goes."""
    doors = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
    program.public_port = doors[0].getsockname()[1]
    for door in doors:
        os.set_inheritable(door.fileno(), True)
    shell = f"exec 8<&{doors[0].fileno()} 9<&{doors[1].fileno()} 3<&8 4<&9; " \
            'LISTEN_PID=$$ LISTEN_FDS=2 LISTEN_FDNAMES=public:staff exec "$@"'
    process = subprocess.Popen(["bash", "-c", shell, "bash", *program.command("serve", "--now", now)],
                               stdout=subprocess.PIPE, stderr=log, text=True, env=program.env,
                               pass_fds=[door.fileno() for door in doors])
    try:
        yield process, [door.getsockname()[1] for door in doors]
    finally:
        process.terminate()
        try:
            process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        finally:
            process.stdout.close()
        for door in doors:
            door.close()


@contextlib.contextmanager
def daemon(program, now, log=None):
    """The daemon once it is ready; yields the port of the staff door."""
    with serving(program, now, log) as (process, ports):
        if process.stdout.readline() != "ready\n":
            raise AssertionError("the daemon did not start")
        yield ports[1]


def add_user(program, folder, name, role, *words, by="ada"):
    """With a token in the folder, which the program then shows for that user."""
    program.tokens[name] = folder / f"{name}.token"
    program.run("user", "add", name, "--role", role, *words, "--out", program.tokens[name], user=by)


def found_authority(program, folder, now, people):
    """An authority with ada, its administrator, these people, anna and bert among them, and the law that ships."""
    program.run("init", "--now", now)
    add_user(program, folder, "ada", "administrator", by=None)
    for name, role in people:
        add_user(program, folder, name, role)
    program.run("rulebook", "adopt", ROOT / "rulebook/icann", user="anna")
    program.run("rulebook", "adopt", ROOT / "rulebook/icann", "--confirm", user="bert")


def old_store(data):
    """A data directory that holds the kept store of the first schema, as its program left it."""
    pathlib.Path(data).mkdir(mode=0o700, parents=True)
    store = pathlib.Path(data) / "store.db"
    store.touch(mode=0o600)
    store.write_bytes(lzma.open(TESTS / "store/fixtures/0001-d9b71c5.db.xz").read())
    return store


def store_with_law(binary, folder, *words):
    """A data directory with ada, anna and bert and the shipped rulebook adopted. Gives a function that
    runs the program on it, with `words` added to each command, and returns what it printed."""
    def call(*command, user=None, expect=(0,)):
        more = ["--token", folder / f"{user}.token"] if user else []
        return run([binary, *command, "--data", folder / "data", *words, *more], expect=expect).stdout

    call("init")
    call("user", "add", "ada", "--role", "administrator", "--out", folder / "ada.token")
    for name, role in (("anna", "analyst"), ("bert", "approver")):
        call("user", "add", name, "--role", role, "--out", folder / f"{name}.token", user="ada")
    law = ROOT / "rulebook/icann"
    call("rulebook", "adopt", law, user="anna")
    call("rulebook", "adopt", law, "--confirm", user="bert")
    return call


@contextlib.contextmanager
def lab_of(folder, seed, *words):
    lab = Lab(pathlib.Path(folder) / "lab", "--seed", str(seed % 1000000), "--until-end-of",
              str(os.getpid()), *words)
    try:
        yield lab
    finally:
        lab.down()


def in_lab(test, description, *words, more=()):
    """Runs test(options, tally, lab, folder) with a lab brought up for it; the exit code."""
    options, tally = read_options(description, *more), Tally()
    with scratch() as folder:
        try:
            with lab_of(folder, options.seed, *words) as lab:
                with tally.part(description):
                    test(options, tally, lab, pathlib.Path(folder))
        except CommandFailed as failure:
            if failure.code != MISSING:
                raise
            tally.skip(failure)
    return tally.finish()


def check_words(options, lab, tld, *words, **instead):
    """The words of `check` on one TLD of the lab, to be run inside; `instead` replaces settings."""
    settings = {"hints": lab.env["LAB_HINTS"], "trust_anchor": lab.env["LAB_TRUST_ANCHOR"],
                "rdap_ca": lab.env["LAB_CA"], "reference": lab.env["LAB_REFERENCE_URL"],
                "network": lab.env["BAILIWICK_NETWORK"], "rdap": tld["rdap"].rstrip("/"), **instead}
    given = [word for name, value in settings.items()
             for word in ("--" + name.replace("_", "-"), value)]
    return list(map(str, [options.binary, "check", tld["tld"], *given, *words]))


def check(options, lab, tld, *words, **instead):
    """(exit code, report) of `check --json` inside the lab."""
    done = run(lab.exec(check_words(options, lab, tld, "--json", *words, **instead)),
               expect=(0, 1, 3))
    return done.returncode, json.loads(done.stdout)


def findings(report, verdict):
    """The obligations that have this verdict, with the set of their codes."""
    return {finding["obligation"]: set(finding["codes"]) for finding in report["findings"]
            if finding["verdict"] == verdict}


def seen_codes(report):
    return {result["code"] for result in report["results"] if result["sight"] == "seen"}
