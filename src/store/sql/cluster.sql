-- name: cluster_unsorted
SELECT s.number, s.reference, CASE c.state WHEN 'filed' THEN 1 ELSE 0 END, s.sketch
FROM complaint c JOIN complaint_sketch s ON s.reference = c.reference
WHERE s.number > $1 ORDER BY s.number LIMIT $2
-- name: cluster_sorted
SELECT COALESCE(MAX(number), 0) FROM complaint_member
-- name: cluster_put
INSERT INTO complaint_cluster (number, face, members, filed) VALUES ($1, $1, 0, 0)
-- name: cluster_find
SELECT number, face, members, filed FROM complaint_cluster WHERE number = $1
-- name: cluster_count
UPDATE complaint_cluster SET members = members + $2, filed = filed + $3 WHERE number = $1
-- name: cluster_face
UPDATE complaint_cluster SET face = $2 WHERE number = $1
-- name: cluster_list_size
SELECT number, face, members, filed FROM complaint_cluster
WHERE filed > 1 AND (filed, number) < ($1, $2) ORDER BY filed DESC, number DESC LIMIT $3
-- name: cluster_list_open
SELECT number, face, members, filed FROM complaint_cluster WHERE filed > 0 AND number > $1 ORDER BY number LIMIT $2
-- name: cluster_bucket_put
INSERT INTO complaint_cluster_bucket (bucket, cluster) VALUES ($1, $2)
-- name: cluster_bucket_erase
DELETE FROM complaint_cluster_bucket WHERE bucket = $1 AND cluster = $2
-- name: cluster_bucket_list
SELECT cluster FROM complaint_cluster_bucket WHERE bucket = $1 ORDER BY cluster DESC LIMIT $2
-- name: cluster_bucket_forget_all
DELETE FROM complaint_cluster_bucket
-- name: cluster_forget_all
DELETE FROM complaint_cluster

-- name: member_put
INSERT INTO complaint_member (number, cluster, filed) VALUES ($1, $2, $3)
-- name: member_find
SELECT m.number, m.cluster, m.filed FROM complaint_sketch s JOIN complaint_member m ON m.number = s.number
WHERE s.reference = $1
-- name: member_settle
UPDATE complaint_member SET filed = $2 WHERE number = $1
-- name: member_erase
DELETE FROM complaint_member WHERE number = $1
-- name: member_first
SELECT number FROM complaint_member WHERE cluster = $1 ORDER BY number LIMIT 1
-- name: member_list
SELECT s.number, s.reference, c.received_at, s.sketch
FROM complaint_sketch s JOIN complaint c ON c.reference = s.reference JOIN complaint_member m ON m.number = s.number
WHERE m.cluster = $1 AND m.number > $2 ORDER BY m.number LIMIT $3
-- name: member_list_filed
SELECT s.number, s.reference, c.received_at, s.sketch
FROM complaint_sketch s JOIN complaint c ON c.reference = s.reference JOIN complaint_member m ON m.number = s.number
WHERE m.cluster = $1 AND m.filed = 1 AND m.number > $2 ORDER BY m.number LIMIT $3
-- name: member_list_latest
SELECT s.number, s.reference, c.received_at, s.sketch
FROM complaint_sketch s JOIN complaint c ON c.reference = s.reference JOIN complaint_member m ON m.number = s.number
WHERE m.cluster = $1 AND m.filed = 1 AND m.number < $2 ORDER BY m.number DESC LIMIT $3
-- name: member_forget_all
DELETE FROM complaint_member
