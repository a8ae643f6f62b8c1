-- columns: complaint reference, received_at, type, rulebook, language, link, state, closure, case_id, erased_at, priority

-- name: complaint_put
INSERT INTO complaint (@complaint@) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10)
-- name: complaint_settle
UPDATE complaint SET state = $2, closure = $3, case_id = $4, type = $5, priority = $6 WHERE reference = $1
-- name: complaint_count
SELECT COUNT(*) FROM complaint
-- name: complaint_find
SELECT @complaint@ FROM complaint WHERE reference = $1
-- name: complaint_find_link
SELECT @complaint@ FROM complaint WHERE link = $1
-- name: complaint_list
SELECT @complaint@ FROM complaint
WHERE (received_at, reference)
    > (COALESCE((SELECT received_at FROM complaint WHERE reference = $1), 0), $1)
ORDER BY received_at, reference LIMIT $2
-- name: complaint_list_state
SELECT @complaint@ FROM complaint
WHERE state = $3 AND (received_at, reference)
    > (COALESCE((SELECT received_at FROM complaint WHERE reference = $1), 0), $1)
ORDER BY received_at, reference LIMIT $2
-- name: complaint_list_priority
SELECT @complaint@ FROM complaint INDEXED BY complaint_by_priority
WHERE state = 'filed' AND (priority, received_at, reference)
    > (COALESCE((SELECT priority FROM complaint WHERE reference = $1), -1),
       COALESCE((SELECT received_at FROM complaint WHERE reference = $1), 0), $1)
ORDER BY priority, received_at, reference LIMIT $2
-- name: complaint_erase
UPDATE complaint SET erased_at = $2 WHERE reference = $1

-- name: complaint_key_put
INSERT INTO complaint_key (reference, part, key) VALUES ($1, $2, $3)
-- name: complaint_key_find
SELECT key FROM complaint_key WHERE reference = $1 AND part = $2
-- name: complaint_key_erase
DELETE FROM complaint_key WHERE reference = $1

-- name: complaint_item_put
INSERT INTO complaint_item (reference, number, sealed) VALUES ($1, $2, $3)
-- name: complaint_item_find
SELECT sealed FROM complaint_item WHERE reference = $1 AND number = $2
-- name: complaint_item_next
SELECT COALESCE(MAX(number) + 1, 0) FROM complaint_item WHERE reference = $1
-- name: complaint_item_erase
DELETE FROM complaint_item WHERE reference = $1

-- name: complaint_reporter_put
INSERT INTO complaint_reporter (reference, sealed) VALUES ($1, $2)
-- name: complaint_reporter_find
SELECT sealed FROM complaint_reporter WHERE reference = $1
-- name: complaint_reporter_erase
DELETE FROM complaint_reporter WHERE reference = $1

-- columns: event reference, seq, at, type, actor, data, entry

-- name: complaint_event_put
INSERT INTO complaint_event (@event@, opening)
SELECT $1, 1 + COALESCE(MAX(seq), 0), $2, $3, $4, $5, $6, $7 FROM complaint_event WHERE reference = $1
-- name: complaint_event_next
SELECT 1 + COALESCE(MAX(seq), 0) FROM complaint_event WHERE reference = $1
-- name: complaint_event_list
SELECT @event@ FROM complaint_event WHERE reference = $1 ORDER BY seq LIMIT $2
-- name: complaint_hold_list
SELECT @event@ FROM complaint_event
WHERE type = 'legal-hold' AND reference > $1
    AND NOT EXISTS (SELECT 1 FROM complaint_event AS later
        WHERE later.reference = complaint_event.reference AND later.seq > complaint_event.seq
            AND later.type = 'hold-lifted')
ORDER BY reference, seq LIMIT $2
