-- Calendars that came on their own. What was proposed is settled; whether and when it was adopted is
-- written once. `number` is the order of adoption, 0 while it waits.
CREATE TABLE calendar (
    name TEXT NOT NULL,
    sha256 BLOB NOT NULL CHECK (LENGTH(sha256) = 32),
    bytes BLOB NOT NULL,
    proposed_at INTEGER NOT NULL,
    proposed_by TEXT NOT NULL,
    number INTEGER NOT NULL,
    adopted_at INTEGER NOT NULL,
    adopted_by TEXT NOT NULL,
    PRIMARY KEY (name, sha256)
) STRICT;

CREATE UNIQUE INDEX calendar_adopted ON calendar (number) WHERE number > 0;

CREATE TRIGGER calendar_fixed BEFORE UPDATE OF name, sha256, bytes, proposed_at, proposed_by ON calendar
BEGIN SELECT RAISE(ABORT, 'calendar: what was proposed is settled'); END;

CREATE TRIGGER calendar_adopted_once BEFORE UPDATE ON calendar WHEN OLD.number > 0
BEGIN SELECT RAISE(ABORT, 'calendar: is adopted once'); END;

CREATE TRIGGER calendar_kept BEFORE DELETE ON calendar
BEGIN SELECT RAISE(ABORT, 'calendar is append-only'); END;

PRAGMA user_version = 4;
