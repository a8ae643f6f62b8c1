"""A house with two contracted parties, for tests that walk them against each other at the staff door.

Each has a case whose first letter went out by mail, one that nobody told it of yet, a complaint that it
must not learn more of than it may, and words of its own in every field that the house writes.
"""
import base64
import http.client
import json
import sqlite3

from program import wait_for
from support import add_user, found_authority

NOW = "2027-01-04T09:00:00Z"
DUTY = "raa.3.18.2-dns-abuse-mitigation"
SIDES = {"north": "registrar-9001", "south": "registrar-9002"}
USERS = (("nina", "north", "delegate"), ("noah", "north", None), ("sara", "south", "answer"))
PREFIX = {"north": "qwnorthcanary", "south": "qwsouthcanary"}


class Side:
    """What there is of one party; `canary` stands where the house writes, `name` is the party's own."""

    def __init__(self, name):
        self.name, self.party, self.canary = name, SIDES[name], PREFIX[name]
        self.case = self.hidden = self.finding = self.told = None  # told: the finding's name for the party


class Door:
    def __init__(self, port, tokens):
        self.port, self.tokens, self.heard = port, tokens, {name: [] for name in tokens}

    def ask(self, method, path, who, body=None, **head):
        """(status, headers, body); all of it is kept as heard by that user."""
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        head = {"Authorization": f"Bearer {self.tokens[who]}", **head}
        if body is not None:
            head.setdefault("Content-Type", "application/json")
        link.request(method, path, body if body is None or isinstance(body, bytes) else json.dumps(body), head)
        reply = link.getresponse()
        text = reply.read()
        link.close()
        headers = sorted(pair for pair in reply.getheaders() if pair[0] != "Date")
        self.heard[who].append(repr(headers).encode() + text)
        return reply.status, headers, text

    def get(self, path, who):
        status, headers, text = self.ask("GET", path, who)
        if status != 200:
            raise AssertionError(f"{path} for {who}: {status} {text}")
        return json.loads(text), dict(headers).get("ETag")


def set_up(program, folder):
    found_authority(program, folder, NOW, (("anna", "analyst"), ("bert", "approver")))
    (folder / "registrars.csv").write_text("ID,Registrar Name,Status,RDAP Base URL\n9001,North Names,Accredited,\n"
                                           "9002,South Names,Accredited,\n")
    (folder / "contacts.csv").write_text("Kind,ID,Name,Role,E-mail\n"
                                         "registrar,9001,North Names,compliance,c@north.example\n"
                                         "registrar,9002,South Names,compliance,c@south.example\n")
    program.run("party", "import", "--registrars", folder / "registrars.csv", "--contacts", folder / "contacts.csv",
                user="ada")
    for name, side, may in USERS:
        add_user(program, folder, name, "party", "--party", SIDES[side])
        if may:
            program.run("user", "grant", "add", name, "--party", SIDES[side], "--may", may, user="ada")


def complain(program, folder, side):
    """A complaint without consent, each field of which has the canary; its case."""
    word = side.canary
    exhibit = {"media_type": "text/plain", "name": f"{word}.txt", "base64": base64.b64encode(word.encode()).decode()}
    document = {"type": "dns-abuse-registrar", "language": "en", "names": [f"{side.name}.example"], "party": side.party,
                "answers": {"kind": "phishing", "domain": f"{side.name}.example", "reported-at": "2026-12-01"},
                "exhibits": [{"evidence": "report", **exhibit}, {"evidence": "abuse", **exhibit}],
                "told_first": {"told": True, "on": "2026-12-01", "how": word},
                "reporter": {"name": word, "email": f"{word}@mail.example", "role": "other", "share": False}}
    path = folder / f"{side.name}.json"
    path.write_text(json.dumps(document))
    receipt = program.json("complaint", "file", path, user="anna")
    return program.json("complaint", "decide", receipt["reference"], "--in-scope", "--obligation", DUTY, "--party",
                        side.party, "--subject", f"{side.name}.example", user="anna")["case"]


def open_side(program, folder, name):
    side = Side(name)
    side.case = complain(program, folder, side)
    program.run("case", "draft", side.case, "--letter", "inquiry", user="anna")  # whose draft it is stands behind it
    if not wait_for("the letter is served", lambda: program.json("case", "show", side.case)["case"]["due_at"], 30):
        raise AssertionError("the letter was not served")
    program.run("case", "record", side.case, "meeting", "--reason", side.canary, user="anna")
    program.run("case", "record", side.case, "recused", "--object", side.canary, "--reason", side.canary, user="anna")
    # Nobody told the party of this one: its letter is the machine's draft.
    side.hidden = program.json("case", "open", "--party", side.party, "--obligation", DUTY, "--subject",
                               f"{side.canary}.example", "--violation", user="anna")["case"]
    return side


def put_findings(program, sides):
    """A finding that is linked to the case of each, and says something of the house."""
    law = program.json("rulebook", "list")["rulebooks"][0]["version"]
    with sqlite3.connect(program.data / "store.db") as store:
        for side in sides:
            side.finding = f"f-{side.name}"
            store.execute("INSERT INTO finding VALUES (?, ?, 'Section 3.18.2', ?, ?, 0, 1, 'not met', '[]', ?, ?, ?, 1, NULL, NULL)",
                          (side.finding, DUTY, side.party, f"{side.name}.example", json.dumps([side.canary]), law, side.canary))
            store.execute("INSERT INTO finding_latest VALUES (?, ?, ?, ?)",
                          (DUTY, side.party, f"{side.name}.example", side.finding))
    for side in sides:
        program.run("case", "link", side.case, "finding", side.finding, user="anna")
        side.told = program.json("own", "findings", side.party)["findings"][0]["id"]
