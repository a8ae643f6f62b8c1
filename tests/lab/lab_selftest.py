#!/usr/bin/env python3
"""The lab tests itself: every fault looks as lab/README.md says, and nothing is left behind.

Two labs run side by side, in folders with blanks in their names, under an odd time zone and
locale.  The questions are put by dig, delv, drill and kdig.  SEED=N repeats a run, FULL=1 tries all
pairs of faults, KEEP=1 keeps the folders.  Last line: N passed, N failed, N skipped.
"""

import base64
import hashlib
import http.client
import json
import os
import random
import re
import shutil
import signal
import smtplib
import socket
import ssl
import subprocess
import sys
import tempfile
import time

PROJECT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
CTL = os.path.join(PROJECT, "lab", "ctl")
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(PROJECT, "lab"))
from labkit import packages     # noqa: E402

ENVIRONMENT = {**os.environ, "TZ": "Pacific/Kiritimati", "LC_ALL": "tr_TR.UTF-8"}
ENVIRONMENT.pop("BAILIWICK_LAB_DIR", None)
COUNTS = {"passed": 0, "failed": 0, "skipped": 0}
SERVER_FAULTS = ("lame", "serial-mismatch", "server-down", "tcp-refused")


def check(good, what, detail=""):
    COUNTS["passed" if good else "failed"] += 1
    print(("ok    " if good else "FAIL  ") + what + ("" if good or not detail else f": {detail}"), flush=True)


class Lab:
    def __init__(self, folder):
        self.folder = folder
        self.resolver = None

    def ctl(self, verb, *words, **more):
        more.setdefault("env", ENVIRONMENT)
        return subprocess.run([CTL, verb, "--dir", self.folder, *words], capture_output=True, check=False,
                              timeout=120, **more)

    def must(self, verb, *words):
        run = self.ctl(verb, *words)
        if run.returncode != 0:
            raise RuntimeError(f"lab/ctl {verb} {' '.join(words)}: {run.returncode} {run.stderr.decode()}")
        return run.stdout.decode()

    def run(self, *command):
        """A tool of the unpacked packages, inside; returns its output."""
        environment = {**ENVIRONMENT, "LD_LIBRARY_PATH": packages.loader_path(packages.ROOT), "LC_ALL": "C"}
        run = self.ctl("exec", "--", packages.tool(command[0]), *command[1:], env=environment)
        return (run.stdout + run.stderr).decode("utf-8", "replace")

    def python(self, function, *arguments):
        """Runs one of the functions below inside the lab, in this very file."""
        run = self.ctl("exec", "--", sys.executable, os.path.realpath(__file__), "inside", function.__name__,
                       json.dumps(arguments))
        if run.returncode != 0:
            raise RuntimeError(run.stderr.decode())
        return json.loads(run.stdout)

    def list(self):
        return json.loads(self.must("list", "--json"))

    def env(self):
        shell = subprocess.run(["sh", "-c", 'eval "$1"; env -0', "sh", self.must("env")], capture_output=True,
                               check=True, env={})
        return dict(item.split("=", 1) for item in shell.stdout.decode().split("\0") if "=" in item)

    # -- a resolver of our own inside, which delv asks ------------------------------------------------

    def start_resolver(self):
        folder = os.path.join(self.folder, "resolver")
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, "conf"), "w", encoding="ascii") as out:
            out.write("""options { directory "."; listen-on port 5300 { 127.0.0.1; }; listen-on-v6 { none; };
  pid-file none; session-keyfile none; lock-file none; geoip-directory none; empty-zones-enable no;
  dnssec-validation no; max-cache-ttl 0; max-ncache-ttl 0; servfail-ttl 0; lame-ttl 0; };
controls { };
zone "." { type hint; file "../root.hints"; };
""")
        tools = {**ENVIRONMENT, "LD_LIBRARY_PATH": packages.loader_path(packages.ROOT)}
        with open(os.path.join(folder, "log"), "wb") as log:
            self.resolver = subprocess.Popen(
                [CTL, "exec", "--dir", self.folder, "--", packages.tool("named"), "-g", "-n", "1", "-c", "conf"],
                env=tools, cwd=folder, stdout=log, stderr=log)
        for _ in range(50):
            if "status: NOERROR" in self.run("dig", "@127.0.0.1", "-p", "5300", ".", "SOA", "+time=1", "+tries=1"):
                return
        raise RuntimeError("the resolver does not answer")

    def stop_resolver(self):
        if self.resolver:
            self.resolver.terminate()
            self.resolver.wait(10)
            self.resolver = None

    def resolve(self, name, kind="SOA"):
        """`secure`, `insecure` or `failed`, as delv judges from the trust anchor down."""
        text = self.run("delv", "-a", os.path.join(self.folder, "delv.conf"), "@127.0.0.1", "-p", "5300", name, kind)
        if "; fully validated" in text:
            return "secure"
        return "insecure" if "; unsigned answer" in text else "failed"


# -- run inside the lab -----------------------------------------------------------------------------

def talk_dns(addresses, name):
    """[udp, tcp] outcome per address: `answer` or the error's name."""
    query = b"\x12\x34\0\0\0\1\0\0\0\0\0\0" + b"".join(
        bytes([len(l)]) + l.encode() for l in name.split(".")) + b"\0\0\6\0\1"
    out = {}
    for address in addresses:
        out[address] = []
        for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
            with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, kind) as peer:
                peer.settimeout(0.3)
                try:
                    peer.connect((address, 53))
                    peer.send(query if kind == socket.SOCK_DGRAM else len(query).to_bytes(2, "big") + query)
                    out[address].append("answer" if peer.recv(4096) else "closed")
                except OSError as error:
                    out[address].append(type(error).__name__ + ("" if error.errno is None else f" {error.errno}"))
    return out


def fetch(ca, addresses, host, paths):
    """(status, type, cross-origin header, body) per path, or the error's name."""
    out = []
    context = ssl.create_default_context(cafile=ca)
    for address in addresses:
        for path in paths:
            try:
                with socket.create_connection((address, 443), 3) as raw, \
                        context.wrap_socket(raw, server_hostname=host) as tls:
                    tls.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
                    answer = http.client.HTTPResponse(tls)
                    answer.begin()
                    out.append([answer.status, answer.headers.get("Content-Type"),
                                answer.headers.get("Access-Control-Allow-Origin"), answer.read().decode(),
                                answer.headers.get("Date"), tls.version()])
            except OSError as error:
                out.append(type(error).__name__)
    return out


def send_mail(host, port, sender, recipient, message64):
    with smtplib.SMTP(host, int(port), local_hostname="probe.example", timeout=10) as smtp:
        smtp.ehlo()
        code = smtp.mail(sender)[0]
        if code == 250:
            code = smtp.rcpt(recipient)[0]
        if code == 250:
            code = smtp.data(base64.b64decode(message64))[0]
        return code


# -- the checks ------------------------------------------------------------------------------------

def dig_all(lab, tld, *options):
    """[(server, family, status, aa, serial)] for all six addresses of a TLD, in one run of dig."""
    addresses = [server[family] for server in tld["servers"] for family in ("ipv4", "ipv6")]
    script = """dig=$1 tld=$2 tcp=$3; shift 3; for address; do echo "#### $address"
"$dig" "@$address" "$tld" SOA +norec +dnssec +time=1 +tries=1 $tcp; done"""
    text = lab.run("sh", "-c", script, "sh", packages.tool("dig"), tld["tld"], " ".join(options), *addresses)
    parts = text.split("#### ")[1:]
    out = []
    for number, text in enumerate(parts):
        status = re.search(r"status: (\w+)", text)
        serial = re.search(r"\sSOA\s+\S+ \S+ (\d+) ", text)
        out.append((tld["servers"][number // 2]["name"], ("ipv4", "ipv6")[number % 2], status and status.group(1),
                    bool(re.search(r"flags: qr aa", text)), serial and int(serial.group(1)), text))
    return out


def looks_as_told(lab, tld, ca):
    """Compares what can be seen of a TLD with the faults that `list` tells; returns complaints."""
    faults = tld["fault_servers"]
    at = {fault: faults.get(fault) for fault in SERVER_FAULTS}
    wrong = []
    answers = {"udp": dig_all(lab, tld), "tcp": dig_all(lab, tld, "+tcp")}
    serials = {}
    for transport, rows in answers.items():
        if len(rows) != 6:
            wrong.append(f"{len(rows)} answers of 6 over {transport}")
        for name, family, status, authoritative, serial, text in rows:
            where = f"{name} {family} {transport}"
            if at["server-down"] == name or (transport == "tcp" and at["tcp-refused"] == name):
                if status or "refused" not in text:
                    wrong.append(f"{where}: not refused ({status})")
            elif at["lame"] == name:
                if status != "REFUSED" or authoritative:
                    wrong.append(f"{where}: not lame ({status})")
            elif status != "NOERROR" or not authoritative or serial is None:
                wrong.append(f"{where}: {status} aa={authoritative}")
            else:
                serials.setdefault(name, set()).add(serial)
                end = re.search(r"RRSIG\s+SOA \d+ \d+ \d+ (\d{14})", text)
                expired = not end or end.group(1) < time.strftime("%Y%m%d%H%M%S", time.gmtime())
                if expired != ("expired-signature" in faults):
                    wrong.append(f"{where}: signature {'expired' if expired else 'valid'}")
    newest = max((max(s) for s in serials.values()), default=0)
    for name, seen in serials.items():
        if len(seen) != 1 or (min(seen) < newest) != (at["serial-mismatch"] == name):
            wrong.append(f"{name}: serial {seen}, newest {newest}")
    healthy = [s for s in tld["servers"] if s["name"] not in at.values()] or \
              [s for s in tld["servers"] if s["name"] == (at["tcp-refused"] or at["serial-mismatch"])]
    impossible = lab.run("dig", f"@{healthy[0]['ipv4']}", f"no-such-name-{os.getpid()}.{tld['tld']}", "A", "+norec", "+dnssec")
    if ("status: NXDOMAIN" in impossible) == ("wildcard" in faults):
        wrong.append("impossible name: " + impossible)
    denial = "NSEC3" if tld["denial"] == "nsec3" else "NSEC"
    if not re.search(rf"\sIN\s+{denial}\s", impossible):
        wrong.append(f"no {denial} in {impossible}")
    help_ = lab.python(fetch, ca, tld["rdap_addresses"], tld["rdap"].split("/")[2], ["/help"])
    for answer in help_:
        if "rdap-down" in faults:
            if answer != "ConnectionRefusedError":
                wrong.append(f"RDAP not down: {answer}")
            continue
        if isinstance(answer, str) or answer[0] != 200:
            wrong.append(f"RDAP: {answer}")
            continue
        wanted = "text/html" if "rdap-wrong-type" in faults else "application/rdap+json"
        if answer[1] != wanted:
            wrong.append(f"RDAP type {answer[1]}")
        try:
            json.loads(answer[3])
            broken = False
        except ValueError:
            broken = True
        if broken != ("rdap-invalid-json" in faults):
            wrong.append("RDAP body")
    if lab.resolver:
        seen = lab.resolve(tld["tld"])
        bad = {"bogus-ds", "expired-signature"} & set(faults)
        if seen != ("failed" if bad else "secure"):
            wrong.append(f"resolver says {seen}")
    return wrong


def test_opening_faults(lab, ca):
    opening = ["", "lame", "expired-signature", "serial-mismatch", "server-down", "wildcard", "tcp-refused",
               "bogus-ds", "rdap-invalid-json"]
    tlds = lab.list()["tlds"]
    check([t["faults"] for t in tlds] == [[f] if f else [] for f in opening], "a plain `up` has the eight faults told")
    for tld in tlds:
        wrong = looks_as_told(lab, tld, ca)
        check(not wrong, f"{tld['role']} looks {' '.join(tld['faults']) or 'healthy'}", "; ".join(wrong))


def test_validation(lab, environment):
    listing = lab.list()
    for tld in listing["tlds"]:
        bad = {"expired-signature", "bogus-ds"} & set(tld["faults"])
        seen = lab.resolve(tld["domain"], "A")
        check(seen == ("failed" if bad else "secure"), f"delv {'refuses' if bad else 'validates'} {tld['domain']}", seen)
    text = lab.run("drill", "-k", environment["LAB_TRUST_ANCHOR"], "-r", environment["LAB_HINTS"], "-S", "@127.0.0.1",
                   "-p", "5300", listing["tlds"][0]["tld"], "SOA")
    check("Chase successful" in text, "drill chases the healthy TLD to the anchor file", text)
    for name in (listing["infra"], listing["tlds"][0]["tld"]):
        check(lab.resolve(name) == "secure", f"{name} is secure")
    with open(os.path.join(lab.folder, "world.json"), encoding="utf-8") as plan:
        world = json.load(plan)
    check(lab.resolve("www." + world["tlds"][0]["glued"], "A") == "insecure", "a domain with its own glue resolves")
    check(lab.resolve("www." + world["tlds"][0]["plain"], "A") == "insecure", "an unsigned domain resolves")
    text = lab.run("kdig", "@127.0.0.1", "-p", "5300", listing["authority"]["domain"], "MX", "+short")
    check("mail." in text, "mail domains have an MX", text)


def test_every_fault(lab, ca, rng):
    faults = lab.must("list", "--faults").split()
    check(len(faults) >= 10, "ten faults at least")
    roles = [f"tld{n}" for n in range(1, 10)]
    jobs = [(rng.choice(roles), [fault]) for fault in faults]
    pairs = [[one, other] for one in faults for other in faults if one < other]
    jobs += [(rng.choice(roles), pair) for pair in (pairs if os.environ.get("FULL") else rng.sample(pairs, 8))]
    slowest = 0
    for role, wanted in jobs:
        for fault in wanted:
            began = time.monotonic()
            lab.must("break", role, fault)
            slowest = max(slowest, time.monotonic() - began)
        tld = [t for t in lab.list()["tlds"] if t["role"] == role][0]
        wrong = looks_as_told(lab, tld, ca)
        check(sorted(tld["faults"]) == sorted(wanted) and not wrong, f"{role}: {' and '.join(wanted)}", "; ".join(wrong))
        began = time.monotonic()
        lab.must("repair", role)
        slowest = max(slowest, time.monotonic() - began)
        tld = [t for t in lab.list()["tlds"] if t["role"] == role][0]
        wrong = looks_as_told(lab, tld, ca)
        check(not tld["faults"] and not wrong, f"{role}: repaired", "; ".join(wrong))
    check(slowest < 2, "every change took less than 2 s", f"{slowest:.2f} s")
    check(lab.ctl("break", "tld1", "no-such-fault").returncode == 2, "an unknown fault is refused")
    check(lab.ctl("break", "no-such-tld", "lame").returncode == 2, "an unknown TLD is refused")


def test_cuts(lab):
    tld = lab.list()["tlds"][0]
    v4, v6 = tld["servers"][0]["ipv4"], tld["servers"][0]["ipv6"]
    unreachable, silence = ["OSError 101"] * 2, ["TimeoutError"] * 2
    answers = ["answer"] * 2
    for kind, wanted in (("all", [unreachable, unreachable]), ("silent", [silence, silence]),
                         ("udp-replies", [["TimeoutError", "answer"]] * 2), ("ipv6", [answers, unreachable])):
        lab.must("cut", kind)
        seen = lab.python(talk_dns, [v4, v6], tld["tld"])
        check([seen[v4], seen[v6]] == wanted, f"cut {kind}", str(seen))
    lab.must("break", "tld2", "wildcard")
    lab.must("repair", "tld2")
    check(True, "break and repair work while cut")
    lab.must("join")
    seen = lab.python(talk_dns, [v4, v6], tld["tld"])
    check([seen[v4], seen[v6]] == [answers] * 2, "joined again", str(seen))


def test_rdap(lab, environment):
    with open(os.path.join(lab.folder, "world.json"), encoding="utf-8") as plan:
        world = json.load(plan)
    tld = world["tlds"][0]
    for owner in (tld, world["registrars"][tld["registrar"]]):
        host = owner["rdap"]
        got = lab.python(fetch, environment["LAB_CA"], [host["ipv4"], host["ipv6"]], host["host"],
                         ["/help", "/domain/" + tld["domain"], "/domain/absent." + tld["name"]])
        for status, answer in zip([200, 200, 404] * 2, got):
            good = not isinstance(answer, str) and answer[0] == status and answer[1] == "application/rdap+json" \
                and answer[2] == "*" and "rdap_level_0" in json.loads(answer[3])["rdapConformance"]
            check(good, f"{host['host']} answers {status} in RDAP", str(answer))
        body = json.loads(got[1][3])
        check(body["ldhName"] == tld["domain"] and body["secureDNS"]["delegationSigned"], "the domain object is right")
    host = world["reference"]
    answer = lab.python(fetch, environment["LAB_CA"], [host["ipv4"]], host["host"], ["/"])[0]
    check(answer[0] == 200 and answer[4].endswith("GMT"), "the reference host answers with a Date", str(answer))
    answer = lab.python(fetch, environment["LAB_CA"], [host["ipv4"]], "wrong." + host["host"], ["/"])[0]
    check(answer == "SSLCertVerificationError", "a wrong name does not verify", str(answer))


def wait_for_mail(lab, party, count):
    for _ in range(100):
        mails = json.loads(lab.must("mail", party, "--json"))
        if len(mails) >= count:
            return mails
        time.sleep(0.02)
    return []


def test_mail(lab, environment):
    tld = lab.list()["tlds"][2]
    message = (f"Message-ID: <selftest@{tld['tld']}>\r\nFrom: <{environment['LAB_MAIL_FROM']}>\r\nSubject: =?utf-8?q?=C3=A9?=\r\n"
               "\r\nbody with trailing blanks  \r\n.a dot\r\n").encode() + b"\xff\xfe" + b"x" * 1500 + b"\r\n"
    coded = base64.b64encode(message).decode()

    def send(to, sender=environment["LAB_MAIL_FROM"]):
        return lab.python(send_mail, environment["LAB_SMTP_HOST"], environment["LAB_SMTP_PORT"], sender, to, coded)

    check(send(tld["mailbox"]) == 250, "a letter is taken")
    mails = wait_for_mail(lab, tld["tld"], 1)
    check(len(mails) == 1 and mails[0]["sha256"] == hashlib.sha256(message).hexdigest()
          and mails[0]["subject"] == "\u00e9", "and lies in the mailbox byte for byte", str(mails))
    raw = lab.ctl("mail", tld["role"]).stdout
    check(b"=====" in raw and b"\xff\xfe" in raw, "`mail` prints it raw")
    check(send("nobody@" + tld["mailbox"].split("@")[1]) == 550, "an unknown recipient is refused with 550")
    check(send("nobody@example.com") == 550, "a foreign recipient is refused with 550")
    check(send(environment["LAB_BOUNCING_MAILBOX"]) == 250, "the bouncing address takes a letter")
    bounces = wait_for_mail(lab, "operator", 1)
    check(len(bounces) == 1 and os.path.dirname(os.path.dirname(bounces[0]["file"])) == environment["LAB_OPERATOR_MAILBOX"],
          "and its bounce comes back to the operator", str(bounces))


def test_exec(lab):
    run = lab.ctl("exec", "--", "sh", "-c", "cat; exit 7", input=b"through")
    check(run.returncode == 7 and run.stdout == b"through", "exec passes input, output and exit code")
    check(lab.ctl("exec", "--", "/no/such/program").returncode == 127, "exec of nothing gives 127")
    check(lab.ctl("exec", "--", "sh", "-c", "kill -9 $$").returncode == 137, "exec tells a signal as a shell does")
    server = ("import os,socket; assert os.environ['LISTEN_PID']==str(os.getpid()) and os.environ['LISTEN_FDS']=='2';"
              "s=socket.socket(fileno=4); c,_=s.accept(); c.send(b'hello')")
    file = os.path.join(lab.folder, "listen at")
    child = subprocess.Popen([CTL, "exec", "--dir", lab.folder, "--listen", "127.0.0.1:0", "--listen", "[::1]:0",
                              "--listen-file", file, "--", sys.executable, "-c", server], env=ENVIRONMENT)
    for _ in range(200):
        if os.path.exists(file):
            break
        time.sleep(0.01)
    with open(file, encoding="ascii") as addresses:
        first, second = addresses.read().split()
    host, _, port = second.rpartition(":")
    with socket.create_connection((host.strip("[]"), int(port)), 5) as client:
        check(client.recv(9) == b"hello", "a socket of the outer network reaches the command inside")
    check(child.wait(10) == 0 and first.startswith("127.0.0.1:"), "and the command ends well")
    child = subprocess.Popen([CTL, "exec", "--dir", lab.folder, "--", "sleep", "1000"], env=ENVIRONMENT)
    time.sleep(0.3)
    child.terminate()
    check(child.wait(5) == 143, "a signal to exec reaches the command")


PUBLISHED = """.	86400	IN	SOA	a.root-servers.net. nstld.verisign-grs.com. 2040010100 1800 900 604800 86400
.	86400	IN	RRSIG	SOA 8 0 86400 20260101000000 20251201000000 61050 . AAAA
.	518400	IN	NS	a.root-servers.net.
.	86400	IN	NSEC	example-a. NS SOA RRSIG NSEC DNSKEY ZONEMD
.	172800	IN	DNSKEY	257 3 8 AwEAAQ==
example-a.	172800	IN	NS	ns1.nic.example-a.
example-a.	86400	IN	DS	31589 8 2 CDE0D742D6998AA554A92D890F8184C698CFAC8A26FA59875A990C03E576343C
example-a.	86400	IN	RRSIG	DS 8 1 86400 20260101000000 20251201000000 61050 . AAAA
ns1.nic.example-a.	172800	IN	A	192.0.2.1
a.root-servers.net.	518400	IN	A	198.41.0.4
.	86400	IN	SOA	a.root-servers.net. nstld.verisign-grs.com. 2040010100 1800 900 604800 86400
"""


def test_serve_root(lab):
    file = os.path.join(lab.folder, "published root")
    with open(file, "w", encoding="ascii") as out:
        out.write(PUBLISHED)
    own = lab.list()["tlds"][0]["tld"]
    lab.must("serve-root", file)
    check(lab.resolve("example-a", "DS") == "secure", "a published root is signed with the lab's key")
    check(lab.resolve(own, "SOA") == "failed", "and stands in the place of the lab's own")
    lab.must("serve-root", "lab")
    seen = None
    for _ in range(30):     # the resolver may hold the old answer for a second
        seen = lab.resolve(own, "SOA")
        if seen == "secure":
            break
        time.sleep(0.1)
    check(seen == "secure", "the lab's own root comes back", seen)
    with open(file, "w", encoding="ascii") as out:
        out.write("this is no zone\n")
    check(lab.ctl("serve-root", file).returncode == 2, "a file that is no root zone is refused")
    check(lab.resolve(own, "SOA") == "secure", "and changes nothing")


def pid_namespace(pid):
    try:
        return os.readlink(f"/proc/{pid}/ns/pid")
    except OSError:
        return None


def processes():
    """All but those that have ended and only wait for their parent's notice."""
    found = []
    for pid in os.listdir("/proc"):
        if pid.isdigit():
            try:
                with open(f"/proc/{pid}/stat", "rb") as stat:
                    if stat.read().rpartition(b")")[2].split()[0] != b"Z":
                        found.append(pid)
            except OSError:
                pass
    return found


def keepers(folder):
    """Processes that name this folder as the keeper does, and all that share their namespace."""
    named = []
    for pid in processes():
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as line:
                words = line.read().split(b"\0")
            if os.fsencode(folder) in words and b"keeper" in words:
                named.append(pid)
        except OSError:
            pass
    own = pid_namespace("self")
    spaces = {pid_namespace(pid) for pid in named} - {own, None}
    return named, spaces


def left_of(named, spaces):
    return [pid for pid in processes() if pid in named or pid_namespace(pid) in spaces]


def test_down(lab):
    named, spaces = keepers(lab.folder)
    check(len(left_of(named, spaces)) > 30, "many processes run")
    lab.must("down")
    left = left_of(named, spaces)
    check(not left, "`down` leaves no process", str(left))
    check(lab.ctl("list").returncode == 3, "asking a lab that is down exits 3")
    check(lab.ctl("down").returncode == 0, "`down` twice is no error")


def test_companion(folder):
    companion = subprocess.Popen(["sleep", "1000"])
    lab = Lab(folder)
    lab.must("up", "--healthy", "--without", "mail-server", "--until-end-of", str(companion.pid))
    check(lab.ctl("up").returncode == 2, "a second `up` in the same folder is refused")
    environment = lab.env()
    check(lab.ctl("exec", "--", sys.executable, "-c", "import socket, sys; socket.create_connection(sys.argv[1:])",
                  environment["LAB_SMTP_HOST"], environment["LAB_SMTP_PORT"]).returncode != 0,
          "without the mail server its port is closed")
    named, spaces = keepers(folder)
    companion.kill()
    companion.wait()
    for _ in range(100):
        if not left_of(named, spaces):
            break
        time.sleep(0.02)
    check(not left_of(named, spaces), "the lab ends with the process that it was tied to")


def test_interrupt(folder):
    child = subprocess.Popen([CTL, "up", "--dir", folder], env=ENVIRONMENT, stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL, start_new_session=True)
    named, spaces = [], set()
    for _ in range(200):
        named, spaces = keepers(folder)
        if spaces and len(left_of(named, spaces)) > 8:
            break
        time.sleep(0.02)
    os.killpg(child.pid, signal.SIGINT)
    status = child.wait(20)
    left = left_of(named, spaces)
    check(spaces and not left, "Ctrl-C while coming up leaves no process", f"{status} {left}")


def main():
    seed = int(os.environ.get("SEED", random.SystemRandom().randrange(10**6)))
    print(f"seed {seed}")
    rng = random.Random(seed)
    base = tempfile.mkdtemp(prefix="lab self test ")
    first, second = Lab(os.path.join(base, "first lab")), Lab(os.path.join(base, "second 'lab'"))
    try:
        first.must("up", "--seed", str(seed))
        began = time.monotonic()
        second.must("up", "--seed", str(seed + 1), "--healthy")
        check(time.monotonic() - began < 6, "a warm `up` takes less than 6 s", f"{time.monotonic() - began:.1f} s")
        environment, other = first.env(), second.env()
        check(environment["LAB_SMTP_HOST"] != other["LAB_SMTP_HOST"], "two labs differ in names and addresses")
        first.start_resolver()
        second.start_resolver()
        test_opening_faults(first, environment["LAB_CA"])
        test_validation(first, environment)
        test_rdap(first, environment)
        test_mail(first, environment)
        test_every_fault(second, other["LAB_CA"], rng)
        test_cuts(second)
        test_exec(second)
        test_serve_root(second)
        first.stop_resolver()
        test_down(first)
        check(second.resolve(second.list()["tlds"][0]["tld"]) == "secure", "the other lab goes on")
        second.stop_resolver()
        test_down(second)
        test_companion(os.path.join(base, "fourth lab"))
        test_interrupt(os.path.join(base, "third lab"))
    finally:
        for lab in (first, second):
            lab.stop_resolver()
            lab.ctl("down")
        if os.environ.get("KEEP"):
            print("kept", base)
        else:
            shutil.rmtree(base, ignore_errors=True)
    print(f"{COUNTS['passed']} passed, {COUNTS['failed']} failed, {COUNTS['skipped']} skipped")
    return 1 if COUNTS["failed"] else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["inside"]:
        print(json.dumps(globals()[sys.argv[2]](*json.loads(sys.argv[3]))))
        sys.exit(0)
    sys.exit(main())
