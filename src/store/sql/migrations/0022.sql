-- When the party of a case was first told of it, by a letter that was served; 0 as long as it was not.
-- What a party may see of its cases is listed by it, so that those that it must not know of are not
-- touched, and take no time.
ALTER TABLE case_file ADD COLUMN told_at INTEGER NOT NULL DEFAULT 0;

UPDATE case_file SET told_at = (
    SELECT MIN(at) FROM case_event WHERE case_id = case_file.id AND type = 'notice-sent')
WHERE EXISTS (SELECT 1 FROM case_event WHERE case_id = case_file.id AND type = 'notice-sent');

CREATE INDEX case_file_told ON case_file (party, id) WHERE told_at <> 0;

PRAGMA user_version = 22;
