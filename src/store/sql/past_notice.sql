-- columns: past id, version, party, kind, day, cure_due, cured, suspended, terminated, clauses, source, imported_at, imported_by, agreed_by, entry

-- name: past_notice_put
INSERT INTO past_notice (@past@, opening)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
-- name: past_notice_find
SELECT @past@ FROM past_notice WHERE id = $1 ORDER BY version DESC LIMIT 1
-- name: past_notice_list
SELECT @past@ FROM past_notice AS p
WHERE party = $1 AND day >= $2 AND day < $3
    AND version = (SELECT MAX(version) FROM past_notice AS q WHERE q.id = p.id)
ORDER BY day, id, version LIMIT $4
