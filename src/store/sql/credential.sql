-- columns: credential person, salt, passes, memory_kib, verifier, factor, used_step, set_at

-- name: credential_put
INSERT INTO credential (@credential@) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (person) DO UPDATE SET salt = excluded.salt, passes = excluded.passes,
    memory_kib = excluded.memory_kib, verifier = excluded.verifier, factor = excluded.factor,
    used_step = excluded.used_step, set_at = excluded.set_at
-- name: credential_find
SELECT @credential@ FROM credential WHERE person = $1
-- name: credential_use
UPDATE credential SET used_step = $2 WHERE person = $1 AND used_step < $2
-- name: credential_delete
DELETE FROM credential WHERE person = $1
