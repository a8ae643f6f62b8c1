#!/usr/bin/env python3
"""Holds src/ against tests/include-rules.txt: a room may only look down, a library has its room.

Prints each breach as FILE:LINE and ends with 1 when there is one. --self-test proves that a breach
would be seen.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
INCLUDE = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]')


def load_rules():
    rooms, libraries = {}, {}
    for line in (ROOT / "tests/include-rules.txt").read_text().splitlines():
        line = line.split("#", 1)[0].strip()
        if not line:
            continue
        name, _, allowed = line.rpartition(":")
        if name.startswith("<"):
            libraries[name[1:].rstrip(">")] = allowed.split()
        else:
            rooms[name] = allowed.split()
    return rooms, libraries


def judge(room, line, rooms, libraries):
    """The breach in one include line, or None."""
    found = INCLUDE.match(line)
    if not found:
        return None
    bracket, target = found.groups()
    if bracket == '"':
        other = target.split("/", 1)[0]
        if "/" not in target or other == room:
            return None
        if other in rooms and other not in rooms[room]:
            return f"{room} may not include {target}"
        return None
    for prefix, owners in libraries.items():
        if target.startswith(prefix) and room not in owners:
            return f"<{target}> belongs to {' '.join(owners)}"
    return None


def main():
    rooms, libraries = load_rules()
    if "--self-test" in sys.argv:
        assert judge("base", '#include "model/party.h"', rooms, libraries)
        assert judge("cases", '#include "store/store.h"', rooms, libraries)
        assert judge("app", "#include <sqlite3.h>", rooms, libraries)
        assert not judge("app", '#include "store/store.h"', rooms, libraries)
    breaches = 0
    for path in sorted(ROOT.glob("src/**/*")):
        if path.suffix not in (".c", ".h", ".cpp"):
            continue
        room = path.relative_to(ROOT / "src").parts[0]
        if room not in rooms:
            print(f"{path}: room '{room}' is not in tests/include-rules.txt")
            breaches += 1
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            breach = judge(room, line, rooms, libraries)
            if breach:
                print(f"{path.relative_to(ROOT)}:{number}: {breach}")
                breaches += 1
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
