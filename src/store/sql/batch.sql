-- name: batch_put
INSERT INTO complaint_batch (batch, reference, seq) VALUES ($1, $2, $3)
-- name: batch_list
SELECT batch, reference, seq FROM complaint_batch WHERE batch = $1 AND reference > $2 ORDER BY reference LIMIT $3
