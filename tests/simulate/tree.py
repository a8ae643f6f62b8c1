"""The Merkle tree of a log (RFC 6962 2.1) that grows by entries, and its checkpoints (C2SP tlog-checkpoint)."""
import base64
import hashlib


def read_checkpoint(note):
    lines = note.split("\n")
    return int(lines[1]), base64.b64decode(lines[2])


class Tree:
    def __init__(self):
        self.size, self.signed = 0, 0
        self.full = [[]]   # level by level the hashes of complete subtrees

    def extend(self, entries):
        sha256, below = hashlib.sha256, self.full[0]
        below += (sha256(b"\0" + entry).digest() for entry in entries)
        self.size = len(below)
        for level in range(1, self.size.bit_length()):
            if level == len(self.full):
                self.full.append([])
            above = self.full[level]
            above += [sha256(b"\1" + below[i] + below[i + 1]).digest() for i in range(2 * len(above), len(below) - 1, 2)]
            below = above

    def root(self, size):
        """The root of the first `size` entries; None when there are not so many."""
        self.signed = max(self.signed, size)
        if size > self.size:
            return None
        found, end = None, size
        for level in range(len(self.full)):
            if end & 1:
                left = self.full[level][end - 1]
                found = left if found is None else hashlib.sha256(b"\1" + left + found).digest()
            end >>= 1
        return hashlib.sha256(b"").digest() if found is None else found
