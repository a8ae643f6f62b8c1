"""Which fault lies on which TLD, and what that means for its servers and zones."""

from .errors import LabError
from .nameserver import DOWN, LAME, NO_TCP, NORMAL
from .rdap import FAULTS as RDAP_FAULTS

SERVER_FAULTS = ("lame", "serial-mismatch", "server-down", "tcp-refused")
ZONE_FAULTS = ("expired-signature", "wildcard")
PARENT_FAULTS = ("bogus-ds",)
ALL = ("lame", "expired-signature", "serial-mismatch", "server-down", "wildcard", "tcp-refused", "bogus-ds",
       *RDAP_FAULTS)
MODES = {"lame": LAME, "server-down": DOWN, "tcp-refused": NO_TCP}

# What a plain `up` breaks: everything but tld1.
OPENING = {f"tld{number}": fault for number, fault in enumerate(ALL[:8], 2)}


class TldFaults:
    """The faults of one TLD.  A fault of one server takes the next server in the TLD's drawn order,
    so that any three of them fit side by side on different servers."""

    def __init__(self, tld):
        self.tld = tld
        self.servers = {}       # fault -> index of the server that has it
        self.others = set()

    def names(self):
        return [fault for fault in ALL if fault in self.servers or fault in self.others]

    def add(self, fault):
        if fault in self.names():
            return
        if fault not in SERVER_FAULTS:
            self.others.add(fault)
            return
        free = [index for index in self.tld["fault_order"] if index not in self.servers.values()]
        if not free:
            raise LabError(f"{self.tld['name']}: each of its servers has a fault already", 2)
        self.servers[fault] = free[0]

    def remove(self, fault):
        self.servers.pop(fault, None)
        self.others.discard(fault)

    def clear(self):
        self.servers.clear()
        self.others.clear()

    def mode(self, index):
        for fault, mode in MODES.items():
            if self.servers.get(fault) == index:
                return mode
        return NORMAL

    def stale(self):
        """The server that stays behind with an older serial, or None."""
        return self.servers.get("serial-mismatch")

    def zone_key(self):
        """What the signed zone files depend on: equal keys need no new zone."""
        return (self.stale(), "wildcard" in self.others, "expired-signature" in self.others)

    def rdap(self):
        return self.others & set(RDAP_FAULTS)

    def describe(self):
        """Fault -> the server that has it, or None when it is the whole TLD's."""
        return {fault: (self.tld["servers"][self.servers[fault]]["name"] if fault in self.servers else None)
                for fault in self.names()}
