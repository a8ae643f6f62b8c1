#!/usr/bin/env python3
"""Our own outage is never a party's fault: what we could not see is undetermined, and opens no case.

The network is cut in four ways, then a file that we need is missing. Each time `check` must answer
undetermined for what that concerns and for nothing else, with exit code 3, and a running daemon that
has looked at broken TLDs must have opened no case. At the end the network is whole and the daemon
opens the cases that there are: it would have before.
"""
import argparse
import ipaddress
import pathlib
import sqlite3
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import check, findings, in_lab, seen_codes  # noqa: E402
from program import wait_for  # noqa: E402
from story import Story  # noqa: E402

PATIENCE = 60  # seconds; a look at a silent network takes five
BLIND = ("all", "silent", "udp-replies")  # cuts that leave nothing to see
RDAP = {"ra.spec10.rdap-availability", "ra.spec4.rdap-lookup", "ra.spec4.rdap-profile"}
# With IPv6 missing, these need no IPv6 server's answer: one that comes from an IPv4 address is enough.
WITHOUT_IPV6 = {"ra.spec4.rdap-lookup", "ra.spec6.1.5-ipv6", "ra.spec6.2.2-wildcard-prohibition"}
# This one is about servers of which each address counts (RA Specification 10, 2.2).
WHOLE_SERVERS = "dns.too-few-servers"

# Takes packets and connections at the port that it prints, and says nothing.
MUTE_SERVER = """import socket
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.bind(("127.0.0.1", 0))
tcp = socket.socket()
tcp.bind(udp.getsockname())
tcp.listen()
print(udp.getsockname()[1], flush=True)
while True: tcp.accept()
"""


def about_ipv6(subject):
    try:
        return ipaddress.ip_address(subject.rpartition("/")[2]).version == 6
    except ValueError:
        return False


def expect_undetermined(tally, answer, concerned, what):
    """Exactly the obligations of `concerned` (None: all) are undetermined; the others are met."""
    code, report = answer
    untold = set(findings(report, "undetermined"))
    tally.equal(code, 3, f"{what}: exit code")
    tally.equal(seen_codes(report), set(), f"{what}: no failure is seen")
    if concerned is None:
        tally.equal(set(findings(report, "met")) | set(findings(report, "not met")), set(),
                    f"{what}: everything is undetermined")
    else:
        tally.equal(untold, concerned, f"{what}: what is undetermined")
        tally.equal(set(findings(report, "not met")), set(), f"{what}: nothing is not met")


def cuts_blind_the_check(options, tally, lab, healthy, broken):
    for kind in BLIND:
        lab.call("cut", kind)
        for tld in (healthy, broken):
            expect_undetermined(tally, check(options, lab, tld), None, f"cut {kind}, {tld['role']}")
        lab.call("join")


def missing_ipv6_concerns_ipv6(options, tally, lab, healthy, broken):
    lab.call("cut", "ipv6")
    code, report = answer = check(options, lab, healthy)
    every = {finding["obligation"] for finding in report["findings"]}
    expect_undetermined(tally, answer, every - WITHOUT_IPV6, "cut ipv6")
    for result in report["results"]:
        tally.check(about_ipv6(result["subject"]) or result["code"] == WHOLE_SERVERS,
                    "cut ipv6: only IPv6 subjects are undetermined", result)
    # What IPv4 shows of a server that is dead there still counts.
    code, report = check(options, lab, broken)
    tally.equal(code, 1, "cut ipv6, a server is dead: exit code")
    tally.equal(set(findings(report, "not met")), {"ra.spec10.name-server-availability"},
                "cut ipv6, a server is dead")
    lab.call("join")


def missing_files_blind_what_needs_them(options, tally, lab, healthy, missing):
    expect_undetermined(tally, check(options, lab, healthy, hints=missing), None, "no hints")
    expect_undetermined(tally, check(options, lab, healthy, rdap_ca=missing), RDAP, "no CA file")
    expect_undetermined(tally, check(options, lab, healthy, trust_anchor=missing),
                        {"ra.spec6.1.3-dnssec"}, "no trust anchor")


def a_dead_server_is_not_our_outage(options, tally, lab, healthy, broken, folder):
    answers = {"closed": check(options, lab, broken)}
    server = healthy["servers"][0]
    with subprocess.Popen(lab.exec(["python3", "-c", MUTE_SERVER]), stdout=subprocess.PIPE,
                          text=True) as mute:
        port = mute.stdout.readline().strip()
        net_map = folder / "map"
        net_map.write_text("".join(f"{server[family]}#53 127.0.0.1#{port}\n"
                                   for family in ("ipv4", "ipv6")))
        answers["silent"] = check(options, lab, healthy, net_map=net_map)
        mute.terminate()
    for how, (code, report) in answers.items():
        tally.equal(code, 1, f"one {how} server, references answer: exit code")
        tally.equal(set(findings(report, "not met")), {"ra.spec10.name-server-availability"},
                    f"one {how} server, references answer")
        tally.equal(findings(report, "undetermined"), {}, f"one {how} server: nothing undetermined")


def no_route_to_a_tld_is_our_own_failure(options, tally, lab, healthy, folder):
    """Root servers answer and the network is whole, but nothing leads to these addresses from here."""
    lines = pathlib.Path(lab.env["LAB_ROOT_ZONE"]).read_text().splitlines(keepends=True)
    far = folder / "far.zone"
    far.write_text(lines[0] + "".join(
        f"{owner} 172800 IN {kind} {value}\n" for owner, kind, value in
        (("faraway.", "NS", "a.nic.faraway."), ("faraway.", "NS", "b.nic.faraway."),
         ("a.nic.faraway.", "A", "45.9.9.1"), ("a.nic.faraway.", "AAAA", "2a0b:9:9::1"),
         ("b.nic.faraway.", "A", "45.9.9.2"), ("b.nic.faraway.", "AAAA", "2a0b:9:9::2")))
        + "".join(lines[1:]))
    lab.call("serve-root", far)
    code, report = check(options, lab, {"tld": "faraway", "rdap": healthy["rdap"]},
                         "--rdap-domain", healthy["domain"])
    lab.call("serve-root", "lab")
    tally.equal(code, 3, "no route to a TLD: exit code")
    tally.equal(findings(report, "not met"), {}, "no route to a TLD: nothing is not met")
    tally.equal(set(findings(report, "met")), RDAP | {"ra.spec6.1.5-ipv6"},
                "no route to a TLD: what does not need one is met")


class Watch:
    """A daemon in the lab, and what it makes of looking again and again at some TLDs."""

    def __init__(self, options, lab, folder, tlds):
        self.story = Story(argparse.Namespace(build=options.build, folder=folder, seed=options.seed,
                                              without=None, fault=None, record=None))
        self.story.lab = lab
        self.tlds = tlds
        for step in (self.story.found_authority, self.story.adopt_law, self.story.import_parties):
            step()

    def restart(self, **settings):
        self.story.stop_daemon()
        self.story.write_config(**settings)
        self.story.start_daemon()

    def looks(self):
        """How often each TLD was looked at. Only the store counts looks that bring no news."""
        store = sqlite3.connect(f"{(self.story.program.data / 'store.db').as_uri()}?mode=ro", uri=True)
        try:
            return dict(store.execute("SELECT target, COUNT(*) FROM measurement GROUP BY target"))
        finally:
            store.close()

    def look_again(self):
        """Has each TLD looked at twice more: more often than a failure must be seen to count."""
        for _ in range(2):
            before = self.looks()
            for tld in self.tlds:
                self.story.program.run("measure", tld, user="anna")
            done = wait_for("new looks", lambda: all(
                self.looks().get(tld, 0) > before.get(tld, 0) for tld in self.tlds), PATIENCE)
            if not done:
                raise AssertionError("the daemon did not look at each TLD again")

    def verdicts(self):
        found = self.story.program.json("finding", "list", "--latest", user="anna")["findings"]
        return {finding["verdict"] for finding in found}

    def cases(self):
        return self.story.program.json("case", "list", user="anna")["cases"]


def a_daemon_opens_no_case(tally, lab, watch, missing):
    lab.call("cut", "all")  # before its first look
    watch.restart()
    for kind in BLIND:
        lab.call("cut", kind)
        watch.look_again()
        tally.equal(watch.verdicts(), {"undetermined"}, f"daemon, cut {kind}: findings")
        tally.equal(watch.cases(), [], f"daemon, cut {kind}: no case")
    for what, settings in (("hints", {"dns_hints": missing}), ("CA file", {"http_ca_file": missing})):
        watch.restart(**settings)
        lab.call("join")
        watch.look_again()
        cases = {case["obligation"] for case in watch.cases()}
        tally.equal(cases & RDAP if what == "CA file" else cases, set(),
                    f"daemon, no {what}: no case")
        lab.call("cut", "all")


def a_daemon_that_sees_opens_cases(tally, lab, watch, broken):
    watch.restart()
    lab.call("join")
    watch.look_again()
    wait_for("cases", lambda: broken <= {case["subject"] for case in watch.cases()}, PATIENCE)
    subjects = {case["subject"] for case in watch.cases()}
    tally.equal(subjects & set(watch.tlds), broken,
                "daemon, network whole: a case about each broken TLD")


def test(options, tally, lab, folder):
    tlds = lab.list()["tlds"]
    healthy = tlds[0]
    broken = next(tld for tld in tlds if tld["faults"] == ["server-down"])
    missing = folder / "missing"
    with tally.part("cuts"):
        cuts_blind_the_check(options, tally, lab, healthy, broken)
    with tally.part("IPv6 missing"):
        missing_ipv6_concerns_ipv6(options, tally, lab, healthy, broken)
    with tally.part("missing files"):
        missing_files_blind_what_needs_them(options, tally, lab, healthy, missing)
    with tally.part("a dead server"):
        a_dead_server_is_not_our_outage(options, tally, lab, healthy, broken, folder)
    with tally.part("no route to a TLD"):
        no_route_to_a_tld_is_our_own_failure(options, tally, lab, healthy, folder)
    wildcard = next(tld for tld in tlds if tld["faults"] == ["wildcard"])
    watch = Watch(options, lab, folder, [tld["tld"] for tld in (healthy, broken, wildcard)])
    try:
        with tally.part("a blind daemon"):
            a_daemon_opens_no_case(tally, lab, watch, missing)
        with tally.part("a daemon that sees"):
            a_daemon_that_sees_opens_cases(
                tally, lab, watch, {broken["tld"], wildcard["tld"]})
    finally:
        watch.story.stop_daemon()


if __name__ == "__main__":
    sys.exit(in_lab(test, "our own outages"))
