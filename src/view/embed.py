#!/usr/bin/env python3
"""Compiles templates/, static/ and the catalogues into one C file, and checks them.

usage: embed.py OUTPUT ROOT SOURCE.c ... -- FILE ...

Fails when a template or a call of catalogue_text() names a key that the English catalogue lacks, when
a key stands twice, or when a key is used by nobody (keys of open word lists, such as verdict.*, are
listed in WORD_LISTS)."""
import os
import re
import sys

WORD_LISTS = ("verdict.", "symbol.", "state.", "kind.", "update.", "event.", "month.", "weekday.", "due.",
              "parties.", "effect.", "progress.", "next.", "demand.", "outcome.")


def read_catalogue(path):
    rows = {}
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            line = line.rstrip("\n")
            if not line or line.startswith("#"):
                continue
            key, equals, text = line.partition(" = ")
            if not equals or not re.fullmatch(r"[a-z0-9._-]+", key):
                sys.exit(f"{path}:{number}: wants 'key = text'")
            if key in rows:
                sys.exit(f"{path}:{number}: key '{key}' stands twice")
            rows[key] = text
    return rows


def keys_used(sources, templates):
    for path in templates:
        with open(path, encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                for key in re.findall(r"\{\{text\.([a-z0-9.-]+)\}\}", line):
                    yield key, f"{path}:{number}"
    for path in sources:
        with open(path, encoding="utf-8") as file:
            for key in re.findall(r'catalogue_text\(\w+(?:\("\w+"\))?,\s*"([^"]+)"', file.read()):
                yield key, path


def check(rows, used):
    seen = set()
    for key, place in used:
        if key not in rows:
            sys.exit(f"{place}: the catalogue has no text '{key}'")
        seen.add(key)
    for key in rows:
        if key not in seen and not key.startswith(WORD_LISTS):
            sys.exit(f"catalogue: nothing uses the text '{key}'")


def c_bytes(data):
    for start in range(0, len(data), 24):
        yield "    " + ",".join(str(byte) for byte in data[start:start + 24]) + ","


def c_text(text):
    return '"' + "".join(chr(b) if 32 <= b < 127 and b not in b'"\\?' else f"\\{b:03o}"
                         for b in text.encode()) + '"'


def main():
    output, root = sys.argv[1], sys.argv[2]
    split = sys.argv.index("--")
    sources, files = sys.argv[3:split], sys.argv[split + 1:]
    catalogues = {os.path.basename(f)[:-4]: read_catalogue(f) for f in files if "/catalogue/" in f}
    assets = sorted((os.path.relpath(f, root).removeprefix("templates/"), f)
                    for f in files if "/catalogue/" not in f)
    check(catalogues["en"], list(keys_used(sources, [f for _, f in assets])))
    for language, rows in catalogues.items():
        if rows.keys() != catalogues["en"].keys():
            sys.exit(f"catalogue {language}: other keys than en: {rows.keys() ^ catalogues['en'].keys()}")
    lines = ["/* made by embed.py */", '#include "view/asset_rows.h"', ""]
    for index, (_, path) in enumerate(assets):
        with open(path, "rb") as file:
            lines += [f"static const unsigned char file_{index}[] = {{", *c_bytes(file.read()), "    0};"]
    lines.append("const struct asset asset_rows[] = {")
    lines += [f'    {{{c_text(name)}, (const char *)file_{index}, sizeof file_{index} - 1}},'
              for index, (name, _) in enumerate(assets)]
    lines += ["};", f"const size_t asset_row_count = {len(assets)};"]
    for language, rows in sorted(catalogues.items()):
        lines.append(f"static const struct catalogue_row rows_{language}[] = {{")
        lines += [f"    {{{c_text(key)}, {c_text(rows[key])}}}," for key in sorted(rows)]
        lines.append("};")
    lines.append("const struct catalogue catalogue_rows[] = {")
    lines += [f'    {{"{language}", rows_{language}, {len(rows)}}},'
              for language, rows in sorted(catalogues.items())]
    lines += ["};", f"const size_t catalogue_row_count = {len(catalogues)};", ""]
    with open(output, "w", encoding="utf-8") as file:
        file.write("\n".join(lines))


main()
