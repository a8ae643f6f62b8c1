#!/usr/bin/env python3
"""The shipped rulebook has every row of the catalogue that it follows, and answers what is in force,
what changes and how much is tested, for everybody and for one party.

catalogue-rows.txt and not-obligations.txt are written by hand. Last line: `N passed, N failed, N skipped`.
"""
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from support import Tally, read_options, scratch, store_with_law  # noqa: E402

DAY = "2026-11-24"
REGISTRARS = "ID,Registrar Name,Status,RDAP Base URL\n9001,Example Names Ltd,Accredited,\n"
WORDS = {("registry",): "registry", ("registrar",): "registrar", ("registrar", "registry"): "both"}
# The amendment of 5 April 2024, for a registrar: what its text says, id by id.
AMENDMENT = {"raa.3.18.1-abuse-contact": "changes", "raa.3.18.1-report-confirmation": "begins",
             "raa.3.18.2-dns-abuse-mitigation": "begins", "raa.3.18.3-authorities": "changes",
             "raa.3.18.4-abuse-procedure": "changes", "raa.3.18.4-abuse-records": "changes"}


def lines(name):
    text = (HERE / name).read_text().splitlines()
    return [line for line in text if line.strip() and not line.startswith("#")]


def by_row(law):
    """row -> the obligations that name it."""
    found = {}
    for obligation in law:
        for row in obligation["row"].split(", "):
            found.setdefault(row, []).append(obligation)
    return found


def binds(obligations):
    return WORDS[tuple(sorted({word for o in obligations for word in o["binds"]}))]


def rows(tally, law):
    listed = [line.split(maxsplit=1) for line in lines("catalogue-rows.txt")]
    parties = {row: party for party, row in listed}
    reasons = dict(line.split(": ", 1) for line in lines("not-obligations.txt"))
    found = by_row(law)
    tally.equal(len(parties), len(listed), "no row stands twice in the list")
    tally.check(len(parties) >= 179, "the list is whole", len(parties))
    tally.equal(sorted(set(parties) - set(found) - set(reasons)), [], "every row has an obligation")
    tally.equal(sorted(set(found) - set(parties)), [], "no obligation names an unknown row")
    tally.equal(sorted(set(reasons) & set(found)), [], "what is no obligation has none")
    tally.equal(sorted(set(reasons) - set(parties)), [], "reasons are given for rows of the list")
    tally.check(all(len(words) > 20 for words in reasons.values()), "each reason says something")
    tally.equal({row: binds(obligations) for row, obligations in found.items()
                 if binds(obligations) != parties.get(row)}, {}, "each row binds whom the list says")


def coverage(tally, call, law):
    counts = json.loads(call("obligation", "list", "--coverage", "--as-of", DAY, "--json"))
    ways = ("check", "document-request", "audit", "none-yet")
    tally.equal(counts["obligations"], len({o["id"] for o in law}), "coverage counts each obligation once")
    tally.equal(sum(counts[way] for way in ways), counts["obligations"], "each has exactly one test")
    tally.check(all(counts[way] for way in ways) and counts["unconfirmed"], "every count is printed", counts)
    text = call("obligation", "list", "--coverage", "--as-of", DAY)
    tally.check(all(f"{way}: {counts[way]}\n" in text for way in ways), "and for people too", text)


def ids_of(call, party, day):
    listed = json.loads(call("obligation", "list", "--party", party, "--as-of", day, "--json"))
    return {o["id"]: (o["from"], o["until"]) for o in listed["obligations"]}


def changes_of(call, before, after, *words):
    answer = json.loads(call("obligation", "diff", before, after, *words, "--json"))
    return {change["id"]: change["what"] for change in answer["changes"]}


def one_party(tally, call):
    party = "registrar-9001"
    before, after = (ids_of(call, party, day) for day in ("2024-04-04", "2024-04-05"))
    told = changes_of(call, "2024-04-04", "2024-04-05", "--party", party)
    tally.equal(told, AMENDMENT, "an amendment changes what it says for a registrar")
    tally.equal({id for id in before | after if before.get(id) != after.get(id)}, set(AMENDMENT),
                "which is the difference of its two lists")
    tally.check("raa.3.18.2-dns-abuse-mitigation" not in before, "nothing binds before its day")
    everybody = changes_of(call, "2024-04-04", "2024-04-05")
    tally.equal({id: what for id, what in everybody.items() if not id.startswith("ra.")}, AMENDMENT,
                "for everybody the registries' changes come in addition")
    tally.check(any(id.startswith("ra.") for id in everybody), "there are some of them", everybody)
    tally.equal(changes_of(call, "2024-04-05", DAY, "--party", party, "--subject", "example").get(
        "registration-data-policy.8-escrow"), "begins", "policies bind by any agreement")
    call("obligation", "diff", "2024-04-04", "2024-04-05", "--party", "nobody", expect=(2,))


def main():
    options, tally = read_options(__doc__), Tally()
    with scratch() as place:
        folder = pathlib.Path(place)
        call = store_with_law(options.binary, folder)
        (folder / "registrars.csv").write_text(REGISTRARS)
        call("party", "import", "--registrars", folder / "registrars.csv", user="ada")
        law = json.loads(call("obligation", "list", "--as-of", DAY, "--json"))["obligations"]
        with tally.part("rows"):
            rows(tally, law)
        with tally.part("coverage"):
            coverage(tally, call, law)
        with tally.part("one party"):
            one_party(tally, call)
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
