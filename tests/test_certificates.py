#!/usr/bin/env python3
"""Tokens that are bound to a certificate (RFC 8705 3) at the staff door's own TLS.

Such a token is good over a connection whose client showed that certificate and has its key. With none, with another,
one whose time is over, over plain HTTP, behind a named web server, at the sign-in page or on the command line it is a
token that never was: the same bytes. No connection has what another one showed, and what is shown to do harm costs the
one who shows it its own handshake.

The clients are Python's ssl and `openssl s_client`. Last line: `N passed, N failed, N skipped`.
"""
import base64
import contextlib
import hashlib
import http.client
import json
import pathlib
import re
import socket
import ssl
import struct
import subprocess
import sys
import threading
import urllib.parse

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent), str(pathlib.Path(__file__).resolve().parent / "soak")]
import schema as schemas  # noqa: E402
from moments import find  # noqa: E402
from support import Tally, found_authority, house, read_options, serving  # noqa: E402
from certificate import make_certificate  # noqa: E402
from program import run, wait_for  # noqa: E402

NOW = "2027-01-04T09:00:00Z"
READ = "/api/v1/worklist"
MANY, ROUNDS = 8, 25  # clients side by side, and connections of each


def make_own(folder, name, *key, days=30):
    """A key and a certificate that signs itself, of a program; of a time that is over where `days` is none."""
    run(["openssl", *(key or ("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")),
         "-out", folder / f"{name}.key"])
    run(["openssl", "req", "-new", "-key", folder / f"{name}.key", "-subj", "/CN=program", "-out", folder / f"{name}.csr"])
    run(["openssl", "x509", "-req", "-in", folder / f"{name}.csr", "-signkey", folder / f"{name}.key",
         "-days", str(days), "-out", folder / f"{name}.pem"])


def der_of(path):
    return base64.b64decode("".join(re.search(r"-----BEGIN [^-]*-----(.*?)-----END", path.read_text(), re.S).group(1).split()))


def thumbprint(folder, name):
    return hashlib.sha256(der_of(folder / f"{name}.pem")).hexdigest()


def ask_core(program, command, arguments, token):
    """Over the control socket, as the command line does."""
    body = json.dumps({"command": command, "token": token, "arguments": arguments}).encode()
    with socket.socket(socket.AF_UNIX) as link, contextlib.chdir(program.data):
        link.connect("control.sock")
        link.sendall(b"BWK1" + struct.pack(">II", 0x43000001, len(body)) + body)
        reply = link.makefile("rb")
        size = struct.unpack(">4sII", reply.read(12))[2]
        return json.loads(reply.read(size))


class Client:
    def __init__(self, folder, port, tls=True):
        self.folder, self.port, self.tls = folder, port, tls

    def context(self, name=None, level=None):
        context = ssl.create_default_context(cafile=str(self.folder / "door.pem"))
        if level is not None:
            context.set_ciphers(f"DEFAULT:@SECLEVEL={level}")
        if name:
            context.load_cert_chain(self.folder / f"{name}.pem", self.folder / f"{name}.key")
        return context

    def link(self, name=None):
        if not self.tls:
            return http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=60, context=self.context(name))

    def ask(self, token, name=None, method="GET", path=READ, body=None, link=None, **head):
        """(status, all that was heard but the date)"""
        own = link or self.link(name)
        if token:
            head["Authorization"] = f"Bearer {token}"
        own.request(method, path, body, head)
        reply = own.getresponse()
        heard = sorted(pair for pair in reply.getheaders() if pair[0] != "Date"), reply.read()
        if not link:
            own.close()
        return reply.status, heard

    def fails(self, context):
        """Why no answer comes; "" where one does."""
        try:
            link = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=60, context=context)
            link.request("GET", "/login")
            status = link.getresponse().status
            link.close()
            return "" if status == 200 else f"{status}"
        except (OSError, http.client.HTTPException) as failure:
            return f"{type(failure).__name__} {failure}"


def hand_out(program, folder, user, name, file, *words):
    """A token of the user that is bound to a certificate of the folder."""
    program.run("user", "token", "add", user, "--certificate", folder / f"{name}.pem", *words, "--out", folder / file, user=user)
    return (folder / file).read_text().strip()


# --- what is good ---


def use_it(tally, client, bound, plain):
    tally.equal(client.ask(bound, "own")[0], 200, "with its certificate it is good")
    for path in ("/deadlines.ics", "/metrics", "/api/v1/complaints"):
        tally.equal(client.ask(bound, "own", path=path)[0], 200, f"for {path}")
    document = json.dumps({"type": "dns-abuse-registrar"})
    status, (_, text) = client.ask(bound, "own", "POST", "/api/v1/complaints", document, **{"Content-Type": "application/json"})
    tally.equal(status, 201, f"and for what the core does: {text[:200]}")
    form = ('--b\r\nContent-Disposition: form-data; name="complaint"\r\nContent-Type: application/json\r\n\r\n'
            f"{document}\r\n--b--\r\n")
    for name, wanted in (("own", 201), (None, 401)):
        status, _ = client.ask(bound, name, "POST", "/api/v1/complaints", form,
                               **{"Content-Type": "multipart/form-data; boundary=b"})
        tally.equal(status, wanted, f"a form, with {name}")
    for name in (None, "own", "other"):
        tally.equal(client.ask(plain, name)[0], 200, f"a token of no certificate is good with {name}")
    tally.equal(client.ask(None, path="/login")[0], 200, "who has no certificate is let in")


def refuse_it(tally, client, bound, folder):
    unknown = client.ask("x" * len(bound))
    tally.equal(unknown[0], 401, "a token that never was")
    for name in (None, "other", "renewed", "broken"):
        tally.equal(client.ask(bound, name), unknown, f"with {name}: the same bytes")
    document = {"Content-Type": "application/json"}
    tally.equal(client.ask(bound, "other", "POST", "/api/v1/complaints", "{}", **document),
                client.ask("x" * len(bound), "other", "POST", "/api/v1/complaints", "{}", **document), "nor for a change")
    said = {"X-SSL-Client-Cert": urllib.parse.quote((folder / "own.pem").read_text()), "X-Client-Verify": "SUCCESS",
            "Client-Cert": f":{base64.b64encode(der_of(folder / 'own.pem')).decode()}:"}
    tally.equal(client.ask(bound, **said), unknown, "what a header says is nothing")
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    status, (head, _) = client.ask(None, "own", "POST", "/login", urllib.parse.urlencode({"token": bound}), **form)
    tally.equal((status, [value for key, value in head if key == "Set-Cookie"]), (403, []), "and no session begins with it")


def keep_apart(tally, client, bound):
    """Connections that come and go side by side: descriptors are used again all the time."""
    wrong = []

    def come(number):
        for n in range(ROUNDS):
            name = ("own", None, "other")[(number + n) % 3]
            try:
                status = client.ask(bound, name)[0]
            except (OSError, http.client.HTTPException) as failure:
                status = repr(failure)
            if status != (200 if name == "own" else 401):
                wrong.append((name, status))

    threads = [threading.Thread(target=come, args=(number,)) for number in range(MANY)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    tally.equal(wrong, [], "no connection has another's certificate")
    link = client.link("own")
    tally.equal([client.ask(bound, link=link)[0] for _ in range(5)], [200] * 5, "a connection keeps its own")
    link.close()


def resume(tally, client, bound, folder):
    """What one handshake showed is no later one's."""
    context = client.context("own")
    with socket.create_connection(("127.0.0.1", client.port), timeout=60) as raw, \
            context.wrap_socket(raw, server_hostname="localhost") as tls:
        tls.sendall(f"GET {READ} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {bound}\r\n\r\n".encode())
        answer = tls.recv(100)
        session = tls.session
    tally.check(answer.startswith(b"HTTP/1.1 200"), "a first connection", answer)
    tally.check(session is None or not session.has_ticket, "leaves no ticket")
    saved = folder / "session"
    for words in (["-cert", folder / "own.pem", "-key", folder / "own.key", "-sess_out", saved],
                  ["-sess_in", saved] if saved.exists() else []):
        done = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{client.port}", "-tls1_3", *map(str, words)],
                              input="", capture_output=True, text=True, timeout=60)
        tally.check("New, TLSv1.3" in done.stdout and "Reused" not in done.stdout, "no session is resumed", done.stdout[-500:])
        tally.check("Max Early Data: 0" in done.stdout or "Early data was not sent" in done.stdout, "nor early data taken",
                    done.stdout[-500:])


def read_cli(tally, program, bound, folder):
    (folder / "bound.token").touch(mode=0o600)
    (folder / "bound.token").write_text(bound + "\n")
    made = program.run("user", "token", "add", "anna", "--token", folder / "bound.token", expect=None)
    tally.check(made.returncode != 0 and "this token is nobody's" in made.stderr, "the command line has no certificate", made.stderr)
    listed = program.json("user", "token", "list", "anna", user="anna")
    tally.equal(schemas.faults(listed, schemas.load("user-tokens.json")), [], "the list fits its schema")
    tally.equal([row["certificate"] for row in listed["tokens"]], [None, thumbprint(folder, "own")], "and tells the thumbprint")
    text = program.run("user", "token", "list", "anna", user="anna").stdout
    tally.check(thumbprint(folder, "own") in text, "to people too", text)


# --- what would do harm ---


def attack(tally, client, bound, folder, process):
    front = find(process.pid, "front")
    own, other = der_of(folder / "own.key"), der_of(folder / "other.key")
    at = own.index(b"\x04\x20") + 2  # the private number: the key of another, said to be that of `own`
    forged = own[:at] + other[other.index(b"\x04\x20") + 2:][:32] + own[at + 32:]
    (folder / "forged.key").write_text("-----BEGIN PRIVATE KEY-----\n" + base64.encodebytes(forged).decode() + "-----END PRIVATE KEY-----\n")
    (folder / "forged.pem").write_bytes((folder / "own.pem").read_bytes())
    # The alert (decrypt_error) may be lost behind what we sent after it.
    words = client.fails(client.context("forged"))
    tally.check(words, "a certificate without its key ends the handshake", words)
    tally.equal(heard_alone(client, "forged", bound), None, "and nothing that was asked is answered")
    (folder / "chain.pem").write_text((folder / "own.pem").read_text() * 60)
    (folder / "chain.key").write_bytes((folder / "own.key").read_bytes())
    tally.check(client.fails(client.context("chain")), "a huge chain ends its handshake")
    for name, level in (("weak", 0), ("large", None)):
        tally.check(client.fails(client.context(name, level)), f"and so does a key that is {name}")
    tally.equal(client.fails(client.context("rsa")), "", "RSA of 2048 bits is taken")
    tally.equal(find(process.pid, "front"), front, "the front lives")
    tally.equal(client.ask(bound, "own")[0], 200, "and takes who is right")


def end_it(tally, program, client, folder, bound):
    """A certificate whose time is over; a token that is revoked."""
    ada = program.tokens["ada"].read_text().strip()
    done = program.run("user", "token", "add", "ada", "--certificate", folder / "over.pem", user="ada", expect=None)
    tally.check(done.returncode != 0 and "the certificate ended at" in done.stderr, "none is handed out for it", done.stderr)
    done = program.run("user", "token", "add", "ada", "--certificate", folder / "weak.pem", user="ada", expect=None)
    tally.check(done.returncode != 0 and "RSA of 2048 to 4096 bits" in done.stderr, "nor for a weak key", done.stderr)
    done = program.run("user", "token", "add", "ada", "--certificate", folder / "own.key", user="ada", expect=None)
    tally.check(done.returncode != 0 and "no certificate in PEM" in done.stderr, "nor for what is none", done.stderr)
    made = ask_core(program, "user.token.add", {"id": "ada", "certificate_sha256": thumbprint(folder, "over")}, ada)
    over = made["result"]["token"]
    tally.equal(client.ask(over, "over"), client.ask("x" * len(over)), "and one that was bound before it ended is nobody's")
    number = program.json("user", "token", "list", "anna", user="anna")["tokens"][-1]["number"]
    program.run("user", "token", "revoke", "anna", number, user="anna")
    tally.equal(client.ask(bound, "own"), client.ask("x" * len(bound), "own"), "revoked, it is nobody's at once")


def main():
    options, tally = read_options(__doc__), Tally()
    with house(options) as (folder, program):
        make_certificate(folder, "door")
        make_own(folder, "own")
        make_own(folder, "other")
        make_own(folder, "rsa", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048")
        make_own(folder, "weak", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024")
        make_own(folder, "large", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:8192", "-pkeyopt", "rsa_keygen_primes:4")
        make_own(folder, "over", days=-1)
        # The same key in another certificate; a certificate whose own signature is broken.
        run(["openssl", "x509", "-req", "-in", folder / "own.csr", "-signkey", folder / "own.key", "-days", "60",
             "-out", folder / "renewed.pem"])
        broken = bytearray(der_of(folder / "own.pem"))
        broken[-1] ^= 1
        (folder / "broken.pem").write_text("-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(broken).decode() + "-----END CERTIFICATE-----\n")
        for name in ("renewed", "broken"):
            (folder / f"{name}.key").write_bytes((folder / "own.key").read_bytes())
        door = f"staff.certificate = {folder}/door.pem\nstaff.key = {folder}/door.key\n"
        program.config.write_text(door)
        found_authority(program, folder, NOW, (("anna", "analyst"), ("bert", "approver")))
        bound = hand_out(program, folder, "anna", "own", "own.token")
        bert = hand_out(program, folder, "bert", "own", "bert.own")
        plain = program.tokens["anna"].read_text().strip()
        with serving(program, NOW) as (process, ports):
            process.stdout.readline()
            client = Client(folder, ports[1])
            wait_for("the door", lambda: not client.fails(client.context()), 20)
            for name, part in (("used", lambda: use_it(tally, client, bound, plain)),
                               ("refused", lambda: refuse_it(tally, client, bound, folder)),
                               ("apart", lambda: keep_apart(tally, client, bound)),
                               ("resumed", lambda: resume(tally, client, bound, folder)),
                               ("command line", lambda: read_cli(tally, program, bound, folder)),
                               ("attacked", lambda: attack(tally, client, bound, folder, process)),
                               ("ended", lambda: end_it(tally, program, client, folder, bound))):
                with tally.part(name):
                    part()
        for what, lines, tls in (("over plain HTTP", "", False), ("behind a named web server", door + "staff.proxy = 127.0.0.1\n", True),
                                 ("where nobody is asked", door + "staff.client-certificates = 0\n", True)):
            program.config.write_text(lines)
            with tally.part(what), serving(program, NOW) as (process, ports):
                process.stdout.readline()
                client = Client(folder, ports[1], tls)
                wait_for("the door", lambda c=client: heard(c), 20)
                name = "own" if tls else None
                tally.equal(client.ask(bert, name), client.ask("x" * len(bert), name), f"{what} it is a token that never was")
                tally.equal(client.ask(program.tokens["bert"].read_text().strip(), name)[0], 200, f"{what} others are good")
    return tally.finish()


def heard_alone(client, name, token):
    with contextlib.suppress(OSError, http.client.HTTPException):
        return client.ask(token, name)[0]
    return None


def heard(client):
    with contextlib.suppress(OSError, http.client.HTTPException):
        return client.ask(None, path="/login")[0] == 200
    return False


if __name__ == "__main__":
    sys.exit(main())
