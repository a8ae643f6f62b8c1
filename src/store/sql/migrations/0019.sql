-- An opening is found by its digest through heads of digests in three levels: what comes goes into a
-- small one, and a level that is full goes into the next, sorted. In one index of whole digests, which
-- nobody can foresee, nearly each entry that came took a page of its own. Tables that tell of an
-- opening refer to its number, as events do since schema 13.
CREATE TABLE opening_next (
    number INTEGER NOT NULL PRIMARY KEY,
    entry BLOB NOT NULL CHECK (LENGTH(entry) = 32),
    key BLOB CHECK (LENGTH(key) = 32),
    json TEXT,
    created_at INTEGER NOT NULL,
    erased_at INTEGER NOT NULL,
    UNIQUE (number, entry),
    CHECK ((key IS NULL) = (erased_at <> 0) AND (json IS NULL) = (erased_at <> 0))
) STRICT;

INSERT INTO opening_next SELECT number, entry, key, json, created_at, erased_at FROM opening ORDER BY number;

CREATE TABLE opening_head (
    level INTEGER NOT NULL CHECK (level IN (0, 1, 2)),
    head BLOB NOT NULL CHECK (LENGTH(head) = 8), -- the first bytes of the digest
    number INTEGER NOT NULL,
    PRIMARY KEY (level, head, number)
) STRICT, WITHOUT ROWID;

INSERT INTO opening_head SELECT 2, SUBSTR(entry, 1, 8), number FROM opening ORDER BY entry;

CREATE TABLE finding_next (
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
    entry BLOB,
    opening INTEGER,
    CHECK ((entry IS NULL) = (opening IS NULL)),
    FOREIGN KEY (opening, entry) REFERENCES opening (number, entry)
) STRICT;

INSERT INTO finding_next
SELECT f.id, f.obligation, f.clause, f.party, f.subject, f.period_from, f.period_until, f.verdict, f.codes,
    f.seen_by, f.rulebook, f.reason, f.decided_at, f.entry, o.number
FROM finding f LEFT JOIN opening o ON o.entry = f.entry;

CREATE TABLE publication_update_next (
    notice TEXT NOT NULL REFERENCES publication (notice),
    seq INTEGER NOT NULL CHECK (seq >= 1),
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    record_sha256 BLOB NOT NULL CHECK (LENGTH(record_sha256) = 32),
    entry BLOB NOT NULL,
    item TEXT NOT NULL,
    opening INTEGER NOT NULL,
    PRIMARY KEY (notice, seq),
    FOREIGN KEY (opening, entry) REFERENCES opening (number, entry)
) STRICT, WITHOUT ROWID;

INSERT INTO publication_update_next
SELECT u.notice, u.seq, u.at, u.kind, u.text, u.record_sha256, u.entry, u.item, o.number
FROM publication_update u LEFT JOIN opening o ON o.entry = u.entry;

CREATE TABLE case_proposal_next (
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
    entry BLOB NOT NULL,
    state TEXT NOT NULL,
    settled_at INTEGER NOT NULL,
    settled_by TEXT NOT NULL,
    opening INTEGER NOT NULL UNIQUE,
    FOREIGN KEY (opening, entry) REFERENCES opening (number, entry)
) STRICT, WITHOUT ROWID;

INSERT INTO case_proposal_next
SELECT p.sha256, p.case_id, p.after_seq, p.type, p.version, p.at, p.actor, p.actor_role, p.reason, p.data,
    p.entry, p.state, p.settled_at, p.settled_by, o.number
FROM case_proposal p LEFT JOIN opening o ON o.entry = p.entry;

CREATE TABLE notice_item_next (
    id TEXT NOT NULL PRIMARY KEY,
    case_id TEXT NOT NULL REFERENCES case_file (id),
    kind TEXT NOT NULL,
    about TEXT NOT NULL,
    text TEXT NOT NULL,
    ranges TEXT NOT NULL,
    reason TEXT NOT NULL,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    sha256 BLOB NOT NULL CHECK (LENGTH(sha256) = 32),
    entry BLOB NOT NULL,
    state TEXT NOT NULL,
    settled_at INTEGER NOT NULL,
    settled_by TEXT NOT NULL,
    opening INTEGER NOT NULL UNIQUE,
    FOREIGN KEY (opening, entry) REFERENCES opening (number, entry)
) STRICT, WITHOUT ROWID;

INSERT INTO notice_item_next
SELECT i.id, i.case_id, i.kind, i.about, i.text, i.ranges, i.reason, i.at, i.actor, i.sha256, i.entry, i.state,
    i.settled_at, i.settled_by, o.number
FROM notice_item i LEFT JOIN opening o ON o.entry = i.entry;

CREATE TABLE past_notice_next (
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
    entry BLOB NOT NULL,
    opening INTEGER NOT NULL,
    PRIMARY KEY (id, version),
    FOREIGN KEY (opening, entry) REFERENCES opening (number, entry)
) STRICT, WITHOUT ROWID;

INSERT INTO past_notice_next
SELECT n.id, n.version, n.party, n.kind, n.day, n.cure_due, n.cured, n.suspended, n.terminated, n.clauses,
    n.source, n.imported_at, n.imported_by, n.agreed_by, n.entry, o.number
FROM past_notice n LEFT JOIN opening o ON o.entry = n.entry;

CREATE TABLE complaint_event_next (
    reference TEXT NOT NULL REFERENCES complaint (reference),
    seq INTEGER NOT NULL CHECK (seq >= 1),
    at INTEGER NOT NULL,
    type TEXT NOT NULL,
    actor TEXT NOT NULL,
    data TEXT NOT NULL,
    entry BLOB NOT NULL,
    opening INTEGER NOT NULL UNIQUE,
    PRIMARY KEY (reference, seq),
    FOREIGN KEY (opening, entry) REFERENCES opening (number, entry)
) STRICT, WITHOUT ROWID;

INSERT INTO complaint_event_next
SELECT e.reference, e.seq, e.at, e.type, e.actor, e.data, e.entry, o.number
FROM complaint_event e LEFT JOIN opening o ON o.entry = e.entry;

DROP TABLE finding;
ALTER TABLE finding_next RENAME TO finding;
DROP TABLE publication_update;
ALTER TABLE publication_update_next RENAME TO publication_update;
DROP TABLE case_proposal;
ALTER TABLE case_proposal_next RENAME TO case_proposal;
DROP TABLE notice_item;
ALTER TABLE notice_item_next RENAME TO notice_item;
DROP TABLE past_notice;
ALTER TABLE past_notice_next RENAME TO past_notice;
DROP TABLE complaint_event;
ALTER TABLE complaint_event_next RENAME TO complaint_event;
DROP TABLE opening;
ALTER TABLE opening_next RENAME TO opening;

CREATE TRIGGER opening_erased_only BEFORE UPDATE ON opening
    WHEN OLD.erased_at <> 0 OR NEW.erased_at = 0 OR NEW.entry <> OLD.entry
        OR NEW.created_at <> OLD.created_at OR NEW.number <> OLD.number
BEGIN SELECT RAISE(ABORT, 'opening: may be erased once, nothing else'); END;

CREATE TRIGGER opening_kept BEFORE DELETE ON opening
BEGIN SELECT RAISE(ABORT, 'opening: may be erased, not deleted'); END;

CREATE INDEX finding_by_time ON finding (decided_at, id);
CREATE INDEX finding_of_subject ON finding (subject, decided_at, id);

CREATE TRIGGER finding_fixed BEFORE UPDATE ON finding
BEGIN SELECT RAISE(ABORT, 'finding is append-only'); END;

CREATE TRIGGER finding_kept BEFORE DELETE ON finding
BEGIN SELECT RAISE(ABORT, 'finding is append-only'); END;

CREATE TRIGGER publication_update_next BEFORE INSERT ON publication_update
    WHEN NEW.seq > 1 + (SELECT COALESCE(MAX(seq), 0) FROM publication_update
                        WHERE notice = NEW.notice)
BEGIN SELECT RAISE(ABORT, 'publication_update: not the next number'); END;

CREATE TRIGGER publication_update_fixed BEFORE UPDATE ON publication_update
BEGIN SELECT RAISE(ABORT, 'publication_update is append-only'); END;

CREATE TRIGGER publication_update_kept BEFORE DELETE ON publication_update
BEGIN SELECT RAISE(ABORT, 'publication_update is append-only'); END;

CREATE UNIQUE INDEX case_proposal_waiting ON case_proposal (case_id, type) WHERE state = 'waiting';
CREATE INDEX case_proposal_of_case ON case_proposal (case_id, at, sha256);

CREATE TRIGGER case_proposal_fixed BEFORE UPDATE OF sha256, case_id, after_seq, type, version, at,
    actor, actor_role, reason, data, entry, opening ON case_proposal
BEGIN SELECT RAISE(ABORT, 'case_proposal: what was proposed is settled'); END;

CREATE TRIGGER case_proposal_ends_once BEFORE UPDATE ON case_proposal WHEN OLD.state <> 'waiting'
BEGIN SELECT RAISE(ABORT, 'case_proposal: ends once'); END;

CREATE TRIGGER case_proposal_kept BEFORE DELETE ON case_proposal
BEGIN SELECT RAISE(ABORT, 'case_proposal is append-only'); END;

CREATE INDEX notice_item_of_case ON notice_item (case_id, at, id);
CREATE INDEX notice_item_by_time ON notice_item (at, id);
CREATE INDEX notice_item_waiting ON notice_item (at, id) WHERE state = 'waiting';

CREATE TRIGGER notice_item_fixed BEFORE UPDATE OF id, case_id, kind, about, text, ranges, reason, at,
    actor, sha256, entry, opening ON notice_item
BEGIN SELECT RAISE(ABORT, 'notice_item: what was written is settled'); END;

CREATE TRIGGER notice_item_ends_once BEFORE UPDATE ON notice_item WHEN OLD.state <> 'waiting'
BEGIN SELECT RAISE(ABORT, 'notice_item: ends once'); END;

CREATE TRIGGER notice_item_kept BEFORE DELETE ON notice_item
BEGIN SELECT RAISE(ABORT, 'notice_item is append-only'); END;

CREATE INDEX past_notice_of_party ON past_notice (party, day, id, version);

CREATE TRIGGER past_notice_fixed BEFORE UPDATE ON past_notice
BEGIN SELECT RAISE(ABORT, 'past_notice is append-only'); END;

CREATE TRIGGER past_notice_kept BEFORE DELETE ON past_notice
BEGIN SELECT RAISE(ABORT, 'past_notice is append-only'); END;

CREATE TRIGGER complaint_event_fixed BEFORE UPDATE ON complaint_event
BEGIN SELECT RAISE(ABORT, 'complaint_event is append-only'); END;

CREATE TRIGGER complaint_event_kept BEFORE DELETE ON complaint_event
BEGIN SELECT RAISE(ABORT, 'complaint_event is append-only'); END;

PRAGMA user_version = 19;
