"""A house that mail of tests/intake/shapes.py is for: a party with a contact, a case whose letter was sent, a
complaint whose receipt was sent. What it sends itself goes into a postbox of the test."""
import json
import pathlib
import re
import sqlite3
import subprocess
import sys
import types

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from postbox import Postbox  # noqa: E402
from support import found_authority, serving  # noqa: E402
from program import Program, wait_for  # noqa: E402

NOW = "2027-01-04T09:00:00Z"
DUTY = "raa.3.18.2-dns-abuse-mitigation"
OWN, CONTACT, REPORTER = "desk@authority.example", "c@names.example", "zoe@mail.example"


class House:
    def __init__(self, binary, folder):
        self.folder = pathlib.Path(folder)
        self.post = Postbox()
        config = self.folder / "bailiwick.conf"
        config.write_text(f"mail.smtp-port = {self.post.port}\nmail.from = {OWN}\nlog.tick = 1\n")
        self.program = Program(binary, self.folder / "data", config)
        self.served = None
        self.sent = types.SimpleNamespace(own=OWN, contact=CONTACT, reporter=REPORTER)

    def __enter__(self):
        self.post.__enter__()
        program = self.program
        found_authority(program, self.folder, NOW, (("anna", "analyst"), ("bert", "approver"), ("mta", "mail")))
        for name, text in (("registrars", "ID,Registrar Name,Status,RDAP Base URL\n9001,Example Names Ltd,Accredited,\n"),
                           ("contacts", f"Kind,ID,Name,Role,E-mail\nregistrar,9001,Example Names Ltd,compliance,{CONTACT}\n")):
            (self.folder / name).write_text(text)
        program.run("party", "import", "--registrars", self.folder / "registrars", "--contacts", self.folder / "contacts",
                    user="ada")
        self.start()
        return self

    def __exit__(self, *failure):
        self.stop()
        self.post.__exit__()

    def start(self):
        assert wait_for("the daemon", self.try_to_start, 60), "the daemon did not start"

    def try_to_start(self):
        """A command that found no daemon may hold the store for a moment."""
        self.served = serving(self.program, NOW, log=subprocess.DEVNULL)
        self.process, self.ports = self.served.__enter__()  # of the public and of the staff door
        if self.process.stdout.readline() == "ready\n":
            return True
        self.stop()
        return False

    def processes(self):
        """Pids of the daemon and of its children."""
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [self.process.pid, *map(int, children)]

    def stop(self):
        if self.served:
            self.served.__exit__(None, None, None)
            self.served = None

    def mail_in(self, message, *words):
        """(exit code, what it answered)"""
        done = subprocess.run(self.program.command("mail-in", "--json", *words, user="mta"), input=message, capture_output=True,
                              env=self.program.env, timeout=120)
        return done.returncode, json.loads(done.stdout) if done.returncode == 0 else {}

    def send_letter(self):
        """A letter of a case, to the contact of the party."""
        case = self.program.json("case", "open", "--party", "registrar-9001", "--obligation", DUTY, "--subject", "bad.example",
                                 "--violation", user="anna")["case"]
        draft = wait_for("a draft", lambda: [letter for letter in self.program.json("case", "show", case)["letters"]], 30)[0]
        self.program.run("case", "adopt", case, "--sha256", draft["sha256"], user="anna")
        assert wait_for("the letter", lambda: self.letters_to(CONTACT), 30), "no letter came"
        wait_for("its record", lambda: self.program.json("case", "show", case)["letters"][0]["state"] == "sent", 30)
        self.case, self.sent.letter, self.sent.letter_to = case, draft["message_id"], CONTACT

    def send_receipt(self):
        code, taken = self.mail_in(f"From: {REPORTER}\nMessage-ID: <0@mail.example>\nSubject: help\n\nIt steals.\n".encode())
        assert (code, taken["outcome"]) == (0, "complaint"), (code, taken)
        letter = wait_for("the receipt", lambda: self.letters_to(REPORTER), 30)[0]
        self.complaint = taken["complaint"]
        self.sent.receipt = re.search(rb"^Message-I[Dd]: *<([^>]*)>", letter, re.M).group(1).decode()
        wait_for("its record", lambda: self.ask("SELECT 1 FROM receipt WHERE state = 'sent'"), 30)

    def letters_to(self, address):
        return [letter for letter in self.post.letters if re.search(rb"^To: .*" + re.escape(address.encode()), letter, re.M)]

    def addressees(self):
        return [found.group(1).decode() for letter in self.post.letters
                for found in [re.search(rb"^To: [^\r\n]*?([^\s<>]+@[^\s<>]+)", letter, re.M)] if found]

    def ask(self, statement, *values):
        store = sqlite3.connect(f"file:{self.program.data}/store.db?mode=ro", uri=True, timeout=30)
        try:
            return store.execute(statement, values).fetchall()
        finally:
            store.close()

    def rows(self):
        """sha256 -> (outcome, reason, case, complaint)"""
        return {row[0]: row[1:] for row in
                self.ask("SELECT lower(hex(sha256)), outcome, reason, case_id, complaint FROM mail")}
