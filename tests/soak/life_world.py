"""A folder in which a short life is lived, and what its phases are: a command, or a run of the daemon."""
import contextlib
import pathlib
import sqlite3
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parent / "story")]
from audit import WORK  # noqa: E402
from program import ROOT, Program, wait_for  # noqa: E402
from support import serving  # noqa: E402

NOW = "2027-01-04T09:00:00Z"
LATER = "2027-01-05T09:00:00Z"  # whatever is tried again with a delay is due then
REGISTRARS = b"ID,Registrar Name,Status,RDAP Base URL\n9001,Example Names Ltd,Accredited,\n"
CONTACTS = b"Kind,ID,Name,Role,E-mail\nregistrar,9001,Example Names Ltd,compliance,c@names.example\n"
OBLIGATION = "raa.3.18.2-dns-abuse-mitigation"
PATIENCE = 30
LAW = ROOT / "rulebook/icann"
HOLIDAY = (b"BEGIN:VEVENT\r\nUID:20270301-soak@calendar.example\r\nDTSTAMP:20260101T000000Z\r\n"
           b"DTSTART;VALUE=DATE:20270301\r\nSUMMARY:One more day\r\nEND:VEVENT\r\nEND:VCALENDAR")
# What commands read, written before a disk is full.
FILES = {"registrars.csv": REGISTRARS, "contacts.csv": CONTACTS,
         "icann.ics": (LAW / "calendars/icann.ics").read_bytes().replace(b"END:VCALENDAR", HOLIDAY)}


class World:
    """A folder with data, tokens and files of one life. `preload` is an environment for the program
    under test; what looks at the outcome runs without it."""

    def __init__(self, binary, folder, post, preload=None):
        self.folder, self.post, self.db = pathlib.Path(folder), post, None
        self.data = self.folder / "data"
        config = self.folder / "bailiwick.conf"
        config.write_text(f"mail.smtp-port = {post.port}\nmail.from = desk@authority.example\nlog.tick = 1\n")
        for name, data in FILES.items():
            (self.folder / name).write_bytes(data)
        self.program = Program(binary, self.data, config)
        self.tried = Program(binary, self.data, config)
        self.tried.env = dict(self.program.env, **(preload or {}))
        self.struck = lambda: True  # whether what is to fail has failed, or cannot be known
        for user in ("ada", "anna", "bert", "carl", "mta"):
            self.program.tokens[user] = self.tried.tokens[user] = self.folder / f"{user}.token"

    def one(self, sql):
        return self.all(sql)[0][0]

    def all(self, sql):
        """Rows; none where there is no store yet."""
        with self.reading() as db:
            try:
                return db.execute(sql).fetchall() if db else []
            except sqlite3.OperationalError:
                return []

    @contextlib.contextmanager
    def reading(self):
        """What is asked within shares a connection, which is closed in time for the program to be the last one."""
        if self.db:
            yield self.db
            return
        try:
            self.db = sqlite3.connect(f"file:{self.data}/store.db?mode=ro", uri=True)
        except sqlite3.OperationalError:
            pass
        try:
            yield self.db
        finally:
            if self.db:
                self.db.close()
            self.db = None

    def case(self):
        return self.one("SELECT id FROM case_file")

    def letter(self, kind):
        return self.all(f"SELECT hex(sha256) FROM letter WHERE kind = '{kind}'")[0][0].lower()

    def waiting(self):
        return self.all(f"SELECT key FROM outbox WHERE state IN ('pending', 'claimed') AND {WORK}")


class Command:
    """A phase that is one command; `words` says it of a world, `stdin` what it reads."""

    def __init__(self, name, user, words, stdin=None, failures=(2, 3, 4)):
        self.name, self.user, self.words, self.stdin = name, user, words, stdin
        self.failures = failures  # how it may end when it cannot be done

    def run(self, world, program):
        done = subprocess.run(program.command(*self.words(world), user=self.user), input=self.stdin, env=program.env,
                              capture_output=True, text=True, timeout=60, check=False)
        if done.returncode == 0:
            self.keep(world, done.stdout)
        return done.returncode, done.stderr

    def keep(self, world, printed):
        """Of what it printed, what later phases need."""

    def try_it(self, world):
        """Under test; (exit code, words)."""
        return self.run(world, world.tried)

    def complete(self, world):
        """Once more in health; None or what is wrong."""
        code, words = self.run(world, world.program)
        return None if code == 0 else f"the next run ends with {code}: {words.strip()[-300:]}"


class Serving:
    """A phase that is a run of the daemon, until what it has to do is done."""

    failures = (3, 4)

    def __init__(self, name, done, seconds=1.5, now=NOW, later=LATER):
        self.name, self.done, self.seconds, self.now, self.later = name, done, seconds, now, later

    def serve(self, world, program, now, seconds):
        """(exit code, words, whether it came to its end of work)"""
        with open(f"{world.folder}.log", "w+", encoding="utf-8") as log:
            with serving(program, now, log) as (process, _):
                process.stdout.readline()

                def over():
                    return process.poll() is not None or self.done(world)
                # However slow the machine is: the failure comes first, then the time to do what can be done.
                wait_for(self.name, lambda: world.struck() or over(), PATIENCE)
                seen = wait_for(self.name, over, seconds)
                code = process.poll()  # None: it goes on, as it should
            log.seek(0)
            # What was done is done, though a daemon that goes on may have begun something else meanwhile.
            done = code is None and bool(seen) or self.done(world)
            return process.returncode if code is None else code, log.read(), done

    def try_it(self, world, relieve=None):
        """With `relieve`, what failed works again after a while, under the same daemon."""
        if not relieve:
            return self.serve(world, world.tried, self.now, self.seconds)[:2]
        with open(f"{world.folder}.log", "w+", encoding="utf-8") as log:
            with serving(world.tried, self.now, log) as (process, _):
                process.stdout.readline()
                time.sleep(self.seconds)
                relieve()
                goes_on = process.poll() is None
                if goes_on:
                    world.program.run("clock", "jump", self.later, user="anna")
                    goes_on = wait_for(self.name, lambda: self.done(world), PATIENCE)
                code = process.poll()
            log.seek(0)
            words = log.read()
        if code is None and not goes_on:
            return -1, f"the daemon does not go on when there is room again: {words[-600:]}"
        return process.returncode if code is None else code, words

    def complete(self, world):
        code, words, done = self.serve(world, world.program, self.later, PATIENCE)
        return None if code == 0 and done else f"the next daemon ends with {code}, done {done}: {words[-400:]}"


def settled(world, *more):
    """Nothing waits, the log is signed, and what `more` asks for is there."""
    with world.reading():
        return not world.waiting() and all(look(world) for look in more) and not world.all(
            "SELECT 1 FROM log_waiting LIMIT 1") and world.all(
            "SELECT 1 FROM log_tree WHERE size = (SELECT MAX(size) FROM log_checkpoint)")
