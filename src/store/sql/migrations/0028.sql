-- What a tick of the log that is done in small steps will have appended when it ends: the entries with their
-- padding, in the order in which they will stand, kept before the first of them is appended. So a tick that was
-- cut goes on as the one that it was, and the log never shows how far it had come.
CREATE TABLE log_plan (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    first INTEGER NOT NULL,        -- the index of the first
    last_opening INTEGER NOT NULL, -- the last one that waited
    entries BLOB NOT NULL CHECK (LENGTH(entries) > 0 AND LENGTH(entries) % 32 = 0)
) STRICT;

CREATE TRIGGER log_plan_fixed BEFORE UPDATE ON log_plan
BEGIN SELECT RAISE(ABORT, 'log_plan: a tick under way stays as it is'); END;

-- Holds are few, and asked for as a list.
CREATE INDEX complaint_event_hold ON complaint_event (reference, seq) WHERE type = 'legal-hold';

PRAGMA user_version = 28;
