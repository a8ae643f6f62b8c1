"""kill -9 inside `rebuild`: the projections are all as they were or all as the events tell."""
import pathlib
import shutil
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from moments import cut  # noqa: E402
from support import run  # noqa: E402
from test_rebuild import SPOILT, dump, seed, spoil  # noqa: E402


class Rebuilds:
    def __init__(self, options, folder):
        self.binary, self.chance = options.build / "bailiwick", options.chance
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        options.binary = self.binary
        self.data, store = seed(options, folder)
        store.close()
        self.sound = dump(self.data)
        spoil(self.data, SPOILT["changed"])
        self.spoilt = dump(self.data)
        begun = time.monotonic()
        self.rebuild()
        self.seconds = time.monotonic() - begun
        self.done, self.faults, self.left_spoilt = 0, [], 0

    def rebuild(self):
        run([self.binary, "rebuild", "--data", self.data])

    def check(self):
        found = dump(self.data)
        if found not in (self.sound, self.spoilt):
            yield "some projections are rebuilt and others are not"
        self.left_spoilt += found == self.spoilt
        self.rebuild()
        if dump(self.data) != self.sound:
            yield "the next rebuild does not put it right"

    def strike(self, wanted):
        for _ in range(8 * wanted):
            if self.done == wanted:
                return
            spoil(self.data, SPOILT["changed"])
            self.done += cut([self.binary, "rebuild", "--data", self.data], self.data / "store.db",
                             self.chance.uniform(0, self.seconds))
            self.faults += [f"rebuild: {fault}" for fault in self.check()]


def kill_rebuilds(options, wanted):
    """(moments that came about, faults)."""
    rebuilds = Rebuilds(options, options.build / "soak-kill/rebuilds")
    rebuilds.strike(wanted)
    print(f"rebuilds: killed inside {rebuilds.done} of {wanted}, {rebuilds.left_spoilt} stores were left"
          f" as they were, {'ok' if not rebuilds.faults else 'FAULTS'}", flush=True)
    for fault in rebuilds.faults:
        print(f"  {fault}", flush=True)
    return [("rebuild", "rebuild", 0)] * rebuilds.done, rebuilds.faults
