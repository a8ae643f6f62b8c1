-- columns: exhibit case_id, seq, number, sha256, media_type, name, collected_day

-- name: exhibit_put
INSERT INTO case_exhibit (@exhibit@, bytes) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
-- name: exhibit_list
SELECT @exhibit@, LENGTH(bytes), NULL FROM case_exhibit WHERE case_id = $1 ORDER BY seq, number LIMIT $2
-- name: exhibit_find
SELECT @exhibit@, LENGTH(bytes), bytes FROM case_exhibit
WHERE case_id = $1 AND seq = $2 AND number = $3
