#!/usr/bin/env python3
"""The rulebook icann against a table of what is in force when, written by hand from public documents
(tests/rulebook/in-force.csv): ten dates, a registry and a registrar under the current agreements.

Says of each row what differs; `--rulebook DIR` compares another folder.
"""
import argparse
import datetime
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from support import ROOT, Tally, run, scratch  # noqa: E402

DATES = ["2013-12-31", "2018-06-01", "2020-01-15", "2023-12-31", "2024-04-04", "2024-04-05",
         "2024-08-21", "2025-08-20", "2025-08-21", "2026-06-30"]
PARTIES = {"registry": "registry-registry-one", "registrar": "registrar-9001"}
SOA = (".\t86400\tIN\tSOA\ta.root-servers.net. nstld.example. 2027010400 1800 900 604800 86400\n")
ROOT_ZONE = (SOA + ".\t518400\tIN\tNS\ta.root-servers.net.\ntezt.\t172800\tIN\tNS\ta.nic.tezt.\n"
             "a.nic.tezt.\t172800\tIN\tA\t198.18.0.1\n" + SOA)
ROOT_DB = """<html><body><table id="tld-table" class="iana-table"><tbody>
    <tr>
        <td>
            <span class="domain tld"><a href="/domains/root/db/tezt.html">.tezt</a></span></td>
        <td>generic</td>
        <td>Registry One</td>
    </tr>
</tbody></table></body></html>
"""
REGISTRARS = "ID,Registrar Name,Status,RDAP Base URL\n9001,Example Names Ltd,Accredited,\n"


# --- the table ------------------------------------------------------------------------------------


def span(text, default):
    """The first and the last day that a date of the table may mean."""
    first, dots, last = text.partition("..")
    if not text:
        first = last = default
    elif not dots:
        last = first
    return day(first, "01-01"), day(last, "12-31") if last else datetime.date.max


def day(text, rest):
    if text == "never":
        return datetime.date.max
    return datetime.date.fromisoformat(text if len(text) > 4 else f"{text}-{rest}")


def in_force(row, date):
    """True, False, or None where the documents do not say."""
    began, begun = span(row["from"], "")
    ends, ended = span(row["until"], "never")
    if date < began or date >= ended:
        return False
    return True if begun <= date < ends else None


def read_table():
    """(rows to compare, names of those that are not)."""
    names = ["row", "party", "from", "until", "mark", "reason"]
    rows = [dict(zip(names, line.split(",", len(names) - 1)))
            for line in (HERE / "in-force.csv").read_text().splitlines() if not line.startswith("#")]
    return [row for row in rows if row["party"] != "-"], {r["row"] for r in rows if r["party"] == "-"}


# --- the rulebook ---------------------------------------------------------------------------------


class Rulebook:
    """A store in which a rulebook was adopted and one party of each kind imported."""

    def __init__(self, options, folder, law):
        self.binary, self.folder = options.build / "bailiwick", folder
        self.call("init")
        self.call("user", "add", "ada", "--role", "administrator", "--out", folder / "ada")
        for name, role in (("anna", "analyst"), ("bert", "approver")):
            self.call("user", "add", name, "--role", role, "--out", folder / name, user="ada")
        self.call("rulebook", "adopt", law, user="anna")
        self.call("rulebook", "adopt", law, "--confirm", user="bert")
        files = {"root-zone": ROOT_ZONE, "root-db": ROOT_DB, "registrars": REGISTRARS}
        for name, text in files.items():
            (folder / name).write_text(text)
        words = [word for name in files for word in (f"--{name}", folder / name)]
        self.call("party", "import", *words, user="ada")

    def call(self, *words, user=None):
        more = ["--token", self.folder / user] if user else []
        return run([self.binary, *words, "--data", self.folder / "data", "--json", *more]).stdout

    def rows(self, *words):
        """The rows of the catalogue behind the obligations that are listed; one may stand for several."""
        listed = json.loads(self.call("obligation", "list", *words))["obligations"]
        return {row for obligation in listed for row in obligation["row"].split(", ")}


def differences(row, party, bound):
    """"in force on 2018-06-01, 2020-01-15 only by the table", or nothing."""
    wrong = {True: [], False: []}
    for date in DATES:
        expected = in_force(row, datetime.date.fromisoformat(date))
        if expected is not None and expected != (row["row"] in bound[party, date]):
            wrong[expected].append(date)
    return "; ".join(f"in force on {', '.join(dates)} only by the {name}"
                     for dates, name in ((wrong[True], "table"), (wrong[False], "rulebook")) if dates)


def compare(rulebook, tally):
    table, left_out = read_table()
    there = rulebook.rows()
    bound = {(party, date): rulebook.rows("--party", name, "--as-of", date)
             for party, name in PARTIES.items() for date in DATES}
    for row in table:
        if not tally.check(row["row"] in there, f"{row['row']}", "the rulebook has no such row"):
            continue
        for party in PARTIES:
            bound_by_table = row if row["party"] in (party, "both") else {**row, "from": "never"}
            wrong = differences(bound_by_table, party, bound)
            tally.check(not wrong, f"{row['row']}, {party}", f"{wrong} ({row['reason']})")
    unknown = there - left_out - {row["row"] for row in table}
    tally.check(not unknown, "rows of the rulebook that the table does not know", sorted(unknown))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("--rulebook", type=pathlib.Path, default=ROOT / "rulebook/icann")
    options, tally = parser.parse_args(), Tally()
    with tally.part("a store with the rulebook"), scratch() as folder:
        compare(Rulebook(options, pathlib.Path(folder), options.rulebook), tally)
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
