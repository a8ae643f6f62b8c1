-- columns: family_member family, party, from_day, until_day

-- name: family_put
INSERT INTO family_member (@family_member@) VALUES ($1, $2, $3, $4)
ON CONFLICT (party, from_day) DO UPDATE SET family = excluded.family,
    until_day = excluded.until_day
-- name: family_list_of_party
SELECT @family_member@ FROM family_member WHERE party = $1 ORDER BY from_day LIMIT $2
-- name: family_list
SELECT @family_member@ FROM family_member WHERE family = $1 ORDER BY party, from_day LIMIT $2
