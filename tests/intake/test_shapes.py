#!/usr/bin/env python3
"""Mail of every shape of shapes.py, handed to `mail-in`: each has exactly its one outcome, comes to no other one
when it comes again, and no automatic mail is answered. Last line: `N passed, N failed, N skipped`."""
import hashlib
import pathlib
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent), str(pathlib.Path(__file__).resolve().parent.parent)]
from house import House  # noqa: E402
from shapes import SHAPES, Mail  # noqa: E402
from support import Tally, read_options, scratch  # noqa: E402
from program import wait_for  # noqa: E402

ROUNDS = 2
HEAVY = ("more than can be taken", "fifteen megabytes")


def relay(shape, mail, message):
    """What a mail server puts before a message (RFC 5321 4.4)."""
    sender = "" if shape.null else mail.person
    return f"Return-Path: <{sender}>\nReceived: from there by here\n".encode() + message


def hand_over(tally, house, options):
    expected, number, mute = {}, 1000, set()
    for again in range(ROUNDS):
        for shape in SHAPES:
            if again and shape.name in HEAVY:
                continue
            number += 1
            mail = Mail(number, options.random, house.sent)
            message = shape.make(mail)
            message = relay(shape, mail, message) if shape.relayed else message
            code, taken = house.mail_in(message)
            if shape.outcome != "complaint" or shape.null or b"Auto-Submitted: auto" in message:
                mute |= {mail.person, mail.machine}
            sha256 = hashlib.sha256(message).hexdigest()
            if isinstance(shape.outcome, int):
                tally.equal(code, shape.outcome, shape.name)
                continue
            tally.equal((code, taken.get("outcome"), taken.get("again")), (0, shape.outcome, False), shape.name)
            tally.check(taken.get("reason", "").startswith(shape.reason), f"{shape.name}: why", taken.get("reason"))
            expected[sha256] = (shape, message)
    return expected, mute


def look(tally, house, expected):
    rows = house.rows()
    tally.equal({sha256: row[0] for sha256, row in rows.items() if sha256 in expected},
                {sha256: shape.outcome for sha256, (shape, message) in expected.items()}, "each mail has its one row")
    tally.equal(len(rows), len(expected) + 1, "and nothing else has one")
    bad = [shape.name for sha256, (shape, message) in expected.items()
           if bool(rows[sha256][3]) != (shape.outcome in ("complaint", "added") or
                                        "receipt" in shape.name and "round" not in shape.name)]
    tally.equal(bad, [], "what is a complaint, or about one, names it")
    # The same again: nothing changes.
    for sha256, (shape, message) in list(expected.items())[::9]:
        code, taken = house.mail_in(message)
        tally.equal((code, taken["outcome"], taken["again"]), (0, shape.outcome, True), f"{shape.name} again")
    tally.equal(house.rows(), rows, "what comes again changes nothing")


def check_receipts(tally, house, mute):
    wait_for("receipts", lambda: not house.ask("SELECT 1 FROM outbox WHERE kind = 'send-receipt' AND state IN ('pending', 'claimed')"), 60)
    complaints = house.ask("SELECT COUNT(*) FROM complaint")[0][0]
    told = house.ask("SELECT COUNT(*) FROM complaint_event WHERE type = 'receipt' AND data LIKE '%queued%' OR data LIKE '%automatic%'"
                     " OR data LIKE '%unanswerable%' OR data LIKE '%no-address%' OR data LIKE '%limit%'")[0][0]
    tally.equal(told, complaints, "each complaint says what became of its receipt")
    receipts = house.ask("SELECT COUNT(*) FROM receipt")[0][0]
    sent = [letter for letter in house.post.letters if b"Auto-Submitted: auto-replied" in letter]
    tally.equal(len(sent), receipts, "each receipt went once")
    answered = set(house.addressees())
    tally.check(not any(address.endswith("@mx.example") or address == "noreply@mail.example" for address in answered),
                "nobody who reads no answer gets one", answered)
    tally.check(not any(b"marker-" in letter or b"Quill" in letter for letter in sent), "no receipt repeats what was written")
    tally.equal(answered & mute, set(), "no automatic mail is answered, and none that is no complaint")


def main():
    options, tally = read_options(__doc__), Tally()
    with scratch() as folder, House(options.binary, folder) as house:
        with tally.part("shapes"):
            house.send_letter()
            house.send_receipt()
            expected, mute = hand_over(tally, house, options)
            look(tally, house, expected)
            check_receipts(tally, house, mute)
            house.stop()
            tally.equal(house.program.json("log", "verify")["faults"], [], "the log holds")
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
