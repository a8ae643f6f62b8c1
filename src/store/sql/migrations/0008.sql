-- Formal notices of earlier years, published elsewhere. A row that is imported again with other
-- fields is a new version; nothing is overwritten.
CREATE TABLE past_notice (
    id TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 1),
    party TEXT NOT NULL,
    kind TEXT NOT NULL,
    day INTEGER NOT NULL,
    cure_due INTEGER NOT NULL,
    cured INTEGER NOT NULL,
    suspended INTEGER NOT NULL,
    terminated INTEGER NOT NULL,
    clauses TEXT NOT NULL,
    source TEXT NOT NULL,
    imported_at INTEGER NOT NULL,
    imported_by TEXT NOT NULL,
    agreed_by TEXT NOT NULL,
    entry BLOB NOT NULL REFERENCES opening (entry),
    PRIMARY KEY (id, version)
) STRICT, WITHOUT ROWID;

CREATE INDEX past_notice_of_party ON past_notice (party, day, id, version);

CREATE TRIGGER past_notice_fixed BEFORE UPDATE ON past_notice
BEGIN SELECT RAISE(ABORT, 'past_notice is append-only'); END;

CREATE TRIGGER past_notice_kept BEFORE DELETE ON past_notice
BEGIN SELECT RAISE(ABORT, 'past_notice is append-only'); END;

-- They name parties as they were called.
CREATE INDEX party_by_name ON party (name, id);

PRAGMA user_version = 8;
