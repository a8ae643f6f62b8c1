-- name: retention_list
-- What the house did for itself does not count: a complaint that is read is not kept the longer for it.
SELECT reference, received_at, type, state, case_id, MAX(
    COALESCE((SELECT closed_at FROM case_file WHERE id = c.case_id), 0),
    (SELECT MAX(at) FROM complaint_event e WHERE e.reference = c.reference AND e.type NOT IN
        ('drawn', 'exported', 'hold-lifted', 'labelled', 'legal-hold', 'looked-up', 'prioritised', 'receipt',
        'redacted', 'reporter-read')))
FROM complaint c
WHERE erased_at = 0 AND state = $1 AND received_at <= $3
    AND (received_at, reference) > (COALESCE((SELECT received_at FROM complaint WHERE reference = $2), 0), $2)
    AND NOT EXISTS (SELECT 1 FROM case_file WHERE id = c.case_id AND closed_at = 0)
    AND NOT EXISTS (SELECT 1 FROM complaint_event h WHERE h.type = 'legal-hold' AND h.reference = c.reference
        AND NOT EXISTS (SELECT 1 FROM complaint_event l
            WHERE l.reference = h.reference AND l.seq > h.seq AND l.type = 'hold-lifted'))
ORDER BY received_at, reference LIMIT $4
