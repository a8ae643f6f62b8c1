#!/usr/bin/env python3
"""Bad input at the command line: whatever is wrong with words, files, folders and tokens is said in
one line that names it, ends with the documented exit code, crashes nothing and changes nothing.

Runs the program built with AddressSanitizer and UBSan when that build is there. `--seed` draws the
random bytes and the places where files are damaged. Last line: `N passed, N failed, N skipped`.
"""
import ctypes
import hashlib
import json
import os
import pathlib
import re
import shutil
import signal
import sqlite3
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from support import ROOT, Tally, read_options, scratch  # noqa: E402

USAGE, UNAVAILABLE, OURS = 2, 3, 4
CRASH = re.compile(r"Sanitizer|runtime error|Assertion|core dumped|Segmentation|\(null\)|libuv|BUG", re.I)
DAMAGES = 12  # random damages of each kind of file

ROOT_ZONE = """. 86400 IN SOA a.root. host.root. 2027010400 1800 900 604800 86400
. 518400 IN NS a.root.
a.root. 518400 IN A 198.51.100.1
alpha. 172800 IN NS ns1.alpha.
ns1.alpha. 172800 IN A 198.51.100.7
beta. 172800 IN NS ns1.beta.
ns1.beta. 172800 IN AAAA 2001:db8::7
. 86400 IN SOA a.root. host.root. 2027010400 1800 900 604800 86400
"""
ROW = """<tr><td><span class="domain tld"><a href="/domains/root/db/{0}.html">.{0}</a></span></td>
<td>generic</td><td>{1}</td></tr>
"""
ROOT_DB = ("<!doctype html><html><body><table id=\"tld-table\" class=\"iana-table\"><thead><tr>"
           "<th>Domain</th><th>Type</th><th>TLD Manager</th></tr></thead><tbody>\n"
           + ROW.format("alpha", "Alpha Registry") + ROW.format("beta", "Beta Registry")
           + "</tbody></table></body></html>\n")
REGISTRARS = "ID,Registrar Name,Status,RDAP Base URL\r\n7001,Example Names,Accredited,https://rdap.example/\r\n"
CONTACTS = "Kind,ID,Name,Role,E-mail\r\nregistry,alpha,Alpha,compliance,c@alpha.example\r\n"
BOOTSTRAP = json.dumps({"version": "1.0", "publication": "2027-01-01T00:00:00Z",
                        "services": [[["alpha"], ["https://rdap.alpha.example/"]]]})
KEY = "bailiwick.invalid/log+84c251c1+Ae3rgOpSuh6NCtO+qjDz/bN9v29zlu0IfzRk1rkDaEto"
ANCHOR = ". IN DS 20326 8 2 " + "E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D\n"
FILES = {"root-zone": ROOT_ZONE, "root-db": ROOT_DB, "registrars": REGISTRARS, "contacts": CONTACTS,
         "rdap-bootstrap": BOOTSTRAP}


class House:
    """A store with a law, three people and two parties, that nothing here may change."""

    def __init__(self, binary, folder, tally, chance):
        self.binary, self.folder, self.tally, self.chance = binary, folder, tally, chance
        self.data = folder / "data"
        self.made = 0
        self.env = {k: v for k, v in os.environ.items() if not k.startswith("BAILIWICK_")}
        self.env["BAILIWICK_CONFIG"] = str(folder / "bailiwick.conf")
        hints, anchor = self.file("a.root. 518400 A 198.51.100.1\n"), self.file(ANCHOR)
        (folder / "bailiwick.conf").write_text(f"dns.hints = {hints}\ndns.trust-anchor = {anchor}\n")
        self.env.update(ASAN_OPTIONS="detect_leaks=0:exitcode=99", UBSAN_OPTIONS="halt_on_error=1",
                        LC_ALL="C")

    def run(self, *words, data=None, stdin=None, limits=None, timeout=60):
        command = [str(self.binary), *map(str, words), "--data", str(data or self.data)]
        return subprocess.run(command, input=stdin, capture_output=True, env=self.env,
                              timeout=timeout, preexec_fn=limits)

    def must(self, *words):
        done = self.run(*words)
        if done.returncode:
            raise AssertionError(f"{words}: exit {done.returncode}: {done.stderr.decode()}")
        return done.stdout

    def token(self, person):
        return "--token", self.folder / f"{person}.token"

    def found(self):
        self.must("init")
        admin = ()
        for person, role in (("ada", "administrator"), ("anna", "analyst"), ("bert", "approver")):
            self.must("user", "add", person, "--role", role, "--out", self.folder / f"{person}.token",
                      *admin)
            admin = self.token("ada")
        law = ROOT / "rulebook/cctld-example"
        self.must("rulebook", "adopt", law, *self.token("anna"))
        self.must("rulebook", "adopt", law, "--confirm", *self.token("bert"))
        self.must("party", "import", *self.files(FILES), *self.token("ada"))
        self.before = self.fingerprint()

    def files(self, texts):
        words = []
        for name, text in texts.items():
            words += [f"--{name}", self.file(text)]
        return words

    def file(self, text, mode=0o644):
        self.made += 1
        path = self.folder / f"input {self.made}"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        path.chmod(mode)
        return path

    def fingerprint(self):
        """Every row of the store and every other file."""
        db = sqlite3.connect(f"file:{self.data}/store.db?mode=ro", uri=True)
        rows = hashlib.sha256("\n".join(db.iterdump()).encode()).hexdigest()
        db.close()
        rest = {str(p.relative_to(self.data)): hashlib.sha256(p.read_bytes()).hexdigest()
                for p in sorted(self.data.rglob("*"))
                if p.is_file() and not p.name.startswith("store.db")}
        return rows, rest

    def refuse(self, what, *words, codes=(USAGE,), says=(), lines=1, prints=False, **more):
        """One line, the right code, nothing changed."""
        done = self.run(*words, **more)
        said = done.stderr.decode(errors="replace")
        good = self.judge(done, said, codes, says, lines)
        if good is True and done.stdout.strip() and not prints:
            good = f"printed {done.stdout[:80]!r}"
        self.tally.check(good is True, what, f"{good}: exit {done.returncode}, said: {said[:600]!r}"
                         if good is not True else "")

    def judge(self, done, said, codes, says, lines):
        if done.returncode < 0 or done.returncode == 99 or CRASH.search(said):
            return "crashed"
        if done.returncode not in codes:
            return f"wanted exit {codes}"
        told = said.strip().split("\n")
        if not 1 <= len(told) <= lines or max(map(len, told)) > 2100:
            return f"wanted at most {lines} line"
        missing = [word for word in says if str(word) not in said]
        if missing:
            return f"does not say {missing}"
        return True

    def unchanged(self, what):
        self.tally.check(self.fingerprint() == self.before, f"{what} changed nothing")


# --- words -------------------------------------------------------------------------------------

def bad_words(house):
    long = "x" * 100000
    for what, words, says in (
            ("an unknown command", ["chekc", "alpha"], ["chekc", "--help"]),
            ("an empty command", [""], ["--help"]),
            ("an unknown option", ["case", "list", "--colour", "red"], ["--colour"]),
            ("a value that is missing", ["case", "show", "c-1", "--as-of"], []),
            ("a flag with a value", ["case", "list", "--json=yes"], ["--json"]),
            ("an argument that is missing", ["case", "show"], ["ID"]),
            ("too many arguments", ["case", "show", "a", "b", "c"], ["ID"]),
            ("very many arguments", ["case", "show", *["a"] * 5000], []),
            ("a huge argument", ["case", "show", long], []),
            ("a huge command", [long], []),
            ("a huge option", ["case", "list", "--" + long], []),
            ("a wall clock that is none", ["status", "--now", "yesterday"], ["yesterday", "2026"]),
            ("a wall clock in the past", ["status", "--now", "2001-01-01T00:00:00Z"], ["past"]),
            ("a day that is none", ["obligation", "list", "--as-of", "2027-02-30"], ["2027-02-30"]),
            ("days that are none", ["obligation", "diff", "soon", "later"], ["soon"]),
            ("a case that is not there", ["case", "show", "c-none"], ["c-none"]),
            ("an id of control characters", ["case", "show", "c\x1b[31m\n"], []),
            ("an id that is no UTF-8", ["case", "show", b"c-\xff\xfe".decode(errors="surrogateescape")], []),
            ("an obligation that is not there", ["obligation", "show", "ra.none"], ["ra.none"]),
            ("a letter that is not there", ["letter", "show", "l-none"], ["l-none"]),
            ("a rule that is not there",
             ["deadline", "compute", "--rule", "none", "--service", "2027-01-04T09:00:00Z"], ["none"]),
            ("a service moment that is none",
             ["deadline", "compute", "--rule", "warning", "--service", "4 January"], ["4 January"]),
            ("a deadline without a rule", ["deadline", "compute"], ["rule"]),
            ("a folder that is not there", ["rulebook", "check", house.folder / "nowhere"], ["nowhere"]),
            ("a TLD that is no name", ["check", "-..-"], ["-..-"]),
            ("a huge TLD", ["check", "a" * 5000], []),
            ("servers that are no addresses", ["check", "alpha", "--ns", "ns1/not-an-address"],
             ["not-an-address"]),
            ("a bundle that is not there", ["verify", house.folder / "none.bundle", "--log-key", KEY],
             ["none.bundle"])):
        house.refuse(what, *words, says=says)
    house.unchanged("bad words")


def bad_people(house):
    anna = house.folder / "anna.token"
    open_to_all = house.file(anna.read_bytes(), mode=0o644)
    for what, words, says in (
            ("a token file that others may read", ["--token", open_to_all], ["chmod 600"]),
            ("a token file that is not there", ["--token", house.folder / "nobody.token"], ["nobody.token"]),
            ("a token file that is a folder", ["--token", house.folder], [str(house.folder)]),
            ("an empty token file", ["--token", house.file(b"", 0o600)], []),
            ("a token of random bytes", ["--token", house.file(house.chance.randbytes(64), 0o600)], []),
            ("a token file without end", ["--token", "/dev/zero"], ["/dev/zero"]),
            ("a token of nobody", ["--token", house.file("guessed\n", 0o600)], []),
            ("no token", [], [])):
        house.refuse(what, "user", "add", "eve", "--role", "analyst", *words, says=says)
    ada = house.token("ada")
    for what, words, says in (
            ("a role that there is not", ["user", "add", "eve", "--role", "king", *ada], ["king"]),
            ("the machine's role", ["user", "add", "eve", "--role", "machine", *ada], ["machine"]),
            ("a user who is there", ["user", "add", "anna", "--role", "analyst", *ada], ["anna"]),
            ("a user without a plain name", ["user", "add", "../eve", "--role", "analyst", *ada], ["../eve"]),
            ("an analyst who adds users", ["user", "add", "eve", "--role", "analyst", *house.token("anna")],
             ["administrator"]),
            ("a token file that is there already",
             ["user", "add", "eve", "--role", "analyst", "--out", anna, *ada], ["anna.token"]),
            ("a token for a folder that is not there",
             ["user", "add", "eve", "--role", "analyst", "--out", house.folder / "no/eve", *ada], ["no/eve"]),
            ("an approver who proposed", ["rulebook", "adopt", ROOT / "rulebook/icann", "--confirm",
                                          *house.token("bert")], ["propose"])):
        house.refuse(what, *words, says=says)
    house.unchanged("bad people")


# --- files -------------------------------------------------------------------------------------

def damages(house, text):
    """Bytes that cannot pass for the file: cut, stuffed, replaced."""
    data = text if isinstance(text, bytes) else text.encode()
    yield "empty", b""
    yield "random bytes", house.chance.randbytes(4000)
    yield "NUL bytes", b"\0" * 300
    yield "a NUL within", data[:len(data) // 2] + b"\0" + data[len(data) // 2:]
    yield "no UTF-8", data[:20] + b"\xff\xfe\xc0" + data[20:]
    yield "one line without end", b"a" * (3 << 20)
    yield "deep brackets", b"[" * 200000


def bad_imports(house):
    ada = house.token("ada")
    for name, text in FILES.items():
        for what, data in damages(house, text):
            others = {n: t for n, t in FILES.items() if n != name}
            house.refuse(f"--{name}: {what}", "party", "import", *house.files(others), f"--{name}",
                         house.file(data), *ada)
        house.refuse(f"--{name}: not there", "party", "import", f"--{name}",
                     house.folder / "not there", *ada, says=["not there"])
        house.refuse(f"--{name}: a folder", "party", "import", f"--{name}", house.folder, *ada,
                     says=[house.folder])
    for what, name, text, says in (
            ("a root zone without its end", "root-zone", ROOT_ZONE[:ROOT_ZONE.rfind(". 86400 IN SOA")], []),
            ("an address that is none", "root-zone", ROOT_ZONE.replace("198.51.100.7", "198.51.100.700"),
             ["198.51.100.700"]),
            ("a label of 64 bytes", "root-zone", ROOT_ZONE.replace("beta", "b" * 64), []),
            ("a page without its table", "root-db", "<html><body>Maintenance</body></html>", []),
            ("a page without its end", "root-db", ROOT_DB[:ROOT_DB.rfind("<tr>")], []),
            ("another header", "registrars", REGISTRARS.replace("Status", "State"), ["Status"]),
            ("an id that is no number", "registrars", REGISTRARS.replace("7001", "seven"), ["seven"]),
            ("a quote that never ends", "registrars", REGISTRARS.replace("Example Names", '"Example'), []),
            ("a field too few", "registrars", REGISTRARS + "7002,Few\r\n", ["line 3"]),
            ("a contact of no kind", "contacts", CONTACTS.replace("registry,", "reseller,"), ["reseller"]),
            ("a list that is none", "rdap-bootstrap", '{"services": 7}', ["services"]),
            ("JSON with a key twice", "rdap-bootstrap", '{"services": [], "services": []}', []),
            ("JSON without its end", "rdap-bootstrap", BOOTSTRAP[:-3], [])):
        house.refuse(what, "party", "import", f"--{name}", house.file(text), *ada, says=says)
    house.unchanged("bad imports")


def law_with(house, change):
    """A copy of the small rulebook with something wrong in it."""
    house.made += 1
    folder = house.folder / f"law {house.made}"
    shutil.copytree(ROOT / "rulebook/cctld-example", folder)
    change(folder)
    return folder


def rewrite(name, old, new):
    def change(folder):
        path = next(folder.rglob(name))
        text = path.read_text()
        assert old in text, (name, old)
        path.write_text(text.replace(old, new, 1))
    return change


def append(name, data):
    def change(folder):
        with open(next(folder.rglob(name)), "ab") as file:
            file.write(data)
    return change


def bad_laws(house):
    def link(folder):
        (folder / "documents/link.yaml").symlink_to("/etc/passwd")

    def many(folder):
        for i in range(2100):
            (folder / f"documents/d{i}.yaml").write_text("id: x\n")

    def pipe(folder):
        os.mkfifo(folder / "documents/pipe.yaml")
    for what, change, says in (
            ("an unknown key", append("rulebook.yaml", b"\ncolour: red\n"), ["rulebook.yaml:", "colour"]),
            ("no YAML", append("process.yaml", b"\n  : ]]\n\t- {\n"), ["process.yaml:"]),
            ("random bytes", append("process.yaml", house.chance.randbytes(400)), ["process.yaml:"]),
            ("a document twice", append("rulebook.yaml", b"\n---\na: b\n"), ["rulebook.yaml:"]),
            ("an alias bomb", append("rulebook.yaml", b"\nx: &a [*a, *a]\n"), ["rulebook.yaml:"]),
            ("deep brackets", append("rulebook.yaml", b"\nx: " + b"[" * 50000), ["rulebook.yaml:"]),
            ("an unknown event", rewrite("process.yaml", "event: opened", "event: teleported"),
             ["process.yaml:", "teleported"]),
            ("an unknown stage", rewrite("process.yaml", "to: closed", "to: limbo"),
             ["process.yaml:", "limbo"]),
            ("no process", lambda f: (f / "process.yaml").unlink(), ["process.yaml"]),
            ("a link out of the folder", link, ["link.yaml"]),
            ("a pipe", pipe, ["pipe.yaml"]),
            ("too many files", many, []),
            ("a file too large", append("rulebook.yaml", b"# " + b"x" * (2 << 20)), ["rulebook.yaml"])):
        folder = law_with(house, change)
        done = house.run("rulebook", "check", folder)
        said = (done.stdout + done.stderr).decode(errors="replace")
        house.tally.check(done.returncode == USAGE and not CRASH.search(said)
                          and all(word in said for word in says), f"rulebook check: {what}",
                          f"exit {done.returncode}: {said[:500]}")
        house.refuse(f"rulebook adopt: {what}", "rulebook", "adopt", folder, *house.token("anna"), lines=30)
    house.unchanged("bad laws")


def bad_configs(house):
    for what, text, says in (
            ("an unknown key", "colour = red\n", ["colour", ":1"]),
            ("a key twice", "vantage = a\nvantage = b\n", ["vantage"]),
            ("no equals sign", "# fine\nvantage\n", [":2"]),
            ("a port out of range", "mail.smtp-port = 99999\n", ["mail.smtp-port", "99999"]),
            ("a number that is none", "log.tick = soon\n", ["log.tick", "soon"]),
            ("random bytes", house.chance.randbytes(3000), []),
            ("a NUL within", b"vantage = a\0b\n", []),
            ("no end", b"vantage = " + b"x" * (1 << 20), [])):
        path = house.file(text)
        house.refuse(f"configuration: {what}", "case", "list", "--config", path, says=[path.name, *says])
    house.refuse("configuration: not there", "case", "list", "--config", "/nowhere/b.conf",
                 says=["/nowhere/b.conf"])
    house.refuse("configuration: a folder", "case", "list", "--config", house.folder,
                 says=[house.folder], codes=(USAGE, OURS))
    house.unchanged("bad configurations")


def bad_measurements(house):
    saved = house.folder / "saved"
    house.run("check", "alpha", "--ns", "ns1.alpha/127.0.0.1", "--net-map",
              house.file("127.0.0.1#53 127.0.0.1#1\n"), "--save", saved, timeout=120)
    if house.tally.check(saved.exists(), "a measurement is saved even when nobody answers"):
        whole = saved.read_bytes()
        for _ in range(DAMAGES):
            at = house.chance.randrange(len(whole))
            damaged = whole[:at] + bytes([whole[at] ^ (1 + house.chance.randrange(255))]) + whole[at + 1:]
            house.refuse(f"replay with byte {at} changed", "replay", house.file(damaged))
        for _ in range(DAMAGES):
            size = house.chance.randrange(len(whole))
            house.refuse(f"replay cut at {size}", "replay", house.file(whole[:size]))
        house.refuse("replay with more behind it", "replay", house.file(whole + b"\0"))
    for what, data in damages(house, b"CBOR or not, this is no measurement" * 4):
        house.refuse(f"replay: {what}", "replay", house.file(data))
        house.refuse(f"verify: {what}", "verify", house.file(data), "--log-key", KEY, codes=(1, USAGE))
        house.refuse(f"--log-key: {what}", "verify", house.file(data), "--log-key", house.file(data),
                     codes=(1, USAGE))
        house.refuse(f"restore: {what}", "restore", house.file(data), *house.token("ada"))
        if data:  # an empty file is as good as none
            house.refuse(f"--hints: {what}", "check", "alpha", "--hints", house.file(data), codes=(0, UNAVAILABLE),
                     says=["hints"], prints=True)
        house.refuse(f"--net-map: {what}", "check", "alpha", "--ns", "ns1.alpha/127.0.0.1", "--net-map",
                     house.file(data if data else b"word\n"), says=["net map"])
    house.unchanged("bad measurements, bundles and backups")


# --- the machine -------------------------------------------------------------------------------

def bad_folders(house):
    house.refuse("no store", "case", "list", data=house.folder / "elsewhere", says=["bailiwick init"])
    house.refuse("a store that is there", "init", codes=(USAGE,))
    house.refuse("a folder that cannot be made", "init", data=house.folder / "a/b/c",
                 codes=(USAGE, OURS), says=["a/b/c"])
    house.refuse("a file for a folder", "init", data=house.file("x"), codes=(USAGE, OURS))
    wrong = house.folder / "wrong"
    wrong.mkdir()
    (wrong / "store.db").write_bytes(house.chance.randbytes(9000))
    house.refuse("a store of random bytes", "case", "list", data=wrong, codes=(USAGE, OURS), says=["wrong"])
    (wrong / "store.db").write_bytes(b"")
    house.refuse("an empty store", "case", "list", data=wrong, codes=(USAGE, OURS), says=["wrong"])
    (wrong / "store.db").unlink()
    db = sqlite3.connect(wrong / "store.db")
    db.execute("CREATE TABLE meta (k, v)")
    db.close()
    house.refuse("somebody else's database", "case", "list", data=wrong, codes=(USAGE, OURS), says=["wrong"])
    house.refuse("a backup onto what is there", "backup", house.data / "store.db", codes=(USAGE, OURS))
    house.refuse("a backup into nowhere", "backup", house.folder / "no/where", codes=(USAGE, OURS),
                 says=["no/where"])
    house.refuse("the daemon's work without the daemon", "measure", "alpha", *house.token("anna"),
                 codes=(UNAVAILABLE,), says=["daemon"])
    house.unchanged("bad folders")


def closed_output(house):
    for words in (["rulebook", "list"], ["config"], ["check", "--list"]):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([str(house.binary), *words, "--data", str(house.data)], stdout=full,
                                  stderr=subprocess.PIPE, env=house.env, timeout=60)
        house.tally.check(done.returncode == OURS and b"standard output" in done.stderr,
                          f"{' '.join(words)}: output that cannot be written is our failure",
                          (done.returncode, done.stderr[:300]))


def full_disk(house):
    """A file system too small for an import: said, and the store is as it was."""
    if os.geteuid() != 0:
        return house.tally.skip("a full disk needs root (a small tmpfs)")
    libc = ctypes.CDLL(None, use_errno=True)
    small = house.folder / "small"
    small.mkdir()
    if libc.mount(b"none", str(small).encode(), b"tmpfs", 0, b"size=3m") != 0:
        return house.tally.skip(f"tmpfs cannot be mounted: {os.strerror(ctypes.get_errno())}")
    try:
        data = small / "data"
        shutil.copytree(house.data, data)
        before = counts(data)
        room = os.statvfs(small)
        (small / "ballast").write_bytes(b"x" * max(0, (room.f_bavail - 30) * room.f_bsize))
        many = ROOT_ZONE.splitlines(keepends=True)
        zone = "".join(many[:-1]) + "".join(f"t{i}. 172800 IN NS ns{i}.alpha.\n" for i in range(4000)) + many[-1]
        house.refuse("an import onto a full disk", "party", "import", "--root-zone", house.file(zone),
                     *house.token("ada"), data=data, codes=(OURS,), says=["full"])
        house.tally.equal(counts(data), before, "a full disk changed nothing")
        house.refuse("a backup onto a full disk", "backup", small / "copy", codes=(OURS,))
        house.tally.equal(counts(data), before, "a failed backup changed nothing")
        (small / "ballast").unlink()
        done = house.run("party", "import", *house.files(FILES), *house.token("ada"), data=data)
        house.tally.check(done.returncode == 0, "with room again the import works", done.stderr)
    finally:
        libc.umount2(str(small).encode(), 2)


def counts(data):
    db = sqlite3.connect(f"file:{data}/store.db?mode=ro", uri=True)
    found = {t: db.execute(f"SELECT COUNT(*) FROM {t}").fetchone()[0]
             for t in ("party", "tld", "delegation", "opening", "log_waiting", "contact")}
    db.close()
    return found


def one_thing_after_another(house):
    """The good input still works after all that."""
    done = house.run("party", "import", *house.files(FILES), *house.token("ada"))
    house.tally.check(done.returncode == 0, "good input still works", done.stderr)


def main():
    options, tally = read_options(__doc__.split("\n")[0]), Tally()
    sanitized = options.build / "sanitized/src/cli/bailiwick"
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    with scratch() as folder:
        house = House(sanitized if sanitized.exists() else options.binary, pathlib.Path(folder), tally,
                      options.random)
        house.found()
        for part in (bad_words, bad_people, bad_imports, bad_laws, bad_configs, bad_measurements,
                     bad_folders, closed_output, full_disk, one_thing_after_another):
            with tally.part(part.__name__):
                part(house)
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
