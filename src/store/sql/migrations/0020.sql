-- What users of contracted parties may see and do: each was given for one party, from a civil day on
-- and until another (0 for no end), until it is taken back. What was delegated names the one that it
-- comes from, and is worth no more than that ('' and 0 where the staff gave it).
CREATE TABLE party_grant (
    person TEXT NOT NULL REFERENCES person (id),
    number INTEGER NOT NULL CHECK (number >= 1),
    party TEXT NOT NULL REFERENCES party (id),
    may TEXT NOT NULL CHECK (may IN ('read', 'answer', 'delegate')),
    from_day INTEGER NOT NULL,
    until_day INTEGER NOT NULL CHECK (until_day = 0 OR until_day > from_day),
    of_person TEXT NOT NULL,
    of_number INTEGER NOT NULL CHECK ((of_number = 0) = (of_person = '')),
    made_at INTEGER NOT NULL,
    made_by TEXT NOT NULL,
    revoked_at INTEGER NOT NULL,
    revoked_by TEXT NOT NULL,
    PRIMARY KEY (person, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX party_grant_of_party ON party_grant (party, person, number);

CREATE TRIGGER party_grant_revoked_only BEFORE UPDATE ON party_grant
    WHEN OLD.revoked_at <> 0 OR NEW.revoked_at = 0 OR NEW.person <> OLD.person
        OR NEW.number <> OLD.number OR NEW.party <> OLD.party OR NEW.may <> OLD.may
        OR NEW.from_day <> OLD.from_day OR NEW.until_day <> OLD.until_day
        OR NEW.of_person <> OLD.of_person OR NEW.of_number <> OLD.of_number
        OR NEW.made_at <> OLD.made_at OR NEW.made_by <> OLD.made_by
BEGIN SELECT RAISE(ABORT, 'party_grant: may be revoked once, nothing else'); END;

CREATE TRIGGER party_grant_kept BEFORE DELETE ON party_grant
BEGIN SELECT RAISE(ABORT, 'party_grant: may be revoked, not deleted'); END;

-- What a party brought along with an answer, which is the event `seq` of the case: the bytes as they
-- came, named by their digest. `collected_day` is 0 where nobody said it.
CREATE TABLE case_exhibit (
    case_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    number INTEGER NOT NULL CHECK (number >= 1),
    sha256 BLOB NOT NULL CHECK (LENGTH(sha256) = 32),
    media_type TEXT NOT NULL CHECK (media_type <> ''),
    name TEXT NOT NULL,
    collected_day INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (case_id, seq, number),
    FOREIGN KEY (case_id, seq) REFERENCES case_event (case_id, seq)
) STRICT;

CREATE TRIGGER case_exhibit_fixed BEFORE UPDATE ON case_exhibit
BEGIN SELECT RAISE(ABORT, 'case_exhibit: evidence is never changed'); END;

CREATE TRIGGER case_exhibit_kept BEFORE DELETE ON case_exhibit
BEGIN SELECT RAISE(ABORT, 'case_exhibit: evidence is kept'); END;

PRAGMA user_version = 20;
