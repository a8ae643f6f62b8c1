-- columns: party id, kind, name, iana_id, status, rdap_url

-- name: party_put
INSERT INTO party (@party@) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, name = excluded.name,
    iana_id = excluded.iana_id, status = excluded.status, rdap_url = excluded.rdap_url
-- name: party_find
SELECT @party@ FROM party WHERE id = $1
-- name: party_find_name
SELECT @party@ FROM party WHERE name = $1 ORDER BY id LIMIT 2
-- name: party_list
SELECT @party@ FROM party WHERE id > $1 ORDER BY id LIMIT $2

-- columns: tld name, class, party, rdap_url

-- name: tld_put
INSERT INTO tld (@tld@) VALUES ($1, $2, $3, $4)
ON CONFLICT (name) DO UPDATE SET class = excluded.class, party = excluded.party,
    rdap_url = excluded.rdap_url
-- name: tld_find
SELECT @tld@ FROM tld WHERE name = $1
-- name: tld_list
SELECT @tld@ FROM tld WHERE name > $1 ORDER BY name LIMIT $2
-- name: tld_list_of_party
SELECT @tld@ FROM tld WHERE party = $1 ORDER BY name LIMIT $2
-- name: tld_remove
DELETE FROM tld WHERE name = $1

-- columns: agreement party, family, version, subject, from_day, until_day

-- name: agreement_put
INSERT INTO agreement (@agreement@) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (party, family, version, subject, from_day) DO UPDATE SET until_day = excluded.until_day
-- name: agreement_list
SELECT @agreement@ FROM agreement WHERE party = $1
ORDER BY family, version, subject, from_day LIMIT $2

-- name: delegation_put
INSERT INTO delegation (tld, kind, data) VALUES ($1, $2, $3)
-- name: delegation_remove
DELETE FROM delegation WHERE tld = $1
-- name: delegation_find
SELECT tld, kind, data FROM delegation WHERE tld = $1 ORDER BY tld, kind, data LIMIT $2

-- columns: contact party, role, email, name

-- name: contact_put
INSERT INTO contact (@contact@) VALUES ($1, $2, $3, $4)
ON CONFLICT (party, role, email) DO UPDATE SET name = excluded.name
-- name: contact_remove
DELETE FROM contact WHERE party = $1 AND role = $2 AND email = $3
-- name: contact_find_email
SELECT @contact@ FROM contact WHERE LOWER(email) = LOWER($1) ORDER BY party, role, email LIMIT 1
-- name: contact_list
SELECT @contact@ FROM contact WHERE party = $1 ORDER BY role, email LIMIT $2
