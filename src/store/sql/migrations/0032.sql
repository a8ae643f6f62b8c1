-- Whose filings two people said are read last for a time: a keyed hash of their address, as in a sketch, which goes
-- when the time is over.
CREATE TABLE reporter_restriction (
    number INTEGER NOT NULL PRIMARY KEY,
    reporter INTEGER NOT NULL, -- 0: it has ended
    reference TEXT NOT NULL REFERENCES complaint (reference), -- the complaint by which they were named
    reason TEXT NOT NULL CHECK (reason IN ('repeated', 'abusive', 'untrue')),
    until_day INTEGER NOT NULL, -- civil day, the first on which it is void
    proposed_by TEXT NOT NULL,
    proposed_at INTEGER NOT NULL,
    agreed_by TEXT NOT NULL,   -- '' while it is proposed
    agreed_at INTEGER NOT NULL,
    ended_by TEXT NOT NULL,    -- who took it back; '' while nobody did
    ended_at INTEGER NOT NULL
) STRICT;

CREATE INDEX reporter_restriction_of ON reporter_restriction (reporter, number) WHERE reporter <> 0;

CREATE TRIGGER reporter_restriction_kept BEFORE DELETE ON reporter_restriction
BEGIN SELECT RAISE(ABORT, 'reporter_restriction: ends, and stays told'); END;

PRAGMA user_version = 32;
