#!/usr/bin/env python3
"""Forms with files (multipart/form-data, RFC 7578) at the API: a complaint, and what is added to one, whose exhibits
come as parts beside the document.

What comes is kept byte for byte, or refused whole with the part and the reason; who may send none is told before it
came; a daemon that dies leaves nothing of what it had not acknowledged; many slow ones take little memory and hold
nobody up; a full disk is told, and loses nothing.

Last line: `N passed, N failed, N skipped`.
"""
import base64
import contextlib
import hashlib
import json
import os
import pathlib
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent),
                str(pathlib.Path(__file__).resolve().parent / "soak")]
from moments import find  # noqa: E402
from support import Tally, found_authority, house, read_options, serving  # noqa: E402
from program import wait_for  # noqa: E402

NOW = "2027-01-04T09:00:00Z"
FILE = "/api/v1/complaints"
ADD = "/api/v1/followed/additions"
BODY_MAX, FILE_MAX, DOCUMENT_MAX, FILES_MAX = 25 << 20, 5 << 20, 256 << 10, 20  # src/web/upload.h, docs/schema
SLOW = 40  # forms on their way at once
MEMORY = 48 << 20  # that so many may take of the door's, though they hold SLOW times 4 MiB
PATIENCE_S = 5.0  # of somebody who files beside them
BOUNDARY = "------------------------d74496d66958873e"


def part(name, data, *, file_name=None, media_type=None, more=""):
    head = f'Content-Disposition: form-data; name="{name}"' + (f'; filename="{file_name}"' if file_name else "")
    head += (f"\r\nContent-Type: {media_type}" if media_type else "") + more
    return head.encode() + b"\r\n\r\n" + data


def form(*parts, boundary=BOUNDARY, end="--\r\n"):
    mark = f"--{boundary}".encode()
    return b"".join(mark + b"\r\n" + one + b"\r\n" for one in parts) + mark + end.encode()


def document(**more):
    return {"type": "dns-abuse-registrar", "language": "en", "names": ["bad.example"], "party": "registrar-9001",
            "answers": {"kind": "phishing", "domain": "bad.example", "reported-at": "2026-12-01"},
            "told_first": {"told": True, "on": "2026-12-01"}, **more}


def as_part(value, name="complaint"):
    return part(name, json.dumps(value).encode(), media_type="application/json")


def exhibit(part_name, evidence="abuse", **more):
    return {"evidence": evidence, "part": part_name, **more}


class Reply:
    def __init__(self, data):
        head, _, self.body = data.partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        self.status = int(lines[0].split()[1]) if lines[0] else 0
        self.head = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:])}

    def json(self):
        return json.loads(self.body)

    def words(self):
        return self.json().get("detail", "") if self.body else ""


class Door:
    """Raw HTTP, since what is wrong is what matters."""

    def __init__(self, port, token):
        self.port, self.token = port, token

    def link(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=60)

    def head(self, path, *lines, token=None, content_type=f"multipart/form-data; boundary={BOUNDARY}"):
        asked = [f"POST {path} HTTP/1.1", "Host: door", "Connection: close"]
        if token != "":
            asked.append(f"Authorization: Bearer {token or self.token}")
        if content_type:
            asked.append(f"Content-Type: {content_type}")
        return "\r\n".join([*asked, *lines, "", ""]).encode()

    def read(self, link):
        data = b""
        with contextlib.suppress(ConnectionResetError):
            while chunk := link.recv(65536):
                data += chunk
        return Reply(data)

    def send(self, body, *lines, path=FILE, step=None, pause=0.0, chunked=False, **head):
        length = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {len(body)}"
        with self.link() as link:
            link.sendall(self.head(path, length, *lines, **head))
            pieces = [body[at:at + step] for at in range(0, len(body), step)] if step else [body]
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                for piece in pieces:
                    link.sendall(b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece)
                    if pause:
                        time.sleep(pause)
                if chunked:
                    link.sendall(b"0\r\n\r\n")
            return self.read(link)


def awkward(size, random):
    """Bytes in which delimiters seem to begin."""
    odd = b"\r\n--" + BOUNDARY.encode()[:-1] + b"x\r\n--\r\r\n--\0\xff"
    return random.randbytes(size // 2) + odd + b"\r\n-" * 3 + random.randbytes(size - size // 2)


def bytes_of(program, reference, number):
    return base64.b64decode(program.json("complaint", "exhibit", reference, number, user="anna")["base64"])


# --- what is taken ---


def file_forms(tally, program, door, random):
    shot, mail = awkward(200_000, random), b"Message-ID: <1@mail.example>\r\n\r\ntold\r\n"
    body = form(part("shot", shot, file_name="C:\\fake\\..\\shot\xe2\x80\xae.png".encode("latin-1").decode(),
                     media_type="image/png"),
                as_part(document(exhibits=[exhibit("mail", "report", media_type="message/rfc822", name="told.eml"),
                                           exhibit("shot", sha256=hashlib.sha256(shot).hexdigest())])),
                part("mail", mail, media_type="application/octet-stream"))
    key = ("Idempotency-Key: form-0123456789abcdef",)
    first = door.send(body, *key)
    if not tally.equal(first.status, 201, f"a form is filed: {first.body[:300]}"):
        return None
    reference = first.json()["reference"]
    tally.equal(first.head["location"], f"{FILE}/{reference}", "where it is")
    tally.equal(first.json()["state"], "filed", "and lacks nothing")
    shown = program.json("complaint", "show", reference)["complaint"]["exhibits"]
    tally.equal([(row["evidence"], row["media_type"], row["name"], row["sha256"], row["size"]) for row in shown],
                [("report", "message/rfc822", "told.eml", hashlib.sha256(mail).hexdigest(), len(mail)),
                 ("abuse", "image/png", "shot.png", hashlib.sha256(shot).hexdigest(), len(shot))],
                "what the document says comes first, a file's name without its path and what steers")
    tally.equal([bytes_of(program, reference, n) for n in (1, 2)] == [mail, shot], True, "byte for byte")
    for name, again in (("as it was", door.send(body, *key)), ("in pieces", door.send(body, *key, chunked=True, step=700))):
        tally.equal((again.status, again.body), (201, first.body), f"the same again, {name}, has the same receipt")
    row = exhibit("log", media_type="text/plain")
    plain = (as_part(document(exhibits=[row])), part("log", b"one line"))
    key = ("Idempotency-Key: form-fedcba9876543210",)
    one = door.send(form(*plain), *key)
    other = door.send(form(*plain, boundary="b"), *key, content_type="multipart/form-data; boundary=b")
    tally.equal((other.status, other.body), (201, one.body), "programs draw the boundary anew each time")
    for change in ((plain[0], part("log", b"one life")), (plain[0], part("log", b"one line", file_name="x")),
                   (as_part(document(exhibits=[row], names=[])), plain[1])):
        tally.equal(door.send(form(*change), *key).status, 422, "another request with that key")
    tally.equal(door.send(form(as_part(document()))).json()["state"], "held", "a form without files is a draft")
    two = door.send(form(as_part(document(exhibits=[exhibit("f"), exhibit("f", "report")])),
                         part("f", b"first", media_type="text/plain"), part("f", b"then", media_type="text/plain")))
    tally.equal([bytes_of(program, two.json()["reference"], n) for n in (1, 2)], [b"first", b"then"],
                "two files of one name, in their order")
    return first.json()


def add_by_link(tally, program, door, receipt):
    more = awkward(3000, door.random)
    body = form(as_part({"text": "see there", "exhibits": [exhibit("f", name="more.bin")]}, "addition"),
                part("f", more, media_type="application/pdf"))
    added = door.send(body, path=ADD, token=receipt["link"])
    again = door.send(body, path=ADD, token=receipt["link"], chunked=True, step=64)
    tally.equal((added.status, added.json().get("repeated"), again.json().get("repeated")), (200, False, True),
                f"exhibits are added by the link: {added.body[:200]}")
    rows = program.json("complaint", "show", receipt["reference"])["complaint"]["exhibits"]
    tally.equal((rows[-1]["name"], bytes_of(program, receipt["reference"], rows[-1]["number"])), ("more.bin", more),
                "byte for byte")


def declare_digests(tally, door):
    """Also in a document that comes alone."""
    row = {"evidence": "abuse", "media_type": "text/plain", "base64": "aGVsbG8="}
    for sha256, status in ((hashlib.sha256(b"hello").hexdigest(), 201), ("0" * 64, 400), ("x", 400)):
        reply = door.send(json.dumps(document(exhibits=[{**row, "sha256": sha256}])).encode(),
                          content_type="application/json")
        tally.equal(reply.status, status, f"a digest that is declared: {sha256[:8]}")
    reply = door.send(json.dumps(document(exhibits=[exhibit("f")])).encode(), content_type="application/json")
    tally.equal((reply.status, "no part 'f' came" in reply.words()), (400, True), "a part, where no form came")


# --- what is refused ---


def wrong_forms():
    """(what, body, status, words), each without a trace."""
    good, row = as_part(document(exhibits=[exhibit("f", media_type="text/plain")])), part("f", b"bytes")
    head = b'--%b\r\nContent-Disposition: form-data; name="f"' % BOUNDARY.encode()
    whole = form(good, row)
    many = [part(f"f{n}", b"x") for n in range(1000)]
    yield "nothing", b"", 400, "the form has no part"
    yield "cut in its bytes", whole[:-40], 400, "part 2 of the form: the form was cut off here"
    yield "cut in a head", head, 400, "part 1 of the form: the form was cut off here"
    yield "another boundary", form(good, row, boundary="x"), 400, "does not begin with its boundary"
    yield "a preamble", b"hello\r\n" + whole, 400, "does not begin with its boundary"
    yield "an epilogue", whole + b"bye", 400, "behind the end of the form"
    yield "no document", form(row), 400, "no part 'complaint'"
    yield "two documents", form(good, row, good), 400, "part 3 of the form, 'complaint': a form has one part"
    yield "a document of no type", form(part("complaint", b"{}")), 415, "not application/json"
    yield "a document that is none", form(part("complaint", b"[", media_type="application/json")), 400, ""
    yield "parts in a part", form(good, part("f", b"--y--", media_type="multipart/mixed; boundary=y")), 415, \
        "part 2 of the form: it has parts of its own"
    yield "base64", form(good, part("f", b"eA==", more="\r\nContent-Transfer-Encoding: base64")), 415, "as they are"
    yield "a thousand parts", form(good, *many), 413, "more than 32 parts"
    yield "a file too many", form(as_part(document()), *many[:FILES_MAX + 1]), 413, "more than 20 files"
    yield "a huge head", form(good, part("f", b"x", file_name="a" * 100_000)), 413, "more than 2048 bytes"
    yield "many fields", form(good, part("f", b"x", more="\r\nX: y" * 20)), 413, "more than 16 fields"
    yield "NUL in a name", form(good, part("f", b"x", file_name="a\0.exe")), 400, "a control character"
    yield "a line end in a name", form(good, part("f", b"x", file_name='a"\nX: "y')), 400, "a control character"
    yield "no UTF-8 in a name", form(good, part("f", b"x", file_name="QQ").replace(b"QQ", b"\xff\xfe")), 400, "UTF-8"
    yield "filename*", form(good, part("f", b"x", more="").replace(b'"f"', b"f; filename*=utf-8''x")), 400, "filename*"
    yield "no disposition", form(good, b"Content-Type: text/plain\r\n\r\nx"), 400, "no Content-Disposition"
    yield "two dispositions", form(good, part("f", b"x", more='\r\nContent-Disposition: form-data; name="g"')), 400, \
        "stands twice"
    yield "a name with a path", form(good, part("../f", b"x")), 400, "its name is not"
    yield "an empty file", form(good, part("f", b"")), 400, "the part 'f' of the form is empty"
    yield "a file that nobody named", form(good, row, part("g", b"x")), 400, "the part 'g' of the form is no exhibit's"
    yield "a file that did not come", form(good), 400, "/exhibits/0/part: no part 'f' came"
    yield "one file for two", form(as_part(document(exhibits=[exhibit("f", media_type="text/plain")] * 2)), row), 400, \
        "/exhibits/1/part"
    yield "both ways", form(as_part(document(exhibits=[exhibit("f", base64="eA==")])), row), 400, "both base64 and part"
    yield "no media type", form(as_part(document(exhibits=[exhibit("f")])), row), 400, "/exhibits/0/media_type"
    yield "another digest", form(as_part(document(exhibits=[exhibit("f", sha256="0" * 64)])), row), 400, \
        "/exhibits/0/sha256: the bytes that came have another digest"
    yield "a large file", form(good, part("f", bytes(FILE_MAX + 1))), 413, "part 2 of the form, 'f': it has more than 5 MiB"
    yield "a large document", form(part("complaint", b" " * (DOCUMENT_MAX + 1), media_type="application/json")), 413, \
        "part 1 of the form, 'complaint': it has more than 256 KiB"
    yield "files of 21 MiB", form(as_part(document(exhibits=[exhibit(f"f{n}", media_type="text/plain") for n in range(5)])),
                                  *(part(f"f{n}", bytes(FILE_MAX - n)) for n in range(4)), part("f4", b"x" * 100)), \
        413, "the files of the form have more than"
    yield "too much in all", form(good, *(part(f"f{n}", bytes(FILE_MAX)) for n in range(5))), 413, "more than 25 MiB"


def refuse(tally, door):
    for what, body, status, words in wrong_forms():
        for chunked in (False, True):
            reply = door.send(body, chunked=chunked, step=1 << 16)
            tally.equal((reply.status, words in reply.words(), reply.head.get("content-type")),
                        (status, True, "application/problem+json"), f"{what}, in {'pieces' if chunked else 'one'}: "
                        f"{reply.body[:200]}")
    for said in (None, "multipart/form-data", 'multipart/form-data; boundary=""', "multipart/form-data; boundary=a b",
                 f"multipart/form-data; boundary={'b' * 71}", "multipart/form-data; boundary=a; boundary=b"):
        reply = door.send(form(as_part(document())), content_type=said)
        tally.equal(reply.status, 400 if said else 415, f"Content-Type: {said}")
    reply = door.send(form(as_part(document())), path="/api/v1/hooks")
    tally.equal(reply.status, 415, "a form, where none is taken")


def refuse_before(tally, door):
    """Who may send none, and what is too long, is told before anything came."""
    for what, status, head in (
            ("nobody", 401, {"token": ""}), ("who shows a wrong token", 401, {"token": "x" * 32}),
            ("a link that leads nowhere", 401, {"path": ADD, "token": "x" * 64}),
            ("the token of a user for a link", 401, {"path": ADD}), ("much too long", 413, {})):
        with door.link() as link:
            link.sendall(door.head(head.pop("path", FILE), f"Content-Length: {BODY_MAX + 1}", "Expect: 100-continue", **head))
            reply = door.read(link)
            tally.equal(reply.status, status, f"told before: {what}")
    with door.link() as link:
        link.sendall(door.head(FILE, "Content-Length: 100", "Expect: 100-continue"))
        tally.equal(link.recv(100).split(b"\r\n")[0], b"HTTP/1.1 100 Continue", "who may is told to go on")
    with door.link() as link, contextlib.suppress(BrokenPipeError, ConnectionResetError):
        link.sendall(door.head(FILE, "Transfer-Encoding: chunked"))
        opening = part("f", b"")
        link.sendall(b"%x\r\n--%b\r\n%b\r\n" % (len(opening) + len(BOUNDARY) + 4, BOUNDARY.encode(), opening))
        sent = 0
        link.settimeout(0.01)
        while sent < 3 * FILE_MAX:
            link.settimeout(60)
            link.sendall(b"10000\r\n" + bytes(1 << 16) + b"\r\n")
            sent += 1 << 16
        reply = door.read(link)
        tally.equal(reply.status, 413, "what never ends is told as soon as it is too much")


# --- slow ones, and a door that dies ---


def memory_of(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) << 10 for line in status.splitlines() if line.startswith("RssAnon:"))


def incoming(program):
    return sorted(os.listdir(program.data / "incoming"))


def held(pid):
    """Bytes of files without a name that a process has open."""
    total = 0
    for fd in pathlib.Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(OSError):
            if "/incoming/" in os.readlink(fd):
                total += fd.stat().st_size
    return total


def begin_slow(door, count, size):
    links = []
    opening = form(as_part(document(exhibits=[exhibit("f", media_type="text/plain")])), part("f", bytes(size)), end="")
    opening = opening[:-len(BOUNDARY) - 4]  # neither a delimiter nor an end
    for _ in range(count):
        link = door.link()
        link.sendall(door.head(FILE, f"Content-Length: {len(opening) + 1000}") + opening)
        links.append(link)
    return links


def be_slow(tally, program, process, door):
    pid = find(process.pid, "staff")
    before, at_first = memory_of(pid), references(program)
    links = begin_slow(door, SLOW, 4 << 20)
    wait_for("all that was sent", lambda: held(pid) >= SLOW * (4 << 20) - (SLOW << 10), 60)
    tally.check(memory_of(pid) - before < MEMORY, f"{SLOW} forms of 4 MiB on their way take little memory",
                f"{(memory_of(pid) - before) >> 20} MiB")
    tally.equal(incoming(program), [], "and have no name")
    took = []
    for n in range(5):
        at = time.monotonic()
        reply = door.send(form(as_part(document(names=[f"n{n}.example"], exhibits=[exhibit("f")])),
                               part("f", b"x", media_type="text/plain")), step=50, pause=0.001)
        took.append(time.monotonic() - at)
        tally.equal(reply.status, 201, "somebody files beside them")
    tally.check(max(took) < PATIENCE_S, "and does not wait for them", took)
    for link in links[:SLOW // 2]:
        link.close()
    wait_for("what was given up", lambda: held(pid) <= SLOW // 2 * (4 << 20), 60)
    os.kill(pid, signal.SIGKILL)
    wait_for("another door", lambda: find(process.pid, "staff") not in (None, pid), 60)
    for link in links:
        link.close()
    tally.equal(incoming(program), [], "a door that is killed leaves nothing")
    tally.equal(len(references(program)) - len(at_first), 5, "and nothing half there")


def references(program):
    with contextlib.closing(sqlite3.connect(f"file:{program.data}/store.db?mode=ro", uri=True)) as store:
        return {row[0] for row in store.execute("SELECT reference FROM complaint")}


def kill_all(tally, program, random):
    """The whole program, in the middle of filing: what has a receipt is there with its bytes."""
    receipts = {}
    for _ in range(3):
        with serving(program, NOW) as (process, ports):
            process.stdout.readline()
            door = Door(ports[1], program.tokens["anna"].read_text().strip())

            def file_on(door=door, seed=random.random()):
                data = hashlib.sha256(str(seed).encode()).digest() * 20_000
                with contextlib.suppress(OSError, ValueError, IndexError):
                    for n in range(1000):
                        own = data + n.to_bytes(4, "big")
                        reply = door.send(form(as_part(document(exhibits=[exhibit("f", media_type="text/plain")])),
                                               part("f", own)))
                        if reply.status != 201:
                            return
                        receipts[reply.json()["reference"]] = hashlib.sha256(own).hexdigest()

            filing, before = threading.Thread(target=file_on), len(receipts)
            filing.start()
            wait_for("receipts", lambda: len(receipts) > before + 2, 60)
            time.sleep(random.random() / 5)
            process.kill()
            process.wait(20)
            filing.join(60)
    with serving(program, NOW) as (process, ports):
        process.stdout.readline()
        tally.equal(set(receipts) - references(program), set(), "each receipt's complaint is there")
        for reference in list(receipts)[-3:]:
            data = bytes_of(program, reference, 1)
            tally.equal(hashlib.sha256(data).hexdigest(), receipts[reference], "with its bytes")
        tally.equal(incoming(program), [], "what had no name left nothing")
    tally.equal(program.json("log", "verify")["faults"], [], "the log holds")


def fill_disk(tally, program):
    """A small disk where forms come in."""
    place = program.data / "incoming"
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m,mode=700", "none", place], capture_output=True)
    if mounted.returncode:
        tally.skip("a full disk: " + mounted.stderr.decode().strip())
        return
    try:
        with serving(program, NOW) as (process, ports):
            process.stdout.readline()
            door, before = Door(ports[1], program.tokens["anna"].read_text().strip()), references(program)
            body = document(exhibits=[exhibit("f", media_type="text/plain")])
            reply = door.send(form(as_part(body), part("f", bytes(2 << 20))))
            tally.equal((reply.status, reply.words()), (507, "part 2 of the form, 'f': there is no room for it now"),
                        "a full disk is told")
            tally.equal(references(program), before, "and nothing is there")
            tally.equal(door.send(form(as_part(body), part("f", bytes(1 << 19)))).status, 201, "what fits is taken")
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)


def main():
    options, tally = read_options(__doc__), Tally()
    with house(options, "mail.smtp-port = 1", "mail.from = desk@authority.example", "log.tick = 1") as (folder, program):
        found_authority(program, folder, NOW, (("anna", "analyst"), ("bert", "approver")))
        with tally.part("forms"), serving(program, NOW) as (process, ports):
            process.stdout.readline()
            door = Door(ports[1], program.tokens["anna"].read_text().strip())
            door.random = options.random
            receipt = file_forms(tally, program, door, options.random)
            add_by_link(tally, program, door, receipt)
            declare_digests(tally, door)
            before = references(program)
            refuse(tally, door)
            refuse_before(tally, door)
            tally.equal(references(program), before, "what was refused is not there")
            tally.equal(incoming(program), [], "nor is what came of it")
            be_slow(tally, program, process, door)
        with tally.part("killed"):
            kill_all(tally, program, options.random)
        with tally.part("full"):
            fill_disk(tally, program)
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
