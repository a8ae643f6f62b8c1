-- columns: task key, kind, payload, state, due_at, attempts, error

-- name: outbox_put
INSERT INTO outbox (@task@) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (key) DO NOTHING
-- name: outbox_pending
SELECT @task@ FROM outbox WHERE state = 'pending' AND due_at <= $2 AND ($1 IS NULL OR kind = $1)
    AND kind NOT IN ($4, $5, $6)
ORDER BY due_at, key LIMIT $3
-- name: outbox_claim
UPDATE outbox SET state = 'claimed', attempts = attempts + 1 WHERE key = $1
-- What nobody claimed was begun and ended in one transaction: that is an attempt as well.
-- name: outbox_settle
UPDATE outbox SET state = $2, due_at = CASE WHEN $3 = 0 THEN due_at ELSE $3 END,
    attempts = attempts + (state = 'pending'), error = $4
WHERE key = $1 AND state IN ('claimed', 'pending')
-- name: outbox_retry
UPDATE outbox SET state = 'pending', due_at = $2, attempts = 0, error = ''
WHERE key = $1 AND state = 'dead'
-- name: outbox_settle_by_hand
UPDATE outbox SET state = 'done', error = $2 WHERE key = $1 AND state = 'dead'
-- The index of what is not done is taken only where the text says so.
-- name: outbox_recover
UPDATE outbox SET state = 'pending' WHERE state = 'claimed' AND state <> 'done'
-- name: outbox_list
SELECT @task@ FROM outbox WHERE state = $1 AND state <> 'done' AND key > $2 ORDER BY key LIMIT $3
-- name: outbox_list_done
SELECT @task@ FROM outbox WHERE state = 'done' AND key > $2 ORDER BY key LIMIT $3
-- name: outbox_list_between
SELECT @task@ FROM outbox WHERE state = $1 AND key > $2 AND key < $4 ORDER BY key LIMIT $3
-- name: outbox_find
SELECT @task@ FROM outbox WHERE key = $1
-- name: outbox_next
SELECT due_at FROM outbox WHERE state = 'pending' ORDER BY due_at, key LIMIT 1
