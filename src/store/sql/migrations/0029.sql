-- A person may say that a complaint is of another type than it was filed as.
DROP TRIGGER complaint_fixed;
CREATE TRIGGER complaint_fixed BEFORE UPDATE OF reference, received_at, rulebook, language, link
    ON complaint
BEGIN SELECT RAISE(ABORT, 'complaint: what was filed is settled'); END;

-- What is still kept, for the list of what is due to be erased; what was erased grows for ever.
CREATE INDEX complaint_unerased ON complaint (state, received_at, reference) WHERE erased_at = 0;

PRAGMA user_version = 29;
