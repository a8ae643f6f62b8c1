-- Service by other channels than e-mail, with proof; letters in a second language beside the record;
-- who complained, and in which language parties read. Addresses stay here: the log knows none.
ALTER TABLE letter_attempt ADD COLUMN channel TEXT NOT NULL DEFAULT 'e-mail';
ALTER TABLE letter_attempt ADD COLUMN proof TEXT NOT NULL DEFAULT '';

CREATE TABLE letter_version (
    letter TEXT NOT NULL REFERENCES letter (id),
    language TEXT NOT NULL,
    sha256 BLOB NOT NULL CHECK (LENGTH(sha256) = 32),
    bytes BLOB NOT NULL,
    PRIMARY KEY (letter, language)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER letter_version_fixed BEFORE UPDATE ON letter_version
BEGIN SELECT RAISE(ABORT, 'letter_version is append-only'); END;

CREATE TRIGGER letter_version_kept BEFORE DELETE ON letter_version
BEGIN SELECT RAISE(ABORT, 'letter_version is append-only'); END;

CREATE TABLE party_language (
    party TEXT NOT NULL PRIMARY KEY REFERENCES party (id),
    language TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE complainant (
    case_id TEXT NOT NULL PRIMARY KEY REFERENCES case_file (id),
    email TEXT NOT NULL,
    language TEXT NOT NULL,
    added_at INTEGER NOT NULL,
    added_by TEXT NOT NULL
) STRICT, WITHOUT ROWID;

PRAGMA user_version = 6;
