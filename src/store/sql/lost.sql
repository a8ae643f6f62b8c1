-- Rows that lead to one which is not there. Of the rows of a case or a complaint that is lost itself,
-- its events alone.
-- name: lost_case
SELECT case_id, case_id FROM case_event AS e
WHERE seq = 1 AND NOT EXISTS (SELECT 1 FROM case_file WHERE id = e.case_id) ORDER BY case_id, seq LIMIT $1
-- name: lost_deadline
SELECT id, case_id FROM deadline AS d
WHERE NOT EXISTS (SELECT 1 FROM case_file WHERE id = d.case_id)
    AND NOT EXISTS (SELECT 1 FROM case_event WHERE case_id = d.case_id)
ORDER BY id LIMIT $1
-- name: lost_link
SELECT object, case_id FROM case_link AS l
WHERE NOT EXISTS (SELECT 1 FROM case_file WHERE id = l.case_id)
    AND NOT EXISTS (SELECT 1 FROM case_event WHERE case_id = l.case_id)
ORDER BY case_id, kind, object LIMIT $1
-- name: lost_complaint
SELECT reference, reference FROM complaint_event AS e
WHERE seq = 1 AND NOT EXISTS (SELECT 1 FROM complaint WHERE reference = e.reference)
ORDER BY reference, seq LIMIT $1
-- name: lost_join
SELECT reference, reference FROM complaint_join AS j
WHERE NOT EXISTS (SELECT 1 FROM complaint WHERE reference = j.reference)
    AND NOT EXISTS (SELECT 1 FROM complaint_event WHERE reference = j.reference)
ORDER BY reference LIMIT $1
-- name: lost_look
SELECT reference, reference FROM complaint_second_look AS l
WHERE NOT EXISTS (SELECT 1 FROM complaint WHERE reference = l.reference)
    AND NOT EXISTS (SELECT 1 FROM complaint_event WHERE reference = l.reference)
ORDER BY reference LIMIT $1
