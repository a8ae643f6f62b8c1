-- What people write for the public about a notice: it waits for a second person where one is wanted,
-- and is published by an update of the notice. What was written is settled; how it ended is written
-- once.
CREATE TABLE notice_item (
    id TEXT NOT NULL PRIMARY KEY,
    case_id TEXT NOT NULL REFERENCES case_file (id),
    kind TEXT NOT NULL,
    about TEXT NOT NULL,
    text TEXT NOT NULL,
    ranges TEXT NOT NULL,
    reason TEXT NOT NULL,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    sha256 BLOB NOT NULL CHECK (LENGTH(sha256) = 32),
    entry BLOB NOT NULL UNIQUE REFERENCES opening (entry),
    state TEXT NOT NULL,
    settled_at INTEGER NOT NULL,
    settled_by TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX notice_item_of_case ON notice_item (case_id, at, id);
CREATE INDEX notice_item_by_time ON notice_item (at, id);
CREATE INDEX notice_item_waiting ON notice_item (at, id) WHERE state = 'waiting';

CREATE TRIGGER notice_item_fixed BEFORE UPDATE OF id, case_id, kind, about, text, ranges, reason, at,
    actor, sha256, entry ON notice_item
BEGIN SELECT RAISE(ABORT, 'notice_item: what was written is settled'); END;

CREATE TRIGGER notice_item_ends_once BEFORE UPDATE ON notice_item WHEN OLD.state <> 'waiting'
BEGIN SELECT RAISE(ABORT, 'notice_item: ends once'); END;

CREATE TRIGGER notice_item_kept BEFORE DELETE ON notice_item
BEGIN SELECT RAISE(ABORT, 'notice_item is append-only'); END;

-- The item that an update publishes; empty for what the case itself told.
ALTER TABLE publication_update ADD COLUMN item TEXT NOT NULL DEFAULT '';

-- When an update was due that has not come; 0 when none is late.
ALTER TABLE publication ADD COLUMN overdue_since INTEGER NOT NULL DEFAULT 0;

CREATE INDEX publication_due ON publication (next_update_due, notice)
    WHERE next_update_due > 0 AND overdue_since = 0;
CREATE INDEX publication_overdue ON publication (overdue_since, notice) WHERE overdue_since > 0;

PRAGMA user_version = 7;
