-- columns: hook person, number, audience, url, kinds, secret, made_at, made_by, state, state_at, state_by, due_at, quick, failed, failing_since, delivered, last_at, last_words

-- name: hook_append
INSERT INTO hook (@hook@)
VALUES ($1, (SELECT COALESCE(MAX(number), 0) + 1 FROM hook WHERE person = $1), $2, $3, $4, $5, $6, $7,
    'active', $6, $7, 0, 0, 0, 0, 0, 0, '')
-- name: hook_find
SELECT @hook@ FROM hook WHERE person = $1 AND number = $2
-- name: hook_list
SELECT @hook@ FROM hook WHERE person = $1 ORDER BY number LIMIT $2
-- name: hook_list_active
SELECT @hook@ FROM hook WHERE state = 'active' AND audience = $1 AND person > $2 ORDER BY person, number LIMIT $3
-- name: hook_any
SELECT 1 FROM hook WHERE state = 'active' AND audience = $1 LIMIT 1
-- name: hook_count
SELECT COUNT(*) FROM hook WHERE person = $1 AND state IN ('active', 'set-aside')
-- name: hook_count_failing
SELECT COUNT(*) FROM hook WHERE state = 'active' AND failing_since > 0
-- name: hook_count_state
SELECT COUNT(*) FROM hook WHERE state = $1
-- name: hook_due
SELECT @hook@ FROM hook WHERE state = 'active' AND due_at > 0 AND quick = $1 AND due_at <= $2
ORDER BY due_at, person, number LIMIT $3
-- name: hook_next
SELECT due_at FROM hook WHERE state = 'active' AND due_at > 0 AND quick = $1 ORDER BY due_at, person, number LIMIT 1
-- name: hook_put_off
UPDATE hook SET due_at = $3 WHERE person = $1 AND number = $2 AND state = 'active'
-- Something waits from now on; what is put off stays so.
-- name: hook_wake
UPDATE hook SET due_at = $3 WHERE person = $1 AND number = $2 AND state = 'active' AND due_at = 0
-- What was under way when the program ended is tried again at once, and so is the rest.
-- name: hook_recover
UPDATE hook SET due_at = $1 WHERE state = 'active' AND due_at > 0 AND due_at > $1
-- name: hook_note
UPDATE hook SET due_at = $3, quick = $4, failed = $5, failing_since = $6, delivered = delivered + $7,
    last_at = $8, last_words = $9
WHERE person = $1 AND number = $2 AND state = 'active'
-- name: hook_set_state
UPDATE hook SET state = $3, state_at = $4, state_by = $5, due_at = 0, failed = 0, failing_since = 0,
    secret = CASE WHEN $3 IN ('active', 'set-aside') THEN secret ELSE X'' END
WHERE person = $1 AND number = $2 AND state IN ('active', 'set-aside') AND state <> $3

-- columns: delivery person, number, seq, id, kind, object_kind, object, at

-- name: delivery_put
INSERT INTO hook_delivery (@delivery@)
VALUES ($1, $2, (SELECT COALESCE(MAX(seq), 0) + 1 FROM hook_delivery WHERE person = $1 AND number = $2),
    $3, $4, $5, $6, $7)
-- name: delivery_first
SELECT @delivery@ FROM hook_delivery WHERE person = $1 AND number = $2 ORDER BY seq LIMIT 1
-- name: delivery_count
SELECT COUNT(*) FROM hook_delivery WHERE person = $1 AND number = $2
-- name: delivery_forget
DELETE FROM hook_delivery WHERE person = $1 AND number = $2 AND seq = $3
-- name: delivery_forget_all
DELETE FROM hook_delivery WHERE person = $1 AND number = $2

-- columns: seen case_id, version, letters

-- name: seen_put
INSERT INTO hook_seen (@seen@) VALUES ($1, $2, $3)
ON CONFLICT (case_id) DO UPDATE SET version = excluded.version, letters = excluded.letters
-- name: seen_find
SELECT @seen@ FROM hook_seen WHERE case_id = $1
-- name: seen_forget_all
DELETE FROM hook_seen
