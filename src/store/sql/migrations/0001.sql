-- The first schema. All instants are microseconds since 1970 UTC, 0 for none; all days are civil
-- days since 1970. What is append-only is held by triggers, so that no statement of ours and no hand
-- at the database shell rewrites it unseen.

CREATE TABLE meta (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TRIGGER meta_settled BEFORE UPDATE ON meta
    WHEN OLD.key IN ('demo', 'created') AND NEW.value <> OLD.value
BEGIN SELECT RAISE(ABORT, 'meta: this is settled for ever'); END;

CREATE TRIGGER meta_kept BEFORE DELETE ON meta
BEGIN SELECT RAISE(ABORT, 'meta: nothing is deleted'); END;

CREATE TABLE counter (
    name TEXT NOT NULL PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Parties ---------------------------------------------------------------------------------------

CREATE TABLE party (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('registry', 'registrar')),
    name TEXT NOT NULL,
    iana_id INTEGER NOT NULL,
    status TEXT NOT NULL,
    rdap_url TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE tld (
    name TEXT NOT NULL PRIMARY KEY,
    class TEXT NOT NULL,
    party TEXT REFERENCES party (id),
    rdap_url TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX tld_of_party ON tld (party, name);

CREATE TABLE agreement (
    party TEXT NOT NULL REFERENCES party (id),
    family TEXT NOT NULL,
    version TEXT NOT NULL,
    subject TEXT NOT NULL,
    from_day INTEGER NOT NULL,
    until_day INTEGER NOT NULL,
    PRIMARY KEY (party, family, version, subject, from_day),
    CHECK (from_day < until_day)
) STRICT, WITHOUT ROWID;

CREATE TABLE delegation (
    tld TEXT NOT NULL REFERENCES tld (name),
    kind TEXT NOT NULL CHECK (kind IN ('ns', 'ds', 'glue')),
    data TEXT NOT NULL,
    PRIMARY KEY (tld, kind, data)
) STRICT, WITHOUT ROWID;

CREATE TABLE contact (
    party TEXT NOT NULL REFERENCES party (id),
    role TEXT NOT NULL,
    email TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (party, role, email)
) STRICT, WITHOUT ROWID;

-- Log -------------------------------------------------------------------------------------------

CREATE TABLE opening (
    entry BLOB NOT NULL PRIMARY KEY CHECK (LENGTH(entry) = 32),
    key BLOB CHECK (LENGTH(key) = 32),
    json TEXT,
    created_at INTEGER NOT NULL,
    erased_at INTEGER NOT NULL,
    CHECK ((key IS NULL) = (erased_at <> 0) AND (json IS NULL) = (erased_at <> 0))
) STRICT, WITHOUT ROWID;

CREATE TRIGGER opening_erased_only BEFORE UPDATE ON opening
    WHEN OLD.erased_at <> 0 OR NEW.erased_at = 0 OR NEW.entry <> OLD.entry
        OR NEW.created_at <> OLD.created_at
BEGIN SELECT RAISE(ABORT, 'opening: may be erased once, nothing else'); END;

CREATE TRIGGER opening_kept BEFORE DELETE ON opening
BEGIN SELECT RAISE(ABORT, 'opening: may be erased, not deleted'); END;

-- Waits for the sequencer; carries no index and no time, so that the order of events stays unknown.
CREATE TABLE log_waiting (
    entry BLOB NOT NULL PRIMARY KEY REFERENCES opening (entry)
) STRICT, WITHOUT ROWID;

CREATE TABLE log_entry (
    number INTEGER NOT NULL PRIMARY KEY,
    entry BLOB NOT NULL UNIQUE CHECK (LENGTH(entry) = 32)
) STRICT;

CREATE TRIGGER log_entry_fixed BEFORE UPDATE ON log_entry
BEGIN SELECT RAISE(ABORT, 'log_entry is append-only'); END;

CREATE TRIGGER log_entry_kept BEFORE DELETE ON log_entry
BEGIN SELECT RAISE(ABORT, 'log_entry is append-only'); END;

-- Hashes of complete subtrees of 256^level entries.
CREATE TABLE log_node (
    level INTEGER NOT NULL,
    number INTEGER NOT NULL,
    hash BLOB NOT NULL CHECK (LENGTH(hash) = 32),
    PRIMARY KEY (level, number)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER log_node_fixed BEFORE UPDATE ON log_node
BEGIN SELECT RAISE(ABORT, 'log_node is append-only'); END;

CREATE TRIGGER log_node_kept BEFORE DELETE ON log_node
BEGIN SELECT RAISE(ABORT, 'log_node is append-only'); END;

CREATE TABLE log_tree (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    size INTEGER NOT NULL,
    frontier BLOB NOT NULL,
    ticked_at INTEGER NOT NULL
) STRICT;

CREATE TRIGGER log_tree_grows BEFORE UPDATE ON log_tree WHEN NEW.size < OLD.size
BEGIN SELECT RAISE(ABORT, 'log_tree only grows'); END;

CREATE TABLE log_checkpoint (
    size INTEGER NOT NULL PRIMARY KEY,
    note TEXT NOT NULL,
    signed_at INTEGER NOT NULL
) STRICT;

CREATE TRIGGER log_checkpoint_fixed BEFORE UPDATE ON log_checkpoint
BEGIN SELECT RAISE(ABORT, 'log_checkpoint is append-only'); END;

CREATE TRIGGER log_checkpoint_kept BEFORE DELETE ON log_checkpoint
BEGIN SELECT RAISE(ABORT, 'log_checkpoint is append-only'); END;

-- Evidence --------------------------------------------------------------------------------------

CREATE TABLE rulebook (
    digest TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    version TEXT NOT NULL,
    adopted_at INTEGER NOT NULL,
    proposed_by TEXT NOT NULL,
    adopted_by TEXT NOT NULL,
    tree BLOB NOT NULL
) STRICT;

CREATE TRIGGER rulebook_fixed BEFORE UPDATE ON rulebook
BEGIN SELECT RAISE(ABORT, 'rulebook is append-only'); END;

CREATE TRIGGER rulebook_kept BEFORE DELETE ON rulebook
BEGIN SELECT RAISE(ABORT, 'rulebook is append-only'); END;

CREATE TABLE measurement (
    id TEXT NOT NULL PRIMARY KEY,
    target TEXT NOT NULL,
    vantage TEXT NOT NULL,
    observed_at INTEGER NOT NULL,
    stored_at INTEGER NOT NULL,
    thinned INTEGER NOT NULL CHECK (thinned IN (0, 1)),
    results BLOB,
    bytes BLOB NOT NULL
) STRICT;

CREATE INDEX measurement_of_target ON measurement (target, observed_at, id);
CREATE INDEX measurement_unjudged ON measurement (stored_at, id) WHERE results IS NULL;

CREATE TABLE finding (
    id TEXT NOT NULL PRIMARY KEY,
    obligation TEXT NOT NULL,
    clause TEXT NOT NULL,
    party TEXT NOT NULL,
    subject TEXT NOT NULL,
    period_from INTEGER NOT NULL,
    period_until INTEGER NOT NULL,
    verdict TEXT NOT NULL,
    codes TEXT NOT NULL,
    seen_by TEXT NOT NULL,
    rulebook TEXT NOT NULL,
    reason TEXT NOT NULL,
    decided_at INTEGER NOT NULL,
    entry BLOB REFERENCES opening (entry)
) STRICT;

CREATE INDEX finding_by_time ON finding (decided_at, id);
CREATE INDEX finding_of_subject ON finding (subject, decided_at, id);

CREATE TRIGGER finding_fixed BEFORE UPDATE ON finding
BEGIN SELECT RAISE(ABORT, 'finding is append-only'); END;

CREATE TRIGGER finding_kept BEFORE DELETE ON finding
BEGIN SELECT RAISE(ABORT, 'finding is append-only'); END;

CREATE TABLE finding_evidence (
    finding TEXT NOT NULL REFERENCES finding (id),
    measurement TEXT NOT NULL REFERENCES measurement (id),
    exchanges TEXT NOT NULL,
    PRIMARY KEY (finding, measurement)
) STRICT, WITHOUT ROWID;

CREATE INDEX finding_evidence_of_measurement ON finding_evidence (measurement, finding);

CREATE TRIGGER finding_evidence_fixed BEFORE UPDATE ON finding_evidence
BEGIN SELECT RAISE(ABORT, 'finding_evidence is append-only'); END;

CREATE TRIGGER finding_evidence_kept BEFORE DELETE ON finding_evidence
BEGIN SELECT RAISE(ABORT, 'finding_evidence is append-only'); END;

CREATE TRIGGER measurement_thinned_only
    BEFORE UPDATE OF id, target, vantage, observed_at, stored_at, thinned, bytes ON measurement
    WHEN OLD.thinned = 1 OR NEW.thinned = 0 OR NEW.id <> OLD.id OR NEW.target <> OLD.target
        OR NEW.vantage <> OLD.vantage OR NEW.observed_at <> OLD.observed_at
        OR NEW.stored_at <> OLD.stored_at
BEGIN SELECT RAISE(ABORT, 'measurement: may be thinned once, nothing else'); END;

CREATE TRIGGER measurement_held BEFORE UPDATE OF bytes ON measurement
    WHEN EXISTS (SELECT 1 FROM finding_evidence WHERE measurement = OLD.id)
BEGIN SELECT RAISE(ABORT, 'measurement: a finding cites it, so it is held'); END;

CREATE TRIGGER measurement_kept BEFORE DELETE ON measurement
BEGIN SELECT RAISE(ABORT, 'measurement: may be thinned, not deleted'); END;

CREATE TABLE finding_latest (
    obligation TEXT NOT NULL,
    party TEXT NOT NULL,
    subject TEXT NOT NULL,
    finding TEXT NOT NULL REFERENCES finding (id),
    PRIMARY KEY (obligation, party, subject)
) STRICT, WITHOUT ROWID;

CREATE INDEX finding_latest_finding ON finding_latest (finding);

-- Cases -----------------------------------------------------------------------------------------

CREATE TABLE case_file (
    id TEXT NOT NULL PRIMARY KEY,
    party TEXT NOT NULL,
    obligation TEXT NOT NULL,
    subject TEXT NOT NULL,
    process TEXT NOT NULL,
    origin TEXT NOT NULL,
    source TEXT NOT NULL,
    stage TEXT NOT NULL,
    stage_kind TEXT NOT NULL,
    handler TEXT NOT NULL,
    summary TEXT NOT NULL,
    seq INTEGER NOT NULL,
    opened_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    closed_at INTEGER NOT NULL,
    closure TEXT NOT NULL,
    published INTEGER NOT NULL CHECK (published IN (0, 1))
) STRICT, WITHOUT ROWID;

-- Invariant 9: one open case for each party, obligation and subject.
CREATE UNIQUE INDEX case_file_open ON case_file (party, obligation, subject) WHERE closed_at = 0;
CREATE INDEX case_file_key ON case_file (party, obligation, subject, closed_at);

CREATE TABLE case_event (
    case_id TEXT NOT NULL REFERENCES case_file (id),
    seq INTEGER NOT NULL CHECK (seq >= 1),
    type TEXT NOT NULL,
    version INTEGER NOT NULL,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    actor_role TEXT NOT NULL,
    reason TEXT NOT NULL,
    evidence TEXT NOT NULL,
    data TEXT NOT NULL,
    entry BLOB NOT NULL UNIQUE REFERENCES opening (entry),
    PRIMARY KEY (case_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER case_event_next BEFORE INSERT ON case_event
    WHEN NEW.seq > 1 + (SELECT COALESCE(MAX(seq), 0) FROM case_event WHERE case_id = NEW.case_id)
BEGIN SELECT RAISE(ABORT, 'case_event: not the next number'); END;

CREATE TRIGGER case_event_fixed BEFORE UPDATE ON case_event
BEGIN SELECT RAISE(ABORT, 'case_event is append-only'); END;

CREATE TRIGGER case_event_kept BEFORE DELETE ON case_event
BEGIN SELECT RAISE(ABORT, 'case_event is append-only'); END;

CREATE TABLE case_link (
    case_id TEXT NOT NULL REFERENCES case_file (id),
    kind TEXT NOT NULL,
    object TEXT NOT NULL,
    linked_at INTEGER NOT NULL,
    linked_by TEXT NOT NULL,
    unlinked_at INTEGER NOT NULL,
    unlinked_by TEXT NOT NULL,
    PRIMARY KEY (case_id, kind, object)
) STRICT, WITHOUT ROWID;

CREATE INDEX case_link_of_object ON case_link (kind, object, case_id);

CREATE TABLE deadline (
    id TEXT NOT NULL PRIMARY KEY,
    case_id TEXT NOT NULL REFERENCES case_file (id),
    rule TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    state TEXT NOT NULL,
    trace TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX deadline_of_case ON deadline (case_id, id);
CREATE INDEX deadline_running ON deadline (due_at, id) WHERE state = 'running';

-- Letters ---------------------------------------------------------------------------------------

CREATE TABLE letter (
    id TEXT NOT NULL PRIMARY KEY,
    case_id TEXT NOT NULL REFERENCES case_file (id),
    kind TEXT NOT NULL,
    message_id TEXT NOT NULL UNIQUE,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    drafted_by TEXT NOT NULL,
    sha256 BLOB NOT NULL CHECK (LENGTH(sha256) = 32),
    state TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    bytes BLOB NOT NULL
) STRICT;

CREATE INDEX letter_of_case ON letter (case_id, id);
CREATE INDEX letter_by_state ON letter (state, id);

CREATE TRIGGER letter_settled
    BEFORE UPDATE OF id, case_id, kind, message_id, recipient, subject, drafted_by, sha256, bytes
    ON letter WHEN OLD.state <> 'draft'
BEGIN SELECT RAISE(ABORT, 'letter: bytes are settled once it is no draft any more'); END;

CREATE TRIGGER letter_forward BEFORE UPDATE OF state ON letter
    WHEN (NEW.state = 'draft' AND OLD.state <> 'draft')
        OR (OLD.state = 'void' AND NEW.state <> 'void')
BEGIN SELECT RAISE(ABORT, 'letter: never a draft again, and void for ever'); END;

CREATE TRIGGER letter_kept BEFORE DELETE ON letter
BEGIN SELECT RAISE(ABORT, 'letter: nothing is deleted'); END;

CREATE TABLE letter_attempt (
    letter TEXT NOT NULL REFERENCES letter (id),
    number INTEGER NOT NULL,
    begun_at INTEGER NOT NULL,
    ended_at INTEGER NOT NULL,
    phase TEXT NOT NULL,
    reply TEXT NOT NULL,
    PRIMARY KEY (letter, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX letter_attempt_begun ON letter_attempt (letter, number) WHERE phase = 'begun';

CREATE TRIGGER letter_attempt_ends_once BEFORE UPDATE ON letter_attempt
    WHEN OLD.phase <> 'begun' OR NEW.letter <> OLD.letter OR NEW.number <> OLD.number
        OR NEW.begun_at <> OLD.begun_at
BEGIN SELECT RAISE(ABORT, 'letter_attempt: ends once'); END;

CREATE TRIGGER letter_attempt_kept BEFORE DELETE ON letter_attempt
BEGIN SELECT RAISE(ABORT, 'letter_attempt is append-only'); END;

CREATE TABLE approval (
    letter TEXT NOT NULL REFERENCES letter (id),
    sha256 BLOB NOT NULL CHECK (LENGTH(sha256) = 32),
    approver TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (letter, sha256, approver)
) STRICT, WITHOUT ROWID;

-- Invariant 8: one approves bytes that are there, by their digest.
CREATE TRIGGER approval_of_bytes BEFORE INSERT ON approval
    WHEN NOT EXISTS (SELECT 1 FROM letter WHERE id = NEW.letter AND sha256 = NEW.sha256)
BEGIN SELECT RAISE(ABORT, 'approval: the letter has other bytes'); END;

CREATE TRIGGER approval_fixed BEFORE UPDATE ON approval
BEGIN SELECT RAISE(ABORT, 'approval is append-only'); END;

CREATE TRIGGER approval_kept BEFORE DELETE ON approval
BEGIN SELECT RAISE(ABORT, 'approval is append-only'); END;

CREATE TABLE mail (
    sha256 BLOB NOT NULL PRIMARY KEY CHECK (LENGTH(sha256) = 32),
    received_at INTEGER NOT NULL,
    sender TEXT NOT NULL,
    subject TEXT NOT NULL,
    outcome TEXT NOT NULL,
    case_id TEXT NOT NULL,
    bytes BLOB NOT NULL
) STRICT;

CREATE INDEX mail_by_time ON mail (received_at, sha256);
CREATE INDEX mail_waiting ON mail (received_at, sha256) WHERE outcome = '';

CREATE TRIGGER mail_settled_only BEFORE UPDATE OF sha256, received_at, sender, subject, bytes ON mail
BEGIN SELECT RAISE(ABORT, 'mail: only its outcome is written'); END;

CREATE TRIGGER mail_kept BEFORE DELETE ON mail
BEGIN SELECT RAISE(ABORT, 'mail: nothing received is lost'); END;

-- Outbox, publications, users ---------------------------------------------------------------------

CREATE TABLE outbox (
    key TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    state TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    error TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX outbox_pending ON outbox (due_at, key) WHERE state = 'pending';
CREATE INDEX outbox_by_state ON outbox (state, key);

CREATE TABLE publication (
    notice TEXT NOT NULL PRIMARY KEY,
    case_id TEXT NOT NULL REFERENCES case_file (id),
    state TEXT NOT NULL,
    record TEXT NOT NULL,
    published_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    next_update_due INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX publication_of_case ON publication (case_id, published_at, notice);

CREATE TABLE publication_update (
    notice TEXT NOT NULL REFERENCES publication (notice),
    seq INTEGER NOT NULL CHECK (seq >= 1),
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    record_sha256 BLOB NOT NULL CHECK (LENGTH(record_sha256) = 32),
    entry BLOB NOT NULL REFERENCES opening (entry),
    PRIMARY KEY (notice, seq)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER publication_update_next BEFORE INSERT ON publication_update
    WHEN NEW.seq > 1 + (SELECT COALESCE(MAX(seq), 0) FROM publication_update
                        WHERE notice = NEW.notice)
BEGIN SELECT RAISE(ABORT, 'publication_update: not the next number'); END;

CREATE TRIGGER publication_update_fixed BEFORE UPDATE ON publication_update
BEGIN SELECT RAISE(ABORT, 'publication_update is append-only'); END;

CREATE TRIGGER publication_update_kept BEFORE DELETE ON publication_update
BEGIN SELECT RAISE(ABORT, 'publication_update is append-only'); END;

CREATE TABLE person (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    roles TEXT NOT NULL,
    party TEXT NOT NULL,
    token_sha256 BLOB NOT NULL UNIQUE CHECK (LENGTH(token_sha256) = 32),
    created_at INTEGER NOT NULL,
    disabled_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

PRAGMA user_version = 1;
