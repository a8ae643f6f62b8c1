-- What a tick of the log settles is written by the tick, in the order of the table that it goes into:
-- an opening that waits has a number in log_waiting and nothing else, and is found there; heads of digests,
-- now in two levels, are of those that stand in the log. Before, each opening went into three trees by
-- its digest, which nobody can foresee, and out of one again. Whether openings, places and entries
-- belong together is what `log verify` asks (store_opening_list_lost()).
CREATE TABLE log_waiting_next (opening INTEGER NOT NULL PRIMARY KEY) STRICT;

INSERT INTO log_waiting_next SELECT opening FROM log_waiting ORDER BY opening;

CREATE TABLE log_place_next (
    opening INTEGER NOT NULL PRIMARY KEY,
    number INTEGER NOT NULL
) STRICT;

INSERT INTO log_place_next SELECT opening, number FROM log_place ORDER BY opening;

CREATE TABLE opening_head_next (
    level INTEGER NOT NULL CHECK (level IN (0, 1)),
    head BLOB NOT NULL CHECK (LENGTH(head) = 8), -- the first bytes of the digest
    number INTEGER NOT NULL,
    PRIMARY KEY (level, head, number)
) STRICT, WITHOUT ROWID;

INSERT INTO opening_head_next
SELECT 1, SUBSTR(entry, 1, 8), number FROM opening
WHERE number IN (SELECT opening FROM log_place) ORDER BY SUBSTR(entry, 1, 8), number;

DROP TABLE log_waiting;
ALTER TABLE log_waiting_next RENAME TO log_waiting;
DROP TABLE log_place;
ALTER TABLE log_place_next RENAME TO log_place;
DROP TABLE opening_head;
ALTER TABLE opening_head_next RENAME TO opening_head;

CREATE TRIGGER log_place_fixed BEFORE UPDATE ON log_place
BEGIN SELECT RAISE(ABORT, 'log_place is append-only'); END;

CREATE TRIGGER log_place_kept BEFORE DELETE ON log_place
BEGIN SELECT RAISE(ABORT, 'log_place is append-only'); END;

-- The last case of a matter that is closed: by its subject first, as names that are complained of
-- at one time often stand together, and parties never.
DROP INDEX case_file_closed;
CREATE INDEX case_file_closed ON case_file (subject, party, obligation, closed_at) WHERE closed_at <> 0;

-- Most letters are sent and stay so: they are found by walking letters, the others here.
DROP INDEX letter_by_state;
CREATE INDEX letter_by_state ON letter (state, id) WHERE state <> 'sent';

PRAGMA user_version = 21;
