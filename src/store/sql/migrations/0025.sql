-- Complaints that are alike, as whoever reads them sees them: each is sorted once, after it was filed, to
-- the one with which its cluster began, or to itself. Made from sketches alone, and made again by
-- `rebuild`; nothing is decided by it.
CREATE TABLE complaint_cluster (
    number INTEGER NOT NULL PRIMARY KEY, -- of the sketch with which it began
    face INTEGER NOT NULL,               -- the sketch that others are compared with: the first that is there
    members INTEGER NOT NULL,
    filed INTEGER NOT NULL               -- of them, those that wait for a decision
) STRICT;

CREATE INDEX complaint_cluster_by_size ON complaint_cluster (filed, number) WHERE filed > 1;
CREATE INDEX complaint_cluster_open ON complaint_cluster (number) WHERE filed > 0;

CREATE TABLE complaint_cluster_bucket (
    bucket INTEGER NOT NULL, -- of the face
    cluster INTEGER NOT NULL REFERENCES complaint_cluster (number),
    PRIMARY KEY (bucket, cluster)
) STRICT, WITHOUT ROWID;

CREATE TABLE complaint_member (
    number INTEGER NOT NULL PRIMARY KEY REFERENCES complaint_sketch (number),
    cluster INTEGER NOT NULL REFERENCES complaint_cluster (number),
    filed INTEGER NOT NULL CHECK (filed IN (0, 1))
) STRICT;

CREATE INDEX complaint_member_of ON complaint_member (cluster, number);
CREATE INDEX complaint_member_filed ON complaint_member (cluster, number) WHERE filed = 1;

-- Decisions that were looked at together, to take them back together: each event says its batch too.
CREATE TABLE complaint_batch (
    batch BLOB NOT NULL CHECK (LENGTH(batch) = 32),
    reference TEXT NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (batch, reference),
    FOREIGN KEY (reference, seq) REFERENCES complaint_event (reference, seq)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER complaint_batch_fixed BEFORE UPDATE ON complaint_batch
BEGIN SELECT RAISE(ABORT, 'complaint_batch is append-only'); END;

CREATE TRIGGER complaint_batch_kept BEFORE DELETE ON complaint_batch
BEGIN SELECT RAISE(ABORT, 'complaint_batch is append-only'); END;

PRAGMA user_version = 25;
