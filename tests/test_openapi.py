#!/usr/bin/env python3
"""docs/openapi.json describes the API that there is: every route of the staff door below /api/v1, no
other, and every answer that a real daemon gives here, by status, type and schema. What it describes
is also met: each status of each operation is brought about, but for those named in NOT_HERE.

Last line: `N passed, N failed, N skipped`.
"""
import base64
import collections
import http.client
import json
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import schema as schemas  # noqa: E402
from support import ROOT, Tally, daemon, house, read_options  # noqa: E402
from program import wait_for  # noqa: E402

NOW = "2027-01-04T09:00:00Z"
LATER = "2027-01-11T09:00:00Z"  # the Monday after
DUTY = "raa.3.18.2-dns-abuse-mitigation"
API = json.loads((ROOT / "docs/openapi.json").read_text())
# What this small store cannot bring about; src/web/staff_test.c does, with a core that says so.
NOT_HERE = {("get", "/api/v1/findings/{id}", 200), ("get", "/api/v1/letters/{id}", 200),
            ("post", "/api/v1/commands", 409), ("post", "/api/v1/commands", 200),
            # src/app/party/case_view_test.c and tests/test_party.py
            ("get", "/api/v1/own/findings/{id}", 200),
            # a hook that failed for days: src/app/hooks/own_hook_test.c
            *(("post", f"/api/v1/{own}hooks/{{id}}/resumption", 200) for own in ("", "own/"))}


def is_json_schema(media):
    return media.partition(";")[0].strip()


class Referrer(schemas.Validator):
    """A schema of the description: references lead into it, or to a file of docs/schema/."""

    def check_ref(self, value, wanted, place, within):
        if not wanted.startswith("schema/"):
            return super().check_ref(value, wanted, place, within)
        return schemas.faults(value, schemas.load(wanted.removeprefix("schema/")))


class Door:
    """Asks, and holds each answer against the description."""

    def __init__(self, tally, port):
        self.tally, self.port, self.met = tally, port, collections.Counter()

    def ask(self, method, template, *, id=None, query="", body=None, token=None, **head):
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        if token:
            head["Authorization"] = f"Bearer {token}"
        data = body if body is None or isinstance(body, str) else json.dumps(body)
        if data is not None and "Content-Type" not in head:
            head["Content-Type"] = "application/json"
        link.request(method.upper(), template.replace("{id}", id or "") + query, data, head)
        reply = link.getresponse()
        text = reply.read().decode()
        link.close()
        self.check(method, template, reply, text)
        return reply, json.loads(text) if text and reply.status != 414 else None

    def check(self, method, template, reply, text):
        what = f"{method} {template} {reply.status}"
        self.met[method, template, reply.status] += 1
        described = API["paths"][template][method]["responses"].get(str(reply.status))
        if not self.tally.check(described is not None, f"{what} is described", text):
            return
        for name, header in described.get("headers", {}).items():
            value = reply.headers[name]
            self.tally.check(value is not None and re.search(header["schema"].get("pattern", ""), value),
                             f"{what}: header {name}", value)
        content = described.get("content")
        if not content:
            self.tally.equal(text, "", f"{what} has no body")
            return
        if "*/*" in content:
            return
        media = is_json_schema(reply.headers["Content-Type"])
        if self.tally.check(media in content, f"{what}: type", media):
            faults = Referrer(API).faults(json.loads(text), content[media]["schema"])
            self.tally.equal(faults[:5], [], f"{what}: body")


def set_up(program, folder):
    program.run("init", "--now", NOW)
    for name, role in (("ada", "administrator"), ("anna", "analyst"), ("bert", "approver"), ("adam", "auditor"),
                       ("eve", "analyst")):
        program.tokens[name] = folder / f"{name}.token"
        program.run("user", "add", name, "--role", role, "--out", program.tokens[name],
                    user=None if name == "ada" else "ada")
    program.tokens["narrow"] = folder / "narrow.token"
    program.run("user", "token", "add", "anna", "--for", "/deadlines.ics", "--out", program.tokens["narrow"], user="anna")
    program.run("rulebook", "adopt", ROOT / "rulebook/icann", user="anna")
    program.run("rulebook", "adopt", ROOT / "rulebook/icann", "--confirm", user="bert")
    (folder / "registrars.csv").write_text(
        "ID,Registrar Name,Status,RDAP Base URL\n9001,Example Names Ltd,Accredited,\n9002,Other Names,Accredited,\n")
    (folder / "contacts.csv").write_text(
        "Kind,ID,Name,Role,E-mail\nregistrar,9001,Example Names Ltd,compliance,c@names.example\n")
    program.run("party", "import", "--registrars", folder / "registrars.csv", "--contacts", folder / "contacts.csv",
                user="ada")
    for name, party, may in (("petra", "registrar-9001", "delegate"), ("rita", "registrar-9001", "read"),
                             ("paul", "registrar-9001", None), ("quinn", "registrar-9002", "answer")):
        program.tokens[name] = folder / f"{name}.token"
        program.run("user", "add", name, "--role", "party", "--party", party, "--out", program.tokens[name], user="ada")
        if may:
            program.run("user", "grant", "add", name, "--party", party, "--may", may, user="ada")
    program.tokens["slim"] = folder / "slim.token"
    program.run("user", "token", "add", "petra", "--for", "/nowhere", "--out", program.tokens["slim"], user="petra")


def document(**more):
    exhibit = {"media_type": "text/plain", "base64": base64.b64encode(b"evidence").decode()}
    return {"type": "dns-abuse-registrar", "language": "en", "names": ["bad.example"], "party": "registrar-9001",
            "answers": {"kind": "phishing", "domain": "bad.example", "reported-at": "2026-12-01"},
            "exhibits": [{"evidence": "report", **exhibit}, {"evidence": "abuse", **exhibit}],
            "told_first": {"told": True, "on": "2026-12-01"},
            "reporter": {"name": "Zoe Quill", "email": "zoe@mail.example", "role": "other", "share": True}, **more}


def check_routes(tally, build):
    printed = subprocess.run([build / "release/src/web/web_staff_routes"], capture_output=True, text=True, check=True)
    there = {tuple(line.split()) for line in printed.stdout.splitlines() if " /api/v1/" in line}
    told = {(method.upper(), re.sub(r"{(\w+)}", r":\1", path)) for path, item in API["paths"].items() for method in item}
    tally.equal(told, there, "the routes that are described are those that there are")


def file_complaints(tally, door, tokens):
    path = "/api/v1/complaints"
    reply, receipt = door.ask("post", path, body=document(), token=tokens["anna"])
    tally.equal(reply.headers["Location"], f"{path}/{receipt['reference']}", "where it is")
    _, held = door.ask("post", path, body=document(exhibits=[], told_first={"told": False}), token=tokens["anna"])
    _, anyway = door.ask("post", path, query="?anyway=true", body=document(exhibits=[]), token=tokens["anna"])
    tally.equal((held["state"], anyway["state"]), ("held", "filed"), "a draft, unless somebody says so")
    tally.equal({lack["kind"] for lack in held["missing"]}, {"evidence", "scope"}, "what it lacks, and what would close it")
    _, wrong = door.ask("post", path, body=document(names=["a b"]), token=tokens["anna"])
    tally.check("/names/0 is no domain name" in wrong["detail"], "the place is told", wrong)
    key = {"Idempotency-Key": "5f0c2b7e-9a41-4c0d-8f6e"}
    once = [door.ask("post", path, body=document(), token=tokens["bert"], **key)[1] for _ in range(2)]
    tally.equal(once[0], once[1], "sent again, answered again")
    door.ask("post", path, body=document(names=["other.example"]), token=tokens["bert"], **key)
    door.ask("post", path, body=document(colour="red"), token=tokens["anna"])
    door.ask("post", path, body="{", token=tokens["anna"])
    door.ask("post", path, body=document(), token="nobody's")
    door.ask("post", path, body=document(), token=tokens["narrow"])
    door.ask("post", path, body=document(), token=tokens["anna"], **{"Content-Type": "text/plain"})
    door.ask("post", path, body=document(answers={"answer": "x" * 300000}), token=tokens["anna"])
    references = {row["reference"] for row in (receipt, held, anyway, once[0])}
    seen, after = [], ""
    for _ in range(4):
        _, page = door.ask("get", path, query=f"?limit=2{after}", token=tokens["anna"])
        seen += [row["reference"] for row in page["complaints"]]
        after = f"&after={page['next']}"
        if not page["next"]:
            break
    tally.equal((len(seen), set(seen)), (4, references), "page by page, each once")
    _, drafts = door.ask("get", path, query="?state=held", token=tokens["adam"])
    tally.equal([row["reference"] for row in drafts["complaints"]], [held["reference"]], "by state")
    _, late = door.ask("get", path, query="?overdue=true&state=waiting", token=tokens["adam"])
    tally.equal(late["complaints"], [], "nobody is late")
    door.ask("get", path, query="?state=asleep", token=tokens["anna"])
    door.ask("get", path)
    door.ask("get", path, token=tokens["narrow"])
    return receipt, held


def decide(tally, program, door, tokens, receipt, held):
    one, path = "/api/v1/complaints/{id}", "/api/v1/complaints/{id}/decision"
    reference = receipt["reference"]
    reply, shown = door.ask("get", one, id=reference, token=tokens["anna"])
    tally.equal(shown, program.json("complaint", "show", reference), "as the command line shows it")
    tag = reply.headers["ETag"]
    door.ask("get", one, id=reference, token=tokens["anna"], **{"If-None-Match": tag})
    body = {"in-scope": True, "obligation": DUTY, "party": "registrar-9001", "subject": "bad.example"}
    for change in ({"body": {**body, "colour": "red"}}, {"body": {**body, "obligation": "no.such"}}, {"body": {}},
                   {"token": tokens["adam"]}, {"token": "x"}, {"head": {}}, {"head": {"If-Match": '"9"'}},
                   {"head": {"If-Match": tag, "Content-Type": "text/plain"}}, {"id": held["link"][:14]}):
        door.ask("post", path, id=change.get("id", reference), body=change.get("body", body),
                 token=change.get("token", tokens["anna"]), **change.get("head", {"If-Match": tag}))
    tally.equal(door.ask("get", one, id=reference, token=tokens["anna"])[0].headers["ETag"], tag, "nothing happened")
    _, decided = door.ask("post", path, id=reference, body=body, token=tokens["anna"], **{"If-Match": tag})
    tally.equal(decided["state"], "in-scope", "decided")
    reply, _ = door.ask("post", path, id=reference, body=body, token=tokens["anna"], **{"If-Match": tag})
    tally.equal(reply.status, 412, "once for each version")
    party = "/api/v1/complaints/{id}/party"
    _, seen = door.ask("get", party, id=reference, token=tokens["anna"])
    tally.equal(seen, program.json("complaint", "show", reference, "--as-party"), "as the party sees it")
    door.ask("get", party, id=held["reference"], token=tokens["anna"])
    door.ask("get", party, id=reference, query="?x=1", token=tokens["anna"])
    for route in (one, party):
        door.ask("get", route, id=reference)
        door.ask("get", route, id=reference, token=tokens["narrow"])
    door.ask("get", one, id=reference, query="?x=1", token=tokens["anna"])
    return decided["case"]


def hide(tally, program, door, tokens, reference, case):
    """Who is recused, and what is not there: the same bytes and headers."""
    program.run("case", "record", case, "recused", "--object", "eve", "--reason", "interest", user="anna")

    def raw(method, path, token, **head):
        link = http.client.HTTPConnection("127.0.0.1", door.port, timeout=30)
        link.request(method, path, "{}" if method == "POST" else None, {"Authorization": f"Bearer {token}", **head})
        reply = link.getresponse()
        answer = reply.status, sorted(h for h in reply.getheaders() if h[0] != "Date"), reply.read()
        link.close()
        return answer

    change = {"Content-Type": "application/json", "If-Match": '"1"'}
    for room, tail, method, head in (("complaints", "", "GET", {}), ("complaints", "/party", "GET", {}),
                                     ("complaints", "/decision", "POST", change), ("complaints", "/seen", "POST", change),
                                     ("complaints", "/closing", "POST", change), ("complaints", "/type", "POST", change),
                                     ("complaints", "/label", "POST", change), ("complaints", "/reopening", "POST", change),
                                     ("complaints", "/priority", "POST", change),
                                     ("complaints", "/outcomes", "POST", change), ("clusters", "", "GET", {})):
        answers = [raw(method, f"/api/v1/{room}/{name}{tail}", tokens["eve"], **head)
                   for name in (reference, "aaaa-aaaa-aaaa", "nonsense")]
        tally.check(answers[0][0] == 404 and answers.count(answers[0]) == 3, f"{method} {tail}: hidden", answers)
    for route in ("/api/v1/complaints/{id}", "/api/v1/complaints/{id}/party"):
        door.ask("get", route, id=reference, token=tokens["eve"])


def cluster(tally, program, door, tokens, reference):
    """What is alike is one row, as the command line shows it."""
    all_of, one = "/api/v1/clusters", "/api/v1/clusters/{id}"
    wait_for("clusters", lambda: door.ask("get", one, id=reference, token=tokens["anna"])[0].status == 200, 30)
    _, page = door.ask("get", all_of, query="?singles=true&limit=50", token=tokens["anna"])
    tally.equal(page, program.json("complaint", "clusters", "--singles"), "the list as the command line shows it")
    tally.check(page["clusters"] and page["next"] is None, "what waits is there", page)
    _, shown = door.ask("get", one, id=reference, query="?limit=1", token=tokens["adam"])
    tally.equal(shown, program.json("complaint", "clusters", reference, "--limit", "1"), "one as the command line shows it")
    for route, id in ((all_of, None), (one, reference)):
        for query, token in (("?limit=x", tokens["anna"]), ("?after=nonsense", tokens["anna"]), ("?x=1", tokens["anna"]),
                             ("", None), ("", tokens["narrow"])):
            door.ask("get", route, id=id, query=query, token=token)
    door.ask("get", one, id="aaaa-aaaa-aaaa", token=tokens["anna"])


def list_holds(tally, program, door, tokens, reference):
    """What must not be erased for now, as the command line shows it."""
    holds = "/api/v1/holds"
    program.run("complaint", "hold", reference, "--reason", "court-order", user="bert")
    _, page = door.ask("get", holds, query="?limit=50", token=tokens["anna"])
    tally.equal(page, program.json("complaint", "holds"), "the holds as the command line shows them")
    tally.equal([row["reference"] for row in page["holds"]], [reference], "what is on hold is there")
    program.run("complaint", "lift", reference, "--reason", "order-ended", user="bert")
    for query, token in (("?limit=x", tokens["anna"]), ("?x=1", tokens["anna"]), ("", None), ("", tokens["narrow"])):
        door.ask("get", holds, query=query, token=token)


def look_again(tally, program, door, tokens):
    """Closures that the daemon drew a week later."""
    looks, draws, path = "/api/v1/second-looks", "/api/v1/draws", "/api/v1/complaints/{id}/second-look"
    wait_for("the draw", lambda: program.json("complaint", "second-looks")["looks"], 30)
    _, page = door.ask("get", looks, query="?limit=50", token=tokens["bert"])
    tally.equal(page, program.json("complaint", "second-looks"), "what was drawn, as the command line shows it")
    reference = page["looks"][0]["reference"]
    _, held = door.ask("get", "/api/v1/complaints", query="?state=held&limit=1", token=tokens["bert"])
    other = held["complaints"][0]["reference"]
    tag, never = (door.ask("get", "/api/v1/complaints/{id}", id=id, token=tokens["bert"])[0].headers["ETag"] for id in (reference, other))
    for change in ({"id": other, "head": {"If-Match": never}}, {"body": {"verdict": "perhaps"}}, {"body": {"verdict": "agrees", "colour": "red"}}, {"token": tokens["adam"]},
                   {"token": "x"}, {"head": {}}, {"head": {"If-Match": '"9"'}}, {"id": "aaaa-aaaa-aaaa"}, {"body": {"verdict": "differs"}},
                   {"head": {"If-Match": tag, "Content-Type": "text/plain"}}, {}):
        reply, answer = door.ask("post", path, id=change.get("id", reference), body=change.get("body", {"verdict": "agrees"}),
                                 token=change.get("token", tokens["bert"]), **change.get("head", {"If-Match": tag}))
    tally.equal((reply.status, answer.get("verdict")), (200, "agrees"), "another person looked")
    _, told = door.ask("get", draws, query="?limit=10", token=tokens["adam"])
    tally.equal(told, program.json("complaint", "draws"), "and what was found, as the command line shows it")
    tally.equal((told["total"]["agrees"], told["total"]["error_per_mille"]), (1, 0), "is counted")
    for route in (looks, draws):
        for query, token in (("?limit=x", tokens["anna"]), ("?after=nonsense", tokens["anna"]), ("", None), ("", tokens["narrow"])):
            door.ask("get", route, query=query, token=token)


def close_one(program, door, tokens):
    """While a draw is open; it is drawn when the week is over."""
    wait_for("the first draw", lambda: program.json("complaint", "draws")["draws"], 30)
    _, receipt = door.ask("post", "/api/v1/complaints", query="?anyway=true", body=document(exhibits=[]), token=tokens["anna"])
    door.ask("post", "/api/v1/complaints/{id}/decision", id=receipt["reference"], token=tokens["anna"],
             body={"out-of-scope": "too-broad", "reason": "Which name is it about?"}, **{"If-Match": '"1"'})


def follow(tally, door, tokens, receipt):
    _, seen = door.ask("get", "/api/v1/followed", token=receipt["link"])
    tally.equal(seen["complaint"]["reference"], receipt["reference"], "by the link")
    tally.check("events" not in seen["complaint"] and "case" not in seen["complaint"], "the complainant's view")
    door.ask("get", "/api/v1/followed", token=tokens["anna"])
    door.ask("get", "/api/v1/followed")


def wrong_links(tally, door, tokens):
    """Who shows no link, or one that leads nowhere, is answered the same, whatever else they send."""
    answers = []
    for tail in ("additions", "filing", "withdrawal", "review"):
        path = f"/api/v1/followed/{tail}"
        for token, body, head in ((None, {}, {}), (tokens["anna"], {"text": "x"}, {}), ("0" * 64, "{", {}),
                                  ("0" * 64, {}, {"Content-Type": "text/plain"}), ("0" * 64, {"reason": "x" * 5000}, {})):
            reply, problem = door.ask("post", path, body=body, token=token, **head)
            answers.append((reply.status, sorted(h for h in reply.getheaders() if h[0] != "Date"), problem))
    tally.check(answers[0][0] == 401 and answers.count(answers[0]) == len(answers), "a wrong link tells nothing", answers)


def act_by_link(tally, program, door, tokens):
    """All that a complainant does, and what a person does then."""
    paths = {name: f"/api/v1/followed/{name}" for name in ("additions", "filing", "withdrawal", "review")}
    _, receipt = door.ask("post", "/api/v1/complaints", body=document(exhibits=[]), token=tokens["anna"])
    link, reference, one = receipt["link"], receipt["reference"], "/api/v1/complaints/{id}"

    def own(name, body, **head):
        return door.ask("post", paths[name], body=body, token=link, **head)[1]

    def version():
        return {"If-Match": door.ask("get", one, id=reference, token=tokens["anna"])[0].headers["ETag"]}

    def staff(tail, body, token="anna", **head):
        return door.ask("post", f"{one}/{tail}", id=reference, body=body, token=tokens[token], **(head or version()))

    addition = {"text": "more", "exhibits": document()["exhibits"]}
    tally.equal(own("additions", addition)["state"], "filed", "a draft becomes whole")
    tally.check(own("additions", addition)["repeated"], "sent again, done once")
    _, draft = door.ask("post", "/api/v1/complaints", body=document(exhibits=[], told_first={"told": False}), token=tokens["anna"])
    _, seen = door.ask("get", "/api/v1/followed", token=draft["link"])
    tally.check("bad.example" in seen["complaint"]["report"]["text"], "a report to send first", seen)
    for _ in range(2):
        _, insisted = door.ask("post", paths["filing"], body={}, token=draft["link"])
        tally.equal(insisted["state"], "filed", "filed as it is")
    door.ask("post", paths["filing"], body={"reason": "x"}, token=draft["link"])
    door.ask("post", paths["filing"], body="{", token=draft["link"])
    door.ask("post", paths["filing"], body={}, token=draft["link"], **{"Content-Type": "text/plain"})
    door.ask("post", paths["filing"], body={}, token=link)
    for name, large in (("additions", {"text": "x" * 20000}), ("withdrawal", {"reason": "x" * 5000}),
                        ("review", {"reason": "x" * 5000})):
        own(name, "{")
        own(name, {"colour": "red"})
        own(name, {"reason": "x", "text": "x"}, **{"Content-Type": "text/plain"})
        if name != "review":
            own(name, large)
    own("review", {"reason": "not yet"})
    staff("decision", {"out-of-scope": "too-broad", "reason": "Too little"})
    own("review", {"reason": "x" * 5000})
    own("withdrawal", {})
    tally.equal(own("review", {"reason": "look again"})["state"], "review", "a review is asked for")
    tally.check(own("review", {"reason": "look again"})["repeated"], "once")
    _, problem = staff("decision", {"out-of-scope": "too-broad", "reason": "No"})
    tally.check("another person reviews that" in problem["detail"], "by another person", problem)
    staff("decision", {"in-scope": True, "obligation": DUTY, "party": "registrar-9001", "subject": "again.example",
                       "reason": "You are right"}, token="eve")
    _, settled = write(door, staff, "outcomes", {"outcome": "domain-suspended", "names": ["bad.example"]}, tokens, receipt,
                       refused={"outcome": "open", "names": ["other.example"]})
    tally.equal(settled["names"], ["bad.example"], "each name has its outcome")
    tally.equal(own("additions", {"text": "even more"})["state"], "in-scope-more", "more about what is decided")
    write(door, staff, "seen", {}, tokens, receipt)
    tally.equal(own("withdrawal", {"reason": "solved"})["state"], "withdrawing", "taken back")
    closing = {"own": True, "obligation": DUTY, "party": "registrar-9001", "subject": "again.example"}
    _, closed = write(door, staff, "closing", closing, tokens, receipt)
    tally.equal((closed["state"], closed["joined"]), ("withdrawn", True), "and goes on as our own")
    own("additions", {"text": "too late"})
    return too_much(door, tokens, paths)


def write(door, staff, tail, body, tokens, receipt, refused=None):
    """Every way in which the staff's change is refused, then the change, then what was changed already."""
    path = f"/api/v1/complaints/{{id}}/{tail}"
    for change in ({"token": "x"}, {"token": tokens["narrow"]}, {"id": "aaaa-aaaa-aaaa"}):
        door.ask("post", path, id=change.get("id", receipt["reference"]), body=body,
                 token=change.get("token", tokens["anna"]), **{"If-Match": '"1"'})
    staff(tail, {"colour": "red"})
    staff(tail, body, **{"If-Match": '"1"'})
    staff(tail, body, **{"Content-Type": "application/json"})
    staff(tail, body, **{"If-Match": '"1"', "Content-Type": "text/plain"})
    done = staff(tail, body)
    staff(tail, refused or body)
    return done


def rework(tally, program, door, tokens):
    """A complaint gets another type and a label; a decision about it is taken back."""
    _, receipt = door.ask("post", "/api/v1/complaints", query="?anyway=true", body=document(exhibits=[]), token=tokens["anna"])
    _, gone = door.ask("post", "/api/v1/complaints", query="?anyway=true", body=document(tlp="amber"), token=tokens["anna"])
    program.run("complaint", "erase", gone["reference"], "--reason", "person-asked", user="ada")
    one, reference = "/api/v1/complaints/{id}", receipt["reference"]
    program.run("complaint", "label", reference, "--tlp", "green", "--reason", "source-asked", user="anna")  # version 1 is old

    def staff(tail, body, token="anna", id=reference, **head):
        tag = head or {"If-Match": door.ask("get", one, id=id, token=tokens["anna"])[0].headers["ETag"]}
        return door.ask("post", f"{one}/{tail}", id=id, body=body, token=tokens[token], **tag)

    _, typed = write(door, staff, "type", {"type": "generic-registrar"}, tokens, receipt, refused={"type": "weather"})
    tally.equal((typed["type"], typed["state"]), ("generic-registrar", "filed"), "of another type")
    urgent = {"level": "urgent", "reason": "harm"}
    _, soon = write(door, staff, "priority", urgent, tokens, receipt, refused={**urgent, "level": "soon"})
    tally.equal(soon["priority"], "urgent", "read soon")
    _, first = door.ask("get", "/api/v1/complaints", query="?order=priority&limit=1", token=tokens["adam"])
    tally.equal(first["complaints"][0]["priority"], "urgent", "the most urgent first")
    tally.equal(first, program.json("complaint", "list", "--order", "priority", "--limit", "1"), "as the command line shows it")
    door.ask("get", "/api/v1/complaints", query="?order=size", token=tokens["adam"])
    red = {"tlp": "red", "reason": "source-asked"}
    _, labelled = write(door, staff, "label", red, tokens, receipt, refused={**red, "tlp": "pink"})
    tally.equal(labelled["tlp"], "red", "labelled")
    for tail, body in (("label", red), ("priority", urgent)):
        tally.equal(staff(tail, body, id=gone["reference"])[0].status, 422, f"nothing of it is left: {tail}")
    staff("decision", {"out-of-scope": "too-broad", "reason": "Too little"})
    _, reopened = write(door, staff, "reopening", {"reason": "By mistake"}, tokens, receipt)
    tally.equal(reopened["state"], "filed", "waits again")


def many(tally, program, door, tokens):
    """Decisions about several in one request: looked at, taken, found again, taken back."""
    path, back, batches = "/api/v1/complaints/decisions", "/api/v1/complaints/reopenings", "/api/v1/batches/{id}"
    filed = [door.ask("post", "/api/v1/complaints", query="?anyway=true", body=document(exhibits=[], names=[f"{n}.example"]),
                      token=tokens["anna"])[1]["reference"] for n in range(3)]
    rows = [{"id": one, "version": 1} for one in (*filed, "aaaa-aaaa-aaaa")]
    body = {"complaints": rows, "decision": {"out-of-scope": "too-broad", "reason": "Which act?"}}
    tried = {**body, "preview": True}
    _, seen = door.ask("post", path, body=tried, token=tokens["anna"])
    tally.equal((seen["preview"], seen["done"], seen["refused"]), (True, 3, 1), "a preview")
    tally.equal([row["problem"] and row["problem"]["status"] for row in seen["items"]], [None] * 3 + [404], "each by itself")
    tally.check(all(door.ask("get", "/api/v1/complaints/{id}", id=one, token=tokens["anna"])[1]["complaint"]["state"] == "filed"
                    for one in filed), "nothing was done")
    for route in (path, back):
        decision = body["decision"] if route == path else {"reason": "Sorry"}
        fine = {"complaints": rows, "decision": decision, "preview": True}
        for change in ({"token": None}, {"token": tokens["adam"]}, {"token": tokens["narrow"]}, {"body": "{"}, {"body": []},
                       {"body": {**fine, "complaints": []}}, {"body": {**fine, "complaints": rows * 30}},
                       {"body": {**fine, "complaints": [{"id": filed[0]}]}}, {"body": {**fine, "colour": "red"}},
                       {"body": {**fine, "complaints": [{**rows[0], "colour": "red"}]}}, {"body": {**fine, "preview": False}},
                       {"body": {**fine, "digest": "0" * 64}}, {"body": {**fine, "decision": {"colour": "red"}}},
                       {"query": "?x=1"}, {"head": {"Content-Type": "text/plain"}},
                       {"body": {"complaints": rows, "decision": decision, "digest": "0" * 64}}):
            reply, _ = door.ask("post", route, body=change.get("body", fine), query=change.get("query", ""),
                                token=change.get("token", tokens["anna"]), **change.get("head", {}))
            tally.check(reply.status >= 400, f"{route}: refused", change)
    # One to which something happened since is refused, and the others are done.
    program.run("complaint", "label", filed[2], "--tlp", "green", "--reason", "source-asked", user="anna")
    _, done = door.ask("post", path, body={**body, "digest": seen["digest"]}, token=tokens["anna"])
    tally.equal((done["done"], [row["problem"] and row["problem"]["status"] for row in done["items"]]),
                (2, [None, None, 412, 404]), "what moved on is left")
    _, again = door.ask("post", path, body={**body, "digest": seen["digest"]}, token=tokens["anna"])
    tally.equal(again["done"], 0, "sent again, nothing is done twice")
    _, found = door.ask("get", batches, id=seen["digest"], token=tokens["adam"])
    tally.equal(sorted(row["reference"] for row in found["decisions"]), sorted(filed[:2]), "found by the digest")
    for id, token, query in (("x", tokens["anna"], ""), ("0" * 64, tokens["anna"], ""), (seen["digest"], None, ""),
                             (seen["digest"], tokens["narrow"], ""), (seen["digest"], tokens["anna"], "?x=1")):
        door.ask("get", batches, id=id, token=token, query=query)
    taken = {"complaints": [{"id": row["reference"], "version": row["version"], "decision": row["decision"]}
                            for row in found["decisions"]], "decision": {"reason": "Sorry"}}
    _, seen = door.ask("post", back, body={**taken, "preview": True}, token=tokens["anna"])
    _, done = door.ask("post", back, body={**taken, "digest": seen["digest"]}, token=tokens["anna"])
    tally.equal((done["done"], {row["state"] for row in done["items"]}), (2, {"filed"}), "taken back together")


def file_many(tally, door, tokens):
    """Several complaints in one request: each by itself, once for each key."""
    path, key = "/api/v1/complaints/filings", {"Idempotency-Key": "3c5e1d0f-7a42-4b0d-9e6f"}
    body = {"complaints": [document(), document(exhibits=[]), document(names=["a b"]), document(type="weather")]}
    _, filed = door.ask("post", path, body=body, token=tokens["anna"], **key)
    tally.equal((filed["done"], filed["refused"]), (2, 2), "two are filed")
    tally.equal([row["receipt"] and row["receipt"]["state"] for row in filed["items"]], ["filed", "held", None, None], "by themselves")
    tally.equal([row["problem"] and row["problem"]["status"] for row in filed["items"]], [None, None, 400, 422], "with reasons")
    tally.check("/names/0" in filed["items"][2]["problem"]["detail"], "and places", filed["items"][2])
    _, again = door.ask("post", path, body=body, token=tokens["anna"], **key)
    tally.equal(again, filed, "sent again, answered again")
    _, other = door.ask("post", path, body={"complaints": body["complaints"][1:2], "anyway": True}, token=tokens["anna"], **key)
    tally.equal(other["items"][0]["problem"]["status"], 422, "a key is for one request")
    _, anyway = door.ask("post", path, body={"complaints": body["complaints"][1:2], "anyway": True}, token=tokens["bert"])
    tally.equal(anyway["items"][0]["receipt"]["state"], "filed", "without a key, as it is")
    for change in ({"token": None}, {"token": tokens["narrow"]}, {"body": "{"}, {"body": []}, {"body": {"complaints": []}},
                   {"body": {"complaints": [{}] * 101}}, {"body": {**body, "colour": "red"}}, {"body": {**body, "anyway": 1}},
                   {"query": "?x=1"}, {"head": {"Content-Type": "text/plain"}}):
        reply, _ = door.ask("post", path, body=change.get("body", body), query=change.get("query", ""),
                            token=change.get("token", tokens["anna"]), **change.get("head", {}))
        tally.check(reply.status >= 400, f"{path}: refused", change)
    _, short = door.ask("post", path, body=body, token=tokens["anna"], **{"Idempotency-Key": "short"})
    tally.check(short["done"] == 0 and short["items"][0]["problem"]["status"] == 400, "a key that is none", short)


def list_due(tally, program, door, tokens):
    """What is due to be erased: nothing yet."""
    due = "/api/v1/retention"
    _, receipt = door.ask("post", "/api/v1/complaints", query="?anyway=true", body=document(), token=tokens["anna"])
    _, page = door.ask("get", due, query="?limit=50", token=tokens["adam"])
    tally.equal(page, program.json("complaint", "retention"), "as the command line shows it")
    tally.equal(page, {"due": [], "next": None}, "nothing is due")
    for query, token in (("?limit=x", tokens["anna"]), ("?after=aaaa-aaaa-aaaa", tokens["anna"]),
                         (f"?after={receipt['reference']}", tokens["anna"]), ("", None), ("", tokens["narrow"])):
        door.ask("get", due, query=query, token=token)


def too_much(door, tokens, paths):
    """More by one link than a person writes within an hour."""
    _, receipt = door.ask("post", "/api/v1/complaints", body=document(), token=tokens["anna"])
    for number in range(21):
        door.ask("post", paths["additions"], body={"text": f"{number}"}, token=receipt["link"])
    door.ask("post", paths["filing"], body={}, token=receipt["link"])
    door.ask("post", paths["withdrawal"], body={}, token=receipt["link"])
    door.ask("post", paths["review"], body={"reason": "now"}, token=receipt["link"])


def read_the_rest(door, tokens, case):
    known = {"parties": "registrar-9001", "cases": case}
    for path in ("worklist", "matrix", "parties/{id}", "findings/{id}", "cases/{id}", "letters/{id}"):
        route, kind = f"/api/v1/{path}", path.split("/")[0]
        for id, token in ((known.get(kind, "x"), tokens["anna"]), ("none", tokens["anna"]), ("x", None),
                          ("x", tokens["narrow"])):
            door.ask("get", route, id=id, token=token)
    commands = "/api/v1/commands"
    answer = {"verb": "answer", "case": case, "text": "we did"}
    for body, token, head in ((answer, None, {}), (answer, tokens["adam"], {}), ({"verb": "dance"}, tokens["anna"], {}),
                              ({**answer, "case": "c-none"}, tokens["anna"], {}), (answer, tokens["anna"], {}),
                              ("x", tokens["anna"], {"Content-Type": "text/plain"})):
        door.ask("post", commands, body=body, token=token, **head)


def hooks(tally, program, door, tokens, base, user, narrow, stranger):
    """One's own hooks: made, seen, ended; every way in which that is refused."""
    wanted, back = {"url": "https://hooks.example/in", "for": ["case.told"]}, f"{base}/{{id}}/revocation"
    for token in (None, "x", stranger):
        door.ask("get", base, token=token)
    door.ask("get", base, token=tokens[narrow])
    door.ask("get", base, query="?x=1", token=tokens[user])
    _, made = door.ask("post", base, body=wanted, token=tokens[user])
    tally.equal((made["id"], made["number"], len(base64.b64decode(made["secret"]))), (user, 1, 32), f"{base}: one's own")
    _, seen = door.ask("get", base, token=tokens[user])
    whole = program.json("user", "hook", "list", user)
    tally.check(made["secret"] not in json.dumps(seen), f"{base}: the secret is told once")
    for row in whole["hooks"] if "/own/" in base else ():
        del row["made_by"], row["state_by"]
    tally.equal(seen, whole, f"{base}: as the command line shows it")
    for path, body, id in ((base, wanted, None), (back, {}, "1"), (f"{base}/{{id}}/resumption", {}, "1")):
        for change in ({"token": "x"}, {"token": stranger}, {"token": tokens[narrow]}, {"body": "{"}, {"body": {"id": "ada"}},
                       {"body": {**wanted, "url": "http://hooks.example/"}}, {"head": {"Content-Type": "text/plain"}}):
            door.ask("post", path, id=id, body=change.get("body", body), token=change.get("token", tokens[user]),
                     **change.get("head", {}))
    door.ask("post", base, body={**wanted, "url": "https://127.0.0.1/"}, token=tokens[user])
    for path in (back, f"{base}/{{id}}/resumption"):
        for id in ("7", "x", "99999999999999999999"):
            tally.equal(door.ask("post", path, id=id, body={}, token=tokens[user])[0].status, 404, f"{path}: {id} is not there")
    door.ask("post", f"{base}/{{id}}/resumption", id="1", body={}, token=tokens[user])
    tally.equal(door.ask("post", back, id="1", body={}, token=tokens[user])[0].status, 200, f"{base}: ended")
    tally.equal(door.ask("post", back, id="1", body={}, token=tokens[user])[0].status, 422, f"{base}: once")
    for _ in range(9):
        last, _ = door.ask("post", base, body=wanted, token=tokens[user])
    tally.equal(last.status, 413, f"{base}: no more than eight")
    for number in range(2, 10):
        door.ask("post", back, id=f"{number}", body={}, token=tokens[user])


def serve_letter(program):
    """A case whose first notice a courier brought; its id."""
    case = program.json("case", "open", "--party", "registrar-9001", "--obligation", DUTY, "--subject", "own.example",
                        "--violation", user="anna")["case"]
    letter = program.json("case", "draft", case, "--letter", "notice1", user="anna")["sha256"]
    program.run("case", "adopt", case, "--sha256", letter, user="anna")
    name = program.json("letter", "list", "--case", case)["letters"][0]["id"]
    program.run("letter", "served", name, "--channel", "courier", "--on", NOW[:10], "--proof", "slip", user="anna")
    return case


def send(tally, door, tokens, route, case, body, refused):
    """Every way in which what a party sends is refused, then what is taken."""
    def version():
        return {"If-Match": door.ask("get", "/api/v1/own/cases/{id}", id=case, token=tokens["petra"])[0].headers["ETag"]}

    for change in ({"token": "x"}, {"token": tokens["anna"]}, {"token": tokens["slim"]}, {"token": tokens["rita"]},
                   {"token": tokens["quinn"]}, {"id": "c-none"}, {"body": {"colour": "red"}}, {"body": "{"}, {"head": {}},
                   {"head": {"If-Match": '"5"'}}, {"head": {"If-Match": "5"}},
                   {"head": {**version(), "Content-Type": "text/plain"}}, *({"body": each} for each in refused)):
        door.ask("post", route, id=change.get("id", case), body=change.get("body", body),
                 token=change.get("token", tokens["petra"]), **change.get("head", version()))
    before = version()
    reply, done = door.ask("post", route, id=case, body=body, token=tokens["petra"], **before)
    tally.equal(reply.status, 200, f"{route}: taken")
    tally.equal(version()["If-Match"], f'"{done["version"]}"', "and the version that it left is told")
    tally.equal(door.ask("post", route, id=case, body=body, token=tokens["petra"], **before)[0].status, 412, "once")


def delegate(tally, door, tokens, case):
    """petra lets paul read, and takes it back."""
    route, back = "/api/v1/own/parties/{id}/grants", "/api/v1/own/parties/{id}/revocations"
    one, gift, taken = "registrar-9001", {"id": "paul", "may": "read"}, {"id": "paul", "number": "1"}
    for path, body, refused in ((route, gift, {"id": "quinn", "may": "read"}), (back, taken, {"id": "paul", "number": "7"})):
        for change in ({"token": "x"}, {"token": tokens["anna"]}, {"token": tokens["slim"]}, {"token": tokens["rita"]},
                       {"token": tokens["quinn"]}, {"id": "nobody"}, {"body": {"colour": "red"}}, {"body": refused},
                       {"body": "{"}, {"head": {"Content-Type": "text/plain"}}):
            door.ask("post", path, id=change.get("id", one), body=change.get("body", body),
                     token=change.get("token", tokens["petra"]), **change.get("head", {}))
        reply, done = door.ask("post", path, id=one, body=body, token=tokens["petra"])
        tally.equal((reply.status, done.get("number")), (200, 1), path)
        if path == route:
            tally.equal(door.ask("post", path, id=one, body=body, token=tokens["petra"])[0].status, 409, "once")
            tally.equal(len(door.ask("get", "/api/v1/own/parties", token=tokens["paul"])[1]["parties"]), 1, "paul is in")
    tally.equal(door.ask("get", "/api/v1/own/parties", token=tokens["paul"])[1]["parties"], [], "and out")
    _, granted = door.ask("post", route, id=one, body={**gift, "case": case}, token=tokens["petra"])
    _, seen = door.ask("get", "/api/v1/own/parties", token=tokens["paul"])
    tally.equal([(row["party"], row["case"]) for row in seen["parties"]], [(one, case)], "for one case alone")
    door.ask("post", back, id=one, body={"id": "paul", "number": str(granted["number"])}, token=tokens["petra"])
    too_much_delegated(door, tokens, route, back)


def too_much_of_a_party(door, tokens, one, case):
    for number in range(21):
        tag = door.ask("get", one, id=case, token=tokens["petra"])[0].headers["ETag"]
        door.ask("post", f"{one}/answers", id=case, body={"text": f"{number}"}, token=tokens["petra"], **{"If-Match": tag})
    door.ask("post", f"{one}/extensions", id=case, body={"until": "2027-02-01", "text": "x"}, token=tokens["petra"],
             **{"If-Match": tag})


def too_much_delegated(door, tokens, route, back):
    status = 200
    while status == 200:
        reply, granted = door.ask("post", route, id="registrar-9001", body={"id": "paul", "may": "read"}, token=tokens["petra"])
        status = reply.status
        if status == 200:
            door.ask("post", back, id="registrar-9001", body={"id": "paul", "number": str(granted["number"])},
                     token=tokens["petra"])


def own_side(tally, program, door, tokens, case):
    """What a contracted party reads."""
    own, one = "/api/v1/own/parties", "/api/v1/own/cases/{id}"
    for token in (None, "x", tokens["anna"], tokens["slim"]):
        for route in (own, f"{own}/{{id}}/grants", f"{own}/{{id}}/duties", f"{own}/{{id}}/findings", f"{own}/{{id}}/cases",
                      "/api/v1/own/findings/{id}", one, f"{one}/complaints"):
            door.ask("get", route, id="registrar-9001", token=token)
    _, parties = door.ask("get", own, token=tokens["petra"])
    tally.equal([(row["party"], row["may"]) for row in parties["parties"]], [("registrar-9001", "delegate")], "one's parties")
    tally.equal(door.ask("get", own, token=tokens["paul"])[1]["parties"], [], "without a grant none")
    door.ask("get", own, query="?x=1", token=tokens["petra"])
    for part in ("grants", "duties", "findings", "cases"):
        route = f"{own}/{{id}}/{part}"
        for party, who in (("registrar-9001", "petra"), ("registrar-9001", "rita"), ("registrar-9001", "quinn"),
                           ("registrar-9002", "petra"), ("nobody", "petra")):
            reply, _ = door.ask("get", route, id=party, token=tokens[who])
            wanted = 404 if who == "quinn" or party != "registrar-9001" else 403 if (who, part) == ("rita", "grants") else 200
            tally.equal(reply.status, wanted, f"{part} of {party} for {who}")
        door.ask("get", route, id="registrar-9001", query="?x=1", token=tokens["petra"])
    reply, _ = door.ask("get", f"{own}/{{id}}/duties", id="registrar-9001", query="?as_of=never", token=tokens["petra"])
    tally.equal(reply.status, 400, "no day")
    reply, shown = door.ask("get", one, id=case, token=tokens["rita"])
    tally.equal(shown, program.json("own", "case", case), "as the command line shows it")
    door.ask("get", one, id=case, token=tokens["rita"], **{"If-None-Match": reply.headers["ETag"]})
    for id, who in ((case, "quinn"), ("c-none", "petra")):
        tally.equal(door.ask("get", one, id=id, token=tokens[who])[0].status, 404, f"{id} for {who}")
    for route in (one, f"{one}/complaints"):
        door.ask("get", route, id=case, query="?x=1", token=tokens["petra"])
    _, told = door.ask("get", f"{one}/complaints", id=case, token=tokens["rita"])
    tally.equal(told, program.json("own", "complaints", case), "its complaints, as the command line shows them")
    tally.equal(door.ask("get", f"{one}/complaints", id=case, token=tokens["quinn"])[0].status, 404, "and nobody else's")
    send(tally, door, tokens, f"{one}/answers", case, {"text": "done", "items": ["1=comply", "2=need-time"], "exhibits": [
        {"media_type": "text/plain", "name": "log.txt", "collected_on": "2027-01-03", "base64": "aGVsbG8="}]},
         ({"text": "x", "items": ["9=comply"]}, {"text": "x" * 70000}, {"text": "x", "exhibits": [{}]}))
    send(tally, door, tokens, f"{one}/extensions", case, {"until": "2027-02-01", "text": "a flood"},
         ({"until": "2027-01-05", "text": "x"}, {"until": "2027-03-01", "text": "x" * 70000}))
    too_much_of_a_party(door, tokens, one, case)
    delegate(tally, door, tokens, case)
    for query in ("", "?x=1"):
        door.ask("get", "/api/v1/own/findings/{id}", id="f-none", query=query, token=tokens["petra"])


def send_too_much(door, tokens, receipt):
    """A body and an address beyond what each operation reads."""
    for path, item in API["paths"].items():
        whose = receipt["link"] if "/followed" in path else tokens["petra" if "/own/" in path else "anna"]
        for method, operation in item.items():
            door.ask(method, path, id="x", query=f"?x={'y' * 40000}", token=whose)
            if "413" in operation["responses"]:
                door.ask(method, path, id="registrar-9001", body={"text": "x" * (30 << 20 if "additions" in path else 400000)},
                         token=whose, **{"If-Match": '"1"'})


def check_met(tally, door):
    told = {(method, path, int(status)) for path, item in API["paths"].items()
            for method, operation in item.items() for status in operation["responses"]}
    tally.equal(sorted(told - set(door.met) - NOT_HERE), [], "what is described is met")
    tally.equal(sorted(NOT_HERE & set(door.met)), [], "and what is named as not met is not")


def main():
    options = read_options(__doc__)
    tally = Tally()
    check_routes(tally, options.build)
    with house(options, "mail.smtp-port = 1", "mail.from = desk@authority.example",
               "hooks.resolver = 127.0.0.1#1") as (folder, program):
        set_up(program, folder)
        served = serve_letter(program)
        tokens = {name: path.read_text().strip() for name, path in program.tokens.items()}
        with tally.part("the API"), daemon(program, NOW) as port:
            door = Door(tally, port)
            receipt, held = file_complaints(tally, door, tokens)
            cluster(tally, program, door, tokens, receipt["reference"])
            case = decide(tally, program, door, tokens, receipt, held)
            hide(tally, program, door, tokens, receipt["reference"], case)
            list_holds(tally, program, door, tokens, receipt["reference"])
            list_due(tally, program, door, tokens)
            rework(tally, program, door, tokens)
            many(tally, program, door, tokens)
            file_many(tally, door, tokens)
            follow(tally, door, tokens, receipt)
            wrong_links(tally, door, tokens)
            act_by_link(tally, program, door, tokens)
            read_the_rest(door, tokens, case)
            own_side(tally, program, door, tokens, served)
            hooks(tally, program, door, tokens, "/api/v1/hooks", "anna", "narrow", tokens["petra"])
            hooks(tally, program, door, tokens, "/api/v1/own/hooks", "petra", "slim", tokens["anna"])
            send_too_much(door, tokens, receipt)
        with tally.part("a draw begins"), daemon(program, NOW) as door.port:
            close_one(program, door, tokens)
        with tally.part("second looks"), daemon(program, LATER) as door.port:
            look_again(tally, program, door, tokens)
        check_met(tally, door)
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
