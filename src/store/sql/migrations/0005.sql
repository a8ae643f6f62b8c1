-- Lists of cases: by party, subject, stage and handler, and the open ones by their due moment, those
-- without one after all others. Which filters a list has decides which index it walks along.
CREATE INDEX case_file_of_party ON case_file (party, id);
CREATE INDEX case_file_of_subject ON case_file (subject, id);
CREATE INDEX case_file_of_stage ON case_file (stage, id);
CREATE INDEX case_file_of_handler ON case_file (handler, id) WHERE closed_at = 0;
CREATE INDEX case_file_open_by_id ON case_file (id) WHERE closed_at = 0;
CREATE INDEX case_file_open_by_due ON case_file (due_at = 0, due_at, id) WHERE closed_at = 0;

-- With the state in front it is taken rather than the index by state, which would sort all that waits.
DROP INDEX outbox_pending;
CREATE INDEX outbox_pending ON outbox (state, due_at, key) WHERE state = 'pending';

-- How many cases are open, so that nobody counts them. A projection too: held by the triggers, and
-- compared by `rebuild --check`.
CREATE TABLE open_cases (
    stage_kind TEXT NOT NULL PRIMARY KEY,
    cases INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO open_cases SELECT stage_kind, COUNT(*) FROM case_file WHERE closed_at = 0
GROUP BY stage_kind;

CREATE TRIGGER case_file_opened AFTER INSERT ON case_file WHEN NEW.closed_at = 0
BEGIN
    INSERT INTO open_cases VALUES (NEW.stage_kind, 1)
    ON CONFLICT (stage_kind) DO UPDATE SET cases = cases + 1;
END;

CREATE TRIGGER case_file_left AFTER UPDATE OF stage_kind, closed_at ON case_file
    WHEN OLD.closed_at = 0 AND (NEW.closed_at <> 0 OR NEW.stage_kind <> OLD.stage_kind)
BEGIN
    UPDATE open_cases SET cases = cases - 1 WHERE stage_kind = OLD.stage_kind;
END;

CREATE TRIGGER case_file_entered AFTER UPDATE OF stage_kind, closed_at ON case_file
    WHEN NEW.closed_at = 0 AND (OLD.closed_at <> 0 OR NEW.stage_kind <> OLD.stage_kind)
BEGIN
    INSERT INTO open_cases VALUES (NEW.stage_kind, 1)
    ON CONFLICT (stage_kind) DO UPDATE SET cases = cases + 1;
END;

PRAGMA user_version = 5;
