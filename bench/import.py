#!/usr/bin/env python3
"""How long a root zone of 1,450 generated TLDs takes to come in, the first time and again unchanged.

  ./dev bench import [--seed N] [--tlds N]

Whole processes, with their log entries and syncs. Goals: under 1 s, and under 0.5 s for the second.
There is no peer: nothing else keeps parties.
"""
import argparse
import json
import pathlib
import random
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "shared"))
sys.path.insert(0, str(HERE.parent / "tests/story"))
from figures import Figures, cost_of  # noqa: E402
from program import ROOT, Program  # noqa: E402

GOALS = {"first": 1.0, "second": 0.5}
SOA = ".\t86400\tIN\tSOA\ta.root.example. hostmaster.example. 2026010100 1800 900 604800 86400\n"


def label(chance):
    return "".join(chance.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(chance.randint(3, 12)))


def names(chance, count):
    made = set()
    while len(made) < count:
        made.add(label(chance))
    return sorted(made)


def delegation(chance, tld):
    """NS, DS and glue of one TLD, as in the published file."""
    lines = []
    for letter in "abcdef"[:chance.randint(2, 6)]:
        host = f"{letter}.nic.{tld}."
        lines.append(f"{tld}.\t172800\tIN\tNS\t{host}\n")
        lines.append(f"{host}\t172800\tIN\tA\t192.0.2.{chance.randrange(256)}\n")
        lines.append(f"{host}\t172800\tIN\tAAAA\t2001:db8::{chance.randrange(65536):x}\n")
    lines.append(f"{tld}.\t86400\tIN\tDS\t{chance.randrange(65536)} 13 2 {chance.randbytes(32).hex()}\n")
    return lines


def root_zone(chance, tlds):
    lines = [SOA, ".\t518400\tIN\tNS\ta.root.example.\n"]
    for tld, after in zip([".", *tlds], [*tlds, "."]):
        owner = "." if tld == "." else f"{tld}."
        lines += delegation(chance, tld) if tld != "." else []
        types = "NS SOA RRSIG NSEC DNSKEY" if tld == "." else "NS DS RRSIG NSEC"
        lines.append(f"{owner}\t86400\tIN\tNSEC\t{after if after == '.' else after + '.'} {types}\n")
    return "".join([*lines, SOA])


def root_db(tlds):
    rows = "".join(
        f'<tr><td><span class="domain tld"><a href="/domains/root/db/{tld}.html">.{tld}</a></span></td>'
        f"<td>generic</td><td>Registry of {tld}</td></tr>\n" for tld in tlds)
    return f'<table id="tld-table"><tbody>\n{rows}</tbody></table>\n'


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1, 10**6))
    parser.add_argument("--tlds", type=int, default=1450)
    options = parser.parse_args()
    figures = Figures(options.seed)
    figures.say("tlds", options.tlds, "count")
    chance = random.Random(options.seed)
    tlds = names(chance, options.tlds)
    with tempfile.TemporaryDirectory(prefix="bailiwick-bench-") as name:
        folder = pathlib.Path(name)
        (folder / "root.zone").write_text(root_zone(chance, tlds))
        (folder / "root-db.html").write_text(root_db(tlds))
        config = folder / "bailiwick.conf"
        config.write_text("log.name = bench.bailiwick.example/log\n")
        program = Program(options.build.resolve() / "bailiwick", folder / "data", config)
        program.run("init")
        program.tokens["ada"] = folder / "ada.token"
        program.run("user", "add", "ada", "--role", "administrator", "--out", program.tokens["ada"])
        command = program.command("party", "import", "--root-zone", folder / "root.zone",
                                  "--root-db", folder / "root-db.html", "--json", user="ada")
        costs = {}
        for run, expected in (("first", options.tlds), ("second", 0)):
            code, costs[run] = cost_of(command, folder / "log", program.env)
            words = (folder / "log").read_text()
            added = len(json.loads(words)["added"]) if code == 0 else -1
            if code or (added == 0) != (expected == 0) or added < expected:
                print(f"{run} import: exit {code}, {added} added: {words[:2000]}", file=sys.stderr)
                return 1
    for run, cost in costs.items():
        figures.say(f"import.{run}.wall", cost.wall, "s")
        figures.say(f"import.{run}.cpu", cost.cpu, "s")
        figures.say(f"import.{run}.goal", GOALS[run], "s")
    return 1 if any(costs[run].wall > GOALS[run] for run in GOALS) else 0


if __name__ == "__main__":
    sys.exit(main())
