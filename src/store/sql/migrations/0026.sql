-- The second look at complaints that were closed as out of scope: every draw, whose seed was committed to in
-- the log before anybody knew what it would choose from, and what was chosen. The choice and what a person
-- found are events of the complaint too; `rebuild` makes the second table of them.
CREATE TABLE complaint_draw (
    number INTEGER NOT NULL PRIMARY KEY CHECK (number > 0),
    seed BLOB NOT NULL CHECK (LENGTH(seed) = 32),
    from_at INTEGER NOT NULL,    -- decisions of no earlier moment
    until_at INTEGER NOT NULL,   -- and before this one; 0 until it is drawn
    population INTEGER NOT NULL, -- that it chose from
    chosen INTEGER NOT NULL,
    CHECK (until_at = 0 OR until_at > from_at)
) STRICT;

CREATE TRIGGER complaint_draw_once BEFORE UPDATE ON complaint_draw
    WHEN OLD.until_at <> 0 OR NEW.number <> OLD.number OR NEW.seed <> OLD.seed OR NEW.from_at <> OLD.from_at
BEGIN SELECT RAISE(ABORT, 'complaint_draw: drawn once, with the seed that was committed to'); END;

CREATE TRIGGER complaint_draw_kept BEFORE DELETE ON complaint_draw
BEGIN SELECT RAISE(ABORT, 'complaint_draw is append-only'); END;

CREATE TABLE complaint_second_look (
    reference TEXT NOT NULL PRIMARY KEY REFERENCES complaint (reference), -- chosen once for ever
    decision INTEGER NOT NULL,                                            -- the event that is looked at again
    draw INTEGER NOT NULL REFERENCES complaint_draw (number),
    verdict TEXT NOT NULL CHECK (verdict IN ('', 'agrees', 'differs'))
) STRICT, WITHOUT ROWID;

CREATE INDEX complaint_second_look_of ON complaint_second_look (verdict, draw, reference);

-- Closures of a time are found without reading all that ever happened.
CREATE INDEX complaint_event_closure ON complaint_event (at, reference, seq) WHERE type = 'out-of-scope';

PRAGMA user_version = 26;
