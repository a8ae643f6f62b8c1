#!/usr/bin/env python3
"""The staff door with a certificate: TLS 1.3 and nothing else, ended by a process of its own that has the key and no
file open; cookies and answers are marked for TLS; certificate and key are read anew on SIGHUP, and what cannot be used
changes nothing.

The clients are Python's ssl and, for what Python cannot be made to send, `openssl s_client`.
"""
import contextlib
import http.client
import os
import pathlib
import re
import signal
import socket
import ssl
import subprocess
import sys
import threading
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from support import Tally, add_user, house, read_options, serving  # noqa: E402
from certificate import make_certificate  # noqa: E402
from program import wait_for  # noqa: E402

NOW = "2027-01-04T09:00:00Z"
CLIENTS = 24
HSTS = "max-age=31536000"
BODY_MAX = 256 << 10  # src/web/server.c
ONE_ADDRESS, CROWD = 96, 140  # places of one (src/net/tls_front.c), and more than there are


def use(folder, certificate, key=None):
    """Puts them where the configuration says, by rename as one does."""
    for name, suffix in ((certificate, "pem"), (key or certificate, "key")):
        new = folder / f"new.{suffix}"
        new.write_bytes((folder / f"{name}.{suffix}").read_bytes())
        new.chmod(0o600)
        new.rename(folder / f"door.{suffix}")


class Client:
    def __init__(self, folder, port):
        self.folder, self.port, self.cookie = folder, port, None

    def context(self, certificate="first", **settings):
        context = ssl.create_default_context(cafile=str(self.folder / f"{certificate}.pem"))
        for name, value in settings.items():
            setattr(context, name, value)
        return context

    def ask(self, method, path, body=None, context=None, source=None, **head):
        link = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=60, context=context or self.context(),
                                           source_address=source and (source, 0))
        if self.cookie:
            head["Cookie"] = self.cookie
        try:
            link.request(method, path, body, head)
            reply = link.getresponse()
            return reply.status, reply.headers, reply.read().decode()
        finally:
            link.close()

    def sign_in(self, token):
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        status, head, _ = self.ask("POST", "/login", urllib.parse.urlencode({"token": token}), **form)
        self.cookie = (head["Set-Cookie"] or "").split(";")[0]
        return status, head["Set-Cookie"]

    def shows(self, certificate):
        """Whether that is what the door shows now."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as link:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            with context.wrap_socket(link) as tls:
                shown = tls.getpeercert(binary_form=True)
        return shown == ssl.PEM_cert_to_DER_cert((self.folder / f"{certificate}.pem").read_text())


def refusal_of(ask):
    """How the connection failed; "" where it did not."""
    try:
        ask()
        return ""
    except (OSError, http.client.HTTPException) as failure:
        return f"{type(failure).__name__} {failure}"


def child_of(process, role):
    children = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    for pid in map(int, children):
        try:
            if pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[2:3] == [role.encode()]:
                return pid
        except OSError:
            pass
    return None


def check_protocol(tally, client):
    status, head, page = client.ask("GET", "/login")
    tally.check(status == 200 and "<form" in page, "the page to sign in comes by TLS", status)
    tally.equal(head["Strict-Transport-Security"], HSTS, "and says to come by TLS alone")
    with socket.create_connection(("127.0.0.1", client.port), timeout=60) as link:
        with client.context().wrap_socket(link, server_hostname="localhost") as tls:
            tally.equal(tls.version(), "TLSv1.3", "TLS 1.3")
    old = client.context(maximum_version=ssl.TLSVersion.TLSv1_2)
    words = refusal_of(lambda: client.ask("GET", "/login", context=old))
    tally.check("PROTOCOL_VERSION" in words.upper(), "TLS 1.2 is refused", words)
    done = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{client.port}", "-tls1_1", "-cipher", "ALL@SECLEVEL=0"],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    tally.check("protocol version" in done.stderr and "Cipher is (NONE)" in done.stdout, "and so is TLS 1.1", done.stderr)
    for ours, wanted in ((["http/1.1", "h2"], "http/1.1"), (["h2", "http/1.1"], "http/1.1")):
        context = client.context()
        context.set_alpn_protocols(ours)
        with socket.create_connection(("127.0.0.1", client.port), timeout=60) as link:
            with context.wrap_socket(link, server_hostname="localhost") as tls:
                tally.equal(tls.selected_alpn_protocol(), wanted, f"of {ours}")
    context = client.context()
    context.set_alpn_protocols(["h2"])
    words = refusal_of(lambda: client.ask("GET", "/login", context=context))
    tally.check("no application protocol" in words, "who speaks HTTP/2 alone is told so", words)
    plain = http.client.HTTPConnection("127.0.0.1", client.port, timeout=60)
    tally.check(refusal_of(lambda: (plain.request("GET", "/login"), plain.getresponse())), "plain HTTP gets no answer")
    plain.close()


def check_people(tally, client, program):
    token = program.tokens["ada"].read_text().strip()
    status, cookie = client.sign_in(token)
    tally.check(status == 303 and "; Secure" in cookie and "HttpOnly" in cookie, "the cookie is for TLS alone", cookie)
    status, _, page = client.ask("GET", "/sessions")
    tally.check(status == 200 and "127.0.0.1" in page, "the door knows from where", status)
    csrf = re.search(r'name="csrf" value="([0-9a-f]+)"', page).group(1)
    status, _, _ = client.ask("POST", "/logout", urllib.parse.urlencode({"csrf": csrf}), Origin=f"https://127.0.0.1:{client.port}",
                              **{"Content-Type": "application/x-www-form-urlencoded"})
    tally.equal(status, 303, "a form goes through")
    client.cookie = None
    found = []
    bearer = {"Authorization": f"Bearer {token}"}
    threads = [threading.Thread(target=lambda: found.append(client.ask("GET", "/api/v1/worklist", **bearer)[0]))
               for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    tally.equal(found, [200] * CLIENTS, "many at once")


def check_sizes(tally, client, program):
    head = {"Authorization": f"Bearer {program.tokens['ada'].read_text().strip()}", "Content-Type": "application/json"}
    status, _, text = client.ask("POST", "/api/v1/complaints", '{"x":"' + "y" * (BODY_MAX - 100), **head)
    tally.check(status == 400 and "premature end" in text, "a long request comes through to its end", (status, text[:200]))
    status, _, _ = client.ask("POST", "/api/v1/complaints", "y" * (BODY_MAX + 1), **head)
    tally.equal(status, 413, "one that is too long is told so")
    link = http.client.HTTPSConnection("127.0.0.1", client.port, timeout=60, context=client.context())
    seen = []
    for _ in range(20):
        link.request("GET", "/static/style.css")
        reply = link.getresponse()
        seen.append((reply.status, len(reply.read())))
    link.close()
    tally.check(len(set(seen)) == 1 and seen[0][0] == 200 and seen[0][1] > 1000, "a connection is used again", seen)


def hold(client, context):
    """A connection that says nothing; None where it was ended at once."""
    link = socket.create_connection(("127.0.0.1", client.port), timeout=60)
    try:
        return context.wrap_socket(link, server_hostname="localhost")
    except OSError:
        link.close()
        return None


def is_open(link):
    link.setblocking(False)
    try:
        return link.recv(1) != b""
    except ssl.SSLWantReadError:
        return True
    except OSError:
        return False


def check_crowd(tally, client):
    context = client.context()
    held = [link for link in (hold(client, context) for _ in range(CROWD)) if link]
    tally.equal(client.ask("GET", "/login", source="127.0.0.2")[0], 200, "one address shuts no other out")
    tally.check(wait_for("an answer", lambda: answer_of(lambda: client.ask("GET", "/login")[0] == 200), 10),
                "nor itself, while its connections are idle")
    seen = sum(map(is_open, held))
    tally.check(ONE_ADDRESS // 2 < seen <= ONE_ADDRESS, "it holds so many and no more", seen)
    for link in held:
        link.close()


def files_of(process):
    """Names of what it has open; what it closes meanwhile it has not."""
    for fd in os.listdir(f"/proc/{process}/fd"):
        with contextlib.suppress(FileNotFoundError):
            yield os.readlink(f"/proc/{process}/fd/{fd}")


def check_confined(tally, process, folder):
    front = child_of(process, "front")
    held = list(files_of(front))
    tally.equal([name for name in held if str(folder) in name and not name.endswith("/said")], [],
                "the front has no file of the house open but where it says what failed")
    status = pathlib.Path(f"/proc/{front}/status").read_text()
    tally.check("Seccomp:\t2" in status and "NoNewPrivs:\t1" in status, "and cannot open one", status)


def check_deaths(tally, client, process, said):
    for role in ("front", "staff"):
        pid = child_of(process, role)
        os.kill(pid, signal.SIGKILL)
        line = f"error: the {role} process ({pid}) died of SIGKILL\n"
        tally.check(wait_for("the line", lambda: line in said.read_text(), 20), f"the end of the {role} process is told")
        tally.check(wait_for("another", lambda: child_of(process, role) not in (None, pid), 20), f"another {role} process")
        tally.check(wait_for("an answer", lambda: not refusal_of(lambda: client.ask("GET", "/login")), 20), "which answers")


def check_renewal(tally, client, process, folder, said):
    use(folder, "second")
    tally.check(client.shows("first"), "nothing is read while nobody says so")
    process.send_signal(signal.SIGHUP)
    tally.check(wait_for("the second", lambda: answer_of(lambda: client.shows("second")), 20), "SIGHUP reads it anew")
    use(folder, "first", key="second")
    process.send_signal(signal.SIGHUP)
    words = f"the staff door keeps its certificate: {folder}/door.key: this is not the key of {folder}/door.pem"
    tally.check(wait_for("the line", lambda: words in said.read_text(), 20), "what does not fit is told")
    tally.check(client.shows("second") and child_of(process, "front"), "and the one before stays")


def answer_of(ask):
    try:
        return ask()
    except (OSError, http.client.HTTPException):
        return None


def check_start(tally, program, folder):
    """Told by `serve`, before anything listens."""
    def words_of(what):
        done = program.run("serve", "--now", NOW, expect=None)
        tally.check(done.returncode != 0, f"{what}: it does not start", done.returncode)
        return done.stderr

    (folder / "door.key").chmod(0o640)
    tally.check("others than its owner may use this key (mode 640); chmod 600" in words_of("a key for all"), "the mode is told")
    (folder / "door.key").unlink()
    tally.check("door.key: No such file" in words_of("no key"), "a key that is not there is told")
    program.config.write_text(f"staff.certificate = {folder}/door.pem\n")
    tally.check("staff.certificate and staff.key go together" in words_of("half"), "one alone is told")


def main():
    options, tally = read_options(__doc__), Tally()
    with house(options) as (folder, program):
        for name in ("first", "second"):
            make_certificate(folder, name)
        use(folder, "first")
        program.config.write_text(f"staff.certificate = {folder}/door.pem\nstaff.key = {folder}/door.key\n")
        said = folder / "said"
        program.run("init", "--now", NOW)
        add_user(program, folder, "ada", "administrator", by=None)
        with serving(program, NOW, log=said.open("w")) as (process, ports):
            tally.equal(process.stdout.readline(), "ready\n", "it starts")
            tally.check("staff door on https://127.0.0.1:" in said.read_text(), "and says where")
            client = Client(folder, ports[1])
            wait_for("the door", lambda: not refusal_of(lambda: client.ask("GET", "/login")), 20)
            for name, part in (("protocol", lambda: check_protocol(tally, client)),
                               ("people", lambda: check_people(tally, client, program)),
                               ("sizes", lambda: check_sizes(tally, client, program)),
                               ("crowd", lambda: check_crowd(tally, client)),
                               ("confined", lambda: check_confined(tally, process, folder)),
                               ("deaths", lambda: check_deaths(tally, client, process, said)),
                               ("renewal", lambda: check_renewal(tally, client, process, folder, said))):
                with tally.part(name):
                    part()
        with tally.part("start"):
            check_start(tally, program, folder)
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
