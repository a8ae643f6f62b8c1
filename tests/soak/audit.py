"""After a story: is what was acknowledged there, is nothing doubled, do store, log and mail agree?"""
import collections
import json
import pathlib
import sqlite3


def rows(story, sql, *values):
    db = sqlite3.connect(f"file:{story.folder}/data/store.db?mode=ro", uri=True)
    try:
        return db.execute(sql, values).fetchall()
    finally:
        db.close()


def check_integrity(story):
    for line in rows(story, "PRAGMA integrity_check"):
        if line[0] != "ok":
            yield f"store: {line[0]}"
    for line in rows(story, "PRAGMA foreign_key_check"):
        yield f"store: dangling reference {line}"


# What is to be done now; a reminder, of a party or of who complained, waits for its day, and may do so when all else
# is done.
WORK = "NOT (kind IN ('remind', 'remind-complainant') AND state = 'pending')"


def check_outbox(story):
    for key, state, error in rows(story, f"SELECT key, state, error FROM outbox WHERE state <> 'done' AND {WORK}"):
        yield f"outbox: {key} is {state}: {error}"


def check_log(story):
    verified = story.program.json("log", "verify", expect=(0, 1))
    for fault in verified["faults"]:
        yield f"log verify: {fault}"
    seen = rows(story, "SELECT COUNT(*) FROM opening WHERE entry NOT IN (SELECT entry FROM log_entry)"
                       " AND number NOT IN (SELECT opening FROM log_waiting)")[0][0]
    if seen:
        yield f"log: {seen} openings neither wait nor have an index"


def check_cases(story):
    for party, obligation, subject, count in rows(
            story, "SELECT party, obligation, subject, COUNT(*) FROM case_file GROUP BY 1, 2, 3"
                   " HAVING COUNT(*) > 1"):
        yield f"{count} cases of {party} {obligation} {subject}"
    for case, seq, count, highest in rows(
            story, "SELECT id, f.seq, COUNT(*), MAX(e.seq) FROM case_file f JOIN case_event e"
                   " ON e.case_id = f.id GROUP BY 1"):
        if not seq == count == highest:
            yield f"case {case}: {count} events, the last {highest}, the row says {seq}"


def check_acknowledged(story):
    for case, seq, user in story.acknowledged:
        if not rows(story, "SELECT 1 FROM case_event WHERE case_id = ? AND seq = ? AND actor = ?",
                    case, seq, user):
            yield f"acknowledged and lost: event {seq} of {case} by {user}"


def check_publication(story):
    published = rows(story, "SELECT notice, state FROM publication")
    if len(published) != 1 or published[0][1] != "cured":
        yield f"publications: {published}"
    kinds = collections.Counter(rows(story, "SELECT notice, kind FROM publication_update"))
    for (notice, kind), count in kinds.items():
        if count > 1:
            yield f"{notice}: {count} updates '{kind}'"
    # A cut write leaves its half behind under a hidden name, which no address leads to.
    public = pathlib.Path(story.folder) / "data/public"
    for path in public.rglob("*"):
        if path.is_file() and (path.name.startswith(".") or len(path.suffix) == 7) \
                and story.try_fetch(f"/{path.relative_to(public)}") is not None:
            yield f"half of a cut write is public: {path.relative_to(public)}"


def check_letters(story):
    """Each letter sent is in its mailbox at least once; a further copy, of the same bytes, only
    where an in-doubt event stands."""
    box = collections.defaultdict(list)
    for mail in story.mailbox():
        box[mail["message_id"].strip("<>")].append(mail["sha256"])
    kinds = collections.Counter()
    for letter, case, kind, message, digest, state in rows(
            story, "SELECT id, case_id, kind, message_id, sha256, state FROM letter"):
        copies = box.pop(message, [])
        doubts = rows(story, "SELECT COUNT(*) FROM letter_attempt WHERE letter = ?"
                             " AND phase = 'in-doubt'", letter)[0][0]
        told = sum(json.loads(data).get("sha256") == digest.hex() for (data,) in rows(
            story, "SELECT data FROM case_event WHERE case_id = ? AND type = 'resent'", case))
        kinds[(case, kind)] += 1
        if any(copy != digest.hex() for copy in copies):
            yield f"{letter}: other bytes in the mailbox than were kept"
        if state == "sent" and not copies:
            yield f"{letter}: sent, and not in the mailbox"
        if len(copies) > 1 + doubts:
            yield f"{letter}: {len(copies)} copies, {doubts} attempts in doubt"
        if doubts > told:
            yield f"{letter}: {doubts} attempts in doubt, {told} events say so"
        if state not in ("sent", "draft"):
            yield f"{letter}: is {state}"
    for message in box:
        yield f"mail that no letter is: {message}"
    for (case, kind), count in kinds.items():
        if count > 1:
            yield f"{case}: {count} letters '{kind}'"


def check_proof(story):
    bundle = story.folder / "notice.bundle"
    bundle.write_bytes(story.fetch(story.notice_path() + "/bundle"))
    story.program.run("verify", bundle, "--log-key", story.facts["log_key"])
    if json.loads(bundle.read_text())["record"]["notice"]["state"] != "cured":
        yield "the bundle does not say that it was cured"


def audit(story):
    story.until("the bundle to be current", lambda: json.loads(story.fetch(
        story.notice_path() + "/bundle"))["record"]["notice"]["state"] == "cured")
    return [fault for check in (check_integrity, check_outbox, check_log, check_cases,
                                check_acknowledged, check_publication, check_letters, check_proof)
            for fault in check(story)]
