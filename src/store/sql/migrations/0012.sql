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

PRAGMA user_version = 12;
