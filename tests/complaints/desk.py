"""A store with its daemon to which many complaints are brought, each as one command on the control
socket (frames of src/base/frame.h with the kinds of src/app/control.h)."""
import contextlib
import json
import os
import pathlib
import socket
import struct
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from support import daemon, store_with_law  # noqa: E402
from program import Program  # noqa: E402

HEAD, MAGIC, REQUEST, REPLY = struct.Struct(">4sII"), b"BWK1", 0x43000001, 0x43000002


class Desk:
    def __init__(self, program, user):
        self.program, self.token = program, program.tokens[user].read_text().strip()
        folder = os.open(program.data, os.O_PATH | os.O_DIRECTORY)  # the address must be short
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(f"/proc/self/fd/{folder}/control.sock")
        os.close(folder)

    def read(self, size):
        data = b""
        while len(data) < size:
            data += self.socket.recv(size - len(data)) or sys.exit("the daemon went away")
        return data

    def ask(self, command, **arguments):
        body = json.dumps({"command": command, "token": self.token, "arguments": arguments}).encode()
        self.socket.sendall(HEAD.pack(MAGIC, REQUEST, len(body)) + body)
        magic, kind, size = HEAD.unpack(self.read(HEAD.size))
        answer = json.loads(self.read(size))
        if (magic, kind) != (MAGIC, REPLY) or "result" not in answer:
            raise AssertionError(f"{command}: {answer}")
        return answer["result"]

    def file(self, document):
        return self.ask("complaint.file", document=json.dumps(document))

    def similar(self):
        """What the program suggests: {reference: [row, ...]}, page by page."""
        found, after = {}, ""
        while True:
            page = self.program.json("complaint", "similar", *(["--after", after] if after else []))
            found.update((row["reference"], row["similar"]) for row in page["complaints"])
            after = page["next"]
            if not after:
                return found


@contextlib.contextmanager
def desk(binary, folder, now):
    folder = pathlib.Path(folder)
    (folder / "bailiwick.conf").write_text("log.name = complaints.bailiwick.example/log\n")
    store_with_law(binary, folder, "--now", now)
    program = Program(binary, folder / "data", folder / "bailiwick.conf")
    program.tokens = {name: folder / f"{name}.token" for name in ("ada", "anna", "bert")}
    with daemon(program, now, log=open(folder / "daemon.log", "w")):
        yield Desk(program, "anna")
