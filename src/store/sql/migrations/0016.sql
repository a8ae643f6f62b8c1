-- A mail that became a complaint keeps its digest and its outcome: what it says, and who wrote it, is
-- sealed with the complaint. `reason` says why a mail waits for a person.
ALTER TABLE mail ADD COLUMN complaint TEXT NOT NULL DEFAULT '';
ALTER TABLE mail ADD COLUMN reason TEXT NOT NULL DEFAULT '';

CREATE TRIGGER mail_complaint_settled BEFORE UPDATE OF complaint ON mail WHEN OLD.complaint <> ''
BEGIN SELECT RAISE(ABORT, 'mail: it is a complaint for ever'); END;

-- Messages that tell who complained that their complaint came in. Address and bytes are sealed under
-- the key of the reporter until a mail server took them, then they are gone; `destination` is a keyed
-- digest of the address, for the limit, until it is forgotten.
CREATE TABLE receipt (
    message_id TEXT NOT NULL PRIMARY KEY,
    reference TEXT NOT NULL UNIQUE REFERENCES complaint (reference),
    destination BLOB NOT NULL,
    sha256 BLOB NOT NULL CHECK (LENGTH(sha256) = 32),
    state TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    sealed BLOB NOT NULL
) STRICT;

CREATE INDEX receipt_of_destination ON receipt (destination, created_at) WHERE destination <> x'';

CREATE TRIGGER receipt_fixed BEFORE UPDATE OF message_id, reference, sha256, created_at ON receipt
BEGIN SELECT RAISE(ABORT, 'receipt: one message for ever'); END;

CREATE TRIGGER receipt_forgets BEFORE UPDATE OF sealed, destination ON receipt
    WHEN (NEW.sealed <> x'' AND NEW.sealed <> OLD.sealed)
        OR (NEW.destination <> x'' AND NEW.destination <> OLD.destination)
BEGIN SELECT RAISE(ABORT, 'receipt: bytes and destination are forgotten, not changed'); END;

CREATE TRIGGER receipt_kept BEFORE DELETE ON receipt
BEGIN SELECT RAISE(ABORT, 'receipt: nothing sent is deleted'); END;

-- As of letters: committed before DATA, ended once. Of the reply only its code is kept, since mail
-- servers repeat the address.
CREATE TABLE receipt_attempt (
    message_id TEXT NOT NULL REFERENCES receipt (message_id),
    number INTEGER NOT NULL,
    begun_at INTEGER NOT NULL,
    ended_at INTEGER NOT NULL,
    phase TEXT NOT NULL,
    code INTEGER NOT NULL,
    PRIMARY KEY (message_id, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX receipt_attempt_begun ON receipt_attempt (message_id, number) WHERE phase = 'begun';

CREATE TRIGGER receipt_attempt_ends_once BEFORE UPDATE ON receipt_attempt
    WHEN OLD.phase <> 'begun' OR NEW.message_id <> OLD.message_id OR NEW.number <> OLD.number
        OR NEW.begun_at <> OLD.begun_at
BEGIN SELECT RAISE(ABORT, 'receipt_attempt: ends once'); END;

CREATE TRIGGER receipt_attempt_kept BEFORE DELETE ON receipt_attempt
BEGIN SELECT RAISE(ABORT, 'receipt_attempt is append-only'); END;

-- Whoever writes to us may be a contact of a party.
CREATE INDEX contact_by_email ON contact (LOWER(email), party, role, email);

PRAGMA user_version = 16;
