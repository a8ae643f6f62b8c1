#!/usr/bin/env python3
"""A store that is put back to a backup of before an erasure applies the erasure again.

Neither keys nor sealed bytes of what was erased are anywhere in the data folder after a restore, also
in a folder that had lost its list of erasures and was given a copy, also when the restore is killed or
fails at a file operation: then the next start puts it right. Without the list they are back, which
shows that the search finds them. The log stays provable, and `rebuild --check` names no difference.
Last line: `N passed, N failed, N skipped`.
"""
import errno
import pathlib
import shutil
import subprocess
import sys
import tempfile

TESTS = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(TESTS), str(TESTS / "soak")]
from failing import Shim  # noqa: E402
from support import Tally, daemon, read_options, scratch  # noqa: E402
from program import Program  # noqa: E402
from test_complaints import NOW, Desk, fits, holding, secrets_of, set_up  # noqa: E402

LATER = "2027-01-05T09:00:00Z"
POINTS = 12  # of each kind of failure, spread over the operations of a restore


class House:
    """A house with one complaint that was erased after the backup and one that was kept."""

    def __init__(self, options, folder):
        self.folder = folder
        (folder / "conf").write_text("mail.smtp-port = 1\nmail.from = desk@authority.example\nlog.tick = 1\n")
        self.program = Program(options.binary, folder / "data", folder / "conf")
        set_up(self.program, folder)
        self.backup, self.list = folder / "backup of before.db", self.program.data / "erasures"
        with daemon(self.program, NOW):
            desk = Desk(self.program, folder, options.build)
            self.erased, self.kept = desk.file("erasedword")["reference"], desk.file("keptword")["reference"]
        self.secrets = secrets_of(self.program, self.erased)
        self.others = secrets_of(self.program, self.kept)
        self.program.run("backup", self.backup)

    def erase(self):
        self.program.run("complaint", "erase", self.erased, "--reason", "person-asked", user="ada")

    def restore(self, *words, expect=(0,)):
        return self.program.json("restore", self.backup, *words, expect=expect)

    def show(self, reference):
        return self.program.json("complaint", "show", reference)["complaint"]

    def check_erased(self, tally, what):
        shown = self.show(self.erased)
        last = shown["events"][-1]
        tally.equal(holding(self.program.data, self.secrets), [], f"{what}: nothing of it in the folder")
        tally.check(holding(self.program.data, self.others), f"{what}: others stay")
        tally.equal(("names" in shown, last["event"], last["actor"], last.get("reason")),
                    (False, "erased", "machine", "again"), f"{what}: an event says so")
        tally.equal(self.show(self.kept)["names"], ["keptword.example"], f"{what}: others open")
        checked = self.program.json("rebuild", "--check")
        tally.equal(checked["differences"], [], f"{what}: rows are what follows from events")


def restored(tally, house):
    """With no daemon since the backup, so that the log did not grow: it goes on as if nothing was."""
    program = house.program
    house.erase()
    tally.equal(holding(program.data, house.secrets), [], "erased")
    tally.equal(len(house.list.read_bytes().splitlines()), 2, "and listed")
    tally.check(not any(needle in house.list.read_bytes() for needle in house.secrets), "by nothing of it")
    told = house.restore()
    tally.equal(told, {"listed": 1, "erased_again": 1}, "the restore says what it did")
    fits(tally, told, "restore.json")
    house.check_erased(tally, "restored")
    fits(tally, program.json("complaint", "show", house.erased), "complaint-show.json")
    tally.equal(program.json("log", "verify")["faults"], [], "the log holds")
    before = int((program.data / "public/log/checkpoint").read_text().splitlines()[1])
    with daemon(program, LATER):
        while int((program.data / "public/log/checkpoint").read_text().splitlines()[1]) <= before:
            pass
        tally.equal(program.json("log", "verify")["faults"], [], "and goes on, with the second erasure")
    house.check_erased(tally, "served")


def without_the_list(tally, house):
    """What comes of a lost list, and that the search would find what was erased."""
    program, copy = house.program, house.folder / "erasures of yesterday"
    house.list.rename(copy)
    done = program.run("restore", house.backup)
    tally.check("no list of erasures here" in done.stderr, "it is said that there is no list", done.stderr)
    tally.equal(house.show(house.erased)["names"], ["erasedword.example"], "the words are back")
    tally.check("store.db" in holding(program.data, house.secrets), "and in the store's file")
    tally.equal(house.restore("--erasures", copy), {"listed": 1, "erased_again": 1}, "with a copy of it")
    house.check_erased(tally, "with a copy")
    # In another folder, as after the loss of a machine.
    own, program.data = program.data, house.folder / "another machine"
    program.data.mkdir(mode=0o700)
    tally.equal(house.restore("--erasures", copy), {"listed": 1, "erased_again": 1}, "in another folder")
    house.check_erased(tally, "in another folder")
    program.data = own


def copied_by_hand(tally, house):
    """Not by `restore`: whoever opens the store to write next erases again."""
    program = house.program
    for name in ("store.db-wal", "store.db-shm"):
        (program.data / name).unlink(missing_ok=True)
    shutil.copyfile(house.backup, program.data / "store.db")
    with daemon(program, LATER):
        house.check_erased(tally, "copied by hand")


class Cuts:
    """Restores that are killed, or fail, at one of their file operations."""

    def __init__(self, options, house, folder):
        """The loader takes a blank in a path for the end of a name: the folder's has none."""
        self.house, self.data, self.folder = house, house.program.data, pathlib.Path(folder)
        self.shim = shutil.copyfile(options.build / "release/tests/soak/failing.so", self.folder / "failing.so")
        self.whole = house.folder / "whole"
        shutil.copytree(self.data, self.whole, ignore=shutil.ignore_patterns("*.sock"))

    def restore(self, at, error):
        """The exit code of a restore whose operation `at` fails, with what the shim saw."""
        shutil.rmtree(self.data)
        shutil.copytree(self.whole, self.data)
        counter = Shim(self.shim, self.folder / "counter", at, error)
        counter.env.update(FAILING_ROOT=str(self.data))
        done = subprocess.run(self.house.program.command("restore", self.house.backup), capture_output=True,
                              env={**self.house.program.env, **counter.env}, timeout=120)
        return done.returncode, counter.read()

    def settle(self):
        """What an operator does then: starts, and restores again where there is no store."""
        program = self.house.program
        opened = program.run("upgrade", expect=None)
        if opened.returncode != 0 and "holds no store" in opened.stderr:
            self.house.restore()
        return opened.returncode


def cut(tally, options, house, folder):
    cuts = Cuts(options, house, folder)
    code, (total, _, _) = cuts.restore(0, 0)
    tally.equal(code, 0, "a restore in health")
    print(f"{total} file operations", flush=True)
    for error in (0, errno.ENOSPC, errno.EIO):
        points = sorted({1 + (total - 1) * n // (POINTS - 1) for n in range(POINTS)})
        for at in points:
            code, (_, failed, what) = cuts.restore(at, error)
            tally.check(failed, "the operation came about")
            cuts.settle()
            found = holding(cuts.data, house.secrets)
            shown = house.show(house.erased)
            tally.check(not found and "names" not in shown,
                        f"operation {at} ({what}), {errno.errorcode.get(error, 'killed')}, exit {code}", found)
    tally.equal(house.program.json("rebuild", "--check")["differences"], [], "rows follow from events")


def main():
    options, tally = read_options(__doc__), Tally()
    with scratch() as place:
        folder = pathlib.Path(place)
        house = House(options, folder)
        for part in (restored, without_the_list, copied_by_hand):
            with tally.part(part.__name__):
                part(tally, house)
        with tally.part("cut"), tempfile.TemporaryDirectory(prefix="bailiwick-cut-") as plain:
            cut(tally, options, house, plain)
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
