-- columns: person id, name, roles, party, created_at, disabled_at

-- name: person_put
INSERT INTO person (@person@) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, roles = excluded.roles,
    party = excluded.party, created_at = excluded.created_at, disabled_at = excluded.disabled_at
-- name: person_find
SELECT @person@ FROM person WHERE id = $1
-- name: person_list
SELECT @person@ FROM person WHERE id > $1 ORDER BY id LIMIT $2
