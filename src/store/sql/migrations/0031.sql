-- What a machine looks up for a complaint: whether and by whom its names are registered, and whether a fault of
-- the TLD can be seen now. A name stands here as a keyed hash alone; what RDAP answered is kept as evidence as
-- long as a complaint that is not erased cites it.
CREATE TABLE lookup_answer (
    number INTEGER NOT NULL PRIMARY KEY,
    name INTEGER NOT NULL,     -- keyed hash of the name that was asked for
    asked_at INTEGER NOT NULL, -- wall time
    registered TEXT NOT NULL CHECK (registered IN ('yes', 'no', 'unknown')),
    seen TEXT NOT NULL,        -- JSON object, without personal data
    measurement TEXT NOT NULL, -- id of what follows
    bytes BLOB NOT NULL        -- encoded measurement
) STRICT;

CREATE INDEX lookup_answer_name ON lookup_answer (name, asked_at, number);

CREATE TRIGGER lookup_answer_fixed BEFORE UPDATE ON lookup_answer
BEGIN SELECT RAISE(ABORT, 'lookup_answer: evidence stays as it is'); END;

CREATE TABLE lookup (
    reference TEXT NOT NULL REFERENCES complaint (reference),
    number INTEGER NOT NULL CHECK (number >= 1),
    -- find: what is to be looked up is still to be found in the words of the complaint; one for each time that it
    -- is wanted, and what was found stands behind it
    what TEXT NOT NULL CHECK (what IN ('find', 'registration', 'service')),
    tld TEXT NOT NULL,         -- whose server is asked; '' for find
    name INTEGER NOT NULL,     -- as in lookup_answer; 0 for others
    fresh_from INTEGER NOT NULL, -- an answer of an earlier moment does not do
    due_at INTEGER NOT NULL,   -- 0: settled
    tries INTEGER NOT NULL,    -- those that told nothing
    answer INTEGER REFERENCES lookup_answer (number),
    measurement TEXT NOT NULL, -- of the TLD, for service; '' for none
    PRIMARY KEY (reference, number),
    CHECK ((what = 'find') = (tld = ''))
) STRICT, WITHOUT ROWID;

CREATE INDEX lookup_due ON lookup (tld, due_at, reference, number) WHERE due_at > 0;
CREATE INDEX lookup_citing ON lookup (answer) WHERE answer IS NOT NULL;

CREATE TRIGGER lookup_settled BEFORE UPDATE ON lookup
    WHEN OLD.due_at = 0 OR NEW.reference <> OLD.reference OR NEW.number <> OLD.number OR NEW.what <> OLD.what
        OR NEW.tld <> OLD.tld OR NEW.name <> OLD.name
BEGIN SELECT RAISE(ABORT, 'lookup: what is settled stays'); END;

PRAGMA user_version = 31;
