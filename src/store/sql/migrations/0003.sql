-- Steps of a case that wait for a second person to agree. What was proposed is settled; how it ended
-- is written once. One step of a kind waits at a time in a case.
CREATE TABLE case_proposal (
    sha256 BLOB NOT NULL PRIMARY KEY CHECK (LENGTH(sha256) = 32),
    case_id TEXT NOT NULL REFERENCES case_file (id),
    after_seq INTEGER NOT NULL,
    type TEXT NOT NULL,
    version INTEGER NOT NULL,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    actor_role TEXT NOT NULL,
    reason TEXT NOT NULL,
    data TEXT NOT NULL,
    entry BLOB NOT NULL UNIQUE REFERENCES opening (entry),
    state TEXT NOT NULL,
    settled_at INTEGER NOT NULL,
    settled_by TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX case_proposal_waiting ON case_proposal (case_id, type) WHERE state = 'waiting';
CREATE INDEX case_proposal_of_case ON case_proposal (case_id, at, sha256);

CREATE TRIGGER case_proposal_fixed BEFORE UPDATE OF sha256, case_id, after_seq, type, version, at,
    actor, actor_role, reason, data, entry ON case_proposal
BEGIN SELECT RAISE(ABORT, 'case_proposal: what was proposed is settled'); END;

CREATE TRIGGER case_proposal_ends_once BEFORE UPDATE ON case_proposal WHEN OLD.state <> 'waiting'
BEGIN SELECT RAISE(ABORT, 'case_proposal: ends once'); END;

CREATE TRIGGER case_proposal_kept BEFORE DELETE ON case_proposal
BEGIN SELECT RAISE(ABORT, 'case_proposal is append-only'); END;

PRAGMA user_version = 3;
