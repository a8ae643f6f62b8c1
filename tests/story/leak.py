"""Does anything of an informal case reach the public or another party (invariant 1)?

The story: party P is in breach and its notice is published. Then party C fails, is written to,
answers, is called, is written to again, and in the end its breach notice is published too. Random
words fill the fields of both that people fill; everything the store knows of C's case alone (ids,
digests, instants, words) is searched for in everything that the public and other parties can get:
every route of the public door with every id, name, hash and date of the store, headers, error
bodies, feeds, tiles, files and their names, and other parties' mailboxes. Until C's notice is
published nothing may be found and nothing outside the log may have changed; afterwards only what
the public record says.
"""
import base64
import csv
import datetime
import email
import email.policy
import gzip
import html
import http.client
import io
import json
import os
import pathlib
import quopri
import re
import sqlite3
import subprocess
import time
import urllib.parse
import zlib

from program import read_folder
from story import Story, StepFailed, iso

PLAIN = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}")
BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{16,}={0,2}")
COMMON = re.compile(r"[A-Za-z._-]*|[A-Za-z ]{0,19}|\d{4}-\d\d-\d\d")  # vocabulary, and days that many things share
INSTANT = 10**15  # integers above are microseconds since 1970
LAST_INSTANT = 10**17  # and those above that are hashes: it is the year 5138
RECORD_FIELDS = {  # of a public record, by hand
    "case", "clause", "corrections", "cure", "document", "effect", "ended", "evidence", "iana_id", "id", "kind",
    "letters", "next_update_due", "obligation", "overdue_since", "party_id", "party_kind", "party_name",
    "party_statement", "published_at", "rulebook", "sent_at", "state", "statement", "subject", "tld", "updates"}
HEALTH = b'{"status":"ok"}\n'


class Leaked(StepFailed):
    pass


class Word:
    """A random word for one side; each field gets its own ending, any is found by the word."""

    def __init__(self, chance, given=None):
        self.word = given or "".join(chance.choices("bcdfghjklmnpqrstvwxz", k=12))

    def of(self, field):
        return f"{self.word}-{field}"


def variants(data):
    """The bytes and what they decode to."""
    yield data
    text = data.decode("utf-8", errors="replace")
    yield html.unescape(text).encode()
    yield urllib.parse.unquote_to_bytes(data)
    yield quopri.decodestring(data)
    yield text.encode("unicode_escape")
    for piece in BASE64.findall(data):
        plain = piece.rstrip(b"=").replace(b"-", b"+").replace(b"_", b"/")
        try:
            yield base64.b64decode(plain + b"=" * (-len(plain) % 4))
        except ValueError:
            pass
    for unpack in (gzip.decompress, zlib.decompress):
        try:
            yield unpack(data)
        except (OSError, EOFError, zlib.error):
            pass


def look_like(token):
    """How a token may be written."""
    if isinstance(token, int) and token > LAST_INSTANT:
        return [str(token).encode()]  # a hash
    if isinstance(token, int):
        at = datetime.datetime.fromtimestamp(token // 1000000, datetime.timezone.utc)
        return [str(token).encode(), iso(at)[:19].encode(),
                at.strftime("%a, %d %b %Y %H:%M:%S").encode(), str(token // 1000000).encode()]
    if isinstance(token, bytes):
        return [token, token.hex().encode(), base64.b64encode(token)]
    data = token.encode()
    return [data, data.hex().encode(), urllib.parse.quote(token).encode()]


def strings_in(value):
    if isinstance(value, str):
        yield value
        if value[:1] in "{[":
            try:
                yield from strings_in(json.loads(value))
            except ValueError:
                pass
    elif isinstance(value, dict):
        for item in value.values():
            yield from strings_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings_in(item)
    elif isinstance(value, (int, bytes)) and not isinstance(value, bool):
        yield value


class Knowledge:
    """What the store holds: everything, and what belongs to one matter alone."""

    def __init__(self, data):
        db = sqlite3.connect(f"file:{data}/store.db?mode=ro", uri=True)
        tables = [name for name, in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'"
                                               " AND name NOT LIKE 'sqlite_%'")]
        self.rows = []
        for table in tables:
            if table in ("log_entry", "log_node", "log_checkpoint", "log_waiting", "rulebook"):
                continue  # what is public by its purpose, and the law
            self.rows += [(table, row) for row in db.execute(f"SELECT * FROM {table}")]
        self.entries = {row[0] for row in db.execute("SELECT entry FROM opening")}
        self.checkpoints = db.execute(
            "SELECT size, signed_at FROM log_checkpoint ORDER BY size").fetchall()
        db.close()

    def tokens(self, row):
        """Ids, sentences, instants, digests; the words that people filled in are known by name."""
        for value in strings_in([v for v in row if v is not None]):
            if isinstance(value, int):
                if value > INSTANT:
                    yield value
            elif isinstance(value, bytes):
                if len(value) == 32 and value not in self.entries:
                    yield value
            elif 6 <= len(value) <= 200 and not COMMON.fullmatch(value):
                yield value

    def of_matter(self, names):
        """Tokens of rows that name the matter and of no other row; instants by the second."""
        def key(token):
            return token // 1000000 if isinstance(token, int) else token
        mine, others = {}, set()
        for _, row in self.rows:
            about = any(name in str(value) for value in row for name in names)
            for token in self.tokens(row):
                if about:
                    mine[key(token)] = token
                else:
                    others.add(key(token))
        return {token for k, token in mine.items() if k not in others}

    def path_words(self):
        """Every id, name, hash and date that fits into a path."""
        words = {"n-none", "0", "000", "registry", "registrar", "open", "registry-open", "archive", "2026", "2027"}
        for _, row in self.rows:
            for token in self.tokens(row):
                if isinstance(token, int):
                    words.update(shape.decode()[:10] for shape in look_like(token)[1:2])
                elif isinstance(token, bytes):
                    words.add(token.hex())
                elif PLAIN.fullmatch(token):
                    words.update((token, "n-" + token))
        return sorted(words)


class Door:
    """Everything that the public door says, decoded."""

    def __init__(self, url, program):
        self.address = urllib.parse.urlsplit(url).netloc
        helper = pathlib.Path(os.path.realpath(program)).parent.parent / "web/web_public_routes"
        listed = subprocess.run([helper], capture_output=True, text=True, check=True).stdout
        self.patterns = [line.split(" ", 1)[1] for line in listed.splitlines()]
        self.connection = http.client.HTTPConnection(self.address, timeout=20)

    def paths(self, words, tiles):
        for pattern in self.patterns:
            if ":" in pattern:
                for word in words:
                    yield re.sub(r":[a-z]+", word, pattern)
            elif "*" in pattern:
                for tile in [*tiles, *words]:
                    yield re.sub(r"\*[a-z]+", tile, pattern)
            else:
                yield pattern
                yield pattern + "?page=2"
                yield pattern.rstrip("/") + "/../health"
        yield from ("/metrics", "/deadlines.ics", "/parties/registrar-1/deadlines.ics", "/api/v1/cases", "/store.db", "/notices/", "/%2e%2e/store.db", "/cases")

    def fetch(self, path):
        for last in (False, True):
            try:
                self.connection.request("GET", path, headers={"Accept-Encoding": "gzip, deflate"})
                answer = self.connection.getresponse()
                return answer.status, answer.getheaders(), answer.read()
            except (http.client.HTTPException, OSError):
                self.connection.close()
                if last:
                    raise

    def walk(self, words, tiles):
        """{path: (status, headers without the time of day, body)}"""
        seen = {}
        for path in self.paths(words, tiles):
            status, headers, body = self.fetch(path)
            seen[path] = status, tuple((k, v) for k, v in headers if k != "Date"), body
        return seen


class LeakStory(Story):
    def __init__(self, options):
        super().__init__(options)
        self.words = {"P": Word(self.random), "C": Word(self.random, getattr(options, "canary", None))}
        self.side, self.sides = "P", {}
        self.figures = {}

    # --- two parties ---

    def take(self, side):
        """The steps of the story are about this side from now on."""
        self.sides[self.side] = (self.target, dict(self.facts))
        self.side = side
        target, facts = self.sides[side]
        self.target = target
        self.facts = dict(facts)

    def write_config(self, **instead):
        """With lines for developers, which tell no more than others of a matter."""
        return super().write_config(debug="1", **instead)

    def start_lab(self):
        told = super().start_lab()
        other = self.random.choice([t for t in self.lab.list()["tlds"] if t["tld"] != self.facts["tld"]])
        self.sides["C"] = (other, dict(self.facts, tld=other["tld"]))
        return dict(told, canary="." + other["tld"])

    def import_parties(self):
        """The lab's contacts, with words of ours as names and a second contact each."""
        source = pathlib.Path(self.lab.env["LAB_CONTACTS"])
        rows = list(csv.reader(io.StringIO(source.read_text(), newline="")))
        targets = {"P": self.target, "C": self.sides["C"][0]}
        for side, target in targets.items():
            word = self.words[side]
            for row in [r for r in rows if r[1] == target["tld"]]:
                row[2] = word.of("name")
            rows.append(["registry", target["tld"], word.of("person"), "technical",
                         f"{word.of('box')}@{target['mailbox'].split('@')[1]}"])
        out = io.StringIO()
        csv.writer(out, lineterminator="\r\n").writerows(rows)
        mine = self.folder / "contacts.csv"
        mine.write_text(out.getvalue(), newline="")
        self.lab.env["LAB_CONTACTS"] = str(mine)
        return super().import_parties()

    def speak(self):
        """What people write into an informal case."""
        word, case = self.words[self.side], self.facts["case"]
        answer = self.folder / f"answer-{self.side}.txt"
        answer.write_text(f"We are {word.of('answer')} and will look into it.\n")
        self.program.run("case", "answer", case, answer, user="anna")
        self.program.run("case", "judge", case, "--judgement", "inadequate", "--reason",
                         word.of("judged"), user="anna")
        self.program.run("case", "record", case, "call", "--call", "not-reached", "--reason", word.of("call"),
                         user="anna")
        for event in ("meeting", "guidance-given"):
            self.program.run("case", "record", case, event, "--reason", word.of(event), user="anna")
        party = next(tld["party"] for tld in self.program.json("tld", "list")["tlds"] if tld["name"] == self.facts["tld"])
        self.program.run("party", "family", party, word.of("family"), user="anna")
        self.program.run("case", "record", case, "assigned", "--object", word.of("handler"), user="anna")
        return {"words": word.word, "complaint": self.complain(word, case)}

    def complain(self, word, case):
        """Somebody complains of the same, with a word in every field; it joins the case."""
        kind = self.program.json("complaint", "type", "generic-registry")
        path = self.folder / f"complaint-{self.side}.json"
        path.write_text(json.dumps({
            "type": kind["id"], "names": [f"{word.of('complained')}.example"], "party": word.of("accused"),
            "answers": {q["id"]: word.of(f"answered-{q['id']}") for q in kind["questions"] if q["kind"] != "file"},
            "exhibits": [{"evidence": e["id"], "media_type": "text/plain", "name": word.of("file"),
                          "base64": base64.b64encode(word.of("exhibit").encode()).decode()} for e in kind["evidence"]],
            "told_first": {"told": True, "on": "2026-12-01", "how": word.of("told")},
            "reporter": {"name": word.of("reporter"), "email": f"{word.of('mail')}@reporter.example"}}))
        receipt = self.program.json("complaint", "file", path, "--anyway", user="anna")
        reference, about = receipt["reference"], self.program.json("case", "show", case)["case"]
        self.program.run("complaint", "decide", reference, "--need", word.of("needed"), user="anna")
        decided = self.program.json("complaint", "decide", reference, "--in-scope", "--obligation", about["obligation"],
                                    "--party", about["party"], "--subject", about["subject"], user="anna")
        if decided["case"] != case:
            raise StepFailed(f"complaint {reference} went to {decided['case']}, not to {case}")
        return reference

    def informal(self, after_each=lambda: None):
        side = self.side
        self.step(f"{side} breaks", self.break_it)
        self.step(f"a case about {side} opens", self.find_it)
        after_each()
        self.step(f"notice1 to {side}", lambda: self.send_informal("notice1"))
        self.step(f"{side} answers", self.speak)
        after_each()
        self.step(f"the answer of {side} does not do", lambda: self.no_answer("notice2"))
        self.step(f"notice2 to {side}", lambda: self.send_informal("notice2"))
        self.step(f"{side} does not answer", lambda: self.no_answer("notice3"))
        self.step(f"notice3 to {side}", lambda: self.send_informal("notice3"))
        self.step(f"{side} does not answer again", self.last_silence)
        after_each()

    # --- looking ---

    def everything_public(self):
        """{where: bytes} of all that strangers and other parties can get."""
        known = Knowledge(self.folder / "data")
        public = self.folder / "data/public"
        files = read_folder(public)
        tiles = [str(p.relative_to(public / "log/tile")) for p in files if "tile" in p.parts[-4:]
                 and p.is_relative_to(public / "log/tile")]
        self.pages = Door(self.public, self.program.binary).walk(known.path_words(), tiles)
        found = {}
        for path, (status, headers, body) in self.pages.items():
            # The path that was asked for is the asker's own word, wherever it is said again.
            said = b"\n".join(f"{k}: {v}".encode() for k, v in headers) + b"\n" + body
            found.setdefault(said, f"{status} {path}")
        for path, data in files.items():
            found.setdefault(str(path.relative_to(public)).encode(), f"name of {path.name}")
            found.setdefault(data, f"file {path.relative_to(public)}")
        self.figures["requests"] = self.figures.get("requests", 0) + len(self.pages)
        return known, {where: data for data, where in found.items()}

    def mail_of_others(self, side):
        listed = self.lab.list()
        own = {"P": self.sides.get("P", (self.target,))[0], "C": self.sides["C"][0]}[side]["mailbox"]
        for party in [*listed["tlds"], *listed["registrars"]]:
            if party["mailbox"] == own:
                continue
            folder = pathlib.Path(self.lab.call("mail", party["mailbox"], "--maildir").strip())
            for data in read_folder(folder).values():
                parsed = email.message_from_bytes(data, policy=email.policy.default)
                bodies = [part.get_payload(decode=True) or b"" for part in parsed.walk()
                          if not part.is_multipart()]
                yield f"mail to {party['mailbox']}", b"\n".join([data, *bodies])

    def hits(self, tokens, places):
        found = set()
        for where, data in places.items():
            whole = b"\0".join(variants(data))
            for token in tokens:
                if any(form in whole for form in look_like(token)):
                    found.add((token, where))
        return found

    def names_of(self, side):
        target, facts = (self.target, self.facts) if self.side == side else self.sides[side]
        party = Knowledge(self.folder / "data")
        ids = [row[2] for table, row in party.rows if table == "tld" and row[0] == target["tld"]]
        return [name for name in (facts.get("case"), target["tld"], target["party"], self.words[side].word,
                                  *ids) if name]

    def look_for_canary(self):
        """Nothing of C is anywhere; what is public outside the log stands as it stood."""
        known, places = self.everything_public()
        tokens = known.of_matter(self.names_of("C")) | set(self.names_of("C"))
        places.update(self.mail_of_others("C"))
        found = self.hits(tokens, places)
        log = (self.folder / "daemon.log").read_bytes()
        if b"bailiwick prober: prober: sandbox" not in log:
            raise Leaked("no line for developers was looked at")
        if self.words["C"].word.encode() in log:
            found.add((self.words["C"].word, "daemon.log"))
        self.figures["tokens"] = max(self.figures.get("tokens", 0), len(tokens))
        self.figures["places"] = self.figures.get("places", 0) + len(places)
        if found:
            raise Leaked(f"informal matters are public: {sorted(map(str, found))[:8]}")
        if self.pages["/health"][2] != HEALTH:
            raise Leaked(f"/health says more than that it is open: {self.pages['/health'][2]!r}")
        steady = {path: seen for path, seen in self.pages.items()
                  if not path.startswith("/log/") and seen[0] == 200 and "/bundle" not in path}
        if hasattr(self, "steady") and steady != self.steady:
            changed = [p for p in set(steady) | set(self.steady) if steady.get(p) != self.steady.get(p)]
            raise Leaked(f"pages changed while C was informal: {sorted(changed)}")
        self.steady = steady
        return {"tokens": len(tokens), "places": len(places), "requests": len(self.pages)}

    def look_at_notice(self, side):
        """Exactly the fields of the public record are found of a published case."""
        record = json.loads(self.fetch(self.notice_path() + ".json"))
        notice = record["notice"]
        if set(notice) != RECORD_FIELDS:
            raise Leaked(f"fields of {side}'s record: {sorted(set(notice) ^ RECORD_FIELDS)}")
        known, places = self.everything_public()
        names = self.names_of(side)
        tokens = known.of_matter(names)
        bundle = self.expect("the bundle", lambda: self.try_fetch(self.notice_path() + "/bundle"))
        told = b"\n".join(str(text).encode() for text in strings_in(record))
        told = b"\0".join([*variants(told), *variants(bundle)])
        allowed = {t for t in tokens if any(form in told for form in look_like(t))}
        found = {token for token, _ in self.hits(tokens, places)}
        beyond = found - allowed
        if beyond:
            raise Leaked(f"public of {side} beyond its record: {sorted(map(str, beyond))[:8]}")
        for opening in json.loads(bundle)["openings"]:
            event = opening["event"]
            if event["kind"] != "publication" or event["notice"] != notice["id"]:
                raise Leaked(f"the bundle of {side} opens {event}")
        words = set(re.findall(self.words[side].word + r"-[a-z-]+[a-z]", told.decode(errors="replace")))
        if words - {self.words[side].of("name")}:
            raise Leaked(f"the record of {side} recites {sorted(words)}")
        for must in (self.facts["case"], notice["letters"][-1]["sha256"], self.facts["obligation"]):
            if must.encode() not in told:
                raise Leaked(f"the record of {side} lacks {must}")
        return {"fields": len(notice), "found": len(found)}

    def look_at_checkpoints(self):
        """Growth by powers of two from 16 on, and most ticks alike, however busy the house was."""
        sizes = [size for size, _ in Knowledge(self.folder / "data").checkpoints]
        steps = [b - a for a, b in zip([0, *sizes], sizes)]
        odd = [s for s in steps if s < 16 or s & (s - 1)]
        # Two ticks signed at once after a restart would be a sum; there was no restart here.
        if odd or not steps:
            raise Leaked(f"the log grew by {odd[:5]} of {len(steps)} steps")
        return {"checkpoints": len(steps), "least": min(steps), "most": max(steps)}

    def look_at_ticks(self):
        """Checkpoints come by timetable: real seconds apart, also while nothing happens."""
        moments, last = [], None
        end = time.monotonic() + 4.5
        while time.monotonic() < end:
            size = int(self.fetch("/log/checkpoint").split(b"\n")[1])
            if last is not None and size != last:
                moments.append((time.monotonic(), size - last))
            last = size
            time.sleep(0.02)
        if len(moments) < 3 or any(step % 16 for _, step in moments):
            raise Leaked(f"an idle log does not tick by timetable: {moments}")
        return {"ticks": len(moments)}

    def tell_all(self):
        self.step("a lab of real servers", self.start_lab)
        self.step("an authority with three people", self.found_authority)
        self.step("the rulebook adopted by two people", self.adopt_law)
        self.step("parties, TLDs and contacts imported", self.import_parties)
        self.step("the daemon", self.start_daemon)
        self.step("the TLD is healthy", self.see_health)
        self.informal()
        self.step("nothing of P is public yet", self.look_before("P"))
        self.step("P's breach notice is approved", self.approve_breach)
        self.step("P's breach notice is published", self.see_published)
        self.step("the log ticks by timetable", self.look_at_ticks)
        self.step("words about P wait for a second person", self.write_waiting)
        self.step("of P exactly the notice is public", lambda: self.look_at_notice("P"))
        self.take("C")
        self.step("before C fails nothing of it is public", self.look_for_canary)
        self.informal(lambda: self.step("nothing of C is public", self.look_for_canary))
        self.step("C's breach notice is approved", self.approve_breach)
        self.step("C's breach notice is published", self.see_published)
        self.step("of C exactly the notice is public", lambda: self.look_at_notice("C"))
        self.step("growth of the log tells nothing", self.look_at_checkpoints)

    def write_waiting(self):
        """What one person wrote for the public, and what was dropped, is no more public than a draft."""
        word, notice = self.words[self.side], f"n-{self.facts['case']}"
        text = self.folder / "waiting.txt"
        text.write_text(f"They say {word.of('unagreed')}.\n")
        self.program.run("notice", "statement", notice, text, user="anna")
        item = self.program.json("notice", "correct", notice, text, "--reason", word.of("whycorrect"), user="anna")
        self.program.run("notice", "drop", item["item"], user="anna")
        return {"waiting": item["item"]}

    def look_before(self, side):
        def look():
            known, places = self.everything_public()
            tokens = known.of_matter(self.names_of(side)) | {self.words[side].word}
            found = self.hits(tokens, places)
            if found:
                raise Leaked(f"public before its notice: {sorted(map(str, found))[:8]}")
            return {"tokens": len(tokens), "places": len(places)}
        return look
