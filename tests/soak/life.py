"""A short life of an authority in phases, each one command or one run of the daemon, for soaks that
make the disk fail in one of them: `failing` and `full-disk`.

It covers what the store, the blobs, the log and the public folder are for: a founding, people, a
rulebook and a calendar, a case with informal letters, a termination that is approved by two, sent and
published, an answer by mail, an extension that two agree to, complaints (life_complaints.py), a backup
and its restore. The life is lived once in health; before each phase the folder is kept, and the shape
of things after it, which has no ids.
"""
import collections
import contextlib
import hashlib
import json
import pathlib
import shutil
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parent / "story")]
import life_complaints  # noqa: E402
from audit import check_cases, check_integrity, check_log  # noqa: E402
from life_world import LAW, NOW, OBLIGATION, Command, Serving, World, settled  # noqa: E402
from postbox import Postbox  # noqa: E402
from program import CommandFailed  # noqa: E402


def is_sent(kind):
    return lambda world: world.all(f"SELECT 1 FROM letter WHERE kind = '{kind}' AND state = 'sent'")


def is_public(world):
    """The record that is published is the one that the store holds, and so is its bundle."""
    rows = world.all("SELECT notice, record FROM publication")
    if not rows:
        return False
    path = world.data / "public/notices" / rows[0][0]
    try:
        bundle = json.loads(path.with_suffix(".bundle").read_bytes())
        return path.with_suffix(".json").exists() and bundle["record"]["notice"]["updates"] == \
            json.loads(rows[0][1])["notice"]["updates"]
    except (OSError, ValueError):
        return False


class AddUser(Command):
    """When a store fails in its commit the token may have been taken, so its file stays. Who looks
    (`user list`) and sees that it was not removes the file."""

    def __init__(self, name, role, by):
        super().__init__(f"user {name}", by, lambda w: ["user", "add", name, "--role", role, "--out",
                                                       w.program.tokens[name]])
        self.user_id = name

    def complete(self, world):
        if not world.all(f"SELECT 1 FROM person WHERE id = '{self.user_id}'"):
            world.program.tokens[self.user_id].unlink(missing_ok=True)
        return super().complete(world)


def case_step(name, user, *words):
    """`words` may hold functions of the world."""
    def said(world):
        return ["case", words[0], world.case(),
                *(word(world) if callable(word) else word for word in words[1:])]
    return Command(name, user, said)


def letter_of(kind):
    return lambda world: world.letter(kind)


def proposal(world):
    return world.one("SELECT lower(hex(sha256)) FROM case_proposal")


PHASES = (
    Command("init", None, lambda w: ["init", "--now", NOW]),
    AddUser("ada", "administrator", None),
    AddUser("anna", "analyst", "ada"),
    AddUser("bert", "approver", "ada"),
    AddUser("carl", "approver", "ada"),
    AddUser("mta", "mail", "ada"),
    Command("a rulebook is proposed", "anna", lambda w: ["rulebook", "adopt", LAW]),
    Command("a rulebook is adopted", "bert", lambda w: ["rulebook", "adopt", LAW, "--confirm"]),
    Command("parties are imported", "ada", lambda w: [
        "party", "import", "--registrars", w.folder / "registrars.csv", "--contacts", w.folder / "contacts.csv"]),
    Command("a calendar is proposed", "anna", lambda w: [
        "calendar", "import", w.folder / "icann.ics", "--name", "icann"]),
    Command("the calendar is agreed to", "bert", lambda w: [
        "calendar", "agree", "icann", "--sha256", w.one("SELECT lower(hex(sha256)) FROM calendar")]),
    Command("a case opens", "anna", lambda w: ["case", "open", "--party", "registrar-9001", "--obligation", OBLIGATION,
                                               "--violation"]),
    Serving("a letter is drafted", lambda w: settled(w, lambda w: w.all("SELECT 1 FROM letter"))),
    case_step("the draft is adopted", "anna", "adopt", "--sha256", letter_of("notice1")),
    Serving("the letter goes out", lambda w: settled(w, is_sent("notice1"))),
    case_step("a termination is drafted", "anna", "draft", "--letter", "termination"),
    case_step("it is approved", "bert", "approve", "--sha256", letter_of("termination")),
    case_step("it is approved by a second", "carl", "approve", "--sha256", letter_of("termination")),
    case_step("the step is taken", "anna", "send", "--sha256", letter_of("termination"), "--ground", "raa-stability"),
    Serving("the notice is sent and published", lambda w: settled(w, is_sent("termination"), is_public)),
    Command("a mail comes in", "mta", lambda w: ["mail-in"], failures=(75,),  # try again
            stdin="From: c@names.example\nMessage-ID: <1@names.example>\nSubject: Re: notice\n\nWe object.\n"),
    case_step("the mail is an answer", "anna", "answer", "--mail",
              lambda w: w.one("SELECT lower(hex(sha256)) FROM mail")),
    case_step("an extension is proposed", "anna", "record", "extended", "--until", "2027-02-01", "--reason", "storm"),
    case_step("a second person agrees", "bert", "agree", "--proposal", proposal),
    Serving("the extension is published", lambda w: settled(w, is_public)),
    *life_complaints.PHASES,
    Command("a backup is made", None, lambda w: ["backup", w.folder / "backup.db"]),
    Command("the backup is restored", "ada", lambda w: ["restore", w.folder / "backup.db"]),
    Serving("the daemon goes on", lambda w: settled(w, is_public), now=life_complaints.THEN, later=life_complaints.LATER_THEN),
)


# --- what must hold ---

def counted(rows):
    return sorted(collections.Counter(rows).items())


def told_kinds(world):
    """What the log was told, but for letters that were handed over again (check_letters looks at them)."""
    told = (json.loads(text or '{"kind": "erased"}') for (text,) in world.all("SELECT json FROM opening"))
    return [event["kind"] for event in told if event.get("event") != "resent"]


def events_by_case(ask):
    cases = {}
    for case, *event in ask("SELECT case_id, type, actor FROM case_event WHERE type <> 'resent' ORDER BY case_id, seq"):
        cases.setdefault(case, []).append(event)
    return sorted(cases.values())


def shape(world):
    """What is there, without ids and moments. What the log was told is part of it, once for each event."""
    ask = world.all
    with world.reading():
        return {
            "founded": len(ask("SELECT 1 FROM meta WHERE key = 'log-origin'")),
            "events": events_by_case(ask),
            "stages": ask("SELECT stage FROM case_file ORDER BY 1"),
            "letters": counted(ask("SELECT kind, state FROM letter")),
            "proposals": counted(ask("SELECT type, state FROM case_proposal")),
            "users": ask("SELECT id FROM person ORDER BY 1"),
            "rulebooks": counted(ask("SELECT name, adopted_by FROM rulebook")),
            "proposed": len(ask("SELECT 1 FROM meta WHERE key = 'rulebook-proposed' AND value <> ''")),
            "approvals": len(ask("SELECT 1 FROM approval")),
            "calendars": ask("SELECT name, number, adopted_by FROM calendar"),
            "parties": ask("SELECT id FROM party ORDER BY 1"),
            "contacts": counted(ask("SELECT party, role FROM contact")),
            "mail": counted(ask("SELECT outcome FROM mail")),
            "published": ask("SELECT p.state, u.seq, u.kind FROM publication p JOIN publication_update u USING (notice)"
                             " ORDER BY 2"),
            "log": counted(told_kinds(world)),
            "outbox": counted(ask("SELECT kind, state FROM outbox")),
            "backup": (world.folder / "backup.db").exists(),
            **life_complaints.shape(ask),
        }


def check_letters(world):
    """Each letter that is sent came once, and each receipt; a further copy only where a hand-over was in doubt."""
    box = world.post.by_id()
    for name, digest, state, doubts in world.all(
            "SELECT message_id, lower(hex(sha256)), state, (SELECT COUNT(*) FROM letter_attempt a WHERE a.letter = l.id"
            " AND a.phase = 'in-doubt') FROM letter l UNION ALL SELECT message_id, lower(hex(sha256)), state,"
            " (SELECT COUNT(*) FROM receipt_attempt a WHERE a.message_id = r.message_id AND a.phase = 'in-doubt')"
            " FROM receipt r"):
        copies = [hashlib.sha256(letter).hexdigest() for letter in box.pop(name, [])]
        if any(copy != digest for copy in copies):
            yield f"letter {name}: other bytes came than were kept"
        if len(copies) > 1 + doubts:
            yield f"letter {name}: {len(copies)} copies, {doubts} attempts in doubt"
        if copies and state == "draft":
            yield f"letter {name}: came, and is a draft"
    resent = world.all("SELECT COUNT(*), (SELECT COUNT(*) FROM letter_attempt WHERE phase = 'in-doubt')"
                       " FROM case_event WHERE type = 'resent'")
    if resent and resent[0][0] > resent[0][1]:
        yield f"{resent[0][0]} letters resent, {resent[0][1]} hand-overs in doubt"
    if box:
        yield f"mail that no letter is: {list(box)}"


def check_whole(world):
    """What holds after any failure, before anything is put right."""
    if not (world.data / "store.db").exists() or not world.all("SELECT 1 FROM meta WHERE key = 'log-origin'"):
        return
    yield from check_integrity(world)
    yield from check_cases(world)
    yield from check_letters(world)
    yield from life_complaints.check(world)
    try:
        for row in world.program.json("rebuild", "--check", expect=(0, 1))["differences"]:
            yield f"rebuild: {row}"
    except CommandFailed as failure:
        yield f"rebuild: {failure}"


def check_end(world):
    """What holds once the next run is through."""
    yield from check_whole(world)
    yield from check_signed(world)


def check_signed(world):
    """The log leads to each of its entries."""
    try:
        yield from check_log(world)
    except CommandFailed as failure:
        yield f"log verify: {failure}"


def compare(found, expected, what):
    for name, value in found.items():
        if value != expected[name]:
            yield f"{what}: {name} is {value}, expected {expected[name]}"


# --- the life in health ---

def copy(source, target):
    shutil.copytree(source, target, symlinks=True, dirs_exist_ok=True, ignore=shutil.ignore_patterns("control.sock", "*.lock"))


class Life:
    """Kept folders before each phase, and the shapes after it. `shapes[0]` is of nothing."""

    def __init__(self, binary, folder, preload=lambda folder: None, after=lambda phase: None):
        self.binary, self.folder = binary, pathlib.Path(folder)
        self.shapes = []
        place = self.folder / "health"
        place.mkdir(parents=True)
        with Postbox() as post:
            world = World(binary, place, post, preload(place))
            world.struck = lambda: False  # nothing fails: a daemon has the time that it takes
            self.shapes.append(shape(world))
            for number, phase in enumerate(PHASES):
                copy(place, self.folder / f"before-{number}")
                code, words = phase.try_it(world)
                if code != 0:
                    raise AssertionError(f"in health '{phase.name}' ends with {code}: {words}")
                self.shapes.append(shape(world))
                after(phase)
            faults = list(check_end(world))
            if faults:
                raise AssertionError(f"in health: {faults}")
            self.letters = list(post.letters)

    @contextlib.contextmanager
    def world_before(self, number, place, preload=None):
        """A world in which the phases up to this one were lived; letters that went out are in the box."""
        copy(self.folder / f"before-{number}", place)
        with Postbox() as post:
            world = World(self.binary, place, post, preload)
            kept = {name for name, in world.all("SELECT message_id FROM letter WHERE state = 'sent'"
                                               " UNION SELECT message_id FROM receipt WHERE state = 'sent'")}
            post.letters += [letter for letter in self.letters if any(name.encode() in letter for name in kept)]
            yield world


def judge(life, number, world, code, words):
    """After phase `number` was tried on a failing disk and ended with `code`: faults, before and after it
    is run once more in health."""
    phase, before, after = PHASES[number], life.shapes[number], life.shapes[number + 1]
    if code not in (0, *phase.failures):
        yield f"it ends with {code}: {words.strip()[-300:]}"
    if code and not words.strip():
        yield f"it ends with {code} and says nothing"
    yield from check_whole(world)
    if isinstance(phase, Command):
        found = shape(world)
        if code == 0:
            yield from compare(found, after, "acknowledged")
        elif found not in (before, after):
            yield from compare(found, before, f"refused with {code}, half done")
        if found == after:  # what was carried out is not asked for again, and what was looked at is as it was
            yield from check_signed(world)
            return
    wrong = phase.complete(world)
    if wrong:
        yield wrong
    else:
        yield from compare(shape(world), after, "after the next run")
    yield from check_end(world)
