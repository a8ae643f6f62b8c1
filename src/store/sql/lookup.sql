-- columns: lookup reference, number, what, tld, name, fresh_from, due_at, tries, answer, measurement

-- name: lookup_put
INSERT INTO lookup (@lookup@)
SELECT $1, 1 + COALESCE(MAX(number), 0), $2, $3, $4, $5, $6, 0, NULL, '' FROM lookup WHERE reference = $1
-- name: lookup_find
SELECT @lookup@ FROM lookup WHERE reference = $1 AND number = $2
-- name: lookup_list
SELECT @lookup@ FROM lookup WHERE reference = $1 ORDER BY number LIMIT $2
-- name: lookup_waits
SELECT 1 FROM lookup WHERE reference = $1 AND due_at > 0 LIMIT 1
-- name: lookup_next_tld
SELECT tld FROM lookup WHERE due_at > 0 AND tld >= $1 ORDER BY tld, due_at, reference, number LIMIT 1
-- name: lookup_first
SELECT @lookup@ FROM lookup WHERE due_at > 0 AND tld = $1 AND due_at <= $2
ORDER BY due_at, reference, number LIMIT 1
-- name: lookup_put_off
UPDATE lookup SET due_at = $3, tries = $4, fresh_from = $5 WHERE reference = $1 AND number = $2
-- name: lookup_settle
UPDATE lookup SET due_at = 0, answer = $3, measurement = $4 WHERE reference = $1 AND number = $2
-- name: lookup_erase
DELETE FROM lookup WHERE reference = $1

-- columns: lookup_answer number, name, asked_at, registered, seen, measurement

-- name: lookup_answer_put
INSERT INTO lookup_answer (name, asked_at, registered, seen, measurement, bytes) VALUES ($1, $2, $3, $4, $5, $6)
-- name: lookup_answer_find
SELECT @lookup_answer@ FROM lookup_answer WHERE number = $1
-- name: lookup_answer_newest
SELECT @lookup_answer@ FROM lookup_answer WHERE name = $1 AND asked_at >= $2
ORDER BY asked_at DESC, number DESC LIMIT 1
-- name: lookup_answer_of
SELECT a.number, a.name, a.asked_at, a.registered, a.seen, a.measurement
FROM lookup l JOIN lookup_answer a ON a.number = l.answer
WHERE l.reference = $1 AND l.name = $2 AND l.what = 'registration' AND a.registered <> 'unknown'
ORDER BY a.asked_at DESC, a.number DESC LIMIT 1
-- name: lookup_answer_bytes
SELECT a.bytes FROM lookup l JOIN lookup_answer a ON a.number = l.answer
WHERE l.reference = $1 AND a.measurement = $2 ORDER BY a.number LIMIT 1
-- name: lookup_answer_forget
DELETE FROM lookup_answer WHERE number = $1 AND NOT EXISTS (SELECT 1 FROM lookup WHERE answer = $1)
-- name: lookup_answer_list_name
SELECT @lookup_answer@ FROM lookup_answer WHERE name = $1 ORDER BY asked_at, number LIMIT $2
