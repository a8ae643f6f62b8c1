-- What a worklist shows of an open case stands in its row, so that no case is folded to be listed: the
-- version whose process it runs under now, what it waits for, and the clock that runs (rule '', day and
-- moment 0: none). Rows of an older program say nothing of it until they are written anew.
ALTER TABLE case_file ADD COLUMN rules TEXT NOT NULL DEFAULT '';
ALTER TABLE case_file ADD COLUMN awaits TEXT NOT NULL DEFAULT '';
ALTER TABLE case_file ADD COLUMN about TEXT NOT NULL DEFAULT '';
ALTER TABLE case_file ADD COLUMN clock_rule TEXT NOT NULL DEFAULT '';
ALTER TABLE case_file ADD COLUMN clock_date INTEGER NOT NULL DEFAULT 0;
ALTER TABLE case_file ADD COLUMN clock_at INTEGER NOT NULL DEFAULT 0;

INSERT INTO meta (key, value) SELECT 'projections', 'old' WHERE EXISTS (SELECT 1 FROM case_file);

-- Whoever lists what is due next reads along an index and nothing else: rows of cases and deadlines lie
-- far apart, each on a page of its own. `closed_at` is there since SQLite asks for it.
DROP INDEX case_file_open_by_due;
CREATE INDEX case_file_open_by_due ON case_file (due_at = 0, due_at, id, closed_at, party, obligation,
    subject, handler, rules, stage, stage_kind, awaits, about, clock_rule, clock_date, clock_at)
    WHERE closed_at = 0;
DROP INDEX deadline_running;
CREATE INDEX deadline_running ON deadline (state, due_at, id, case_id, rule) WHERE state = 'running';

-- A party has many closed cases: a list of the open ones must not read past them.
CREATE INDEX case_file_open_of_party ON case_file (party, id) WHERE closed_at = 0;

PRAGMA user_version = 14;
