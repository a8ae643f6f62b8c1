-- columns: opening number, entry, key, json, created_at, erased_at

-- An opening that waits is found among those that wait. One that stands in the log is found by the head of
-- its digest: what a tick settles goes into the first level of heads, which goes into the other when
-- it is full. The levels are joined: for a list of values, as for a subquery that is one, SQLite makes
-- a table, which takes longer than all else.
-- name: opening_put
INSERT INTO opening (@opening@) VALUES (NULL, $1, $2, $3, $4, 0)
-- name: opening_head_put
INSERT INTO opening_head (level, head, number) VALUES (0, SUBSTR($1, 1, 8), $2)
-- name: opening_head_at
SELECT head FROM opening_head WHERE level = 0 ORDER BY head, number LIMIT 1 OFFSET $1
-- name: opening_head_rise
INSERT INTO opening_head (level, head, number)
SELECT 1, head, number FROM opening_head WHERE level = 0 AND head < $1 ORDER BY head, number
-- name: opening_head_leave
DELETE FROM opening_head WHERE level = 0 AND head < $1
-- name: opening_number
SELECT opening.number FROM (VALUES (0), (1)) AS levels
CROSS JOIN opening_head ON opening_head.level = levels.column1 AND head = SUBSTR($1, 1, 8)
CROSS JOIN opening ON opening.number = opening_head.number AND entry = $1
-- name: opening_number_waiting
SELECT number FROM log_waiting CROSS JOIN opening ON number = log_waiting.opening WHERE entry = $1 LIMIT 1
-- name: opening_find
SELECT @opening@ FROM opening WHERE number = $1
-- name: opening_list
SELECT @opening@ FROM opening WHERE number > $1 ORDER BY number LIMIT $2
-- name: opening_list_lost
SELECT entry FROM opening
WHERE NOT EXISTS (SELECT 1 FROM log_waiting WHERE log_waiting.opening = opening.number)
    AND (NOT EXISTS (SELECT 1 FROM opening_head
            WHERE level IN (0, 1) AND head = SUBSTR(opening.entry, 1, 8) AND number = opening.number)
        OR NOT EXISTS (SELECT 1 FROM log_entry WHERE log_entry.entry = opening.entry AND log_entry.number =
            (SELECT log_place.number FROM log_place WHERE log_place.opening = opening.number)))
ORDER BY number LIMIT $1
-- name: opening_erase
UPDATE opening SET key = NULL, json = NULL, erased_at = $2 WHERE number = $1 AND erased_at = 0

-- name: log_waiting_put
INSERT INTO log_waiting (opening) VALUES ($1)
-- name: log_waiting_list
SELECT entry, log_waiting.opening AS number
FROM log_waiting CROSS JOIN opening ON opening.number = log_waiting.opening
WHERE log_waiting.opening > $1 AND log_waiting.opening <= $2 ORDER BY number LIMIT $3
-- name: log_waiting_leave
DELETE FROM log_waiting WHERE opening = $1
-- name: log_plan_put
INSERT INTO log_plan (id, first, last_opening, entries) VALUES (1, $1, $2, $3)
-- name: log_plan_get
SELECT first, last_opening, entries FROM log_plan WHERE id = 1
-- name: log_plan_end
DELETE FROM log_plan WHERE id = 1

-- name: log_entry_put
INSERT INTO log_entry (number, entry) VALUES ($1, $2)
-- name: log_entry_range
SELECT entry FROM log_entry WHERE number >= $1 AND number < $2 ORDER BY number
-- name: log_entry_number
SELECT log_entry.number FROM log_place JOIN log_entry ON log_entry.number = log_place.number
WHERE log_place.opening = $1 AND log_entry.entry = $2
-- name: log_place_put
INSERT INTO log_place (opening, number) VALUES ($1, $2)
-- name: log_node_put
INSERT INTO log_node (level, number, hash) VALUES ($1, $2, $3)
-- name: log_node_range
SELECT hash FROM log_node WHERE level = $1 AND number >= $2 AND number < $3 ORDER BY number
-- name: log_tree_put
INSERT INTO log_tree (id, size, frontier, ticked_at) VALUES (1, $1, $2, $3)
ON CONFLICT (id) DO UPDATE SET size = excluded.size, frontier = excluded.frontier,
    ticked_at = excluded.ticked_at
-- name: log_tree_get
SELECT size, frontier, ticked_at FROM log_tree WHERE id = 1
-- name: log_checkpoint_put
INSERT INTO log_checkpoint (size, note, signed_at) VALUES ($1, $2, $3)
-- name: log_checkpoint_find
SELECT size, note FROM log_checkpoint WHERE size = $1
-- name: log_checkpoint_latest
SELECT size, note FROM log_checkpoint ORDER BY size DESC LIMIT 1
