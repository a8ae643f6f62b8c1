-- name: sketch_key_put
INSERT INTO sketch_key (id, key) VALUES (1, $1)
-- name: sketch_key_find
SELECT key FROM sketch_key WHERE id = 1

-- name: sketch_put
INSERT INTO complaint_sketch (reference, sketch) VALUES ($1, $2)
-- name: sketch_find
SELECT s.number, s.reference, c.received_at, s.sketch
FROM complaint_sketch s JOIN complaint c ON c.reference = s.reference WHERE s.reference = $1
-- name: sketch_find_number
SELECT s.number, s.reference, c.received_at, s.sketch
FROM complaint_sketch s JOIN complaint c ON c.reference = s.reference WHERE s.number = $1
-- name: sketch_find_row
SELECT number, reference, 0, sketch FROM complaint_sketch WHERE number = $1
-- name: sketch_erase
DELETE FROM complaint_sketch WHERE number = $1
-- name: sketch_bucket_put
INSERT INTO complaint_bucket (bucket, number) VALUES ($1, $2)
-- name: sketch_bucket_erase
DELETE FROM complaint_bucket WHERE bucket = $1 AND number = $2
-- name: sketch_bucket_find
SELECT number FROM complaint_bucket WHERE bucket = $1 AND number = $2
-- name: sketch_bucket_count
SELECT COUNT(*) FROM complaint_bucket
-- name: sketch_bucket_page
SELECT bucket, number FROM complaint_bucket WHERE (bucket, number) > ($1, $2) ORDER BY bucket, number LIMIT $3
-- name: sketch_bucket_forget_all
DELETE FROM complaint_bucket
-- name: sketch_bucket_list
SELECT number FROM complaint_bucket WHERE bucket = $1 ORDER BY number DESC LIMIT $2

-- name: join_put
INSERT INTO complaint_join (reference, other, joined_at) VALUES ($1, $2, $3)
-- name: join_find
SELECT reference, other, joined_at FROM complaint_join WHERE reference = $1
-- name: join_list
SELECT reference, other, joined_at FROM complaint_join WHERE other = $1 ORDER BY reference LIMIT $2
-- name: join_forget_all
DELETE FROM complaint_join
-- name: join_erase
DELETE FROM complaint_join WHERE reference = $1
