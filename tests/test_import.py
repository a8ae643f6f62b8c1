#!/usr/bin/env python3
"""`party import` of a root zone of real size: once, again, changed, truncated, damaged.

Root zone, root database and registrar list are generated in the form in which the IANA publishes
them: as many TLDs as there are, four name servers each with glue, ccTLDs and IDNs among them. Times
are printed; the goals are 1 s for the first import and 0.5 s for one that changes nothing.
"""
import contextlib
import csv
import io
import json
import pathlib
import sqlite3
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from support import Tally, read_options, run, scratch  # noqa: E402

TLDS, REGISTRARS, CUTS = 1450, 3000, 20
NOW = "2027-01-04T09:00:00Z"
KINDS = ("generic", "sponsored", "country-code", "infrastructure")
STATES = ("Accredited", "Accredited", "Terminated", "Reserved")
CLOCK = "INSERT INTO \"meta\" VALUES('wall'"
GOALS_MS = {"first import": 1000, "unchanged import": 500}


class World:
    """What the three files are made of."""

    def __init__(self, chance):
        letters = "abcdefghijklmnopqrstuvwxyz"
        names = set()
        while len(names) < TLDS - 50:
            names.add("".join(chance.choice(letters) for _ in range(chance.randrange(3, 12))))
        names.update(f"xn--{number:x}a{chance.randrange(10)}b" for number in range(50))
        self.serial = 2027010400
        self.tlds = {name: {"kind": KINDS[chance.choice((0, 0, 0, 1, 2, 2))],
                            "manager": f"Registry {chance.randrange(900)} & Söhne, Inc.",
                            "hosts": 4, "number": number, "tag": chance.randrange(65536)}
                     for number, name in enumerate(sorted(names))}
        self.registrars = {1000 + number: (f"Registrar, {number} \"Names\" Ltd.", chance.choice(STATES))
                           for number in range(REGISTRARS)}

    def root_zone(self):
        soa = (".\t86400\tIN\tSOA\ta.root-servers.net. nstld.example. "
               f"{self.serial} 1800 900 604800 86400\n")
        lines = [soa, ".\t518400\tIN\tNS\ta.root-servers.net.\n"]
        for name, tld in sorted(self.tlds.items()):
            number = tld["number"]
            for host in range(tld["hosts"]):
                server = f"{'abcdefgh'[host]}.nic.{name}."
                lines.append(f"{name}.\t172800\tIN\tNS\t{server}\n")
                lines.append(f"{server}\t172800\tIN\tA\t198.18.{number >> 8}.{number & 255}\n")
                lines.append(f"{server}\t172800\tIN\tAAAA\t2001:db8:{number:x}::{host + 1}\n")
            lines.append(f"{name}.\t86400\tIN\tDS\t{tld['tag']} 13 2 {tld['tag']:064X}\n")
        return "".join(lines) + soa

    def root_db(self):
        rows = []
        for name, tld in sorted(self.tlds.items()):
            manager = tld["manager"].replace("&", "&amp;")
            rows.append(f"""    <tr>
        <td>
            <span class="domain tld"><a href="/domains/root/db/{name}.html">.{name}</a></span></td>
        <td>{tld["kind"]}</td>
        <td>{manager}</td>
    </tr>
""")
        return ("<!doctype html>\n<html><head><title>Root Zone Database</title></head><body>\n"
                "<table id=\"tld-table\" class=\"iana-table\"><thead><tr><th>Domain</th><th>Type</th>"
                "<th>TLD Manager</th></tr></thead><tbody>\n" + "".join(rows)
                + "</tbody></table></body></html>\n")

    def registrar_list(self):
        rows = ["ID,Registrar Name,Status,RDAP Base URL\n"]
        for number, (name, state) in sorted(self.registrars.items()):
            quoted = name.replace('"', '""')
            url = f"https://rdap.r{number}.example/" if state == "Accredited" else ""
            rows.append(f"{number},\"{quoted}\",{state},{url}\n")
        return "".join(rows)

    def files(self):
        return {"root-zone": self.root_zone().encode(), "root-db": self.root_db().encode(),
                "registrars": self.registrar_list().encode()}


class Store:
    """A store into which files are imported, and what it then holds."""

    def __init__(self, binary, folder):
        self.binary, self.folder, self.data = binary, folder, folder / "data"
        self.token = folder / "token"
        self.run("init", "--now", NOW)
        self.run("user", "add", "ada", "--role", "administrator", "--out", self.token, "--now", NOW)

    def run(self, *words, expect=(0,)):
        return run([self.binary, *words, "--data", self.data], expect=expect)

    def give(self, files, *words):
        """(exit code, report, words, milliseconds) of an import of these bytes."""
        options = list(words)
        for name, data in files.items():
            path = self.folder / name
            path.write_bytes(data)
            options += [f"--{name}", path]
        begun = time.monotonic()
        done = self.run("party", "import", *options, "--json", "--now", NOW, "--token", self.token,
                        expect=None)
        spent = (time.monotonic() - begun) * 1000
        report = json.loads(done.stdout) if done.returncode == 0 else done.stdout
        return done.returncode, report, done.stderr, spent

    def content(self):
        """Every row but the mark of how far the clock of this demonstration has come."""
        db = sqlite3.connect(f"{(self.data / 'store.db').as_uri()}?mode=ro", uri=True)
        try:
            return [line for line in db.iterdump() if not line.startswith(CLOCK)]
        finally:
            db.close()

    def contacts(self):
        """(party, role, address, name) of every contact."""
        with contextlib.closing(sqlite3.connect(f"{(self.data / 'store.db').as_uri()}?mode=ro", uri=True)) as db:
            return set(db.execute("SELECT party, role, email, name FROM contact"))

    def events(self, kind):
        """What the log was told of one kind, as texts."""
        with contextlib.closing(sqlite3.connect(f"{(self.data / 'store.db').as_uri()}?mode=ro", uri=True)) as db:
            texts = [bytes(row[0]) if isinstance(row[0], bytes) else row[0].encode()
                     for row in db.execute("SELECT json FROM opening")]
        return [text.decode() for text in texts if f'"{kind}"'.encode() in text]

    def tlds(self):
        return {tld["name"]: tld for tld in
                json.loads(self.run("tld", "list", "--json").stdout)["tlds"]}


def counts(report):
    return {name: len(report[name]) for name in ("added", "removed", "changed", "refused")}


def say_time(what, spent):
    print(f"{what}: {spent:.0f} ms (goal {GOALS_MS[what]} ms)", flush=True)


def first_import(tally, store, world):
    code, report, words, spent = store.give(world.files())
    say_time("first import", spent)
    tally.equal(code, 0, f"first import: exit code {words}")
    tally.equal((report["removed"], report["changed"]), ([], []), "first import: only additions")
    tlds = store.tlds()
    tally.equal(set(tlds), set(world.tlds), "every TLD of the root zone is known")


def second_import(tally, store, world):
    before = store.content()
    code, report, words, spent = store.give(world.files())
    say_time("unchanged import", spent)
    tally.equal((code, counts(report)), (0, dict.fromkeys(counts(report), 0)),
                f"the same files change nothing {words}")
    tally.check(store.content() == before, "the same files leave the store as it is")


def changed_import(tally, store, world, chance):
    gone, moved, handed, signed = chance.sample(sorted(
        name for name, tld in world.tlds.items() if tld["kind"] == "generic"), 4)
    ended = next(number for number, row in world.registrars.items() if row[1] == "Accredited")
    del world.tlds[gone]
    world.tlds["arrived"] = {"kind": "generic", "manager": "Newcomer Ltd", "hosts": 2,
                             "number": TLDS, "tag": 7}
    world.tlds["arrived-too"] = {"kind": "generic", "manager": "Newcomer Ltd", "hosts": 2,
                                 "number": TLDS + 1, "tag": 7}
    world.tlds[moved]["hosts"] = 3
    world.tlds[handed]["manager"] = "Successor GmbH"
    world.tlds[signed]["tag"] = (world.tlds[signed]["tag"] + 1) % 65536
    world.registrars[ended] = (world.registrars[ended][0], "Terminated")
    world.serial += 1
    before = store.content()
    code, foreseen, words, _ = store.give(world.files(), "--dry-run")
    tally.equal(code, 0, f"a dry run of changed files: exit code {words}")
    tally.check(store.content() == before, "a dry run changes nothing")
    code, report, words, _ = store.give(world.files())
    tally.equal(code, 0, f"changed files: exit code {words}")
    tally.equal(report, foreseen, "what happens is what the dry run foresaw")
    for kind, names in (("removed", [gone]), ("added", ["arrived", "Newcomer Ltd"]),
                        ("changed", [moved, handed, signed, str(ended)])):
        told = json.dumps(report[kind], ensure_ascii=False).lower()
        for name in names:
            key = name.lower().replace(" ", "-")
            tally.check(name.lower() in told or key in told, f"{kind}: {name}", told[:600])
    tally.check(sum(counts(report).values()) < 20, "nothing else changes", counts(report))
    code, report, _, _ = store.give(world.files())
    tally.equal(sum(counts(report).values()), 0, "changed files once more: nothing new")


def refused(tally, store, before, what, files, *more):
    code, printed, words, _ = store.give(files, *more)
    tally.equal(code, 2, f"{what}: exit code")
    tally.equal(printed, "", f"{what}: prints no report")
    tally.check(words.strip(), f"{what}: says why")
    tally.check(store.content() == before, f"{what}: changes nothing")
    return words


def many_removals_are_confirmed(tally, store, world, chance):
    """A whole root zone of long ago, of which a part of today's TLDs is missing."""
    share = len(world.tlds) * 2 // 100
    gone = chance.sample(sorted(world.tlds), share + 1)
    kept = {name: world.tlds.pop(name) for name in gone}
    files = {"root-zone": world.root_zone().encode()}
    before = store.content()
    words = refused(tally, store, before, "many removals", files)
    tally.check(f"--confirm-removals {share + 1}" in words and sorted(gone)[0] in words,
                "the refusal names what would go and how to confirm", words)
    for number in (share, share + 2, "all", -1):
        refused(tally, store, before, f"{number} confirmed", files, f"--confirm-removals={number}")
    code, report, words, _ = store.give(files, "--dry-run")
    tally.equal((code, len(report["removed"])), (0, share + 1), f"a dry run shows them {words}")
    world.tlds[gone[0]] = kept.pop(gone[0])
    code, report, words, _ = store.give({"root-zone": world.root_zone().encode()}, "--dry-run")
    tally.equal(len(report["removed"]), share, "one fewer")
    whole = store.give({"root-zone": world.root_zone().encode()})
    tally.equal((whole[0], len(whole[1]["removed"])), (0, share), f"is no longer many {whole[2]}")
    world.tlds.update(kept)
    code, _, words, _ = store.give(world.files())
    tally.equal(code, 0, f"they come back without a question {words}")
    for name in gone:
        del world.tlds[name]
    files = {"root-zone": world.root_zone().encode()}
    code, report, words, _ = store.give(files, "--confirm-removals", share + 1)
    tally.equal((code, len(report["removed"])), (0, share + 1), f"confirmed, they go {words}")


def a_cut_list_takes_no_registrar_away(tally, store, world, chance):
    """Nothing tells a list that ends after a whole row from a whole one, so what it leaves out stays."""
    rows = world.registrar_list().encode().splitlines(keepends=True)
    before = store.content()
    for _ in range(3):
        cut = b"".join(rows[:chance.randrange(2, len(rows) // 2)])
        code, report, words, _ = store.give({"registrars": cut})
        tally.equal((code, sum(counts(report).values())), (0, 0), f"a list cut after a row {words}")
    tally.check(store.content() == before, "a list cut after a row changes nothing")


def cut_files_are_refused(tally, store, world, chance):
    before, files = store.content(), world.files()
    for name, data in files.items():
        for _ in range(CUTS):
            at = chance.randrange(1, len(data) - 1)
            # A list that ends after a whole row is a whole list; nothing in it tells its length.
            while name == "registrars" and data[at - 1:at] == b"\n":
                at -= 1
            refused(tally, store, before, f"{name} cut after {at} of {len(data)} bytes",
                    {**files, name: data[:at]})
        refused(tally, store, before, f"{name} empty", {**files, name: b""})


def damaged_files_are_refused(tally, store, world, chance):
    before, files = store.content(), world.files()
    for name, data in files.items():
        lines = data.splitlines(keepends=True)
        at = chance.randrange(len(lines) // 4, len(lines) // 2)
        bad = {"a NUL byte": b"".join(lines[:at] + [b"\0"] + lines[at:]),
               "bytes that are no UTF-8": data.replace(b"Registr", b"\xff\xfegistr")
               if name != "root-zone" else b"".join(lines[:at] + [b"\xff\xfe.\t1\tIN\tNS\ta.\n"] + lines[at:]),
               "another file": files["registrars" if name == "root-db" else "root-db"],
               "noise": chance.randbytes(5000)}
        if name == "root-zone":
            bad["a line of noise"] = b"".join(lines[:at] + [b"out of order\n"] + lines[at:])
            bad["another closing serial"] = data[:-60] + data[-60:].replace(b"20270104", b"20270105")
        if name == "registrars":
            bad["an ID twice"] = data + lines[1]
            bad["other columns"] = data.replace(b"Status", b"State", 1)
            bad["a field too few"] = b"".join(lines[:at] + [b"99999,Name only\n"] + lines[at:])
        for what, damaged in bad.items():
            refused(tally, store, before, f"{name} with {what}", {**files, name: damaged})


def contact_file(*rows):
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([("Kind", "ID", "Name", "Role", "E-mail"), *rows])
    return {"contacts": out.getvalue().encode()}


def contacts_told(report):
    return {name: sorted((row["id"], row["role"], row["email"]) for row in report[name]
                         if row["type"] == "contact") for name in ("added", "removed", "changed")}


def contacts_are_the_whole_truth(tally, store, world, chance):
    """What the file does not hold of a party that it names goes; other parties keep theirs."""
    names = store.tlds()
    first, second = chance.sample(sorted(n for n, t in names.items() if t["party"]), 2)
    while names[first]["party"] == names[second]["party"]:
        second = chance.choice(sorted(n for n, t in names.items() if t["party"]))
    one, other = names[first]["party"], names[second]["party"]
    old = contact_file(("registry", first, "Ann", "compliance", "old@one.example"),
                       ("registry", first, "Lee", "legal", "lee@one.example"),
                       ("registry", first, "Tec", "technical", "tec@one.example"),
                       ("registry", second, "Bob", "compliance", "bob@two.example"))
    new = contact_file(("registry", first, "Ann", "compliance", "new@one.example"),
                       ("registry", first, "Lee the second", "legal", "lee@one.example"))
    store.give(old)
    kept = (other, "compliance", "bob@two.example", "Bob")
    before = store.content()
    _, foreseen, _, _ = store.give(new, "--dry-run")
    tally.check(store.content() == before, "a dry run changes no contact")
    _, report, _, _ = store.give(new)
    tally.equal(report, foreseen, "contacts change as the dry run foresaw")
    tally.equal(contacts_told(report), {
        "added": [(one, "compliance", "new@one.example")],
        "removed": [(one, "compliance", "old@one.example"), (one, "technical", "tec@one.example")],
        "changed": [(one, "legal", "lee@one.example")]}, "what changed of the contacts is told")
    tally.equal(store.contacts(), {(one, "compliance", "new@one.example", "Ann"), kept,
                                   (one, "legal", "lee@one.example", "Lee the second")}, "contacts")
    for kind, count in (("contact-added", 5), ("contact-removed", 2), ("contact-changed", 1)):
        told = store.events(kind)
        tally.equal(len(told), count, f"{kind} is in the log")
        tally.check(not [text for text in told if "@" in text or "Lee" in text],
                    f"{kind}: no personal data in the log", told)
    tally.equal(sum(counts(store.give(new)[1]).values()), 0, "the same contacts once more: nothing new")
    before = store.content()
    words = refused(tally, store, before, "a contact with a torn address",
                    contact_file(("registry", first, "Ann", "compliance", "ann@one.example"),
                                 ("registry", second, "Bob", "compliance", "bob@two.example\r\nBcc: x@y")))
    tally.check("line 3" in words and "Bcc" not in words, "and the line is named", words)


def a_dry_run_knows_contacts_of_new_parties(tally, binary, world, folder):
    """Into an empty store: the parties come with the same import."""
    folder.mkdir()
    store = Store(binary, folder)
    tld = next(name for name, row in sorted(world.tlds.items()) if row["kind"] == "generic")
    number = next(number for number, row in sorted(world.registrars.items()) if row[1] == "Accredited")
    files = {**world.files(), **contact_file(("registry", tld, "Ann", "compliance", "ann@one.example"),
                                             ("registrar", number, "Bob", "legal", "bob@two.example"))}
    code, foreseen, words, _ = store.give(files, "--dry-run")
    tally.equal(code, 0, f"a dry run of contacts of new parties {words}")
    code, report, words, _ = store.give(files)
    tally.equal((code, report), (0, foreseen), f"contacts of new parties {words}")
    tally.equal(len(contacts_told(report)["added"]), 2, "both are told")


def main():
    options, tally = read_options(__doc__), Tally()
    world = World(options.random)
    with scratch() as folder, tally.part("import"):
        store = Store(options.binary, pathlib.Path(folder))
        first_import(tally, store, world)
        second_import(tally, store, world)
        changed_import(tally, store, world, options.random)
        cut_files_are_refused(tally, store, world, options.random)
        damaged_files_are_refused(tally, store, world, options.random)
        a_cut_list_takes_no_registrar_away(tally, store, world, options.random)
        many_removals_are_confirmed(tally, store, world, options.random)
        contacts_are_the_whole_truth(tally, store, world, options.random)
        a_dry_run_knows_contacts_of_new_parties(tally, options.binary, world, pathlib.Path(folder) / "new")
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
