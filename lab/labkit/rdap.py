"""RDAP (and the reference web host): static JSON behind nginx with TLS.

Every base URL has addresses of its own, so that closing one leaves the others alone.
"""

import http.client
import json
import os
import socket
import ssl
import time

from . import packages
from .dnsprobe import SOURCE
from .process import Process, wait_until

CONFORMANCE = ["rdap_level_0", "icann_rdap_response_profile_1", "icann_rdap_technical_implementation_guide_1"]
FAULTS = ("rdap-invalid-json", "rdap-wrong-type", "rdap-down")
DAY = 86400


def _stamp(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def _link(value, href, rel="related", kind="text/html"):
    return {"value": value, "rel": rel, "href": href, "type": kind}


def _notices(url):
    return [
        {"title": "Terms of Use", "description": ["Service subject to the terms of use of the lab."],
         "links": [_link(url, "https://www.example.com/terms", "terms-of-service")]},
        {"title": "Status Codes", "description": ["For more information on domain status codes, please visit "
                                                  "https://icann.org/epp"],
         "links": [_link(url, "https://icann.org/epp", "glossary")]},
        {"title": "RDDS Inaccuracy Complaint Form",
         "description": ["URL of the ICANN RDDS Inaccuracy Complaint Form: https://icann.org/wicf"],
         "links": [_link(url, "https://icann.org/wicf", "help")]},
    ]


def help_answer(url):
    return {"rdapConformance": CONFORMANCE, "notices": _notices(url + "help")}


def error_answer(url):
    return {"rdapConformance": CONFORMANCE, "errorCode": 404, "title": "Object not found",
            "description": ["There is no such object here."], "notices": _notices(url)}


def _vcard(name, *more):
    return ["vcard", [["version", {}, "text", "4.0"], ["fn", {}, "text", name], *more]]


def domain_answer(url, name, registrar, servers, ds, now):
    """RFC 9083 5.3, with the members that ICANN's response profile asks for."""
    self_url = f"{url}domain/{name}"
    tag, algorithm, kind, digest = ds.split()[:4]
    return {
        "rdapConformance": CONFORMANCE,
        "objectClassName": "domain",
        "handle": f"{abs(hash_of(name)) % 10**8}_DOMAIN-LAB",
        "ldhName": name,
        "status": ["client transfer prohibited"],
        "events": [
            {"eventAction": "registration", "eventDate": _stamp(now - 900 * DAY)},
            {"eventAction": "expiration", "eventDate": _stamp(now + 195 * DAY)},
            {"eventAction": "last changed", "eventDate": _stamp(now - 90 * DAY)},
            {"eventAction": "last update of RDAP database", "eventDate": _stamp(now)},
        ],
        "entities": [{
            "objectClassName": "entity", "handle": str(registrar["iana_id"]), "roles": ["registrar"],
            "publicIds": [{"type": "IANA Registrar ID", "identifier": str(registrar["iana_id"])}],
            "vcardArray": _vcard(registrar["name"]),
            "links": [_link(self_url, registrar["rdap"]["url"], "about", "application/rdap+json")],
            "entities": [{
                "objectClassName": "entity", "handle": f"{registrar['iana_id']}-ABUSE", "roles": ["abuse"],
                "vcardArray": _vcard("Abuse Desk",
                                     ["tel", {"type": "voice"}, "uri", "tel:+1.5555550100"],
                                     ["email", {}, "text", f"abuse@{registrar['domain']}"]),
            }],
        }],
        "nameservers": [{"objectClassName": "nameserver", "handle": f"{server['id']}_HOST-LAB",
                         "ldhName": server["name"]} for server in servers],
        "secureDNS": {"zoneSigned": True, "delegationSigned": True,
                      "dsData": [{"keyTag": int(tag), "algorithm": int(algorithm), "digestType": int(kind),
                                  "digest": digest}]},
        "links": [_link(self_url, self_url, "self", "application/rdap+json"),
                  _link(self_url, f"{registrar['rdap']['url']}domain/{name}", "related", "application/rdap+json")],
        "notices": _notices(self_url),
    }


def hash_of(text):
    """A stable number for a name (Python's own hash differs from run to run)."""
    number = 5381
    for character in text.encode("utf-8"):
        number = (number * 33 + character) & 0x7fffffff
    return number


class WebHosts:
    """All HTTPS hosts of the lab behind one nginx.  faults: TLD role -> set of RDAP faults."""

    def __init__(self, world, folder, certificates, root):
        self.world = world
        self.folder = folder
        self.certificates = certificates
        self.root = root
        self.process = None
        self.retired = set()  # workers of an earlier configuration, which may still take connections
        self.faults = {}
        self.sites = [(tld["role"], tld["rdap"], True) for tld in world["tlds"]]
        self.sites += [(r["slug"], r["rdap"], True) for r in world["registrars"]]
        self.sites.append(("reference", world["reference"], False))

    def hosts(self):
        return [host["host"] for _, host, _ in self.sites]

    def write_documents(self, domain_ds, now):
        """domain_ds: domain name -> DS data of that signed domain."""
        for tld in self.world["tlds"]:
            registrar = self.world["registrars"][tld["registrar"]]
            self._write_site(tld["role"], tld["rdap"]["url"], [tld], domain_ds, now)
        for number, registrar in enumerate(self.world["registrars"]):
            own = [tld for tld in self.world["tlds"] if tld["registrar"] == number]
            self._write_site(registrar["slug"], registrar["rdap"]["url"], own, domain_ds, now)
        os.makedirs(os.path.join(self.folder, "reference"), exist_ok=True)
        with open(os.path.join(self.folder, "reference", "index.html"), "w", encoding="utf-8") as page:
            page.write("<!doctype html><title>Reference host</title><p>This host is healthy.\n")

    def _write_site(self, site, url, tlds, domain_ds, now):
        answers = {"help": help_answer(url), "404": error_answer(url)}
        for tld in tlds:
            registrar = self.world["registrars"][tld["registrar"]]
            # Besides a registrant's name, the one that every registry keeps for itself.
            for name in (tld["domain"], "nic." + tld["name"]):
                answers["domain/" + name] = domain_answer(
                    url, name, registrar, self.world["infra_servers"], domain_ds[tld["domain"]], now)
        for path, answer in answers.items():
            text = json.dumps(answer, indent=1)
            for folder, body in ((site, text), (site + ".broken", text[:-len(text) // 3])):
                target = os.path.join(self.folder, folder, path)
                os.makedirs(os.path.dirname(target), exist_ok=True)
                with open(target, "w", encoding="utf-8") as out:
                    out.write(body)

    def _site_text(self, site, host, is_rdap):
        faults = self.faults.get(site, ())
        if "rdap-down" in faults:
            return ""
        folder = site + (".broken" if "rdap-invalid-json" in faults else "")
        kind = "text/html" if not is_rdap or "rdap-wrong-type" in faults else "application/rdap+json"
        rules = """
    add_header Access-Control-Allow-Origin * always;
    location = / { return 404; }
    error_page 404 403 /404;
    location = /404 { internal; }""" if is_rdap else ""
        return f"""
  server {{
    listen {host['ipv4']}:443 ssl;
    listen [{host['ipv6']}]:443 ssl;
    server_name {host['host']};
    ssl_certificate {self.certificates}/{host['host']}.pem;
    ssl_certificate_key {self.certificates}/{host['host']}.key;
    root {self.folder}/{folder};
    default_type {kind};{rules}
  }}"""

    def _write_config(self):
        scratch = os.path.join(self.folder, "nginx")
        os.makedirs(scratch, exist_ok=True)
        config = os.path.join(scratch, "nginx.conf")
        temporary = "".join(f"  {kind}_temp_path {scratch}/{kind};\n"
                            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        sites = "".join(self._site_text(*site) for site in self.sites)
        with open(config, "w", encoding="utf-8") as out:
            out.write(f"""user root root;
daemon off;
worker_processes 1;
worker_shutdown_timeout 1s;
pid {scratch}/pid;
error_log stderr;
events {{ worker_connections 1024; }}
http {{
{temporary}  access_log {scratch}/access.log;
  server_tokens off;
  types {{ }}
  ssl_protocols TLSv1.2 TLSv1.3;
  ssl_session_cache shared:tls:1m;
{sites}
}}
""")
        return config

    def start(self):
        config = self._write_config()
        command = [packages.tool("nginx", self.root), "-e", "stderr", "-p", self.folder, "-c", config]
        self.process = Process(command, packages.tool_environment(self.root),
                               os.path.join(self.folder, "nginx", "log"))

    def set_faults(self, site, faults):
        self.faults[site] = set(faults)
        self._write_config()
        self.retired |= self.process.children()
        self.process.hang_up()

    def fetch(self, host, path):
        """(type, body) as a client sees it, or None when the connection is refused."""
        context = ssl.create_default_context(cafile=os.path.join(self.certificates, "ca.pem"))
        try:
            raw = socket.create_connection((host["ipv4"], 443), timeout=2, source_address=(SOURCE, 0))
        except ConnectionRefusedError:
            return None
        with raw, context.wrap_socket(raw, server_hostname=host["host"]) as tls:
            tls.sendall(f"GET {path} HTTP/1.1\r\nHost: {host['host']}\r\nConnection: close\r\n\r\n".encode())
            answer = http.client.HTTPResponse(tls)
            answer.begin()
            return answer.headers.get_content_type(), answer.read()

    def settled(self, site, host, is_rdap):
        if not self.process.running():
            raise RuntimeError("nginx ended: " + self.process.last_words())
        if self.retired & self.process.children():
            return False
        faults = self.faults.get(site, ())
        try:
            answer = self.fetch(host, "/help" if is_rdap else "/")
        except OSError:
            return False
        if answer is None:
            return "rdap-down" in faults
        if "rdap-down" in faults:
            return False
        if not is_rdap:
            return answer[0] == "text/html"
        try:
            json.loads(answer[1])
            valid = True
        except ValueError:
            valid = False
        return (valid == ("rdap-invalid-json" not in faults)
                and (answer[0] == "text/html") == ("rdap-wrong-type" in faults))

    def settle(self, wanted=None):
        for site, host, is_rdap in self.sites:
            if wanted in (None, site):
                wait_until(lambda: self.settled(site, host, is_rdap), 10, f"nginx for {host['host']}")
