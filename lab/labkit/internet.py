"""The running lab: brings everything up, and changes it on request.

One normal start: addresses -> keys (all zones side by side) -> children, TLDs and root signed from
the leaves up -> servers started together -> each asked until it answers as it should.
"""

import concurrent.futures
import json
import os
import shutil
import time

from . import faults as fault_table
from . import rootdata, world as worlds, zonefile
from .certs import Authority
from .errors import LabError
from .faults import TldFaults
from .mail import MailServer
from .nameserver import NORMAL, NameServer
from .network import CUTS, Network
from .rdap import WebHosts
from .signer import Signer


class Internet:
    """folder: the lab's own folder as seen inside the namespaces; root: the unpacked packages."""

    def __init__(self, world, folder, root, mail_root, without):
        self.world = world
        self.folder = folder
        self.root = root
        self.without = without
        self.pool = concurrent.futures.ThreadPoolExecutor(max_workers=8)
        self.network = Network(root)
        self.signer = Signer(os.path.join(folder, "keys"), root)
        self.authority = Authority(os.path.join(folder, "tls"), root)
        self.web = WebHosts(world, os.path.join(folder, "rdap"), os.path.join(folder, "tls"), root)
        self.mail = MailServer(world, mail_root, os.path.join(folder, "mail"), root)
        self.serials = {}
        self.faults = {tld["role"]: TldFaults(tld) for tld in world["tlds"]}
        self.zone_keys = {}
        self.foreign_root = None
        self.servers = {}

    # -- starting ---------------------------------------------------------------------------

    def start(self, healthy):
        self.network.start(worlds.hosts(self.world))
        for part in ("zones", "keys", "tls", "rdap", "mail", "ns"):
            os.makedirs(os.path.join(self.folder, part), exist_ok=True)
        tls = self.pool.submit(self._start_web_authority)
        mail = None if "mail-server" in self.without else self.pool.submit(self.mail.start)
        self._make_keys()
        if not healthy:
            for role, fault in fault_table.OPENING.items():
                self.faults[role].add(fault)
        first_serial = int(time.strftime("%Y%m%d", time.gmtime())) * 100 + 2
        self._sign_infrastructure(first_serial)
        for _ in self.pool.map(self._sign_tld, self.world["tlds"]):
            pass
        self._sign_root()
        self._start_name_servers()
        tls.result()
        self._start_web()
        self._settle_all()
        if mail:
            mail.result()
            self.mail.settle()

    def _start_web_authority(self):
        self.authority.start(f"Lab Root CA {self.world['seed']}")
        list(self.pool.map(self.authority.certify, self.web.hosts()))

    def _start_web(self):
        ds = {tld["domain"]: self.signer.ds(tld["domain"] + ".") for tld in self.world["tlds"]}
        self.web.write_documents(ds, int(time.time()))
        for role, state in self.faults.items():
            self.web.faults[role] = state.rdap()
        self.web.start()

    def _make_keys(self):
        jobs = [self.pool.submit(self.signer.make_keys, tld["name"] + ".", tld["algorithm"])
                for tld in sorted(self.world["tlds"], key=lambda tld: not tld["algorithm"].startswith("RSA"))]
        jobs += [self.pool.submit(self.signer.make_keys, zone) for zone in (".", self.world["infra"] + ".")]
        jobs += [self.pool.submit(self.signer.make_keys, tld["domain"] + ".", single=True)
                 for tld in self.world["tlds"]]
        for job in jobs:
            job.result()

    def _start_name_servers(self):
        for host in self.world["root"]:
            self._add_server(host, {".": self._zone_path(".", host)})
        infra_zones = [self.world["infra"] + "."]
        for tld in self.world["tlds"]:
            infra_zones += [tld[child] + "." for child in ("domain", "glued", "plain")]
        for host in self.world["infra_servers"]:
            self._add_server(host, {zone: self._zone_path(zone) for zone in infra_zones})
        for tld in self.world["tlds"]:
            for index, host in enumerate(tld["servers"]):
                server = self._add_server(host, {tld["name"] + ".": self._zone_path(tld["name"] + ".", host)})
                server.mode_wanted = self.faults[tld["role"]].mode(index)
        # The slowest to start goes first.
        order = sorted(self.servers.values(), key=lambda s: ("named", "knot", "nsd").index(s.host["software"]))
        for server in order:
            server.run_as(getattr(server, "mode_wanted", NORMAL))

    def _add_server(self, host, zones):
        server = NameServer(host, os.path.join(self.folder, "ns", host["id"]), self.root, zones)
        self.servers[host["id"]] = server
        return server

    def _settle_all(self):
        for host in self.world["root"]:
            self.servers[host["id"]].settle({".": self.serials["."]})
        for host in self.world["infra_servers"]:
            server = self.servers[host["id"]]
            server.settle({zone: self.serials[zone] for zone in server.zones})
        for tld in self.world["tlds"]:
            self._settle_tld(tld)
        self.web.settle()

    # -- zones ------------------------------------------------------------------------------

    def _zone_path(self, zone, host=None):
        """Servers that may differ in content have files of their own."""
        return os.path.join(self.folder, "zones", f"{zone.strip('.') or 'root'}{'@' + host['id'] if host else ''}")

    @staticmethod
    def _write(path, text):
        with open(path + ".new", "w", encoding="utf-8") as out:
            out.write(text)
        os.replace(path + ".new", path)

    def _sign_infrastructure(self, serial):
        infra = self.world["infra"] + "."
        for tld in self.world["tlds"]:
            self.serials[tld["name"] + "."] = serial
        self.serials["."] = serial

        def one(zone, text, signed=True):
            self.serials[zone] = serial
            self._write(self._zone_path(zone), self.signer.sign(zone, text) if signed else text)

        jobs = [self.pool.submit(one, infra, zonefile.infra_zone(self.world, serial))]
        for tld in self.world["tlds"]:
            for child in ("domain", "glued", "plain"):
                text = zonefile.child_zone(self.world, tld, tld[child], serial)
                jobs.append(self.pool.submit(one, tld[child] + ".", text, child == "domain"))
        for job in jobs:
            job.result()

    def _sign_tld(self, tld):
        zone = tld["name"] + "."
        state = self.faults[tld["role"]]
        stale, wildcard, expired = self.zone_keys[tld["role"]] = state.zone_key()
        versions = {}
        for index, host in enumerate(tld["servers"]):
            serial = self.serials[zone] - (index == stale)
            if serial not in versions:
                text = zonefile.tld_zone(self.world, tld, serial, [self.signer.ds(tld["domain"] + ".")], wildcard)
                versions[serial] = self.signer.sign(zone, text, tld["denial"], expired)
            self._write(self._zone_path(zone, host), versions[serial])

    def _root_text(self):
        if self.foreign_root:
            return self.foreign_root
        ds = {self.world["infra"]: [self.signer.ds(self.world["infra"] + ".")]}
        for tld in self.world["tlds"]:
            true = self.signer.ds(tld["name"] + ".")
            bogus = "bogus-ds" in self.faults[tld["role"]].others
            ds[tld["name"]] = [rootdata.other_ds(true) if bogus else true]
        return zonefile.root_zone(self.world, self.serials["."], ds)

    def _sign_root(self):
        text = self._root_text()
        signed = self.signer.sign(".", text)
        for host in self.world["root"]:
            self._write(self._zone_path(".", host), signed)
        if not self.foreign_root:
            # Published files end with their first record again, which proves that they are whole.
            self._write(os.path.join(self.folder, "root.zone"), text + text.split("\n", 1)[0] + "\n")
        anchor = self.signer.dnskey(".")
        self._write(os.path.join(self.folder, "trust-anchor"),
                    f"; Trust anchor of the lab's root\n. 172800 IN DS {self.signer.ds('.')}\n{anchor}\n")
        words = anchor.split("DNSKEY", 1)[1].split()
        self._write(os.path.join(self.folder, "delv.conf"),
                    f'trust-anchors {{ . static-key {" ".join(words[:3])} "{"".join(words[3:])}"; }};\n')

    # -- changing ---------------------------------------------------------------------------

    def _settle_tld(self, tld):
        zone = tld["name"] + "."
        stale = self.faults[tld["role"]].stale()
        for index, host in enumerate(tld["servers"]):
            self.servers[host["id"]].settle({zone: self.serials[zone] - (index == stale)})

    def _apply(self, tld):
        """Makes the world agree with the TLD's faults, and returns when it can be seen to."""
        zone = tld["name"] + "."
        state = self.faults[tld["role"]]
        new_zone = state.zone_key() != self.zone_keys[tld["role"]]
        if new_zone:
            self.serials[zone] += 2     # so that even a stale server moves forward
            self._sign_tld(tld)
        for index, host in enumerate(tld["servers"]):
            server = self.servers[host["id"]]
            if new_zone or server.mode != state.mode(index):
                server.run_as(state.mode(index))
        self._settle_tld(tld)
        if self.web.faults.get(tld["role"], set()) != state.rdap():
            self.web.set_faults(tld["role"], state.rdap())
            self.web.settle(tld["role"])

    def _publish_root(self):
        self.serials["."] += 1
        if self.foreign_root:
            self.foreign_root, self.serials["."] = rootdata.adopt(self.foreign_root, self.world, self.serials["."])
        self._sign_root()
        for host in self.world["root"]:
            self.servers[host["id"]].run_as(NORMAL)
        for host in self.world["root"]:
            self.servers[host["id"]].settle({".": self.serials["."]})

    def _target(self, name):
        tld = worlds.find_tld(self.world, name)
        if not tld:
            raise LabError(f"no TLD or role `{name}` here; see `lab/ctl list`", 2)
        return tld

    def _change(self, tld, alter):
        state = self.faults[tld["role"]]
        bogus = "bogus-ds" in state.others
        alter(state)
        self._apply(tld)
        if ("bogus-ds" in state.others) != bogus:
            self._publish_root()

    def break_(self, target, fault):
        tld = self._target(target)
        if fault not in fault_table.ALL:
            raise LabError(f"no fault `{fault}`; there are: {' '.join(fault_table.ALL)}", 2)
        if fault == "bogus-ds" and self.foreign_root:
            raise LabError("a foreign root is being served (serve-root lab brings ours back)", 2)
        self._change(tld, lambda state: state.add(fault))

    def repair(self, target, fault=None):
        tld = self._target(target)
        if fault is not None and fault not in fault_table.ALL:
            raise LabError(f"no fault `{fault}`; there are: {' '.join(fault_table.ALL)}", 2)
        self._change(tld, lambda state: state.remove(fault) if fault else state.clear())

    def cut(self, kind):
        if kind not in CUTS:
            raise LabError(f"no cut `{kind}`; there are: {' '.join(CUTS)}", 2)
        self.network.cut(kind)

    def join(self):
        self.network.join()

    def serve_root(self, text):
        """text: a published root zone, or None for the lab's own."""
        before = self.foreign_root, self.serials["."]
        self.foreign_root = zonefile.strip_dnssec(text) if text is not None else None
        try:
            self._publish_root()
        except (ValueError, IndexError, RuntimeError) as error:
            self.foreign_root, self.serials["."] = before
            self._publish_root()
            raise LabError(f"not a root zone that can be signed: {error}", 2) from error

    def status(self):
        return {"faults": {role: state.describe() for role, state in self.faults.items()},
                "cut": self.network.cut_now, "network": os.readlink("/proc/self/ns/net"), "foreign_root": bool(self.foreign_root)}

    def write_papers(self):
        """The files that the C programs are given."""
        papers = {
            "root.hints": zonefile.hints(self.world),
            "root-db.html": rootdata.root_db(self.world),
            "registrars.csv": rootdata.registrars(self.world),
            "contacts.csv": rootdata.contacts(self.world),
            "rdap-dns.json": json.dumps(rootdata.bootstrap(self.world), indent=2) + "\n",
        }
        for name, text in papers.items():
            self._write(os.path.join(self.folder, name), text)
        shutil.copyfile(os.path.join(self.folder, "tls", "ca.pem"), os.path.join(self.folder, "ca.pem"))
