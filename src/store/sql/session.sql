-- columns: session id, sha256, person, token, begun_at, seen_at, address

-- name: session_append
INSERT INTO session (@session@) VALUES ($1, $2, $3, $4, $5, $6, $7)
-- name: session_find
SELECT @session@ FROM session WHERE sha256 = $1
-- name: session_get
SELECT @session@ FROM session WHERE id = $1
-- name: session_list
SELECT @session@ FROM session WHERE id > $1 ORDER BY id LIMIT $2
-- name: session_list_person
SELECT @session@ FROM session WHERE person = $1 ORDER BY id LIMIT $2
-- name: session_seen
UPDATE session SET seen_at = $2 WHERE id = $1
-- name: session_delete
DELETE FROM session WHERE id = $1
-- name: session_delete_person
DELETE FROM session WHERE person = $1
-- name: session_delete_begun
DELETE FROM session WHERE begun_at <= $1
-- name: session_delete_seen
DELETE FROM session WHERE seen_at <= $1
