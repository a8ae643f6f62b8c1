-- columns: draw number, seed, from_at, until_at, population, chosen

-- name: draw_put
INSERT INTO complaint_draw (@draw@) VALUES ($1, $2, $3, 0, 0, 0)
-- name: draw_end
UPDATE complaint_draw SET until_at = $2, population = $3, chosen = $4 WHERE number = $1
-- name: draw_last
SELECT @draw@ FROM complaint_draw ORDER BY number DESC LIMIT 1
-- name: draw_list
SELECT @draw@ FROM complaint_draw WHERE number < $1 ORDER BY number DESC LIMIT $2
-- name: draw_population
SELECT e.reference, e.seq, e.at, e.data FROM complaint_event e CROSS JOIN complaint c ON c.reference = e.reference
WHERE e.type = 'out-of-scope' AND (e.at, e.reference, e.seq) > ($1, $2, $3) AND e.at < $4
    AND c.erased_at = 0 AND c.state IN ('out-of-scope', 'out-of-scope-more')
    AND NOT EXISTS (SELECT 1 FROM complaint_second_look l WHERE l.reference = e.reference)
    AND NOT EXISTS (SELECT 1 FROM complaint_event n WHERE n.reference = e.reference AND n.seq > e.seq AND n.type = 'out-of-scope')
ORDER BY e.at, e.reference, e.seq LIMIT $5

-- columns: look reference, decision, draw, verdict

-- name: look_put
INSERT INTO complaint_second_look (@look@) VALUES ($1, $2, $3, $4)
-- name: look_settle
UPDATE complaint_second_look SET verdict = $2 WHERE reference = $1
-- name: look_find
SELECT @look@ FROM complaint_second_look WHERE reference = $1
-- name: look_list_waiting
SELECT l.reference, l.decision, l.draw, l.verdict
FROM complaint_second_look l JOIN complaint c ON c.reference = l.reference
WHERE l.verdict = '' AND (l.draw, l.reference) > ($1, $2) AND c.erased_at = 0 ORDER BY l.draw, l.reference LIMIT $3
-- name: look_count
SELECT COUNT(*) FROM complaint_second_look WHERE draw = $1 AND verdict = $2
-- name: look_count_waiting
SELECT COUNT(*) FROM complaint_second_look l JOIN complaint c ON c.reference = l.reference
WHERE l.draw = $1 AND l.verdict = '' AND c.erased_at = 0
-- name: look_forget_all
DELETE FROM complaint_second_look
