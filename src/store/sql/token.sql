-- columns: token person, number, sha256, scope, note, made_at, made_by, until_day, revoked_at, revoked_by, certificate

-- name: token_append
INSERT INTO token (@token@)
VALUES ($1, (SELECT COALESCE(MAX(number), 0) + 1 FROM token WHERE person = $1), $2, $3, $4, $5, $6,
    $7, 0, '', $8)
-- name: token_find
SELECT @token@ FROM token WHERE sha256 = $1
-- name: token_list
SELECT @token@ FROM token WHERE person = $1 ORDER BY number LIMIT $2
-- name: token_revoke
UPDATE token SET revoked_at = $3, revoked_by = $4 WHERE person = $1 AND number = $2 AND revoked_at = 0
-- name: token_revoke_all
UPDATE token SET revoked_at = $2, revoked_by = $3 WHERE person = $1 AND revoked_at = 0
