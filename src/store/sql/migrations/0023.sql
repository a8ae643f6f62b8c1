-- Cases and deadlines lie in the order in which they came, and are found by an index of ids. Before,
-- they lay in the trees of their ids, whose inner pages hold whole rows too: ten or four to a page,
-- so that one of a million lay six steps down, and those of one day lay far from each other.
CREATE TABLE case_file_next (
    id TEXT NOT NULL PRIMARY KEY,
    party TEXT NOT NULL,
    obligation TEXT NOT NULL,
    subject TEXT NOT NULL,
    process TEXT NOT NULL,
    origin TEXT NOT NULL,
    source TEXT NOT NULL,
    stage TEXT NOT NULL,
    stage_kind TEXT NOT NULL,
    handler TEXT NOT NULL,
    summary TEXT NOT NULL,
    seq INTEGER NOT NULL,
    opened_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    closed_at INTEGER NOT NULL,
    closure TEXT NOT NULL,
    published INTEGER NOT NULL CHECK (published IN (0, 1)),
    rules TEXT NOT NULL,
    awaits TEXT NOT NULL,
    about TEXT NOT NULL,
    clock_rule TEXT NOT NULL,
    clock_date INTEGER NOT NULL,
    clock_at INTEGER NOT NULL,
    told_at INTEGER NOT NULL
) STRICT;

INSERT INTO case_file_next
SELECT id, party, obligation, subject, process, origin, source, stage, stage_kind, handler, summary, seq,
    opened_at, updated_at, due_at, closed_at, closure, published, rules, awaits, about, clock_rule,
    clock_date, clock_at, told_at
FROM case_file ORDER BY opened_at, id;

CREATE TABLE deadline_next (
    id TEXT NOT NULL PRIMARY KEY,
    case_id TEXT NOT NULL REFERENCES case_file (id),
    rule TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    state TEXT NOT NULL,
    trace TEXT NOT NULL
) STRICT;

INSERT INTO deadline_next
SELECT id, case_id, rule, due_at, state, trace FROM deadline ORDER BY due_at, id;

DROP TABLE deadline;
ALTER TABLE deadline_next RENAME TO deadline;
DROP TABLE case_file;
ALTER TABLE case_file_next RENAME TO case_file;

CREATE UNIQUE INDEX case_file_open ON case_file (party, obligation, subject) WHERE closed_at = 0;
CREATE INDEX case_file_of_party ON case_file (party, id);
CREATE INDEX case_file_of_subject ON case_file (subject, id);
CREATE INDEX case_file_of_stage ON case_file (stage, id);
CREATE INDEX case_file_of_handler ON case_file (handler, id) WHERE closed_at = 0;
CREATE INDEX case_file_open_by_id ON case_file (id) WHERE closed_at = 0;
CREATE INDEX case_file_open_of_party ON case_file (party, id) WHERE closed_at = 0;
CREATE INDEX case_file_open_by_due ON case_file (due_at = 0, due_at, id, closed_at, party, obligation,
    subject, handler, rules, stage, stage_kind, awaits, about, clock_rule, clock_date, clock_at)
    WHERE closed_at = 0;
CREATE INDEX case_file_closed ON case_file (subject, party, obligation, closed_at, id) WHERE closed_at <> 0;
CREATE INDEX case_file_told ON case_file (party, id) WHERE told_at <> 0;
CREATE INDEX deadline_of_case ON deadline (case_id, id);
CREATE INDEX deadline_running ON deadline (state, due_at, id, case_id, rule) WHERE state = 'running';

-- The same bytes may be proposed as a calendar once more when they were withdrawn, or when another
-- calendar came after them; each proposal is a row. Only one of them waits.
CREATE TABLE calendar_next (
    proposal INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    sha256 BLOB NOT NULL CHECK (LENGTH(sha256) = 32),
    bytes BLOB NOT NULL,
    proposed_at INTEGER NOT NULL,
    proposed_by TEXT NOT NULL,
    number INTEGER NOT NULL,
    adopted_at INTEGER NOT NULL,
    adopted_by TEXT NOT NULL,
    withdrawn_at INTEGER NOT NULL,
    withdrawn_by TEXT NOT NULL
) STRICT;

INSERT INTO calendar_next (name, sha256, bytes, proposed_at, proposed_by, number, adopted_at, adopted_by,
    withdrawn_at, withdrawn_by)
SELECT name, sha256, bytes, proposed_at, proposed_by, number, adopted_at, adopted_by, withdrawn_at, withdrawn_by
FROM calendar ORDER BY proposed_at, name, sha256;

DROP TABLE calendar;
ALTER TABLE calendar_next RENAME TO calendar;

CREATE INDEX calendar_by_bytes ON calendar (name, sha256, proposal);
CREATE UNIQUE INDEX calendar_adopted ON calendar (number) WHERE number > 0;
CREATE UNIQUE INDEX calendar_waiting ON calendar (name, sha256) WHERE number = 0 AND withdrawn_at = 0;

CREATE TRIGGER calendar_fixed BEFORE UPDATE OF proposal, name, sha256, bytes, proposed_at, proposed_by ON calendar
BEGIN SELECT RAISE(ABORT, 'calendar: what was proposed is settled'); END;

CREATE TRIGGER calendar_adopted_once BEFORE UPDATE ON calendar WHEN OLD.number > 0
BEGIN SELECT RAISE(ABORT, 'calendar: is adopted once'); END;

CREATE TRIGGER calendar_withdrawn_once BEFORE UPDATE ON calendar WHEN OLD.withdrawn_at > 0
BEGIN SELECT RAISE(ABORT, 'calendar: was withdrawn'); END;

CREATE TRIGGER calendar_kept BEFORE DELETE ON calendar
BEGIN SELECT RAISE(ABORT, 'calendar is append-only'); END;

PRAGMA user_version = 23;
