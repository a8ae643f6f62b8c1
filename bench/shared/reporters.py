"""Who files complaints at a daemon: by its control socket, or by the staff door's API, one after the other."""
import asyncio
import base64
import json
import os
import time

from figures import Wrong
from store import ask


def document(chance, name):
    def exhibit(evidence):
        return {"evidence": evidence, "media_type": "text/plain", "name": f"{evidence}.txt",
                "base64": base64.b64encode(chance.randbytes(500).hex().encode()).decode()}
    return {"type": "dns-abuse-registrar", "language": "en", "names": [f"{name}.example"], "party": "registrar-9001",
            "answers": {"kind": "phishing", "domain": f"{name}.example", "address": f"https://{name}.example/login",
                        "reported-at": "2026-11-01"},
            "exhibits": [exhibit("report"), exhibit("abuse")],
            "told_first": {"told": True, "on": "2026-11-01", "how": "by mail"},
            "reporter": {"name": f"Reporter {name}", "email": f"{name}@mail.example", "role": "other", "share": False}}


class Times:
    """Seconds that receipts took, the seconds of the whole, and the references that were given."""

    def __init__(self):
        self.each, self.whole, self.references = [], 0, []

    def at(self, share):
        """In milliseconds."""
        return sorted(self.each)[min(int(len(self.each) * share), len(self.each) - 1)] * 1000


class BySocket:
    def __init__(self, folder, token):
        """`folder`: a descriptor, as the address of a socket must be short."""
        self.folder, self.token = folder, token

    async def open(self):
        self.reader, self.writer = await asyncio.open_unix_connection(f"/proc/self/fd/{self.folder}/control.sock")

    async def file(self, text):
        return await ask(self.reader, self.writer,
                         {"command": "complaint.file", "token": self.token, "arguments": {"document": text}})


class ByDoor:
    def __init__(self, port, token):
        self.port, self.token = port, token

    async def open(self):
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)

    async def ask(self, line, rest, wanted):
        self.writer.write(f"{line} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {self.token}\r\n{rest}".encode())
        head = await self.reader.readuntil(b"\r\n\r\n")
        size = next(int(line.split(b":")[1]) for line in head.split(b"\r\n")
                    if line.lower().startswith(b"content-length:"))
        body = await self.reader.readexactly(size)
        if f" {wanted} ".encode() not in head.split(b"\r\n")[0]:
            raise Wrong(f"{line} was refused: {head} {body}")
        return json.loads(body)

    async def file(self, text):
        return await self.ask("POST /api/v1/complaints",
                              f"Content-Type: application/json\r\nContent-Length: {len(text)}\r\n\r\n{text}", 201)

    async def get(self, path):
        return await self.ask(f"GET {path}", "\r\n", 200)


async def file_each(way, texts, times, pause=None):
    """All of `texts`; after each one as long as pause() says, in seconds."""
    await way.open()
    for text in texts:
        begun = time.monotonic()
        receipt = await way.file(text)
        times.each.append(time.monotonic() - begun)
        if receipt["state"] != "filed":
            raise Wrong(f"it was not filed: {receipt}")
        times.references.append(receipt["reference"])
        if pause:
            await asyncio.sleep(pause())
    way.writer.close()


class Place:
    """The folder of a daemon's data, by a descriptor."""

    def __init__(self, data):
        self.data = data

    def __enter__(self):
        self.fd = os.open(self.data, os.O_PATH | os.O_DIRECTORY)
        return self.fd

    def __exit__(self, *failure):
        os.close(self.fd)
