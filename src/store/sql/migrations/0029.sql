-- A person may say that a complaint is of another type than it was filed as.
DROP TRIGGER complaint_fixed;
CREATE TRIGGER complaint_fixed BEFORE UPDATE OF reference, received_at, rulebook, language, link
    ON complaint
BEGIN SELECT RAISE(ABORT, 'complaint: what was filed is settled'); END;

-- How soon it is read, of those that wait: 0 urgent, 1 high, 2 normal, 3 low.
ALTER TABLE complaint ADD COLUMN priority INTEGER NOT NULL DEFAULT 2 CHECK (priority BETWEEN 0 AND 3);
CREATE INDEX complaint_by_priority ON complaint (priority, received_at, reference) WHERE state = 'filed';

-- What is still kept, for the list of what is due to be erased; what was erased grows for ever.
CREATE INDEX complaint_unerased ON complaint (state, received_at, reference) WHERE erased_at = 0;

-- A grant may be for one case of its party alone ('' for all of them).
ALTER TABLE party_grant ADD COLUMN case_id TEXT NOT NULL DEFAULT '';
DROP TRIGGER party_grant_revoked_only;
CREATE TRIGGER party_grant_revoked_only BEFORE UPDATE ON party_grant
    WHEN OLD.revoked_at <> 0 OR NEW.revoked_at = 0 OR NEW.person <> OLD.person
        OR NEW.number <> OLD.number OR NEW.party <> OLD.party OR NEW.may <> OLD.may
        OR NEW.from_day <> OLD.from_day OR NEW.until_day <> OLD.until_day
        OR NEW.of_person <> OLD.of_person OR NEW.of_number <> OLD.of_number
        OR NEW.made_at <> OLD.made_at OR NEW.made_by <> OLD.made_by OR NEW.case_id <> OLD.case_id
BEGIN SELECT RAISE(ABORT, 'party_grant: may be revoked once, nothing else'); END;

PRAGMA user_version = 29;
