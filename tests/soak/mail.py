#!/usr/bin/env python3
"""Mail of every shape of tests/intake/shapes.py through a real mail server into `mail-in`: OpenSMTPD of the lab
takes it by SMTP and hands each over to the program, whose exit code it obeys. Each mail that it delivered has
exactly one outcome, the one of its shape; what was put off with 75 comes again and is there; no automatic mail
is answered; memory stays bounded. `--mails N` (10000). Last line: `N passed, N failed, N skipped`."""
import argparse
import base64
import collections
import fcntl
import hashlib
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import threading
import time

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(TESTS / "intake"), str(TESTS)]
from house import House  # noqa: E402
from shapes import SHAPES, Mail  # noqa: E402
from support import ROOT, Tally, lab_of, scratch  # noqa: E402
from test_shapes import HEAVY, check_receipts  # noqa: E402

TAKERS, SENDERS = 8, 4
MEMORY_MAX = 512 << 20  # of a process: a mail of 25 MiB is there as base64, as bytes and sealed at once
SENDER = """
import base64, json, smtplib, sys
smtp, sent = None, 0
for line in sys.stdin:
    number, sender, to, coded = json.loads(line)
    sent += 1
    try:
        if smtp and sent % 90 == 0:  # OpenSMTPD takes a hundred by one connection
            smtp.quit()
            smtp = None
        if smtp is None:
            smtp = smtplib.SMTP(sys.argv[1], int(sys.argv[2]), local_hostname="out.example", timeout=120)
        smtp.sendmail(sender, [to], base64.b64decode(coded))
        print(number, 250, flush=True)
    except smtplib.SMTPResponseException as refusal:
        print(number, refusal.smtp_code, flush=True)
    except (smtplib.SMTPException, OSError) as failure:
        print(number, 0, flush=True)
        smtp = None
"""


class Door:
    """Where the mail server asks what becomes of a mail: a file in `asks`, answered by its pipe."""

    def __init__(self, house, box):
        self.house, self.box = house, pathlib.Path(box)
        self.taken, self.codes, self.names, self.lock = {}, collections.Counter(), set(), threading.Lock()
        self.closing = False
        (self.box / "asks").mkdir()
        (self.box / "asks").chmod(0o777)
        self.threads = [threading.Thread(target=self.work, daemon=True) for _ in range(TAKERS)]
        for thread in self.threads:
            thread.start()

    def next(self):
        with self.lock:
            for path in sorted((self.box / "asks").iterdir()):
                if path.name not in self.names:
                    self.names.add(path.name)
                    return path
        return None

    def work(self):
        while not self.closing:
            path = self.next()
            if not path:
                time.sleep(0.02)
                continue
            message = path.read_bytes()
            sender = (self.box / "tmp" / (path.name + ".sender")).read_text()
            code, _ = self.house.mail_in(message, "--sender=" + sender)
            with self.lock:
                self.codes[code] += 1
                if code != 75:
                    self.taken[hashlib.sha256(message).hexdigest()] = (number_of(message), code)
            path.unlink()
            with open(self.box / "tmp" / (path.name + ".answer"), "w", encoding="ascii") as answer:
                answer.write(f"{code}\n")

    def close(self):
        self.closing = True
        for thread in self.threads:
            thread.join(120)


def number_of(message):
    """By the sender of its envelope, or its Message-ID: those without a sender have one."""
    found = re.search(rb"^Return-Path: <e(\d+)@", message) or re.search(rb"^Message-ID: <(\d+)\.", message, re.M)
    return int(found.group(1)) if found else None


def make(options, house):
    """number -> (shape, mail, message)"""
    shapes = [shape for shape in SHAPES if shape.relayed]
    light = [shape for shape in shapes if shape.name not in HEAVY]  # after two rounds with the others
    mails = {}
    for i in range(options.mails):
        among = shapes if i < 2 * len(shapes) else light
        shape = among[i % len(among)]
        mail = Mail(100000 + i, options.random, house.sent)
        mails[mail.number] = (shape, mail, shape.make(mail))
    return mails


def send(lab, to, mails):
    """Through several connections at once; the numbers that the mail server did not take."""
    command = lab.exec([sys.executable, "-B", "-c", SENDER, lab.env["LAB_SMTP_HOST"], lab.env["LAB_SMTP_PORT"]])
    senders = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(SENDERS)]
    answers = [[] for _ in senders]
    readers = [threading.Thread(target=lambda p=p, a=a: a.extend(p.stdout)) for p, a in zip(senders, answers)]
    for reader in readers:
        reader.start()
    for i, (number, (shape, mail, message)) in enumerate(mails.items()):
        sender = "" if shape.null else f"e{number}@envelope.example"
        senders[i % SENDERS].stdin.write(json.dumps([number, sender, to, base64.b64encode(message).decode()]) + "\n")
    for process in senders:
        process.stdin.close()
    for process, reader in zip(senders, readers):
        process.wait()
        reader.join()
    told = dict(map(int, line.split()) for answer in answers for line in answer)
    return {number for number in mails if told.get(number) != 250}


def make_busy(house, door):
    """Another process holds the store for a while: each mail is put off (75)."""
    house.stop()
    with open(house.program.data / "store.db.lock", "rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        end, before = time.monotonic() + 60, door.codes[75]
        while door.codes[75] < before + 20 and time.monotonic() < end:
            time.sleep(0.1)
    house.start()


def memory_of(house):
    most = 0
    for pid in house.processes():
        words = pathlib.Path(f"/proc/{pid}/status").read_text()
        most = max(most, int(re.search(r"VmHWM:\s+(\d+) kB", words).group(1)) << 10)
    return most


def judge(tally, house, mails, door, refused):
    by_number = collections.defaultdict(list)
    for sha256, (number, code) in door.taken.items():
        by_number[number].append((sha256, code))
    rows, wrong = house.rows(), []
    for number, (shape, mail, message) in mails.items():
        got = by_number.get(number, [])
        if number in refused:
            wrong.append((shape.name, "the mail server did not take it"))
        elif len(got) != 1:
            wrong.append((shape.name, f"came {len(got)} times"))
        elif isinstance(shape.outcome, int):
            if got[0][1] != shape.outcome or got[0][0] in rows:
                wrong.append((shape.name, got))
        elif got[0][1] != 0 or rows.get(got[0][0], ("",))[0] != shape.outcome or not rows[got[0][0]][1].startswith(shape.reason):
            wrong.append((shape.name, rows.get(got[0][0])))
    tally.equal(wrong[:10], [], f"each of {len(mails)} mails has its one outcome ({len(wrong)} have not)")
    kept = {sha256 for sha256, (number, code) in door.taken.items() if code == 0}
    tally.equal(len(rows), len(kept) + 1, "what was taken is there, and nothing else")


def soak(options, tally, lab, house):
    house.send_letter()
    house.send_receipt()
    mails = make(options, house)
    door = Door(house, lab.env["LAB_OPERATOR_MAILBOX"])
    sending = {}
    thread = threading.Thread(target=lambda: sending.update(
        refused=send(lab, os.path.basename(lab.env["LAB_OPERATOR_MAILBOX"]), mails)))
    thread.start()
    most, busy, begun, told = 0, 0, time.monotonic(), 0
    while thread.is_alive() or len(door.taken) < len(mails) - len(sending.get("refused", ())):
        if busy < 2 and len(door.taken) > (busy + 1) * len(mails) // 3:
            make_busy(house, door)
            busy += 1
        most = max(most, memory_of(house))
        if len(door.taken) != told:
            told, begun = len(door.taken), time.monotonic()
        if time.monotonic() - begun > 300:
            tally.check(False, "nothing came for five minutes", f"{len(door.taken)} of {len(mails)}")
            break
        time.sleep(0.2)
    thread.join(60)
    most = max(most, memory_of(house))
    door.close()
    judge(tally, house, mails, door, sending.get("refused", set()))
    tally.check(door.codes[75] >= 20, "some were put off and came again", dict(door.codes))
    mute = {address for shape, mail, message in mails.values() for address in (mail.person, mail.machine)
            if shape.outcome != "complaint" or shape.null or b"Auto-Submitted: auto" in message}
    check_receipts(tally, house, mute)
    tally.check(most < MEMORY_MAX, "memory is bounded", most)
    house.stop()
    tally.equal(house.program.json("log", "verify")["faults"], [], "the log holds")
    print(f"{len(mails)} mails of {len({shape.name for shape, _, _ in mails.values()})} shapes, exit codes {dict(door.codes)}, "
          f"largest process {most >> 20} MiB", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(3), "big"))
    parser.add_argument("--full", action="store_true", help="the same: there is one form")
    parser.add_argument("--mails", type=int, default=10000)
    options = parser.parse_args()
    options.random = random.Random(options.seed)
    print(f"seed {options.seed}", flush=True)
    tally = Tally()
    with scratch() as folder, lab_of(folder, options.seed, "--healthy") as lab:
        house = pathlib.Path(folder) / "house"
        house.mkdir()
        with House(options.build.resolve() / "bailiwick", house) as house, tally.part("soak"):
            soak(options, tally, lab, house)
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
