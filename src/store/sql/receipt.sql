-- columns: receipt message_id, reference, about, letter, destination, sha256, state, created_at, updated_at, sealed

-- name: receipt_put
INSERT INTO receipt (@receipt@) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9)
-- name: receipt_find
SELECT @receipt@ FROM receipt WHERE message_id = $1
-- name: receipt_find_about
SELECT @receipt@ FROM receipt WHERE reference = $1 AND about = $2 AND letter = $3
-- name: receipt_set_state
UPDATE receipt SET state = $2, updated_at = $3 WHERE message_id = $1
-- name: receipt_forget
UPDATE receipt SET sealed = x'' WHERE message_id = $1
-- name: receipt_forget_old
UPDATE receipt SET destination = x'' WHERE destination <> x'' AND created_at < $1
-- name: receipt_erase
UPDATE receipt SET sealed = x'', destination = x'' WHERE reference = $1
-- name: receipt_count
SELECT COUNT(*) FROM receipt WHERE destination = $1 AND destination <> x'' AND created_at >= $2

-- columns: receipt_attempt message_id, number, begun_at, ended_at, phase, code

-- name: receipt_attempt_begin
INSERT INTO receipt_attempt (@receipt_attempt@)
SELECT $1, 1 + COALESCE(MAX(number), 0), $2, 0, 'begun', 0
FROM receipt_attempt WHERE message_id = $1
RETURNING number
-- name: receipt_attempt_end
UPDATE receipt_attempt SET ended_at = $3, phase = $4, code = $5 WHERE message_id = $1 AND number = $2
-- name: receipt_attempt_list
SELECT @receipt_attempt@ FROM receipt_attempt WHERE message_id = $1 ORDER BY number LIMIT $2
-- name: receipt_attempt_list_begun
SELECT @receipt_attempt@ FROM receipt_attempt WHERE phase = 'begun'
ORDER BY message_id, number LIMIT $1
