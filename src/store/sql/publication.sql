-- columns: publication notice, case_id, state, record, published_at, updated_at, next_update_due, overdue_since

-- name: publication_put
INSERT INTO publication (@publication@) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (notice) DO UPDATE SET case_id = excluded.case_id, state = excluded.state,
    record = excluded.record, published_at = excluded.published_at,
    updated_at = excluded.updated_at, next_update_due = excluded.next_update_due,
    overdue_since = excluded.overdue_since
-- name: publication_find
SELECT @publication@ FROM publication WHERE notice = $1
-- name: publication_find_case
SELECT @publication@ FROM publication WHERE case_id = $1
ORDER BY published_at DESC, notice DESC LIMIT 1
-- name: publication_list
SELECT @publication@ FROM publication WHERE notice > $1 ORDER BY notice LIMIT $2
-- name: publication_list_party
SELECT @publication@ FROM publication
WHERE case_id IN (SELECT id FROM case_file WHERE party = $1) ORDER BY notice LIMIT $2
-- name: publication_list_due
SELECT @publication@ FROM publication
WHERE next_update_due > 0 AND overdue_since = 0 AND next_update_due <= $1
ORDER BY next_update_due, notice LIMIT $2
-- name: publication_next_due
SELECT next_update_due FROM publication WHERE next_update_due > 0 AND overdue_since = 0
ORDER BY next_update_due, notice LIMIT 1
-- name: publication_count_overdue
SELECT COUNT(*) FROM publication WHERE overdue_since > 0
-- name: publication_first_overdue
SELECT COALESCE(MIN(overdue_since), 0) FROM publication WHERE overdue_since > 0

-- columns: update notice, seq, at, kind, text, record_sha256, entry, item

-- name: publication_update_append
INSERT INTO publication_update (@update@, opening) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
-- name: publication_update_list
SELECT @update@ FROM publication_update WHERE notice = $1 ORDER BY seq LIMIT $2

-- columns: item id, case_id, kind, about, text, ranges, reason, at, actor, sha256, entry, state, settled_at, settled_by

-- name: notice_item_put
INSERT INTO notice_item (@item@, opening)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'waiting', 0, '', $12)
-- name: notice_item_settle
UPDATE notice_item SET state = $2, settled_at = $3, settled_by = $4
WHERE id = $1 AND state = 'waiting'
-- name: notice_item_find
SELECT @item@ FROM notice_item WHERE id = $1
-- name: notice_item_list
SELECT @item@ FROM notice_item ORDER BY at, id LIMIT $1
-- name: notice_item_list_waiting
SELECT @item@ FROM notice_item WHERE state = 'waiting' ORDER BY at, id LIMIT $1
-- name: notice_item_list_case
SELECT @item@ FROM notice_item WHERE case_id = $1 AND ($2 = 0 OR state = 'waiting')
ORDER BY at, id LIMIT $3
