#!/usr/bin/env python3
"""Checks a transparency log over HTTP, sharing nothing with the program that wrote it.
Usage: verify.py BASE_URL --key VKEY [--state FILE] [--bundle FILE_OR_URL]
Checks the key against the pinned one, the checkpoint's Ed25519 signature, every tile and the root
against the entries, consistency with the checkpoint kept in FILE by an earlier run, and everything
that a bundle claims. Exit 0 or 1."""
import argparse
import base64
import hashlib
import hmac
import json
import pathlib
import sys
import urllib.request

P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P

def need(condition, text):
    if not condition:
        sys.exit(f"verify: {text}")

def point(data):  # RFC 8032 5.1.3
    number = int.from_bytes(data, "little")
    sign, y = number >> 255, number & (2**255 - 1)
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x * pow(2, (P - 1) // 4, P) % P if (x * x - square) % P else x
    need((x * x - square) % P == 0 and y < P, "a point is not on the curve")
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P  # extended coordinates

def add(a, b):
    e, f = (a[1] - a[0]) * (b[1] - b[0]), (a[1] + a[0]) * (b[1] + b[0])
    c, d = 2 * a[3] * b[3] * D, 2 * a[2] * b[2]
    e, f, g, h = f - e, d - c, d + c, f + e
    return e * f % P, g * h % P, f * g % P, e * h % P

def times(n, a):
    total = (0, 1, 1, 0)
    for bit in reversed(range(n.bit_length())):
        total = add(add(total, total), a) if n >> bit & 1 else add(total, total)
    return total

def ed25519_valid(public, message, signature):  # RFC 8032 5.1.7
    base = point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))
    s = int.from_bytes(signature[32:], "little")
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little")
    a, b = times(s, base), add(point(signature[:32]), times(k % Q, point(public)))
    return s < Q and (a[0] * b[2] - b[0] * a[2]) % P == 0 == (a[1] * b[2] - b[1] * a[2]) % P

def fetch(url):
    return urllib.request.urlopen(url, timeout=20).read()

def read_checkpoint(note, vkey):
    """Size and root of a checkpoint signed by the key of that vkey (C2SP signed-note)."""
    name, key_id, typed = vkey.strip().split("+", 2)
    typed = base64.b64decode(typed, validate=True)
    need(typed[0] == 1 and len(typed) == 33, "the pinned key is not Ed25519")
    hashed = hashlib.sha256(name.encode() + b"\n" + typed).digest()[:4]
    need(hashed.hex() == key_id, "the pinned key does not have its id")
    text, _, lines = note.decode().rpartition("\n\n")
    lines = [line.split(" ") for line in lines.splitlines()]
    ours = [base64.b64decode(line[2]) for line in lines if line[:2] == ["\u2014", name]]
    ours = [signature[4:] for signature in ours if signature[:4] == hashed]
    need(ours, "the checkpoint is not signed by the pinned key")
    need(ed25519_valid(typed[1:], (text + "\n").encode(), ours[0]), "wrong signature")
    need(text.startswith(name + "\n"), "the checkpoint is of another log")
    return int(text.splitlines()[1]), base64.b64decode(text.splitlines()[2])

def root_of(hashes):  # RFC 6962 2.1, level by level: an odd one at the end goes up as it is
    if not hashes:
        return hashlib.sha256(b"").digest()
    while len(hashes) > 1:
        pairs = [hashlib.sha256(b"\1" + hashes[i] + hashes[i + 1]).digest()
                 for i in range(0, len(hashes) - 1, 2)]
        hashes = pairs + hashes[len(hashes) // 2 * 2:]
    return hashes[0]

def tiles(base, level, count):
    """The tiles of a level that has `count` hashes or entries (C2SP tlog-tiles)."""
    for index in range((count + 255) // 256):
        width, digits = min(256, count - index * 256), f"{index % 1000:03}"
        while index := index // 1000:
            digits = f"x{index % 1000:03}/{digits}"
        path = f"/log/tile/{level}/{digits}" + (f".p/{width}" if width < 256 else "")
        yield width, fetch(base + path)

def read_leaves(base, size):
    """Leaf hashes of all entries; every hash tile must be what the entries make it."""
    entries = []
    for width, data in tiles(base, "entries", size):
        need(len(data) == 34 * width, "an entry bundle has a wrong size")
        entries += [data[at + 2:at + 34] for at in range(0, len(data), 34)]
        need(data[0::34] + data[1::34] == bytes(width) + b"\x20" * width, "an entry of other size")
    leaves = hashes = [hashlib.sha256(b"\0" + entry).digest() for entry in entries]
    for level in range(8):
        stored = b"".join(data for _, data in tiles(base, level, len(hashes)))
        need(stored == b"".join(hashes), f"tiles of level {level} do not fit the entries")
        hashes = [root_of(hashes[i:i + 256]) for i in range(0, len(hashes) // 256 * 256, 256)]
    return entries, leaves

def canonical(value):  # RFC 8785 for what the log holds: integers, and keys below U+10000
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

def check_bundle(data, vkey, entries, leaves):
    bundle = json.loads(data)
    size, root = read_checkpoint(bundle["checkpoint"].encode(), vkey)
    need(root_of(leaves[:size]) == root and size <= len(leaves), "bundle: of another history")
    named = set()
    for opening in bundle["openings"]:
        entry, index = base64.b64decode(opening["entry"]), opening["index"]
        need(index < size and entries[index] == entry, f"bundle: entry {index} is another one")
        if opening["event"] is not None:
            made = hmac.new(base64.b64decode(opening["key"]), canonical(opening["event"]), "sha256")
            need(made.digest() == entry, f"bundle: the event of entry {index} is another one")
            named.add(opening["event"].get("record_sha256"))
    record = bundle["record"]
    digest = hashlib.sha256(canonical(record)).hexdigest()
    need(record is None or digest in named, "bundle: no logged event names the record")

def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("base")
    parser.add_argument("--key", required=True)
    parser.add_argument("--state")
    parser.add_argument("--bundle")
    args = parser.parse_args()
    served = fetch(args.base + "/log/key").decode()
    need(served.strip() == args.key.strip(), "another key is served")
    note = fetch(args.base + "/log/checkpoint")
    size, root = read_checkpoint(note, args.key)
    entries, leaves = read_leaves(args.base, size)
    need(root_of(leaves) == root, "the entries do not have the signed root")
    state = pathlib.Path(args.state) if args.state else None
    if state and state.exists():
        old_size, old_root = read_checkpoint(state.read_bytes(), args.key)
        need(old_size <= size and root_of(leaves[:old_size]) == old_root, "history was rewritten")
    if args.bundle:
        local = pathlib.Path(args.bundle)
        data = local.read_bytes() if local.exists() else fetch(args.bundle)
        check_bundle(data, args.key, entries, leaves)
    if state:
        state.write_bytes(note)
    print(f"size {size} root {root.hex()} verified")

main()
