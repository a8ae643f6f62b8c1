#!/usr/bin/env python3
"""Embeds the statements and migrations of src/store/sql/ into the program.

Usage: embed_sql.py OUT.h OUT.c FILE.sql ... MIGRATION/NNNN.sql ...

A statement starts behind a line `-- name: party_find` and becomes STATEMENT_PARTY_FIND. A line
`-- columns: party id, kind` names a list of columns, which @party@ stands for in later statements
of the file, so that a list is written once. Other comment lines are left out.
"""
import os
import re
import sys


def read_statements(path):
    name, lines, columns = None, [], {}
    with open(path, encoding="utf-8") as source:
        for number, line in enumerate(source, 1):
            line = line.strip()
            if line.startswith("-- name:") or line.startswith("-- columns:"):
                if name:
                    yield name, " ".join(lines)
                name, lines = None, []
            if line.startswith("-- name:"):
                name = line.split(":", 1)[1].strip()
                if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
                    sys.exit(f"{path}:{number}: bad name {name}")
            elif line.startswith("-- columns:"):
                key, text = line.split(":", 1)[1].strip().split(" ", 1)
                columns[key] = text
            elif line and not line.startswith("--"):
                if not name:
                    sys.exit(f"{path}:{number}: statement without a name")
                for key in re.findall(r"@(\w+)@", line):
                    if key not in columns:
                        sys.exit(f"{path}:{number}: no columns called {key}")
                    line = line.replace(f"@{key}@", columns[key])
                lines.append(line)
    if name:
        yield name, " ".join(lines)


def c_string(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def c_bytes(text):
    """For texts longer than the 4095 bytes that every compiler takes as one literal."""
    numbers = [str(byte) for byte in text.encode("ascii")] + ["0"]
    return "{\n    " + ",\n    ".join(", ".join(numbers[i:i + 20]) for i in range(0, len(numbers), 20)) + "}"


def main():
    out_h, out_c, *paths = sys.argv[1:]
    statements, migrations = [], []
    for path in sorted(paths):
        if re.fullmatch(r"\d{4}\.sql", os.path.basename(path)):
            with open(path, encoding="utf-8") as source:
                migrations.append((int(os.path.basename(path)[:4]), source.read()))
        else:
            statements.extend(read_statements(path))
    names = [name for name, _ in statements]
    if len(set(names)) != len(names):
        sys.exit(f"a name stands twice: {sorted(n for n in names if names.count(n) > 1)}")
    if [number for number, _ in migrations] != list(range(1, len(migrations) + 1)):
        sys.exit("migrations are not numbered 0001, 0002, ... without gaps")
    with open(out_h, "w", encoding="utf-8") as out:
        out.write("/* Made by embed_sql.py from src/store/sql/. */\n#pragma once\n\n")
        out.write("enum statement_name {\n")
        out.writelines(f"    STATEMENT_{name.upper()},\n" for name in names)
        out.write(f"}};\n\nenum {{ STATEMENT_COUNT = {len(names)}, ")
        out.write(f"MIGRATION_COUNT = {len(migrations)} }};\n\n")
        out.write("extern const char *const statement_texts[STATEMENT_COUNT];\n")
        out.write("extern const char *const statement_names[STATEMENT_COUNT];\n")
        out.write("/* migration_texts[0] leads from version 0 to 1 */\n")
        out.write("extern const char *const migration_texts[MIGRATION_COUNT];\n")
    with open(out_c, "w", encoding="utf-8") as out:
        out.write(f'#include "{os.path.basename(out_h)}"\n\n')
        out.write("const char *const statement_texts[STATEMENT_COUNT] = {\n")
        out.writelines(f"    {c_string(text)},\n" for _, text in statements)
        out.write("};\n\nconst char *const statement_names[STATEMENT_COUNT] = {\n")
        out.writelines(f'    "{name}",\n' for name in names)
        out.write("};\n\n")
        for number, text in migrations:
            out.write(f"static const char migration_{number}[] = {c_bytes(text)};\n\n")
        out.write("const char *const migration_texts[MIGRATION_COUNT] = {\n")
        out.writelines(f"    migration_{number},\n" for number, _ in migrations)
        out.write("};\n")


if __name__ == "__main__":
    main()
