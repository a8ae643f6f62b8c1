#!/usr/bin/env python3
"""A saved measurement is judged again to the same bytes, and not at all once a byte of it is another.

Also: judging by the rules of another day changes what the rule change is about, and nothing else.
"""
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import check_words, in_lab, run  # noqa: E402

# The file begins with a magic and the manifest's size, then come the manifest, its digest, and the
# blocks, each with a size and a digest before it (src/model/measurement.h).
HEAD, DIGEST = 8, 32
BLOCK_HEAD = 4 + DIGEST
SAMPLES = 300

# 2024-02-03: by then registries have to run RDAP as their amended agreement says
# (rulebook/icann/documents/ra.yaml); before, nothing of what can be seen here bound them.
RULE_CHANGE = ("2024-02-02", "2024-02-03")
CHANGED = {"ra.spec4.rdap-profile", "ra.spec4.rdap-lookup", "ra.spec10.rdap-availability"}


def save(options, lab, tld, path):
    done = run(lab.exec(check_words(options, lab, tld, "--json", "--save", path)), expect=(0, 1))
    return done.returncode, done.stdout


def replay(options, path, *words):
    return subprocess.run([options.binary, "replay", path, "--json", *words], capture_output=True,
                          text=True, check=False, timeout=120)


def the_same_bytes_again(options, tally, what, path, saved):
    code, text = saved
    again = replay(options, path)
    tally.equal(again.returncode, code, f"{what}: exit code of the replay")
    tally.check(again.stdout == text, f"{what}: the replay prints the same bytes")
    moved = replay(options, path, "--as-of", json.loads(text)["as_of"])
    tally.check(moved.stdout == text, f"{what}: as of its own day, the same bytes")


def positions(options, data):
    """All of the file's head, and samples of the heads of blocks, of the manifest and of the rest."""
    manifest_end = HEAD + int.from_bytes(data[4:HEAD], "big") + DIGEST
    heads, at = set(), manifest_end
    while at < len(data):
        heads.update(range(at, at + BLOCK_HEAD))
        at += BLOCK_HEAD + int.from_bytes(data[at:at + 4], "big")
    chosen = set(options.random.sample(sorted(heads), min(len(heads), SAMPLES // 3)))
    chosen.update(range(HEAD))
    chosen.update(options.random.sample(range(HEAD, manifest_end), SAMPLES // 3))
    while len(chosen) < SAMPLES:
        chosen.add(options.random.randrange(len(data)))
    return at == len(data), sorted(chosen)


def refusal(options, folder, data, at):
    """What is wrong with how a file with one changed byte is refused; None when nothing is."""
    changed = bytearray(data)
    changed[at] ^= 1 << at % 8
    path = folder / f"changed-{at}"
    path.write_bytes(changed)
    done = replay(options, path)
    path.unlink()
    if done.returncode != 2 or done.stdout:
        return f"byte {at}: exit {done.returncode}, {len(done.stdout)} bytes printed"
    if not re.search(r"exchange \d+|manifest", done.stderr):
        return f"byte {at}: names neither an exchange nor the manifest: {done.stderr.strip()}"
    return None


def any_changed_byte_is_refused(options, tally, folder, path):
    data = path.read_bytes()
    whole, chosen = positions(options, data)
    tally.check(whole, "the blocks fill the file")
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        faults = list(pool.map(lambda at: refusal(options, folder, data, at), chosen))
    for at, fault in zip(chosen, faults):
        tally.check(fault is None, f"a changed byte is refused ({at} of {len(data)})", fault)
    for cut in (0, 3, HEAD, len(data) // 2, len(data) - 1):
        short = folder / "short"
        short.write_bytes(data[:cut])
        done = replay(options, short)
        tally.equal((done.returncode, done.stdout), (2, ""), f"cut after {cut} bytes")
    longer = folder / "longer"
    longer.write_bytes(data + b"\0")
    tally.equal(replay(options, longer).returncode, 2, "one byte more")


def a_rule_change_touches_what_it_is_about(options, tally, what, path):
    before, after = (json.loads(replay(options, path, "--as-of", day).stdout) for day in RULE_CHANGE)
    by_rule = [{finding["obligation"]: finding for finding in report["findings"]}
               for report in (before, after)]
    tally.equal(set(by_rule[0]) ^ set(by_rule[1]), CHANGED, f"{what}: obligations of one day only")
    for name in set(by_rule[0]) & set(by_rule[1]):
        tally.equal(by_rule[0][name], by_rule[1][name], f"{what}: {name} is judged alike")
    rest = [{key: value for key, value in report.items() if key not in ("as_of", "findings", "verdict")}
            for report in (before, after)]
    tally.equal(rest[0], rest[1], f"{what}: what was seen is the same")
    return before["verdict"], after["verdict"]


def test(options, tally, lab, folder):
    tlds = lab.list()["tlds"]
    files = {}
    for tld in tlds:
        what = f"{tld['role']} with {tld['faults']}"
        path = files[tld["role"]] = folder / f"{tld['role']}.measurement"
        with tally.part(what):
            the_same_bytes_again(options, tally, what, path, save(options, lab, tld, path))
    with tally.part("changed bytes"):
        any_changed_byte_is_refused(options, tally, folder, files["tld1"])
    with tally.part("rules of other days"):
        for tld in tlds:
            verdicts = a_rule_change_touches_what_it_is_about(
                options, tally, f"{tld['role']} with {tld['faults']}", files[tld["role"]])
            if tld["faults"] == ["rdap-invalid-json"]:
                tally.equal(verdicts, ("met", "not met"), "broken RDAP before and after the change")


if __name__ == "__main__":
    sys.exit(in_lab(test, "replay"))
