#!/usr/bin/env python3
"""Several surveys at a time: as many as the configuration says, and a prober that is killed loses none for good.

A root server of our own on loopback takes its time and then answers SERVFAIL, so that every survey takes long
enough to be watched from there: which TLDs it is asked about, and when.
"""
import heapq
import itertools
import json
import os
import pathlib
import re
import signal
import socket
import struct
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from support import ROOT, Tally, read_options, run, scratch  # noqa: E402
from program import wait_for  # noqa: E402

ROOT_ADDRESS, DELAY, AT_ONCE = "127.0.0.77", 0.5, 5
TLDS = [f"tld{number:02d}" for number in range(12)]
LOST = re.compile(r"observation of '(\w+)': the prober process died with (\d+) surveys under way")


SO_TIMESTAMPNS = 35  # of Linux: the kernel says when a packet came


class SlowRoot(threading.Thread):
    """Answers each question SERVFAIL after DELAY, or while `silent` not at all; `asked` has (time, TLD) of each.

    The time is the kernel's: on a busy machine this thread may read a question long after it came, even after
    the prober that sent it was killed."""

    def __init__(self):
        super().__init__(daemon=True)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.asked, self.silent = [], False
        self.start()

    def run(self):
        waiting, number = [], itertools.count()
        while True:
            self.socket.settimeout(max(0.001, waiting[0][0] - time.monotonic()) if waiting else None)
            try:
                question, stamps, _, who = self.socket.recvmsg(4096, 64)
                seconds, nanoseconds = struct.unpack("ll", stamps[0][2])
                self.note(question, time.monotonic() - (time.time() - seconds - nanoseconds / 1e9))
                heapq.heappush(waiting, (time.monotonic() + DELAY, next(number), question, who))
            except TimeoutError:
                pass
            while waiting and waiting[0][0] <= time.monotonic():
                _, _, question, who = heapq.heappop(waiting)
                if not self.silent:
                    self.socket.sendto(question[:2] + bytes([question[2] | 0x80, 2]) + question[4:], who)

    def note(self, question, when):
        labels, at = [], 12
        while question[at]:
            labels.append(question[at + 1:at + 1 + question[at]].decode())
            at += 1 + question[at]
        if labels and labels[-1] in TLDS:
            self.asked.append((when, labels[-1]))

    def names(self, since, until=float("inf")):
        return {name for at, name in list(self.asked) if since <= at <= until}

    def most_at_once(self, since, until):
        """How many TLDs were asked about within less time than one survey takes."""
        return max(len(self.names(at, min(at + DELAY * 0.8, until)))
                   for at, _ in list(self.asked) if since <= at <= until)


class House:
    """A store with TLDS under contract, and the words of commands on it."""

    def __init__(self, options, folder, root):
        self.binary, self.folder = options.binary, folder
        (folder / "hints").write_text(f". 3600 IN NS a.root.test.\na.root.test. 3600 IN A {ROOT_ADDRESS}\n")
        (folder / "map").write_text(f"{ROOT_ADDRESS}#53 127.0.0.1#{root.port}\n")
        self.configure(AT_ONCE)
        self.call("init")
        self.call("user", "add", "ada", "--role", "administrator", "--out", folder / "ada.token")
        for name, role in (("anna", "analyst"), ("bert", "approver")):
            self.call("user", "add", name, "--role", role, "--out", folder / f"{name}.token", user="ada")
        law = ROOT / "rulebook/icann"
        self.call("rulebook", "adopt", law, user="anna")
        self.call("rulebook", "adopt", law, "--confirm", user="bert")
        self.import_tlds()

    def configure(self, at_once):
        settings = {"dns.hints": self.folder / "hints", "dns.net-map": self.folder / "map",
                    "measure.at-once": at_once, "measure.repeat-after": 1, "public.listen": "127.0.0.1:0",
                    "staff.listen": "127.0.0.1:0", "dns.trust-anchor": "/dev/null"}
        (self.folder / "conf").write_text("".join(f"{key} = {value}\n" for key, value in settings.items()))

    def words(self, *command, user=None):
        more = ["--token", self.folder / f"{user}.token"] if user else []
        return list(map(str, [self.binary, *command, "--data", self.folder / "data", "--config",
                              self.folder / "conf", *more]))

    def call(self, *command, user=None, expect=(0,)):
        return run(self.words(*command, user=user), expect=expect).stdout

    def import_tlds(self):
        soa = ". 86400 IN SOA a.root.test. nstld.test. 1 1800 900 604800 86400\n"
        zone = soa + ". 518400 IN NS a.root.test.\n" + "".join(
            f"{name}. 172800 IN NS a.nic.{name}.\na.nic.{name}. 172800 IN A 198.51.100.1\n" for name in TLDS) + soa
        rows = "".join(f'<tr><td><span class="domain tld"><a href="/domains/root/db/{name}.html">.{name}</a>'
                       f"</span></td><td>generic</td><td>Registry {name}</td></tr>\n" for name in TLDS)
        page = ('<html><body><table id="tld-table"><thead><tr><th>Domain</th><th>Type</th><th>TLD Manager</th>'
                f"</tr></thead><tbody>{rows}</tbody></table></body></html>\n")
        (self.folder / "zone").write_text(zone)
        (self.folder / "db").write_text(page)
        self.call("party", "import", "--root-zone", self.folder / "zone", "--root-db", self.folder / "db", user="ada")

    def measured(self):
        rows = json.loads(self.call("finding", "list", "--latest", "--json"))["findings"]
        return {row["subject"] for row in rows}


def prober_of(parent):
    """The process id of the prober that `parent` has started, None while there is none."""
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
            mother = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
        except (OSError, ValueError, IndexError):
            continue
        if mother == parent and b"prober" in words:
            return int(entry.name)
    return None


def kill_prober(parent):
    os.kill(wait_for("a prober", lambda: prober_of(parent), 10), signal.SIGKILL)
    return time.monotonic()


def reports(text):
    """The documents that `check --all --json` printed."""
    decoder, found = json.JSONDecoder(), []
    text = text.strip()
    while text:
        document, end = decoder.raw_decode(text)
        found.append(document)
        text = text[end:].strip()
    return found


def lost_in(log):
    """The TLDs of which the daemon's log says that their survey was lost, and how many it says there were."""
    found = LOST.findall(log.read_text())
    return {name for name, _ in found}, {int(count) for _, count in found}


def watch_repeats(tally, house, root, daemon, begun):
    # While nobody is answered no survey ends and none begins; what was answered before has had its time.
    root.silent = True
    time.sleep(2 * DELAY)
    killed = kill_prober(daemon.pid)
    root.silent = False
    tally.check(wait_for("losses", lambda: lost_in(house.folder / "log")[0], 10), "the loss is said")
    time.sleep(DELAY / 5)  # and so are the others' losses
    lost, said = lost_in(house.folder / "log")
    tally.check(len(lost) == AT_ONCE and said == {AT_ONCE}, "all of them are lost, and named", (lost, said))
    tally.check(wait_for("repeats", lambda: lost <= root.names(killed), 60), "what was lost is repeated",
                lost - root.names(killed))
    for name in sorted(lost):
        first = min(at for at, asked in root.asked if asked == name and at > killed)
        tally.equal(root.names(first - DELAY / 2, first + DELAY / 2), {name}, f"{name} is repeated alone")
    tally.check(wait_for("findings", lambda: house.measured() == set(TLDS), 60), "all are measured in the end",
                set(TLDS) - house.measured())
    tally.check(1 < root.most_at_once(begun, killed) <= AT_ONCE, "no more at once than the configuration says",
                root.most_at_once(begun, killed))


def daemon_watches(tally, house, root):
    begun = time.monotonic()
    with open(house.folder / "log", "ab") as log:
        daemon = subprocess.Popen(house.words("serve"), stdout=subprocess.PIPE, stderr=log, text=True)
    try:
        tally.equal(daemon.stdout.readline().strip(), "ready", "the daemon is ready")
        tally.check(wait_for("surveys", lambda: len(root.names(begun)) >= AT_ONCE, 10), "surveys begin")
        watch_repeats(tally, house, root, daemon, begun)
        tally.equal(daemon.poll(), None, "the daemon goes on")
    finally:
        ended = time.monotonic()
        daemon.send_signal(signal.SIGTERM)
        daemon.wait(30)
    tally.equal(daemon.returncode, 0, "the daemon ends well")
    tally.check(time.monotonic() - ended < 3, "and waits for no survey")


def check_all(tally, house):
    spent = {}
    for at_once in (1, 16):
        house.configure(at_once)
        begun = time.monotonic()
        found = reports(house.call("check", "--all", "--json", expect=(3,)))
        spent[at_once] = time.monotonic() - begun
        tally.equal([report["target"] for report in found], TLDS, f"{at_once} at once: in the order of names")
    print(f"check --all, {len(TLDS)} slow TLDs: {spent[1]:.1f} s one at a time, {spent[16]:.1f} s sixteen", flush=True)
    tally.check(spent[16] < spent[1] / 2, "sixteen at once take a fraction of the time", spent)


def killed_check(tally, house):
    house.configure(4)
    check = subprocess.Popen(house.words("check", "--all", "--json"), stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, text=True)
    wait_for("a prober", lambda: prober_of(check.pid), 10)
    time.sleep(1.5 * DELAY)
    kill_prober(check.pid)
    printed, words = check.communicate(timeout=120)
    tally.equal(check.returncode, 3, f"a killed prober costs no TLD its report {words}")
    tally.equal([report["target"] for report in reports(printed)], TLDS, "all reports, each once and in order")


def main():
    options, tally, root = read_options(__doc__), Tally(), SlowRoot()
    with scratch() as folder, tally.part("observing"):
        house = House(options, pathlib.Path(folder), root)
        daemon_watches(tally, house, root)
        check_all(tally, house)
        killed_check(tally, house)
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
