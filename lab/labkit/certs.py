"""A private certificate authority and one certificate per HTTPS host, made by openssl."""

import os
import subprocess

from . import packages

CONFIG = """[req]
distinguished_name = name
prompt = no
[name]
CN = unused
[ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
"""
EC_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]


class Authority:
    def __init__(self, folder, root):
        self.folder = folder
        self.environment = packages.tool_environment(root)
        self.openssl = packages.tool("openssl", root)
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, "openssl.cnf"), "w", encoding="ascii") as config:
            config.write(CONFIG)

    def _request(self, *words):
        run = subprocess.run([self.openssl, "req", "-x509", "-config", "openssl.cnf", *EC_KEY, *words],
                             cwd=self.folder, env=self.environment, capture_output=True, encoding="utf-8", check=False)
        if run.returncode != 0:
            raise RuntimeError("openssl req failed: " + run.stderr.strip())

    def start(self, name):
        self._request("-subj", f"/CN={name}", "-days", "800", "-extensions", "ca",
                      "-keyout", "ca.key", "-out", "ca.pem")

    def certify(self, host):
        """Writes HOST.pem and HOST.key."""
        self._request("-CA", "ca.pem", "-CAkey", "ca.key", "-subj", f"/CN={host}", "-days", "390",
                      "-addext", f"subjectAltName=DNS:{host}", "-addext", "basicConstraints=critical,CA:FALSE",
                      "-addext", "keyUsage=critical,digitalSignature", "-addext", "extendedKeyUsage=serverAuth",
                      "-keyout", f"{host}.key", "-out", f"{host}.pem")
