"""Keys and signatures, with the tools of ldns."""

import glob
import os
import subprocess
import time

from . import packages

HOUR, DAY = 3600, 86400


class Signer:
    """Keeps the keys of all zones in one folder and signs zone texts with them."""

    def __init__(self, folder, root):
        self.folder = folder
        self.root = root
        self.environment = packages.tool_environment(root)
        self.keygen = packages.tool("ldns-keygen", root)
        self.signzone = packages.tool("ldns-signzone", root)
        self.keys = {}
        os.makedirs(folder, exist_ok=True)

    def _run(self, *command):
        run = subprocess.run(command, cwd=self.folder, env=self.environment, capture_output=True,
                             encoding="utf-8", check=False)
        if run.returncode != 0:
            raise RuntimeError(f"{os.path.basename(command[0])} failed: {run.stderr.strip()}")
        return run.stdout.strip()

    def make_keys(self, zone, algorithm="ECDSAP256SHA256", single=False):
        """A key signing key and (unless single) a zone signing key."""
        bits = ("-b", "2048") if algorithm.startswith("RSA") else ()
        names = [self._run(self.keygen, "-a", algorithm, *bits, "-r", "/dev/urandom", "-k", zone)]
        if not single:
            names.append(self._run(self.keygen, "-a", algorithm, *bits, "-r", "/dev/urandom", zone))
        self.keys[zone] = names

    def _read(self, zone, suffix):
        with open(os.path.join(self.folder, self.keys[zone][0] + suffix), encoding="ascii") as text:
            return text.read().strip()

    def ds(self, zone):
        """DS data (tag, algorithm, type, digest) of the key signing key."""
        return self._read(zone, ".ds").split("DS", 1)[1].strip()

    def dnskey(self, zone):
        """The DNSKEY record of the key signing key, one line."""
        return self._read(zone, ".key").split(";")[0].strip()

    def sign(self, zone, text, denial="nsec", expired=False):
        """The signed zone.  Healthy signatures began a day ago and last over a year;
        expired ones ended a day ago."""
        now = int(time.time())
        begin, end = (now - 40 * DAY, now - DAY) if expired else (now - DAY, now + 400 * DAY)
        stem = os.path.join(self.folder, f"zone.{zone.strip('.') or 'root'}.{os.getpid()}.{time.monotonic_ns()}")
        with open(stem, "w", encoding="utf-8") as out:
            out.write(text)
        chain = ("-n", "-t", "0") if denial == "nsec3" else ()
        try:
            self._run(self.signzone, "-i", str(begin), "-e", str(end), "-o", zone, *chain,
                      "-f", stem + ".signed", stem, *self.keys[zone])
            with open(stem + ".signed", encoding="utf-8") as signed:
                return signed.read()
        finally:
            for path in glob.glob(glob.escape(stem) + "*"):
                os.unlink(path)
