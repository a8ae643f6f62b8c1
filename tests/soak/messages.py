"""kill -9 of the daemon while messages to who complained go out: the next one sends what did not, under the same
Message-ID and with the same bytes, tells nothing twice, and leaves nobody untold."""
import pathlib
import shutil
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]
import life_complaints  # noqa: E402
from life import PHASES, Life, check_end, check_whole, compare, shape  # noqa: E402
from moments import Sight, find, strike  # noqa: E402
from support import serving  # noqa: E402

SENDING = (life_complaints.RECEIPT, life_complaints.REMIND, life_complaints.TELL)
AIMS = ("receipt", "receipt", "transaction", "anytime")


def kill_once(life, place, chance):
    """(what was aimed at, or None when it did not come about; faults)"""
    phase, aim, faults = chance.choice(SENDING), chance.choice(AIMS), []
    number = PHASES.index(phase)
    with life.world_before(number, place) as world:
        with open(f"{place}.log", "w+", encoding="utf-8") as log, serving(world.program, phase.now, log) as (process, _):
            process.stdout.readline()
            time.sleep(chance.uniform(0, 0.2) if aim == "anytime" else 0)
            hit = strike(lambda: find(process.pid, "core"), Sight(world.data), aim, seconds=5)
        faults += check_whole(world)
        wrong = phase.complete(world)
        faults += [wrong] if wrong else compare(shape(world), life.shapes[number + 1], "after the next run")
        faults += check_end(world)
    shutil.rmtree(place)
    return aim if hit else None, [f"messages: {phase.name}, {aim}: {fault}" for fault in faults]


def kill_messages(options, wanted):
    """(moments that came about, faults)."""
    folder = options.build / "soak-kill/messages"
    shutil.rmtree(folder, ignore_errors=True)
    life = Life(options.build / "bailiwick", folder / "life")
    done, faults = [], []
    for number in range(2 * wanted):
        if len(done) == wanted:
            break
        aim, found = kill_once(life, folder / str(number), options.chance)
        done += [aim] if aim else []
        faults += found
    print(f"messages: the daemon killed at {len(done)} of {wanted}, {sum(aim == 'receipt' for aim in done)} of them while one"
          f" was handed over, {'ok' if not faults else 'FAULTS'}", flush=True)
    for fault in faults:
        print(f"  {fault}", flush=True)
    return [("core", aim, 0) for aim in done], faults
