"""Receivers of hooks for tests: an HTTPS server whose certificate an authority of its own signed, and a name
server that leads every name to loopback."""
import http.server
import importlib.util
import pathlib
import re
import socket
import socketserver
import ssl
import struct
import subprocess
import threading

ROOT = pathlib.Path(__file__).resolve().parent.parent
EC_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30"]


def documented_verifier():
    """The function that docs/interfaces.md gives to whoever receives."""
    text = (ROOT / "docs/interfaces.md").read_text(encoding="utf-8")
    source = re.search(r"```python\n(.*?def verify_hook.*?)```", text, re.S).group(1)
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("documented", loader=None))
    exec(compile(source, "docs/interfaces.md", "exec"), module.__dict__)  # our own words
    return module.verify_hook


class Certificates:
    """`ca` is the file to trust."""

    def __init__(self, folder):
        self.folder, self.ca = folder, folder / "ca.pem"
        self.request("-subj", "/CN=Hooks authority", "-addext", "basicConstraints=critical,CA:TRUE", "-keyout",
                     "ca.key", "-out", "ca.pem")

    def request(self, *words):
        subprocess.run(["openssl", "req", "-x509", *EC_KEY, *words], cwd=self.folder, check=True, capture_output=True)

    def context(self, name):
        self.request("-CA", "ca.pem", "-CAkey", "ca.key", "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}",
                     "-addext", "basicConstraints=critical,CA:FALSE", "-keyout", f"{name}.key", "-out", f"{name}.pem")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder / f"{name}.pem", self.folder / f"{name}.key")
        return context


class Request(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status = self.server.take(self.path, dict(self.headers), body)
        if status is None:
            self.server.stopping.wait()  # says nothing until the test is over
            return
        words = b"x" * self.server.filler
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/stolen")
        self.send_header("Content-Length", str(len(words)))
        self.end_headers()
        self.wfile.write(words)

    do_GET = do_POST

    def log_message(self, *words):
        pass


class Receiver(socketserver.ThreadingMixIn, http.server.HTTPServer):
    """Keeps what came: (path, headers, body). `statuses` has the answers of a path in turn, the last for ever;
    None never answers."""
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, context, port=0):
        super().__init__(("127.0.0.1", port), Request)
        self.context, self.port = context, self.server_address[1]
        self.heard, self.statuses, self.filler = [], {}, 0
        self.stopping, self.lock = threading.Event(), threading.Lock()

    def finish_request(self, request, client_address):
        try:
            request.settimeout(10)
            with self.context.wrap_socket(request, server_side=True) as secured:
                super().finish_request(secured, client_address)
        except (OSError, ssl.SSLError):
            pass  # whoever went away, or trusts us not

    def take(self, path, headers, body):
        with self.lock:
            self.heard.append((path, headers, body))
            turns = self.statuses.get(path, [200])
            return turns.pop(0) if len(turns) > 1 else turns[0]

    def at(self, path):
        with self.lock:
            return [(headers, body) for where, headers, body in self.heard if where == path]

    def __enter__(self):
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *failure):
        self.stopping.set()
        self.shutdown()
        self.server_close()


class Names(socketserver.ThreadingUDPServer):
    """127.0.0.1 for each question for an address of IPv4, and nothing for others."""
    daemon_threads = True

    class Question(socketserver.BaseRequestHandler):
        def handle(self):
            data, link = self.request
            end = data.index(b"\0", 12) + 5
            asked, kind = data[12:end], struct.unpack(">H", data[end - 4:end - 2])[0]
            answer = b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 0, 4) + socket.inet_aton("127.0.0.1") if kind == 1 else b""
            link.sendto(data[:2] + struct.pack(">HHHHH", 0x8180, 1, bool(answer), 0, 0) + asked + answer, self.client_address)

    def __init__(self):
        super().__init__(("127.0.0.1", 0), self.Question)
        self.port = self.server_address[1]

    def __enter__(self):
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *failure):
        self.shutdown()
        self.server_close()
