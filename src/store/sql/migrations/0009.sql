-- A calendar that was proposed can be withdrawn.

ALTER TABLE calendar ADD COLUMN withdrawn_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE calendar ADD COLUMN withdrawn_by TEXT NOT NULL DEFAULT '';

CREATE TRIGGER calendar_withdrawn_once BEFORE UPDATE ON calendar WHEN OLD.withdrawn_at > 0
BEGIN SELECT RAISE(ABORT, 'calendar: was withdrawn'); END;

PRAGMA user_version = 9;
