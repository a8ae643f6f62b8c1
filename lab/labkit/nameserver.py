"""One authoritative name server process: NSD, Knot DNS or BIND.

Each (zone, server) pair of the TLDs has a process of its own, so that a fault of one TLD on one
server is made by running that one process differently, and no other TLD notices.

Modes: `normal`; `lame` (runs without the zone, so it refuses); `down` (does not run: its port is
closed); `no-tcp` (BIND, told to serve UDP only, the one of the three that can).
"""

import os

from . import packages
from .dnsprobe import REFUSED, ask, serial, tcp_open
from .process import Process, wait_until

NORMAL, LAME, DOWN, NO_TCP = "normal", "lame", "down", "no-tcp"


class NameServer:
    """zones: zone name -> path of the zone file that this server reads."""

    def __init__(self, host, folder, root, zones):
        self.host = host
        self.folder = folder
        self.root = root
        self.zones = zones
        self.mode = None
        self.process = None
        self.environment = packages.tool_environment(root)
        os.makedirs(folder, exist_ok=True)

    def run_as(self, mode):
        """Start, restart or (when the mode stays) reread the zone files."""
        if mode == self.mode and self.process and self.process.running():
            self.process.hang_up()
            return
        if self.process:
            self.process.end()
            self.process = None
        self.mode = mode
        if mode == DOWN:
            return
        software = "named" if mode == NO_TCP else self.host["software"]
        zones = {} if mode == LAME else self.zones
        config = os.path.join(self.folder, software + ".conf")
        with open(config, "w", encoding="utf-8") as out:
            out.write({"nsd": self._nsd, "knot": self._knot, "named": self._named}[software](zones))
        command = {
            "nsd": ["nsd", "-d", "-c", config],
            "knot": ["knotd", "-c", config],
            "named": ["named", "-g", "-n", "1", "-U", "1", "-c", config] + (["-T", "notcp"] if mode == NO_TCP else []),
        }[software]
        command[0] = packages.tool(command[0], self.root)
        self.command = command
        self._start()

    def _start(self):
        self.log_start = self._log_size()
        self.process = Process(self.command, self.environment, self._log())

    def _log(self):
        return os.path.join(self.folder, "log")

    def _log_size(self):
        return os.path.getsize(self._log()) if os.path.exists(self._log()) else 0

    def _port_was_taken(self):
        """Whether this start failed because the killed predecessor's children still held the port."""
        with open(self._log(), "rb") as log:
            log.seek(self.log_start)
            return b"ddress already in use" in log.read()

    def _nsd(self, zones):
        text = f"""server:
  ip-address: {self.host['ipv4']}
  ip-address: {self.host['ipv6']}
  port: 53
  server-count: 1
  username: ""
  chroot: ""
  pidfile: ""
  database: ""
  xfrdfile: ""
  zonelistfile: "{self.folder}/zone.list"
  zonesdir: "{self.folder}"
  xfrdir: "{self.folder}"
  cookie-secret-file: ""
  hide-version: yes
  rrl-ratelimit: 0
  rrl-whitelist-ratelimit: 0
  tcp-count: 100
remote-control:
  control-enable: no
"""
        for name, path in zones.items():
            text += f'zone:\n  name: "{name}"\n  zonefile: "{path}"\n'
        return text

    def _knot(self, zones):
        text = f"""server:
  rundir: "{self.folder}"
  listen: [ {self.host['ipv4']}@53, {self.host['ipv6']}@53 ]
  udp-workers: 1
  tcp-workers: 1
  background-workers: 1
log:
  - target: stderr
    any: warning
database:
  storage: "{self.folder}"
template:
  - id: default
    semantic-checks: off
    zonefile-load: whole
    zonefile-sync: -1
    journal-content: none
"""
        if zones:
            text += "zone:\n"
        for name, path in zones.items():
            text += f'  - domain: "{name}"\n    file: "{path}"\n'
        return text

    def _named(self, zones):
        text = f"""options {{
  directory "{self.folder}";
  listen-on port 53 {{ {self.host['ipv4']}; }};
  listen-on-v6 port 53 {{ {self.host['ipv6']}; }};
  pid-file none;
  session-keyfile none;
  lock-file none;
  geoip-directory none;
  recursion no;
  dnssec-validation no;
  empty-zones-enable no;
  notify no;
  allow-query {{ any; }};
  allow-transfer {{ none; }};
  minimal-responses yes;
  version none;
}};
controls {{ }};
"""
        for name, path in zones.items():
            text += f'zone "{name}" {{ type primary; file "{path}"; masterfile-format text; check-names ignore; }};\n'
        return text

    def settled(self, serials):
        """Whether the outside sees this server as it should be.  serials: zone -> serial."""
        address = self.host["ipv4"]
        if self.mode == DOWN:
            return ask(address, ".") == "refused"
        if not self.process.running():
            if self._port_was_taken():
                self.process.end()
                self._start()
                return False
            raise RuntimeError(f"server {self.host['id']} ended: {self.process.last_words()}")
        if self.mode == LAME:
            answer = ask(address, next(iter(self.zones)))
            return isinstance(answer, tuple) and answer[0] == REFUSED
        if any(serial(address, zone) != wanted for zone, wanted in serials.items()):
            return False
        return tcp_open(address) == (self.mode != NO_TCP)

    def settle(self, serials, limit_s=10):
        wait_until(lambda: self.settled(serials), limit_s,
                   f"server {self.host['id']} ({self.host['software']}, {self.mode})")
