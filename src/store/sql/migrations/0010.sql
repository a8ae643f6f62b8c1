-- Where a party works: reminders go out in its working hours.
CREATE TABLE party_zone (
    party TEXT NOT NULL PRIMARY KEY REFERENCES party (id),
    zone TEXT NOT NULL
) STRICT, WITHOUT ROWID;

PRAGMA user_version = 10;
