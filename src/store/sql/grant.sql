-- columns: grant person, number, party, may, from_day, until_day, of_person, of_number, made_at, made_by, revoked_at, revoked_by, case_id

-- name: grant_append
INSERT INTO party_grant (@grant@)
VALUES ($1, (SELECT COALESCE(MAX(number), 0) + 1 FROM party_grant WHERE person = $1), $2, $3, $4, $5,
    $6, $7, $8, $9, 0, '', $10)
-- name: grant_find
SELECT @grant@ FROM party_grant WHERE person = $1 AND number = $2
-- name: grant_list
SELECT @grant@ FROM party_grant WHERE person = $1 ORDER BY number LIMIT $2
-- name: grant_list_of_party
SELECT @grant@ FROM party_grant WHERE party = $1 ORDER BY person, number LIMIT $2
-- name: grant_revoke
UPDATE party_grant SET revoked_at = $3, revoked_by = $4
WHERE person = $1 AND number = $2 AND revoked_at = 0
