#!/usr/bin/env python3
"""Many ask the staff door at once. What they file while the door is killed again and again is there once for each
receipt, and each gets a receipt in the end; a session outlives the door; guesses that come at once are counted one
after the other, so that a crowd of them is no way around the waiting.
"""
import http.client
import json
import os
import pathlib
import re
import signal
import sys
import threading
import time

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent / "intake")]
from browser import Browser, signed_in  # noqa: E402
from house import House  # noqa: E402
from program import wait_for  # noqa: E402
from support import Tally, read_options, scratch  # noqa: E402
from test_openapi import document  # noqa: E402

GUESSES = 16  # an account has five for nothing
CLIENTS, EACH, KILLS = 12, 25, 6


def role_of(pid):
    try:
        words = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return None
    return words[2].decode() if len(words) > 2 and words[1] == b"--child" else None


def door_of(house):
    return next((pid for pid in house.processes()[1:] if role_of(pid) == "staff"), None)


def kill_door(house, killed=()):
    """The next door that runs; its number, None while there is none."""
    pid = door_of(house)
    if pid is None or pid in killed:
        return None
    os.kill(pid, signal.SIGKILL)
    return pid


def check_session(tally, house, port):
    browser = signed_in(port, house.program.tokens["bert"].read_text().strip())
    csrf = re.search(r'name="csrf" value="([0-9a-f]+)"', browser.ask("GET", "/sessions")[2]).group(1)
    gone = kill_door(house)
    wait_for("another door", lambda: door_of(house) not in (None, gone), 20)
    tally.equal(wait_for("its answer", lambda: answer_of(lambda: browser.ask("GET", "/")[0]), 20), 200,
                "a session outlives the door")
    tally.equal(browser.ask("POST", "/logout", {"csrf": csrf})[0], 303, "and so do its forms")
    tally.equal(browser.ask("GET", "/")[0], 303, "who signed out is out")


def answer_of(ask):
    """None where the door went away."""
    try:
        return ask()
    except (OSError, http.client.HTTPException):
        return None


def at_once(count, what):
    """What `count` calls of it at the same time gave."""
    found = []
    threads = [threading.Thread(target=lambda: found.append(what()), daemon=True) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return found


def check_guesses(tally, port):
    seen = at_once(GUESSES, lambda: Browser(port).sign_in(user="nobody", password="wrong horse battery", code="000000")[0])
    tally.check(len(seen) == GUESSES and set(seen) == {403, 429}, "guesses that come at once wait for each other", seen)


def file_at(port, token, body, key=None, timeout=60):
    """(status, answer); OSError or HTTPException where the door went away."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    head = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    if key:
        head["Idempotency-Key"] = key
    try:
        link.request("POST", "/api/v1/complaints?anyway=true", json.dumps(body), head)
        reply = link.getresponse()
        return reply.status, json.loads(reply.read())
    finally:
        link.close()


def check_repeated(tally, port, token):
    replies = at_once(CLIENTS, lambda: file_at(port, token, document(), "0123456789-one-and-the-same"))
    tally.check(len({(status, answer["reference"]) for status, answer in replies}) == 1 and replies[0][0] == 201
                and len(replies) == CLIENTS, "sent by many at once it is filed once", replies)


class Filer(threading.Thread):
    """Files its complaints one after the other, each under a key; one whose door went away is sent again."""

    def __init__(self, number, port, token):
        super().__init__(daemon=True)
        self.number, self.port, self.token = number, port, token
        self.receipts, self.again, self.wrong = {}, 0, []

    def run(self):
        for n in range(EACH):
            key = f"client-{self.number:02}-complaint-{n:03}"
            body = document(names=[f"{key}.example"])
            until = time.monotonic() + 60
            while key not in self.receipts and time.monotonic() < until:
                try:
                    status, answer = file_at(self.port, self.token, body, key)
                except (OSError, http.client.HTTPException):
                    self.again += 1
                    time.sleep(0.02)
                    continue
                if status != 201:
                    self.wrong.append((key, status, answer))
                    return
                self.receipts[key] = answer["reference"]


def check_kills(tally, house, port, token, options):
    before = {row[0] for row in house.ask("SELECT reference FROM complaint")}
    filers = [Filer(n, port, token) for n in range(CLIENTS)]
    for filer in filers:
        filer.start()
    killed = set()
    while len(killed) < KILLS and any(filer.is_alive() for filer in filers):
        killed.add(kill_door(house, killed))
        killed.discard(None)
        time.sleep(options.random.uniform(0.05, 0.3))
    for filer in filers:
        filer.join(120)
    tally.check(len(killed) > 1, "the door was killed meanwhile", killed)
    tally.equal([filer.wrong for filer in filers if filer.wrong], [], "nobody was refused")
    receipts = [reference for filer in filers for reference in filer.receipts.values()]
    there = {row[0] for row in house.ask("SELECT reference FROM complaint")} - before
    tally.equal(len(receipts), CLIENTS * EACH, "everybody got every receipt in the end")
    tally.check(set(receipts) == there and len(there) == len(receipts), "what has a receipt is there, once",
                f"{len(there)} there, {len(set(receipts))} receipts")
    tally.check(wait_for("the door", lambda: door_of(house) not in killed | {None}, 20), "it is started again")
    print(f"{len(killed)} killed, {sum(filer.again for filer in filers)} sent again", flush=True)


def main():
    options, tally = read_options(__doc__), Tally()
    with scratch() as folder, House(options.binary, folder) as house:
        port, token = house.ports[1], house.program.tokens["anna"].read_text().strip()
        wait_for("the door", lambda: door_of(house), 20)
        with tally.part("session"):
            check_session(tally, house, port)
        with tally.part("guesses"):
            check_guesses(tally, port)
        with tally.part("repeated"):
            check_repeated(tally, port, token)
        with tally.part("kills"):
            check_kills(tally, house, port, token, options)
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
