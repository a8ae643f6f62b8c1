"""kill -9 of the daemon while many file complaints: who got a receipt finds the complaint whole behind its link,
who got none sends again under the same key, and each is there once."""
import base64
import http.client
import json
import pathlib
import shutil
import sys
import threading
import time

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent.parent / "intake"),
                str(pathlib.Path(__file__).resolve().parent.parent)]
from house import House  # noqa: E402
from moments import Sight, find, strike  # noqa: E402

CLIENTS, PATIENCE = 8, 60
# What of a complaint with one exhibit and a reporter is there: keys of both parts, two items, event, sketch.
HALF = ("SELECT reference FROM complaint c WHERE"
        " (SELECT COUNT(*) FROM complaint_key k WHERE k.reference = c.reference) <> 2"
        " OR (SELECT COUNT(*) FROM complaint_item i WHERE i.reference = c.reference) <> 2"
        " OR NOT EXISTS (SELECT 1 FROM complaint_reporter r WHERE r.reference = c.reference)"
        " OR NOT EXISTS (SELECT 1 FROM complaint_sketch s WHERE s.reference = c.reference)"
        " OR NOT EXISTS (SELECT 1 FROM complaint_event e WHERE e.reference = c.reference AND e.seq = 1 AND e.type = 'filed')")


class Client(threading.Thread):
    """Files one complaint after the other, each until it has a receipt."""

    def __init__(self, filings, name):
        super().__init__(daemon=True)
        self.filings, self.name = filings, name
        self.receipts, self.again, self.fault = [], 0, None

    def run(self):
        number = 0
        while not self.filings.over and not self.fault:
            number += 1
            self.file(f"{self.name}-{number:08d}-{self.filings.seed}")

    def file(self, key):
        body = document(key)
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                status, receipt = self.filings.ask("POST", "/api/v1/complaints", body, {"Idempotency-Key": key})
            except (OSError, http.client.HTTPException):
                self.again += 1
                time.sleep(0.02)
                continue
            if status == 201:
                self.receipts.append(receipt)
                return
            if status not in (500, 503):  # its core is gone or comes
                self.fault = f"{key}: {status} {receipt}"
                return
            self.again += 1
            time.sleep(0.02)
        self.fault = f"{key}: no receipt in {PATIENCE} s"


def document(key):
    exhibit = base64.b64encode(f"the page of {key}\n".encode() * 200).decode()
    return {"type": "dns-abuse-registrar", "language": "en", "names": [f"{key}.example"], "party": "registrar-9001",
            "answers": {"kind": "phishing", "domain": f"{key}.example", "reported-at": "2026-12-01"},
            "exhibits": [{"evidence": "abuse", "media_type": "text/plain", "name": "page.txt", "base64": exhibit}],
            "told_first": {"told": True, "on": "2026-12-01", "how": "by mail"},
            "reporter": {"name": "Zoe", "email": f"{key}@mail.example", "role": "other", "share": False}}


class Filings:
    def __init__(self, options, house):
        self.house, self.chance, self.seed = house, options.chance, options.seed
        self.over, self.done, self.faults = False, [], []  # done: what each kill was aimed at
        self.token = house.program.tokens["anna"].read_text().strip()
        self.clients = [Client(self, f"client-{n}") for n in range(CLIENTS)]

    def ask(self, method, path, body=None, head=None, token=None):
        """(status, JSON); what fails raises."""
        link = http.client.HTTPConnection("127.0.0.1", self.house.ports[1], timeout=10)
        try:
            link.request(method, path, None if body is None else json.dumps(body),
                         {"Authorization": f"Bearer {token or self.token}", "Content-Type": "application/json", **(head or {})})
            reply = link.getresponse()
            return reply.status, json.loads(reply.read())
        finally:
            link.close()

    def receipts(self):
        return [receipt for client in self.clients for receipt in list(client.receipts)]

    def check(self):
        """Whoever has a receipt finds what it is for, and nothing is half there."""
        for receipt in self.receipts():
            status, told = self.ask("GET", "/api/v1/followed", token=receipt["link"])
            if status != 200 or told["complaint"]["reference"] != receipt["reference"]:
                yield f"a receipt leads to {status} {told}"
        for reference, in self.house.ask(HALF):
            yield f"{reference} is half there"

    def kill(self):
        aim = self.chance.choice(("transaction", "transaction", "anytime"))
        before = len(self.receipts())
        while len(self.receipts()) < before + CLIENTS and not any(client.fault for client in self.clients):
            time.sleep(0.01)
        time.sleep(self.chance.uniform(0, 0.05))
        hit = strike(lambda: find(self.house.process.pid, "core"), Sight(self.house.program.data), aim, seconds=10)
        self.done += [aim] if hit else []
        self.house.stop()
        self.house.start()

    def strike(self, wanted):
        for client in self.clients:
            client.start()
        for _ in range(2 * wanted):
            if len(self.done) == wanted or any(client.fault for client in self.clients):
                break
            self.kill()
        self.over = True
        for client in self.clients:
            client.join(2 * PATIENCE)
        self.faults += [client.fault for client in self.clients if client.fault]
        self.faults += self.check()
        self.faults += self.check_end()

    def check_end(self):
        receipts = self.receipts()
        filed = self.house.ask("SELECT COUNT(*) FROM complaint")[0][0]
        if len({receipt["reference"] for receipt in receipts}) != len(receipts) or filed != len(receipts):
            yield f"{len(receipts)} receipts, {filed} complaints"
        self.house.stop()
        for row in self.house.program.json("rebuild", "--check", expect=(0, 1))["differences"]:
            yield f"rebuild: {row}"
        for fault in self.house.program.json("log", "verify", expect=(0, 1))["faults"]:
            yield f"log verify: {fault}"


def kill_filings(options, wanted):
    """(moments that came about, faults)."""
    folder = options.build / "soak-kill/filings"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with House(options.build / "bailiwick", folder) as house:
        filings = Filings(options, house)
        filings.strike(wanted)
    again = sum(client.again for client in filings.clients)
    print(f"filings: the daemon killed at {len(filings.done)} of {wanted}, {len(filings.receipts())} receipts, {again} sent again,"
          f" {'ok' if not filings.faults else 'FAULTS'}", flush=True)
    for fault in filings.faults:
        print(f"  {fault}", flush=True)
    return [("core", aim, 0) for aim in filings.done], [f"filing: {fault}" for fault in filings.faults]
