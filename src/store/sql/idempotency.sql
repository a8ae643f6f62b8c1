-- columns: idempotency key_sha256, request_sha256, object, sealed, at

-- name: idempotency_put
INSERT INTO idempotency (@idempotency@) VALUES ($1, $2, $3, $4, $5)
-- name: idempotency_find
SELECT @idempotency@ FROM idempotency WHERE key_sha256 = $1
-- name: idempotency_delete_object
DELETE FROM idempotency WHERE object = $1
-- name: idempotency_delete_until
DELETE FROM idempotency WHERE at <= $1
