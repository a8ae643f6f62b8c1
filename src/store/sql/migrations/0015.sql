-- Fewer pages are written for a step of a case. A statement that a trigger may stop half-way, or that
-- makes a trigger write, keeps the old bytes of each page that it changes; so what the triggers below did
-- is done by the statements themselves (`event_append`, `open_enter`, `open_leave`). That open_cases fits
-- is compared by `rebuild --check`, as before.
DROP TRIGGER case_event_next;
DROP TRIGGER case_file_opened;
DROP TRIGGER case_file_left;
DROP TRIGGER case_file_entered;

-- What waits knows the number of its opening, so that a tick does not look it up by its bytes.
CREATE TABLE log_waiting_next (
    entry BLOB NOT NULL PRIMARY KEY,
    opening INTEGER NOT NULL REFERENCES opening (number)
) STRICT, WITHOUT ROWID;

INSERT INTO log_waiting_next SELECT w.entry, o.number FROM log_waiting w JOIN opening o ON o.entry = w.entry;

DROP TABLE log_waiting;
ALTER TABLE log_waiting_next RENAME TO log_waiting;

PRAGMA user_version = 15;
