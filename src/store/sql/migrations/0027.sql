-- Hooks: where a user of the API is told of what changed, and what still has to be told there. A hook is of one
-- user; the secret that signs is kept as long as the hook may be used, and no longer.
CREATE TABLE hook (
    person TEXT NOT NULL REFERENCES person (id),
    number INTEGER NOT NULL CHECK (number >= 1),
    audience TEXT NOT NULL CHECK (audience IN ('staff', 'party')),
    url TEXT NOT NULL,
    kinds TEXT NOT NULL,           -- words with one blank between them
    secret BLOB NOT NULL CHECK (LENGTH(secret) = CASE WHEN state IN ('active', 'set-aside') THEN 32 ELSE 0 END),
    made_at INTEGER NOT NULL,
    made_by TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('active', 'set-aside', 'gone', 'revoked')),
    state_at INTEGER NOT NULL,
    state_by TEXT NOT NULL,        -- a user, or the machine
    due_at INTEGER NOT NULL,       -- of the next attempt; 0: nothing waits
    quick INTEGER NOT NULL CHECK (quick IN (0, 1)), -- whether its last answer came soon and was good
    failed INTEGER NOT NULL,       -- attempts in a row
    failing_since INTEGER NOT NULL, -- 0: it does not
    delivered INTEGER NOT NULL,
    last_at INTEGER NOT NULL,      -- of the last attempt; 0: none yet
    last_words TEXT NOT NULL,      -- what came of it, in our words
    PRIMARY KEY (person, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX hook_active ON hook (audience, person, number) WHERE state = 'active';
CREATE INDEX hook_due ON hook (quick, due_at, person, number) WHERE state = 'active' AND due_at > 0;

CREATE TRIGGER hook_fixed BEFORE UPDATE ON hook
    WHEN OLD.state IN ('gone', 'revoked') OR NEW.person <> OLD.person OR NEW.number <> OLD.number
        OR NEW.audience <> OLD.audience OR NEW.url <> OLD.url OR NEW.kinds <> OLD.kinds
        OR NEW.made_at <> OLD.made_at OR NEW.made_by <> OLD.made_by
        OR (NEW.secret <> OLD.secret AND NEW.secret <> X'')
BEGIN SELECT RAISE(ABORT, 'hook: what it is stays, and what is over is over'); END;

CREATE TRIGGER hook_kept BEFORE DELETE ON hook
BEGIN SELECT RAISE(ABORT, 'hook: it ends, and stays told'); END;

-- What waits, in the order in which it happened. It leaves when it was taken, or nobody may have it any more.
CREATE TABLE hook_delivery (
    person TEXT NOT NULL,
    number INTEGER NOT NULL,
    seq INTEGER NOT NULL CHECK (seq >= 1),
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    object_kind TEXT NOT NULL CHECK (object_kind IN ('case', 'complaint', 'hook')),
    object TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (person, number, seq),
    FOREIGN KEY (person, number) REFERENCES hook (person, number)
) STRICT, WITHOUT ROWID;

-- What the party of a case saw of it when hooks were told last, as a digest: they are told when it is another,
-- and not when something happened that the party does not see.
CREATE TABLE hook_seen (
    case_id TEXT NOT NULL PRIMARY KEY REFERENCES case_file (id),
    version TEXT NOT NULL,
    letters INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

PRAGMA user_version = 27;
