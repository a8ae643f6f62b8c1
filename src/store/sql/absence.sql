-- columns: absence person, from_day, until_day, deputy, said_at, said_by

-- name: absence_append
INSERT INTO absence (@absence@, seq)
VALUES ($1, $2, $3, $4, $5, $6,
    (SELECT COALESCE(MAX(seq), 0) + 1 FROM absence WHERE person = $1))
-- name: absence_last
SELECT @absence@ FROM absence WHERE person = $1 ORDER BY seq DESC LIMIT 1
-- name: absence_list
SELECT @absence@ FROM absence WHERE person = $1 ORDER BY seq LIMIT $2
