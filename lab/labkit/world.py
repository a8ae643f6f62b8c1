"""The plan of one lab: every name, address and port, drawn from one seed.

The plan is a plain dictionary that is written to `world.json`; nothing in it changes while the
lab runs.  Faults and signatures live elsewhere.
"""

import random

CONSONANTS = "bdfgklmnprstvz"
VOWELS = "aeiou"
HOUSES = ("Alder", "Birch", "Cedar", "Damson", "Elm", "Fir", "Gorse", "Hazel", "Juniper", "Larch",
          "Maple", "Myrtle", "Oak", "Poplar", "Quince", "Rowan", "Sorrel", "Tamarisk", "Walnut",
          "Willow", "Yew", "Aspen", "Bramble", "Clover")
REGISTRY_FORMS = ("Registry Ltd", "Registry LLC", "Domains B.V.", "TLD Operations Inc.", "Namespace GmbH")
REGISTRAR_FORMS = ("Domain Shop, LLC", "Names S.A.", "Hosting & Domains GmbH", "Registrar Services Ltd.")

# First octets whose space is ordinary unicast; whole /16s that are special are left out below.
FIRST_OCTETS = (23, 31, 37, 45, 46, 62, 77, 78, 79, 80, 84, 87, 91, 93, 94, 95, 109, 141, 151, 176,
                178, 185, 188, 193, 194, 195, 212, 213, 217)
IPV6_BLOCKS = ("2a00", "2a01", "2a02", "2a03", "2a05", "2a0b", "2604", "2607", "2620", "2401", "2804", "2c0f")


class Draw:
    """Draws that never repeat themselves within one lab."""

    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.words = set()
        self.networks = set()

    def word(self, syllables):
        while True:
            word = "".join(self.rng.choice(CONSONANTS) + self.rng.choice(VOWELS) for _ in range(syllables))
            word += self.rng.choice("lnrs")
            if word not in self.words:
                self.words.add(word)
                return word

    def ipv4(self):
        while True:
            network = (self.rng.choice(FIRST_OCTETS), self.rng.randint(1, 254), self.rng.randint(0, 255))
            # 31.0/16 .. 217.255/16 hold no special block but these:
            if network[:2] in ((192, 168), (193, 0)) or network in self.networks:
                continue
            self.networks.add(network)
            return "%d.%d.%d.%d" % (*network, self.rng.randint(2, 250))

    def ipv6(self):
        while True:
            # No group may be zero, so that every program writes the address the same way.
            network = "%s:%x:%x" % (self.rng.choice(IPV6_BLOCKS), self.rng.randint(0x100, 0xffff),
                                    self.rng.randint(1, 0xffff))
            if network not in self.networks:
                self.networks.add(network)
                return network + "::" + self.rng.choice(("53", "1:53", "a:1", "2"))

    def host(self):
        return {"ipv4": self.ipv4(), "ipv6": self.ipv6()}


def _slug(name):
    return "".join(c for c in name.lower() if c.isalnum())


def _registry(draw, house, index):
    name = f"{house} {draw.rng.choice(REGISTRY_FORMS)}"
    return {"kind": "registry", "index": index, "name": name, "slug": _slug(house) + "-registry"}


def _tld(draw, index, infra, party, software):
    name = draw.word(3)
    tld = {"role": f"tld{index}", "index": index, "name": name, "party": party,
           "algorithm": "ECDSAP256SHA256", "denial": "nsec3" if index % 2 == 0 else "nsec",
           "servers": [], "rdap": {"host": f"rdap-{name}.{infra}", **draw.host()}}
    for k, letter in enumerate("abc"):
        tld["servers"].append({"id": f"tld{index}-{letter}", "name": f"{letter}.nic.{name}",
                               "software": software[k], **draw.host()})
    tld["rdap"]["url"] = f"https://{tld['rdap']['host']}/"
    tld["domain"] = f"{draw.word(2)}-example.{name}"     # signed child, known to RDAP
    tld["glued"] = f"{draw.word(2)}.{name}"              # its name servers lie in itself
    tld["plain"] = f"{draw.word(2)}.{name}"              # unsigned, hosted by the infrastructure
    tld["fault_order"] = draw.rng.sample(range(3), 3)    # which server takes the next one-server fault
    return tld


def plan(seed):
    """Everything about a lab that its seed decides."""
    draw = Draw(seed)
    infra = draw.word(3)
    houses = draw.rng.sample(HOUSES, 14)
    tlds = []
    for index in range(1, 10):
        software = ["nsd", "nsd", "knot" if index % 3 == 1 else "nsd"]
        tlds.append(_tld(draw, index, infra, _registry(draw, houses[index - 1], index), software))
    # Names of servers outside the TLD that they serve: resolving them takes another delegation.
    for index in {1, draw.rng.randint(2, 9)}:
        server = tlds[index - 1]["servers"][2]
        server["name"] = f"ns-{tlds[index - 1]['name']}.{infra}"
    tlds[draw.rng.randint(1, 8)]["algorithm"] = "RSASHA256"
    registrars = []
    for number, iana_id in enumerate(sorted(draw.rng.sample(range(100, 4000), 4))):
        house = houses[9 + number]
        slug = _slug(house) + "-registrar"
        registrars.append({"kind": "registrar", "iana_id": iana_id, "slug": slug,
                           "name": f"{house} {REGISTRAR_FORMS[number]}",
                           "rdap": {"host": f"rdap.{slug}.{infra}", "url": f"https://rdap.{slug}.{infra}/",
                                    **draw.host()}})
    for tld in tlds:
        tld["registrar"] = draw.rng.randrange(4)
        tld["party"]["tld"] = tld["name"]
    for party in [tld["party"] for tld in tlds] + registrars:
        party["domain"] = f"{party['slug']}.{infra}"
        party["mailbox"] = f"compliance@{party['domain']}"
    return {
        "schema": 1, "seed": seed, "infra": infra, "tlds": tlds, "registrars": registrars,
        "root": [{"id": f"root-{letter}", "name": f"{letter}.rootsrv.{infra}", "software": software, **draw.host()}
                 for letter, software in (("a", "nsd"), ("b", "knot"))],
        "infra_servers": [{"id": f"infra-{letter}", "name": f"{letter}.dns.{infra}", "software": software,
                           **draw.host()} for letter, software in (("a", "nsd"), ("b", "named"))],
        "reference": {"host": f"www.{infra}", "url": f"https://www.{infra}/", **draw.host()},
        "authority": {"name": "Example Authority", "domain": f"authority.{infra}",
                      "mailbox": f"compliance@authority.{infra}"},
        "bouncing_mailbox": f"bounces@authority.{infra}",
        "mail": {"host": f"mail.{infra}", "port": draw.rng.randint(2500, 9999), **draw.host()},
    }


def hosts(world):
    """Every host of the lab that has addresses."""
    yield from world["root"]
    yield from world["infra_servers"]
    for tld in world["tlds"]:
        yield from tld["servers"]
        yield tld["rdap"]
    for registrar in world["registrars"]:
        yield registrar["rdap"]
    yield world["reference"]
    yield world["mail"]


def find_tld(world, target):
    """The TLD of a name or role, or None."""
    wanted = target.strip().rstrip(".").lower()
    for tld in world["tlds"]:
        if wanted in (tld["name"], tld["role"]):
            return tld
    return None


def parties(world):
    """The thirteen contracted parties."""
    return [tld["party"] for tld in world["tlds"]] + world["registrars"]
