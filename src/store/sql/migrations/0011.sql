-- Complaints. What somebody said, and who they are, is sealed (base/seal.h); the keys stand alone in
-- complaint_key, so that erasing is to forget them. What else is known of a complaint is no personal
-- data, and its history is append-only.

CREATE TABLE complaint (
    reference TEXT NOT NULL PRIMARY KEY,
    received_at INTEGER NOT NULL,
    type TEXT NOT NULL,
    rulebook TEXT NOT NULL REFERENCES rulebook (digest),
    language TEXT NOT NULL,
    link BLOB NOT NULL UNIQUE CHECK (LENGTH(link) = 32),
    state TEXT NOT NULL,
    closure TEXT NOT NULL,
    case_id TEXT NOT NULL,
    erased_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX complaint_by_time ON complaint (received_at, reference);
CREATE INDEX complaint_by_state ON complaint (state, received_at, reference);

CREATE TRIGGER complaint_fixed BEFORE UPDATE OF reference, received_at, type, rulebook, language, link
    ON complaint
BEGIN SELECT RAISE(ABORT, 'complaint: what was filed is settled'); END;

CREATE TRIGGER complaint_erased_once BEFORE UPDATE OF erased_at ON complaint WHEN OLD.erased_at <> 0
BEGIN SELECT RAISE(ABORT, 'complaint: is erased for ever'); END;

CREATE TRIGGER complaint_kept BEFORE DELETE ON complaint
BEGIN SELECT RAISE(ABORT, 'complaint: nothing filed is deleted'); END;

CREATE TABLE complaint_key (
    reference TEXT NOT NULL REFERENCES complaint (reference),
    part TEXT NOT NULL CHECK (part IN ('words', 'reporter')),
    key BLOB NOT NULL CHECK (LENGTH(key) = 32),
    PRIMARY KEY (reference, part)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER complaint_key_fixed BEFORE UPDATE ON complaint_key
BEGIN SELECT RAISE(ABORT, 'complaint_key: may be erased, not changed'); END;

-- 0 is the complaint itself; then exhibits, and what people wrote about it.
CREATE TABLE complaint_item (
    reference TEXT NOT NULL REFERENCES complaint (reference),
    number INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (reference, number)
) STRICT;

CREATE TRIGGER complaint_item_fixed BEFORE UPDATE ON complaint_item
BEGIN SELECT RAISE(ABORT, 'complaint_item: may be erased, not changed'); END;

CREATE TRIGGER complaint_item_goes_with_its_key BEFORE DELETE ON complaint_item
    WHEN EXISTS (SELECT 1 FROM complaint_key WHERE reference = OLD.reference AND part = 'words')
BEGIN SELECT RAISE(ABORT, 'complaint_item: is erased with its key only'); END;

-- The vault: who complained.
CREATE TABLE complaint_reporter (
    reference TEXT NOT NULL PRIMARY KEY REFERENCES complaint (reference),
    sealed BLOB NOT NULL
) STRICT;

CREATE TRIGGER complaint_reporter_fixed BEFORE UPDATE ON complaint_reporter
BEGIN SELECT RAISE(ABORT, 'complaint_reporter: may be erased, not changed'); END;

CREATE TRIGGER complaint_reporter_goes_with_its_key BEFORE DELETE ON complaint_reporter
    WHEN EXISTS (SELECT 1 FROM complaint_key WHERE reference = OLD.reference AND part = 'reporter')
BEGIN SELECT RAISE(ABORT, 'complaint_reporter: is erased with its key only'); END;

-- What happened to it, readings of the vault among it.
CREATE TABLE complaint_event (
    reference TEXT NOT NULL REFERENCES complaint (reference),
    seq INTEGER NOT NULL CHECK (seq >= 1),
    at INTEGER NOT NULL,
    type TEXT NOT NULL,
    actor TEXT NOT NULL,
    data TEXT NOT NULL,
    entry BLOB NOT NULL UNIQUE REFERENCES opening (entry),
    PRIMARY KEY (reference, seq)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER complaint_event_fixed BEFORE UPDATE ON complaint_event
BEGIN SELECT RAISE(ABORT, 'complaint_event is append-only'); END;

CREATE TRIGGER complaint_event_kept BEFORE DELETE ON complaint_event
BEGIN SELECT RAISE(ABORT, 'complaint_event is append-only'); END;

PRAGMA user_version = 11;
