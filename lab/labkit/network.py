"""The lab's own network: addresses on the loopback of a private network namespace, and cuts.

The kernel's rule for local addresses is moved from place 0 to 100, so that a cut is one rule
before it.  127.0.0.0/8 and ::1 are never cut: the lab's own probes speak from there.
"""

import subprocess

from . import packages

LOCAL = {"-4": "127.0.0.0/8", "-6": "::1"}
CUT_PLACES = ("10", "11")  # two, so that a cut follows another without a moment of whole network
NOWHERE = "200"     # a routing table whose packets vanish without an error
CUTS = ("all", "silent", "udp-replies", "ipv6")


class Network:
    def __init__(self, root):
        self.ip = packages.tool("ip", root)
        self.environment = packages.tool_environment(root)
        self.cut_now = None
        self.cut_place = None  # where its rule stands

    def _run(self, *words):
        subprocess.run([self.ip, *words], env=self.environment, check=True, capture_output=True)

    def _batch(self, family, lines):
        subprocess.run([self.ip, family, "-batch", "-"], input="\n".join(lines) + "\n", env=self.environment,
                       encoding="ascii", check=True, capture_output=True)

    def start(self, hosts):
        self._run("link", "set", "lo", "up")
        ipv4, ipv6 = [], []
        for host in hosts:
            ipv4.append(f"address add {host['ipv4']}/32 dev lo")
            ipv6.append(f"address add {host['ipv6']}/128 dev lo nodad")
        self._batch("-4", ipv4)
        self._batch("-6", ipv6)
        for family, local in LOCAL.items():
            self._batch(family, [
                "rule add pref 100 lookup local", "rule del pref 0",
                f"rule add pref 1 to {local} lookup local", f"rule add pref 2 from {local} lookup local"])
        self._make_nowhere()

    def _make_nowhere(self):
        """A device that swallows packets.  Kernels differ in what they have."""
        for kind in (["dummy"], ["veth", "peer", "name", "nowhere-end"], ["ifb"]):
            try:
                self._run("link", "add", "nowhere", "type", *kind)
                break
            except subprocess.CalledProcessError:
                continue
        else:
            raise RuntimeError("this kernel has none of the devices dummy, veth and ifb")
        with open("/proc/sys/net/ipv6/conf/nowhere/accept_dad", "w", encoding="ascii") as setting:
            setting.write("0")
        self._run("link", "set", "nowhere", "arp", "off", "up")
        if kind[0] == "veth":
            self._run("link", "set", "nowhere-end", "arp", "off", "up")
        for family in LOCAL:
            self._run(family, "route", "add", "default", "dev", "nowhere", "table", NOWHERE)

    def _remove_cut(self, place):
        for family in LOCAL:
            subprocess.run([self.ip, family, "rule", "del", "pref", place], env=self.environment,
                           check=False, capture_output=True)

    def join(self):
        for place in CUT_PLACES:
            self._remove_cut(place)
        self.cut_now = self.cut_place = None

    def cut(self, kind):
        """Whoever looks while one cut takes another's place finds the network cut in either way, never whole."""
        rule = {"all": ["unreachable"], "ipv6": ["unreachable"], "silent": ["lookup", NOWHERE],
                "udp-replies": ["ipproto", "udp", "sport", "53", "lookup", NOWHERE]}[kind]
        before = self.cut_place
        place = CUT_PLACES[0] if before != CUT_PLACES[0] else CUT_PLACES[1]
        for family in ["-6"] if kind == "ipv6" else list(LOCAL):
            self._run(family, "rule", "add", "pref", place, *rule)
        if before:
            self._remove_cut(before)
        self.cut_now, self.cut_place = kind, place
