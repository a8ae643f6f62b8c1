-- columns: calendar name, sha256, proposed_at, proposed_by, number, adopted_at, adopted_by, bytes, withdrawn_at, withdrawn_by

-- name: calendar_put
INSERT INTO calendar (@calendar@) VALUES ($1, $2, $3, $4, 0, 0, '', $5, 0, '')
-- name: calendar_adopt
UPDATE calendar SET number = 1 + (SELECT COALESCE(MAX(number), 0) FROM calendar), adopted_at = $3,
    adopted_by = $4
WHERE proposal = (SELECT MAX(proposal) FROM calendar WHERE name = $1 AND sha256 = $2)
-- name: calendar_withdraw
UPDATE calendar SET withdrawn_at = $3, withdrawn_by = $4
WHERE proposal = (SELECT MAX(proposal) FROM calendar WHERE name = $1 AND sha256 = $2)
-- name: calendar_find
SELECT @calendar@ FROM calendar WHERE name = $1 AND sha256 = $2 ORDER BY proposal DESC LIMIT 1
-- name: calendar_list
SELECT @calendar@ FROM calendar WHERE $1 = 0 OR number > 0
ORDER BY number = 0, number, proposal LIMIT $2
-- name: calendar_last
SELECT COALESCE(MAX(number), 0) FROM calendar
