#!/usr/bin/env python3
"""Outside the lab its addresses are strangers': there `check` and `serve` refuse before any packet.

"Outside" is a network namespace of its own with nothing in it, so that a guard that does not hold
is seen by the kernel's counters and reaches nobody.
"""
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from support import check_words, in_lab  # noqa: E402

PROTOCOLS = ("Ip:", "Icmp:", "Udp:", "Tcp:")
OUTSIDE = ["unshare", "--map-root-user", "--net", "sh", "-c",
           '"$@"; code=$?; cat /proc/net/snmp >&3; exit $code', "sh"]


def run_outside(words, folder, env=None):
    """(exit code, stdout, stderr, how many packets it tried to send)."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("BAILIWICK_")}
    with open(folder / "counters", "w+", encoding="ascii") as counters:
        keep = f"exec 3>&{counters.fileno()}; exec \"$@\""
        done = subprocess.run(["bash", "-c", keep, "bash", *OUTSIDE, *map(str, words)], capture_output=True, text=True,
                              check=False, timeout=120, env={**clean, **(env or {})}, pass_fds=[counters.fileno()])
        counters.seek(0)
        lines = [line.split() for line in counters if line.startswith(PROTOCOLS)]
    counted = {(names[0], name): int(value) for names, values in zip(lines[::2], lines[1::2])
               for name, value in zip(names[1:], values[1:])}
    sent = sum(counted[key] for key in (("Ip:", "OutRequests"), ("Ip:", "OutNoRoutes"), ("Tcp:", "ActiveOpens")))
    return done.returncode, done.stdout, done.stderr, sent


def refused(tally, what, outcome):
    code, printed, words, sent = outcome
    tally.equal((code, printed, sent), (2, "", 0), f"{what}: exit code, output, packets")
    tally.check("lab/ctl exec" in words, f"{what}: says what to do", words)


def nothing_is_asked_outside(options, tally, lab, folder):
    tld = lab.list()["tlds"][0]
    network = lab.env["BAILIWICK_NETWORK"]
    unguarded = check_words(options, lab, tld, network="")
    refused(tally, "check --network", run_outside(check_words(options, lab, tld), folder))
    at = unguarded.index("--network")
    bare = unguarded[:at] + unguarded[at + 2:]
    refused(tally, "check with the lab's environment", run_outside(bare, folder, {"BAILIWICK_NETWORK": network}))
    config = folder / "bailiwick.conf"
    config.write_text(f"measure.network = {network}\ndns.hints = {lab.env['LAB_HINTS']}\n"
                      "public.listen = 127.0.0.1:0\nstaff.listen = 127.0.0.1:0\n")
    refused(tally, "check --config", run_outside([*bare, "--config", config], folder))
    subprocess.run([options.binary, "init", "--data", folder / "data"], check=True, capture_output=True)
    refused(tally, "serve --config",
            run_outside([options.binary, "serve", "--data", folder / "data", "--config", config], folder))
    refused(tally, "serve with the lab's environment",
            run_outside([options.binary, "serve", "--data", folder / "data"], folder, {"BAILIWICK_NETWORK": network}))
    *_, sent = run_outside(unguarded, folder)
    tally.check(sent > 0, "without the guard packets are tried, and counted")


if __name__ == "__main__":
    sys.exit(in_lab(nothing_is_asked_outside, "outside of the lab", "--healthy"))
