-- Transactions and facts about the store itself.

-- name: begin_write
BEGIN IMMEDIATE
-- name: begin_read
BEGIN
-- name: commit
COMMIT
-- name: rollback
ROLLBACK
-- name: mark
SAVEPOINT command
-- name: keep
RELEASE command
-- name: undo
ROLLBACK TO command

-- name: meta_get
SELECT value FROM meta WHERE key = $1
-- name: meta_set
INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value
-- name: number_next
INSERT INTO counter (name, value) VALUES ($1, 1)
ON CONFLICT (name) DO UPDATE SET value = counter.value + 1 RETURNING value
