#!/usr/bin/env python3
"""The program's JSON answers fit docs/schema/, on small inputs that need no network: a store made
here, a rulebook adopted, parties imported, a TLD whose name servers do not answer.

tests/story/test_schemas.py does the same with the answers of a whole story. Last line:
`N passed, N failed, N skipped`.
"""
import argparse
import json
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import schema as schemas  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent
REGISTRARS = ("ID,Registrar Name,Status,RDAP Base URL\n"
              "9001,Example Names Ltd,Accredited,https://rdap.example.net/\n"
              "9002,\"Other Names, Inc.\",Terminated,\n")


class Program:
    def __init__(self, binary, folder):
        self.binary, self.folder = binary, folder
        (folder / "conf").write_text("log.name = schemas.example/log\n")

    def run(self, *words, expect=0, user=None, stdin=None):
        command = [self.binary, *words, "--data", self.folder / "data", "--config", self.folder / "conf"]
        if user:
            command += ["--token", self.folder / user]
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True, input=stdin)
        if done.returncode != expect:
            raise AssertionError(f"{words}: exit {done.returncode}, not {expect}: {done.stderr}")
        return done.stdout

    def json(self, *words, **how):
        return json.loads(self.run(*words, "--json", **how))


def fits(value, name):
    faults = schemas.faults(value, schemas.load(name))
    assert not faults, f"{name}: " + "; ".join(faults[:5])


def found(program):
    """A data directory with three people and the shipped rulebook."""
    program.run("init")
    program.run("user", "add", "ada", "--role", "administrator", "--out", program.folder / "ada")
    for name, role in (("anna", "analyst"), ("bert", "approver"), ("mta", "mail")):
        program.run("user", "add", name, "--role", role, "--out", program.folder / name, user="ada")
    for user, words in (("anna", ()), ("bert", ("--confirm",))):
        program.run("rulebook", "adopt", ROOT / "rulebook/icann", *words, user=user)


# --- tests ----------------------------------------------------------------------------------------

def validator_refuses(_):
    """A validator that accepts everything would prove nothing."""
    good = {"faults": [], "size": 3, "root": "0" * 64}
    fits(good, "log-verify.json")
    for bad in ({**good, "size": -1}, {**good, "size": True}, {**good, "root": "0"}, {**good, "more": 1},
                {"faults": [], "size": 3}, {**good, "faults": [{"kind": "x", "id": "", "words": ""}]}, []):
        assert schemas.faults(bad, schemas.load("log-verify.json")), bad
    try:
        schemas.faults(1, {"multipleOf": 2})
    except ValueError:
        return
    raise AssertionError("an unknown keyword was taken")


def schemas_are_whole(_):
    """Every schema says which draft it follows and is named like its file."""
    for path in schemas.FOLDER.glob("*.json"):
        body = json.loads(path.read_text())
        assert body["$schema"].endswith("2020-12/schema") and body["$id"] == path.name, path


def check_list(program):
    fits(json.loads(program.run("check", "--list")), "check-list.json")


def lists(program):
    fits(program.json("case", "list"), "case-list.json")
    fits(program.json("letter", "list"), "letter-list.json")
    fits(program.json("log", "verify"), "log-verify.json")
    answer = program.json("obligation", "list")
    assert len(answer["obligations"]) >= 40
    fits(answer, "obligation-list.json")


def complaints(program):
    """By the adopted rulebook and by its folder, in both languages; what is not translated is listed."""
    types = program.json("complaint", "types")
    fits(types, "complaint-types.json")
    assert types["language"] == "en" and len(types["types"]) >= 30, types
    folder = ("--rulebook", ROOT / "rulebook/icann")
    assert program.json("complaint", "types", *folder) == types
    whole = [t["id"] for t in types["types"] if "ar" not in t["untranslated"]]
    assert set(whole) >= {"transfer", "dns-abuse-registrar", "registration-data-inaccuracy", "renewal", "generic-registrar"}, whole
    for row in types["types"]:
        english, arabic = (program.json("complaint", "type", row["id"], *folder, "--language", tag) for tag in ("en", "ar"))
        fits(english, "complaint-type.json")
        fits(arabic, "complaint-type.json")
        assert {key: english[key] for key in row} == row, row
        texts = [(e["words"], a["words"]) for e, a in zip(english["scope"], arabic["scope"])]
        texts += [(e["ask"], a["ask"]) for key in ("questions", "evidence") for e, a in zip(english[key], arabic[key])]
        assert all((e != a) == (row["id"] in whole) for e, a in texts), row["id"]
    words = program.run("complaint", "type", "transfer")
    assert "request *: Your request to the registrar" in words and "-> no-prior-report" in words, words
    assert "transfer" in program.run("complaint", "types")
    other = program.json("complaint", "type", "abuse", "--rulebook", ROOT / "rulebook/cctld-example")
    fits(other, "complaint-type.json")
    assert other["first_review_days"] == 3, other
    program.run("complaint", "type", "noise", *folder, expect=2)
    program.run("complaint", "types", "--rulebook", program.folder / "none", expect=2)


def party_import(program):
    file = program.folder / "registrars.csv"
    file.write_text(REGISTRARS)
    first = program.json("party", "import", "--registrars", file, user="anna")
    fits(first, "party-import.json")
    assert len(first["added"]) == 2, first
    file.write_text(REGISTRARS.replace("Example Names Ltd", "Example Names plc"))
    second = program.json("party", "import", "--registrars", file, "--dry-run", user="anna")
    fits(second, "party-import.json")
    assert second["changed"] and not second["added"], second


def a_case(program):
    """A matter that a person takes up, with what is alleged and linked."""
    duty = "raa.3.18.1-abuse-contact"
    opened = program.json("case", "open", "--party", "registrar-9001", "--obligation", duty, "--violation", user="anna")
    case = opened["case"]
    program.run("case", "allege", case, "--obligation", duty, "--subject", "a.example", "--subject", "b.example", user="anna")
    program.run("case", "decide", case, "1", "--outcome", "withdrawn", "--reason", "typing", user="anna")
    program.run("case", "link", case, "complaint", "k-1", user="anna")
    program.run("case", "unlink", case, "complaint", "k-1", "--reason", "other", user="anna")
    shown = program.json("case", "show", case)
    fits(shown, "case-show.json")
    assert [a["outcome"] for a in shown["allegations"]] == ["withdrawn", "open"], shown
    assert shown["allegations"][1]["subjects"] == ["a.example", "b.example"], shown
    assert shown["links"][0]["unlinked_by"] == "anna", shown
    fits(program.json("case", "service", case), "case-service.json")
    conduct = program.json("party", "conduct", "registrar-9001")
    fits(conduct, "party-conduct.json")
    assert [c["case"] for c in conduct["cases"]] == [case] and not conduct["cases"][0]["counts"], conduct
    program.run("case", "allege", case, "--obligation", duty, "--to", "2001-01-01", user="anna", expect=2)


def families(program):
    """Under common control for a while; the rest of the day's history stays."""
    for party, family, *days in (("registrar-9001", "group", "--from", "2024-01-01"),
                                 ("registrar-9002", "group", "--from", "2025-01-01", "--until", "2026-01-01")):
        program.run("party", "family", party, family, *days, user="anna")
    told = program.json("party", "families", "registrar-9001")
    fits(told, "party-families.json")
    assert told["families"] == [{"family": "group", "from_day": "2024-01-01", "until_day": None, "members": [
        {"party": "registrar-9002", "name": told["families"][0]["members"][0]["name"], "from_day": "2025-01-01",
         "until_day": "2026-01-01"}]}], told
    case = program.json("case", "list")["cases"][0]["id"]
    assert program.json("case", "explain", case)["family"] == told["families"][0]


def proofs(program):
    """A token is handed out for something and revoked; nobody is signed in."""
    program.run("user", "token", "add", "anna", "--for", "read", "--until", "9999-01-01", "--out",
                program.folder / "read", user="ada")
    program.run("user", "token", "revoke", "anna", "2", user="ada")
    fits(program.json("user", "token", "list", "anna"), "user-tokens.json")
    fits(program.json("user", "sessions"), "user-sessions.json")


def grants(program):
    """Somebody of a registrar may read, until it is taken back."""
    program.run("user", "add", "rita", "--role", "party", "--party", "registrar-9001", "--out", program.folder / "rita",
                user="ada")
    program.run("user", "grant", "add", "rita", "--party", "registrar-9001", "--may", "read", "--until", "9999-01-01",
                user="ada")
    told = program.json("user", "grant", "list", "rita")
    fits(told, "user-grants.json")
    assert told["grants"][0]["in_force"], told
    program.run("user", "grant", "revoke", "rita", "1", user="ada")
    told = program.json("user", "grant", "list", "--party", "registrar-9001")
    fits(told, "user-grants.json")
    assert not told["grants"][0]["in_force"] and told["grants"][0]["revoked_by"] == "ada", told
    fits(program.json("user", "list"), "user-list.json")


def absence(program):
    """anna goes away, and what is in her hands is in the deputy's list too, until she is back."""
    case = program.json("case", "list")["cases"][0]["id"]
    program.run("case", "record", case, "assigned", "--object", "anna", user="bert")
    went = program.json("user", "absent", "anna", "--until", "9999-01-01", "--deputy", "bert", user="anna")
    assert (went["id"], went["until"], went["deputy"]) == ("anna", "9999-01-01", "bert"), went
    users = program.json("user", "list")
    fits(users, "user-list.json")
    absent = {user["id"]: user["absent"] for user in users["users"]}
    assert absent.pop("anna") == {"from": went["from"], "until": went["until"], "deputy": "bert", "now": True}, users
    assert set(absent.values()) == {None}, users
    shown = program.json("case", "list", "--handler", "bert")
    fits(shown, "case-list.json")
    assert [(c["id"], c["handler"], c["deputy"]) for c in shown["cases"]] == [(case, "anna", "bert")], shown
    told = program.json("user", "absences")
    fits(told, "user-absences.json")
    assert program.json("user", "absences", "--on", went["from"]) == told and len(told["absences"]) == 1, told
    assert program.json("user", "absences", "--on", "9999-01-01") == {"absences": []}
    program.run("user", "back", "anna", user="bert", expect=2)
    assert program.json("user", "back", "anna", user="ada")["deputy"] == "bert"
    assert program.json("case", "list", "--handler", "bert")["cases"] == []
    assert program.json("case", "list", "--handler", "anna")["cases"][0]["deputy"] == ""


def migration(program):
    """The case of before goes over to a rulebook with a longer first notice, by two people."""
    folder = program.folder / "law"
    shutil.copytree(ROOT / "rulebook/icann", folder)
    process = folder / "process.yaml"
    process.write_text(process.read_text().replace("1st inquiry or notice, n: 5", "1st inquiry or notice, n: 8"))
    for user, words in (("anna", ()), ("bert", ("--confirm",))):
        program.run("rulebook", "adopt", folder, *words, user=user)
    shown = program.json("rulebook", "migrate", "--preview")
    fits(shown, "rulebook-migrate.json")
    (row,) = shown["cases"]
    assert row["possible"] and row["from"] != row["to"] == shown["version"], row
    assert program.json("rulebook", "migrate", "--preview", row["case"])["cases"] == [row]
    program.run("rulebook", "migrate", row["case"], user="anna", expect=2)
    proposed = program.json("rulebook", "migrate", "--reason", "new-process", user="anna")
    fits(proposed, "rulebook-migrate.json")
    waits = program.json("case", "migrations")
    fits(waits, "case-migrations.json")
    assert [(p["proposal"], p["stale"]) for p in waits["proposals"]] == [(proposed["cases"][0]["proposal"], False)], waits
    assert program.json("case", "migrations", "--stale") == {"proposals": []}
    agreed = program.json("rulebook", "agree", shown["version"], user="bert")
    fits(agreed, "rulebook-agree.json")
    assert [c["agreed"] for c in agreed["cases"]] == [True], agreed
    assert program.json("rulebook", "migrate", "--preview")["cases"] == []
    assert program.json("rebuild", "--check")["differences"] == []
    program.run("case", "migrate", row["case"], "--reason", "again", user="anna", expect=2)


def closed_port():
    """A port of the loopback interface on which nothing listens, held so that nobody takes it."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 0))
    return sock, sock.getsockname()[1]


def check_and_replay(program):
    """Nobody answers and no reference confirms our network: undetermined, exit 3, and the same bytes
    from the saved measurement."""
    held, port = closed_port()
    (program.folder / "hints").write_text(". 1 NS a.root.\na.root. 1 A 127.0.0.1\n")
    addresses = ("127.0.0.1", "127.0.0.2", "::1")
    (program.folder / "map").write_text("".join(f"{a}#53 127.0.0.1#{port}\n" for a in addresses))
    servers = [word for ns in ("ns1", "ns2") for a in (f"127.0.0.{ns[2]}", "::1") for word in ("--ns", f"{ns}.example/{a}")]
    (program.folder / "anchor").write_text("")
    saved = program.folder / "saved"
    text = program.run("check", "example", "--json", *servers, "--hints", program.folder / "hints", "--net-map",
                       program.folder / "map", "--trust-anchor", program.folder / "anchor", "--save", saved, expect=3)
    held.close()
    report = json.loads(text)
    fits(report, "check.json")
    assert report["verdict"] == "undetermined" and report["findings"] and report["results"], report["verdict"]
    assert program.run("replay", saved, "--json", expect=3) == text, "replay gave other bytes"


def mail_list(program):
    """One mail of each kind that needs no letter, and no more than one when it comes twice."""
    fits(program.json("mail", "list"), "mail-list.json")
    for text in ("Subject: hello\n\n", "From: b@example\nAuto-Submitted: auto-replied\n\n") * 2:
        program.run("mail-in", user="mta", stdin=text)
    program.run("mail-in", user="mta", stdin="", expect=65)
    mails = program.json("mail", "list")
    fits(mails, "mail-list.json")
    assert [m["outcome"] for m in mails["mails"]] == ["held", "automatic"], mails
    assert program.json("mail", "list", "--held")["mails"] == mails["mails"][:1]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    binary = (parser.parse_args().build / "bailiwick").resolve()
    tests = (validator_refuses, schemas_are_whole, check_list, lists, complaints, party_import, a_case, families, proofs, grants, absence, migration, mail_list, check_and_replay)
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        program = Program(binary, pathlib.Path(folder))
        found(program)
        for test in tests:
            try:
                test(program)
            except AssertionError as failure:
                failed += 1
                print(f"{test.__name__}: {failure}")
    print(f"{len(tests) - failed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
