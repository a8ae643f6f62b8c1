-- columns: rulebook digest, name, version, adopted_at, proposed_by, adopted_by

-- name: rulebook_put
INSERT INTO rulebook (@rulebook@, tree) VALUES ($1, $2, $3, $4, $5, $6, $7)
-- name: rulebook_find
SELECT @rulebook@, tree FROM rulebook WHERE digest = $1
-- name: rulebook_current
SELECT @rulebook@, tree FROM rulebook ORDER BY adopted_at DESC, digest LIMIT 1
-- name: rulebook_list
SELECT @rulebook@, NULL FROM rulebook ORDER BY adopted_at, digest LIMIT $1

-- columns: measurement id, target, vantage, observed_at, stored_at, thinned

-- name: measurement_put
INSERT INTO measurement (@measurement@, results, bytes) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
-- name: measurement_find
SELECT @measurement@, results, bytes FROM measurement WHERE id = $1
-- name: measurement_window
SELECT @measurement@, results, NULL FROM measurement WHERE id IN (
    SELECT id FROM measurement WHERE target = $1 AND observed_at >= $2 AND observed_at < $3
    ORDER BY observed_at DESC, id DESC LIMIT $4)
ORDER BY observed_at, id
-- name: measurement_list
SELECT @measurement@, results, bytes FROM measurement WHERE id > $1 ORDER BY id LIMIT $2
-- name: measurement_judged
UPDATE measurement SET results = $2 WHERE id = $1
-- name: measurement_unjudged
SELECT @measurement@, results, bytes FROM measurement WHERE results IS NULL
ORDER BY stored_at, id LIMIT $1
-- name: measurement_thin
UPDATE measurement SET bytes = $2, thinned = 1 WHERE id = $1

-- columns: finding finding.id, finding.obligation, finding.clause, finding.party, finding.subject, finding.period_from, finding.period_until, finding.verdict, finding.codes, finding.seen_by, finding.rulebook, finding.reason, finding.decided_at, finding.entry

-- name: finding_put
INSERT INTO finding (id, obligation, clause, party, subject, period_from, period_until, verdict,
    codes, seen_by, rulebook, reason, decided_at, entry, opening)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
-- name: finding_latest_put
INSERT INTO finding_latest (obligation, party, subject, finding) VALUES ($1, $2, $3, $4)
ON CONFLICT (obligation, party, subject) DO UPDATE SET finding = excluded.finding
-- name: finding_latest_forget_all
DELETE FROM finding_latest
-- name: finding_latest_again
INSERT INTO finding_latest (obligation, party, subject, finding)
SELECT obligation, party, subject, id FROM finding
WHERE NOT EXISTS (
    SELECT 1 FROM finding AS later WHERE later.subject = finding.subject
        AND (later.decided_at, later.id) > (finding.decided_at, finding.id)
        AND later.obligation = finding.obligation AND later.party = finding.party)
-- Rows that do not show the latest finding of what they are about, and findings without a row.
-- name: finding_latest_wrong
SELECT obligation, party, subject FROM finding_latest
WHERE NOT EXISTS (
    SELECT 1 FROM finding WHERE finding.id = finding_latest.finding
        AND finding.obligation = finding_latest.obligation
        AND finding.party = finding_latest.party AND finding.subject = finding_latest.subject
        AND NOT EXISTS (
            SELECT 1 FROM finding AS later WHERE later.subject = finding.subject
                AND later.decided_at > finding.decided_at AND later.obligation = finding.obligation
                AND later.party = finding.party))
UNION
SELECT obligation, party, subject FROM finding
WHERE NOT EXISTS (
    SELECT 1 FROM finding_latest WHERE finding_latest.obligation = finding.obligation
        AND finding_latest.party = finding.party AND finding_latest.subject = finding.subject)
ORDER BY 1, 2, 3 LIMIT $1
-- name: finding_find
SELECT @finding@ FROM finding WHERE id = $1
-- name: finding_list
SELECT @finding@ FROM finding
WHERE ($1 IS NULL OR obligation = $1) AND ($2 IS NULL OR party = $2)
    AND (decided_at, id) < ($3, $4)
ORDER BY decided_at DESC, id DESC LIMIT $5
-- name: finding_list_of_subject
SELECT @finding@ FROM finding
WHERE ($1 IS NULL OR obligation = $1) AND ($2 IS NULL OR party = $2)
    AND (decided_at, id) < ($3, $4) AND subject = $6
ORDER BY decided_at DESC, id DESC LIMIT $5
-- name: finding_list_latest
SELECT @finding@ FROM finding_latest JOIN finding ON finding.id = finding_latest.finding
WHERE ($1 IS NULL OR finding_latest.obligation = $1) AND ($2 IS NULL OR finding_latest.party = $2)
    AND (finding.decided_at, finding.id) < ($3, $4)
    AND ($6 IS NULL OR finding_latest.subject = $6)
ORDER BY finding.decided_at DESC, finding.id DESC LIMIT $5
-- One row at most: an order that is asked for is made even so.
-- name: finding_list_latest_of_one
SELECT @finding@ FROM finding_latest JOIN finding ON finding.id = finding_latest.finding
WHERE finding_latest.obligation = $1 AND finding_latest.party = $2
    AND finding_latest.subject = $6 AND (finding.decided_at, finding.id) < ($3, $4)
LIMIT $5

-- name: finding_evidence_put
INSERT INTO finding_evidence (finding, measurement, exchanges) VALUES ($1, $2, $3)
-- name: finding_evidence_list
SELECT measurement, exchanges FROM finding_evidence WHERE finding = $1 ORDER BY measurement LIMIT $2
