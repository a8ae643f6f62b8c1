-- To find complaints that are alike: hashes under a key of this store (cases/sketch.h). A complaint is
-- in each of its buckets; both go when it is erased. The key is no secret from who has the whole
-- store: it keeps rows that get out alone from telling anything.
CREATE TABLE sketch_key (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    key BLOB NOT NULL CHECK (LENGTH(key) = 16)
) STRICT;

CREATE TRIGGER sketch_key_fixed BEFORE UPDATE ON sketch_key
BEGIN SELECT RAISE(ABORT, 'sketch_key: what was hashed under it is lost with it'); END;

CREATE TABLE complaint_sketch (
    number INTEGER NOT NULL PRIMARY KEY,
    reference TEXT NOT NULL UNIQUE REFERENCES complaint (reference),
    sketch BLOB NOT NULL
) STRICT;

CREATE TRIGGER complaint_sketch_fixed BEFORE UPDATE ON complaint_sketch
BEGIN SELECT RAISE(ABORT, 'complaint_sketch: may be erased, not changed'); END;

CREATE TABLE complaint_bucket (
    bucket INTEGER NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (bucket, number)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER complaint_bucket_fixed BEFORE UPDATE ON complaint_bucket
BEGIN SELECT RAISE(ABORT, 'complaint_bucket: may be erased, not changed'); END;

CREATE TRIGGER complaint_sketch_goes_first BEFORE UPDATE OF erased_at ON complaint
    WHEN EXISTS (SELECT 1 FROM complaint_sketch WHERE reference = OLD.reference)
BEGIN SELECT RAISE(ABORT, 'complaint: its sketch is erased before'); END;

-- A complaint that a person joined to another of the same matter, until the person parts them again;
-- the history of both acts is in complaint_event.
CREATE TABLE complaint_join (
    reference TEXT NOT NULL PRIMARY KEY REFERENCES complaint (reference),
    other TEXT NOT NULL REFERENCES complaint (reference),
    joined_at INTEGER NOT NULL,
    CHECK (reference <> other)
) STRICT, WITHOUT ROWID;

CREATE INDEX complaint_join_other ON complaint_join (other, reference);

PRAGMA user_version = 18;
