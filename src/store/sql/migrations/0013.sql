-- Rows of what grows without end lie in the order in which they come, and narrow indexes lead to them.
-- Openings, events and tasks have keys that nobody can foresee: rows that lay by their keys split a
-- page for every few that came. That an opening belongs to one event, and has one place in the log, is
-- held by its number, which only grows, in place of indexes of digests. Numbers stay in the house: the
-- log goes by the bytes of its entries.
CREATE TABLE opening_next (
    number INTEGER NOT NULL PRIMARY KEY,
    entry BLOB NOT NULL UNIQUE CHECK (LENGTH(entry) = 32),
    key BLOB CHECK (LENGTH(key) = 32),
    json TEXT,
    created_at INTEGER NOT NULL,
    erased_at INTEGER NOT NULL,
    UNIQUE (number, entry),
    CHECK ((key IS NULL) = (erased_at <> 0) AND (json IS NULL) = (erased_at <> 0))
) STRICT;

INSERT INTO opening_next (entry, key, json, created_at, erased_at)
SELECT entry, key, json, created_at, erased_at FROM opening ORDER BY created_at, entry;

DROP TABLE opening;
ALTER TABLE opening_next RENAME TO opening;

CREATE TRIGGER opening_erased_only BEFORE UPDATE ON opening
    WHEN OLD.erased_at <> 0 OR NEW.erased_at = 0 OR NEW.entry <> OLD.entry
        OR NEW.created_at <> OLD.created_at OR NEW.number <> OLD.number
BEGIN SELECT RAISE(ABORT, 'opening: may be erased once, nothing else'); END;

CREATE TRIGGER opening_kept BEFORE DELETE ON opening
BEGIN SELECT RAISE(ABORT, 'opening: may be erased, not deleted'); END;

CREATE TABLE log_entry_next (
    number INTEGER NOT NULL PRIMARY KEY,
    entry BLOB NOT NULL CHECK (LENGTH(entry) = 32)
) STRICT;

INSERT INTO log_entry_next SELECT number, entry FROM log_entry;

DROP TABLE log_entry;
ALTER TABLE log_entry_next RENAME TO log_entry;

CREATE TRIGGER log_entry_fixed BEFORE UPDATE ON log_entry
BEGIN SELECT RAISE(ABORT, 'log_entry is append-only'); END;

CREATE TRIGGER log_entry_kept BEFORE DELETE ON log_entry
BEGIN SELECT RAISE(ABORT, 'log_entry is append-only'); END;

-- Where the entry of an opening stands in the log.
CREATE TABLE log_place (
    opening INTEGER NOT NULL PRIMARY KEY REFERENCES opening (number),
    number INTEGER NOT NULL REFERENCES log_entry (number)
) STRICT;

INSERT INTO log_place SELECT o.number, l.number FROM log_entry l JOIN opening o ON o.entry = l.entry;

CREATE TRIGGER log_place_fixed BEFORE UPDATE ON log_place
BEGIN SELECT RAISE(ABORT, 'log_place is append-only'); END;

CREATE TRIGGER log_place_kept BEFORE DELETE ON log_place
BEGIN SELECT RAISE(ABORT, 'log_place is append-only'); END;

CREATE TABLE case_event_next (
    opening INTEGER NOT NULL PRIMARY KEY,
    case_id TEXT NOT NULL REFERENCES case_file (id),
    seq INTEGER NOT NULL CHECK (seq >= 1),
    type TEXT NOT NULL,
    version INTEGER NOT NULL,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    actor_role TEXT NOT NULL,
    reason TEXT NOT NULL,
    evidence TEXT NOT NULL,
    data TEXT NOT NULL,
    entry BLOB NOT NULL,
    UNIQUE (case_id, seq),
    FOREIGN KEY (opening, entry) REFERENCES opening (number, entry)
) STRICT;

INSERT INTO case_event_next
SELECT o.number, e.case_id, e.seq, e.type, e.version, e.at, e.actor, e.actor_role, e.reason,
    e.evidence, e.data, e.entry
FROM case_event e LEFT JOIN opening o ON o.entry = e.entry ORDER BY o.number;

DROP TABLE case_event;
ALTER TABLE case_event_next RENAME TO case_event;

CREATE TRIGGER case_event_next BEFORE INSERT ON case_event
    WHEN NEW.seq > 1 + (SELECT COALESCE(MAX(seq), 0) FROM case_event WHERE case_id = NEW.case_id)
BEGIN SELECT RAISE(ABORT, 'case_event: not the next number'); END;

CREATE TRIGGER case_event_fixed BEFORE UPDATE ON case_event
BEGIN SELECT RAISE(ABORT, 'case_event is append-only'); END;

CREATE TRIGGER case_event_kept BEFORE DELETE ON case_event
BEGIN SELECT RAISE(ABORT, 'case_event is append-only'); END;

CREATE TABLE outbox_next (
    key TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    state TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    error TEXT NOT NULL
) STRICT;

INSERT INTO outbox_next SELECT key, kind, payload, state, due_at, attempts, error FROM outbox;

DROP TABLE outbox;
ALTER TABLE outbox_next RENAME TO outbox;

CREATE INDEX outbox_pending ON outbox (state, due_at, key) WHERE state = 'pending';
-- What is done stays for ever and is only listed by its key.
CREATE INDEX outbox_by_state ON outbox (state, key) WHERE state <> 'done';

-- Only what is closed is looked for by it: open cases have case_file_open.
DROP INDEX case_file_key;
CREATE INDEX case_file_closed ON case_file (party, obligation, subject, closed_at) WHERE closed_at <> 0;

PRAGMA user_version = 13;
