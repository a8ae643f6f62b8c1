-- columns: publication notice, case_id, state, record, published_at, updated_at, next_update_due

-- name: publication_put
INSERT INTO publication (@publication@) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (notice) DO UPDATE SET case_id = excluded.case_id, state = excluded.state,
    record = excluded.record, published_at = excluded.published_at,
    updated_at = excluded.updated_at, next_update_due = excluded.next_update_due
-- name: publication_find
SELECT @publication@ FROM publication WHERE notice = $1
-- name: publication_find_case
SELECT @publication@ FROM publication WHERE case_id = $1
ORDER BY published_at DESC, notice DESC LIMIT 1
-- name: publication_list
SELECT @publication@ FROM publication WHERE notice > $1 ORDER BY notice LIMIT $2

-- columns: update notice, seq, at, kind, text, record_sha256, entry

-- name: publication_update_append
INSERT INTO publication_update (@update@) VALUES ($1, $2, $3, $4, $5, $6, $7)
-- name: publication_update_list
SELECT @update@ FROM publication_update WHERE notice = $1 ORDER BY seq LIMIT $2
