"""kill -9 inside an upgrade: the store of an older program is the old one or the new one, never
something in between, and everything is still there."""
import contextlib
import pathlib
import shutil
import sqlite3
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from moments import cut  # noqa: E402
from support import CommandFailed, old_store, run  # noqa: E402

MAILS = 60000  # make the window wide enough to be hit: their index is new in schema 2


# What an upgrade works out anew from the events: an older program moved the moment at which a case was
# closed on with whatever came later.
RENEWED = {"case_file": ("closed_at",)}
# Columns that an upgrade takes elsewhere: with the key by which they are found there, and where.
MOVED = {"person": (("id", "token_sha256"), "SELECT person, sha256 FROM main.token"),
         "log_waiting": (("entry",), "SELECT entry FROM main.log_waiting JOIN main.opening ON number = log_waiting.opening")}


def look(store, work):
    with contextlib.closing(sqlite3.connect(store)) as db:
        return work(db)


def schema(db):
    version = db.execute("PRAGMA user_version").fetchone()[0]
    return version, sorted(sql for (sql,) in db.execute("SELECT sql FROM sqlite_master") if sql)


def columns_of(db, place, table):
    return [row[1] for row in db.execute(f"PRAGMA {place}.table_info({table})")]


def quoted(names):
    return ", ".join(f'"{name}"' for name in names)


def lost(db, original):
    """The tables of which not every row and column of the original is there any more."""
    db.execute("ATTACH ? AS old", (str(original),))
    for (table,) in db.execute("SELECT name FROM old.sqlite_master WHERE type = 'table'").fetchall():
        now = columns_of(db, "main", table)
        before = [name for name in columns_of(db, "old", table) if name not in RENEWED.get(table, ())]
        # The clock of a demonstration, as the store is one, goes on.
        which = "WHERE key <> 'wall'" if table == "meta" else ""
        stayed, gone = [name for name in before if name in now], set(before) - set(now)
        moved, there = MOVED.get(table, ((), "")) if gone else ((), "")
        compared = [(stayed, f"SELECT {quoted(stayed)} FROM main.{table}"), (moved, there)]
        if gone - set(moved) or any(
                db.execute(f"SELECT {quoted(names)} FROM old.{table} {which} EXCEPT {where} LIMIT 1").fetchone()
                for names, where in compared if names):
            yield table


def make_store(folder):
    """The kept store with a lot of mail that waits."""
    shutil.rmtree(folder, ignore_errors=True)
    store = old_store(folder)

    def fill(db):
        db.execute("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
                   " INSERT INTO mail SELECT RANDOMBLOB(32), i, 'mta', 'soak', 'held', '', x'78' FROM n",
                   (MAILS,))
        db.commit()
    look(store, fill)
    return store


class Upgrades:
    def __init__(self, options, folder):
        self.binary, self.chance, self.folder = options.build / "bailiwick", options.chance, folder
        self.original = make_store(folder / "old")
        self.before = look(self.original, schema)
        self.done, self.faults, self.left_old = 0, [], 0
        store = self.copy()
        begun = time.monotonic()
        self.upgrade(store)
        self.seconds = time.monotonic() - begun
        self.after = look(store, schema)

    def copy(self):
        data = self.folder / "data"
        shutil.rmtree(data, ignore_errors=True)
        shutil.copytree(self.original.parent, data)
        return data / "store.db"

    def upgrade(self, store):
        run([self.binary, "upgrade", "--data", store.parent])

    def see(self, store):
        """Schema and lost tables, of a copy: the program is the first to open what was cut."""
        seen = self.folder / "seen"
        shutil.rmtree(seen, ignore_errors=True)
        shutil.copytree(store.parent, seen)
        return look(seen / store.name,
                    lambda db: (schema(db), sorted(lost(db, self.original))))

    def check(self, store):
        found, missing = self.see(store)
        if found not in (self.before, self.after):
            yield f"schema {found[0]} is neither the old nor the new one"
        self.left_old += found == self.before
        try:
            self.upgrade(store)
        except CommandFailed as failure:
            yield str(failure)
        mended, missing_then = self.see(store)
        if mended != self.after:
            yield "the next upgrade does not bring it up to date"
        for table in missing + missing_then:
            yield f"rows of {table} are missing"
        rebuilt = run([self.binary, "rebuild", "--check", "--data", store.parent], expect=None)
        if rebuilt.returncode:
            yield f"rebuild --check: {rebuilt.stdout}{rebuilt.stderr}"

    def strike(self, wanted):
        for _ in range(8 * wanted):
            if self.done == wanted:
                return
            store = self.copy()
            self.done += cut([self.binary, "upgrade", "--data", store.parent], store,
                             self.chance.uniform(0, self.seconds) / 2)
            self.faults += [f"upgrade: {fault}" for fault in self.check(store)]


def kill_upgrades(options, wanted):
    """(moments that came about, faults)."""
    upgrades = Upgrades(options, options.build / "soak-kill/upgrades")
    upgrades.strike(wanted)
    print(f"upgrades: killed inside {upgrades.done} of {wanted}, {upgrades.left_old} stores were left"
          f" old, {'ok' if not upgrades.faults else 'FAULTS'}", flush=True)
    for fault in upgrades.faults:
        print(f"  {fault}", flush=True)
    return [("upgrade", "migration", 0)] * upgrades.done, upgrades.faults
