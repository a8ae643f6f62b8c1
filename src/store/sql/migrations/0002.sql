-- A letter may be handed to another address of the same party than the one that its bytes name.
ALTER TABLE letter_attempt ADD COLUMN recipient TEXT NOT NULL DEFAULT '';

DROP TRIGGER letter_attempt_ends_once;

CREATE TRIGGER letter_attempt_ends_once BEFORE UPDATE ON letter_attempt
    WHEN OLD.phase <> 'begun' OR NEW.letter <> OLD.letter OR NEW.number <> OLD.number
        OR NEW.begun_at <> OLD.begun_at OR NEW.recipient <> OLD.recipient
BEGIN SELECT RAISE(ABORT, 'letter_attempt: ends once'); END;

-- Mail that waits for a person.
DROP INDEX mail_waiting;

CREATE INDEX mail_held ON mail (received_at, sha256) WHERE outcome = 'held';

PRAGMA user_version = 2;
