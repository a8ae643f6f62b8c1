-- A user has as many tokens as there are uses for them, each with what it may be used for and until
-- when; the one of before is the first. `until_day` is a civil day, 0 for no end.
CREATE TABLE token (
    person TEXT NOT NULL REFERENCES person (id),
    number INTEGER NOT NULL CHECK (number >= 1),
    sha256 BLOB NOT NULL UNIQUE CHECK (LENGTH(sha256) = 32),
    scope TEXT NOT NULL CHECK (scope <> ''),
    note TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    made_by TEXT NOT NULL,
    until_day INTEGER NOT NULL,
    revoked_at INTEGER NOT NULL,
    revoked_by TEXT NOT NULL,
    PRIMARY KEY (person, number)
) STRICT, WITHOUT ROWID;

INSERT INTO token (person, number, sha256, scope, note, made_at, made_by, until_day, revoked_at,
    revoked_by)
SELECT id, 1, token_sha256, 'read write', '', created_at, '', 0, disabled_at, '' FROM person;

CREATE TABLE person_next (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    roles TEXT NOT NULL,
    party TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    disabled_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO person_next SELECT id, name, roles, party, created_at, disabled_at FROM person;

DROP TABLE person;
ALTER TABLE person_next RENAME TO person;

-- What was handed out stays told; a token is taken away once, and nothing else of it changes.
CREATE TRIGGER token_revoked_only BEFORE UPDATE ON token
    WHEN OLD.revoked_at <> 0 OR NEW.revoked_at = 0 OR NEW.person <> OLD.person
        OR NEW.number <> OLD.number OR NEW.sha256 <> OLD.sha256 OR NEW.scope <> OLD.scope
        OR NEW.note <> OLD.note OR NEW.made_at <> OLD.made_at OR NEW.made_by <> OLD.made_by
        OR NEW.until_day <> OLD.until_day
BEGIN SELECT RAISE(ABORT, 'token: may be revoked once, nothing else'); END;

CREATE TRIGGER token_kept BEFORE DELETE ON token
BEGIN SELECT RAISE(ABORT, 'token: may be revoked, not deleted'); END;

-- What a password and a second factor are checked by. `verifier` is the SHA-256 of the key that the
-- password becomes; `factor` is sealed under a key of that key, so that what stands here opens nothing.
CREATE TABLE credential (
    person TEXT NOT NULL PRIMARY KEY REFERENCES person (id),
    salt BLOB NOT NULL CHECK (LENGTH(salt) = 16),
    passes INTEGER NOT NULL,
    memory_kib INTEGER NOT NULL,
    verifier BLOB NOT NULL CHECK (LENGTH(verifier) = 32),
    factor BLOB NOT NULL,
    used_step INTEGER NOT NULL,
    set_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Who is signed in. `token` is the number of the token that was shown, 0 for a password; times are the
-- system's. What has ended is deleted.
CREATE TABLE session (
    id TEXT NOT NULL PRIMARY KEY,
    sha256 BLOB NOT NULL UNIQUE CHECK (LENGTH(sha256) = 32),
    person TEXT NOT NULL REFERENCES person (id),
    token INTEGER NOT NULL,
    begun_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    address TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX session_of_person ON session (person, id);
CREATE INDEX session_begun ON session (begun_at);
CREATE INDEX session_seen ON session (seen_at);

-- What a request was answered that may be sent again. The answer is sealed under a digest of the
-- client's key, of which `key_sha256` is another one.
CREATE TABLE idempotency (
    key_sha256 BLOB NOT NULL PRIMARY KEY CHECK (LENGTH(key_sha256) = 32),
    request_sha256 BLOB NOT NULL CHECK (LENGTH(request_sha256) = 32),
    object TEXT NOT NULL,
    sealed BLOB NOT NULL,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX idempotency_of_object ON idempotency (object);
CREATE INDEX idempotency_by_age ON idempotency (at);

PRAGMA user_version = 17;
