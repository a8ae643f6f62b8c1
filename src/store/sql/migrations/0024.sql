-- Who complained is told what a person decided, too: one message for each event of a complaint and
-- letter of the rulebook. `about` is the event's number, 0 for the receipt, which tells that the
-- complaint came in.
CREATE TABLE receipt_next (
    message_id TEXT NOT NULL PRIMARY KEY,
    reference TEXT NOT NULL REFERENCES complaint (reference),
    about INTEGER NOT NULL CHECK (about >= 0),
    letter TEXT NOT NULL,
    destination BLOB NOT NULL,
    sha256 BLOB NOT NULL CHECK (LENGTH(sha256) = 32),
    state TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    UNIQUE (reference, about, letter)
) STRICT;

INSERT INTO receipt_next
SELECT message_id, reference, 0, 'complaint-receipt', destination, sha256, state, created_at, updated_at, sealed
FROM receipt ORDER BY created_at, message_id;

DROP TABLE receipt;
ALTER TABLE receipt_next RENAME TO receipt;

CREATE INDEX receipt_of_destination ON receipt (destination, created_at) WHERE destination <> x'';

CREATE TRIGGER receipt_fixed
BEFORE UPDATE OF message_id, reference, about, letter, sha256, created_at ON receipt
BEGIN SELECT RAISE(ABORT, 'receipt: one message for ever'); END;

CREATE TRIGGER receipt_forgets BEFORE UPDATE OF sealed, destination ON receipt
    WHEN (NEW.sealed <> x'' AND NEW.sealed <> OLD.sealed)
        OR (NEW.destination <> x'' AND NEW.destination <> OLD.destination)
BEGIN SELECT RAISE(ABORT, 'receipt: bytes and destination are forgotten, not changed'); END;

CREATE TRIGGER receipt_kept BEFORE DELETE ON receipt
BEGIN SELECT RAISE(ABORT, 'receipt: nothing sent is deleted'); END;

PRAGMA user_version = 24;
