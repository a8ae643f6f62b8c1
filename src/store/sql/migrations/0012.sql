-- Which parties are under common control: half-open days. An interval of no day is a mistaken
-- record that was taken back.
CREATE TABLE family_member (
    party TEXT NOT NULL REFERENCES party (id),
    from_day INTEGER NOT NULL,
    until_day INTEGER NOT NULL CHECK (until_day >= from_day),
    family TEXT NOT NULL CHECK (family <> ''),
    PRIMARY KEY (party, from_day)
) STRICT, WITHOUT ROWID;

CREATE INDEX family_member_of_family ON family_member (family, party, from_day);

-- What was said of absences, each as it was said; the last of a person is the one in force.
CREATE TABLE absence (
    person TEXT NOT NULL REFERENCES person (id),
    seq INTEGER NOT NULL CHECK (seq >= 1),
    from_day INTEGER NOT NULL,
    until_day INTEGER NOT NULL CHECK (until_day >= from_day),
    deputy TEXT NOT NULL,
    said_at INTEGER NOT NULL,
    said_by TEXT NOT NULL,
    PRIMARY KEY (person, seq)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER absence_fixed BEFORE UPDATE ON absence
BEGIN SELECT RAISE(ABORT, 'absence is append-only'); END;

CREATE TRIGGER absence_kept BEFORE DELETE ON absence
BEGIN SELECT RAISE(ABORT, 'absence is append-only'); END;

-- Before, only the last was kept, as a text 'FROM UNTIL DEPUTY'; who said it when is not known.
-- That text stays, since nothing of meta is deleted; nobody reads it.
INSERT INTO absence (person, seq, from_day, until_day, deputy, said_at, said_by)
SELECT SUBSTR(key, 9), 1, CAST(JULIANDAY(SUBSTR(value, 1, 10)) - 2440587.5 AS INTEGER),
    CAST(JULIANDAY(SUBSTR(value, 12, 10)) - 2440587.5 AS INTEGER), SUBSTR(value, 23), 0, ''
FROM meta WHERE SUBSTR(key, 1, 8) = 'absence.';

PRAGMA user_version = 12;
