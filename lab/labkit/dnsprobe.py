"""A very small DNS client: the lab asks its own servers whether a change has taken effect.

It speaks from 127.0.0.1, which the lab's cuts leave alone."""

import os
import socket
import struct

SOURCE = "127.0.0.1"
TYPES = {"A": 1, "NS": 2, "SOA": 6}
REFUSED = 5


def _query(name, qtype):
    labels = b"".join(bytes([len(l)]) + l.encode("ascii") for l in name.strip(".").split(".") if l)
    ident = os.urandom(2)
    return ident, ident + struct.pack("!HHHHH", 0, 1, 0, 0, 0) + labels + b"\0" + struct.pack("!HH", TYPES[qtype], 1)


def _skip_name(message, at):
    while message[at] != 0:
        if message[at] >= 0xc0:
            return at + 2
        at += message[at] + 1
    return at + 1


def ask(address, name, qtype="SOA", timeout_s=0.25):
    """One UDP question.  Returns (rcode, aa, first answer's data) or None when nothing came back,
    or the string "refused" when the port is closed."""
    ident, query = _query(name, qtype)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.settimeout(timeout_s)
        udp.bind((SOURCE, 0))
        udp.connect((address, 53))
        try:
            udp.send(query)
            message = udp.recv(4096)
        except ConnectionRefusedError:
            return "refused"
        except OSError:
            return None
    if message[:2] != ident or len(message) < 12:
        return None
    flags, _, answers = struct.unpack("!HHH", message[2:8])
    data = b""
    if answers:
        at = _skip_name(message, _skip_name(message, 12) + 4)
        size = struct.unpack("!H", message[at + 8:at + 10])[0]
        data = message[at + 10:at + 10 + size]
        if qtype == "SOA":
            at = _skip_name(message, _skip_name(message, at + 10))
            data = struct.unpack("!I", message[at:at + 4])[0]
    return flags & 15, bool(flags & 0x0400), data


def serial(address, zone):
    """The serial that a server answers with authority, or None."""
    answer = ask(address, zone)
    if isinstance(answer, tuple) and answer[0] == 0 and answer[1] and isinstance(answer[2], int):
        return answer[2]
    return None


def tcp_open(address, port=53, timeout_s=0.25):
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tcp:
        tcp.settimeout(timeout_s)
        tcp.bind((SOURCE, 0))
        return tcp.connect_ex((address, port)) == 0
