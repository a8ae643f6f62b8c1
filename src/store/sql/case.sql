-- columns: case id, party, obligation, subject, process, origin, source, stage, stage_kind, handler, summary, seq, opened_at, updated_at, due_at, closed_at, closure, published, rules, awaits, about, clock_rule, clock_date, clock_at, told_at
-- columns: due id, party, obligation, subject, handler, rules, stage, stage_kind, due_at, awaits, about, clock_rule, clock_date, clock_at

-- name: case_add
INSERT INTO case_file (@case@)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
    $23, $24, $25)
-- name: case_put
INSERT INTO case_file (@case@)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
    $23, $24, $25)
ON CONFLICT (id) DO UPDATE SET party = excluded.party, obligation = excluded.obligation,
    subject = excluded.subject, process = excluded.process, origin = excluded.origin,
    source = excluded.source, stage = excluded.stage, stage_kind = excluded.stage_kind,
    handler = excluded.handler, summary = excluded.summary, seq = excluded.seq,
    opened_at = excluded.opened_at, updated_at = excluded.updated_at, due_at = excluded.due_at,
    closed_at = excluded.closed_at, closure = excluded.closure, published = excluded.published,
    rules = excluded.rules, awaits = excluded.awaits, about = excluded.about,
    clock_rule = excluded.clock_rule, clock_date = excluded.clock_date, clock_at = excluded.clock_at,
    told_at = excluded.told_at
-- What events change: all of it; without handler, end and the first letter, which most indexes lead to; or
-- without what lists go by. An index is written whenever one of its columns is named, also with the same
-- value.
-- name: case_move
UPDATE case_file SET stage = $2, stage_kind = $3, handler = $4, seq = $5, updated_at = $6,
    due_at = $7, closed_at = $8, closure = $9, published = $10, rules = $11, awaits = $12, about = $13,
    clock_rule = $14, clock_date = $15, clock_at = $16, told_at = $17
WHERE id = $1
-- name: case_turn
UPDATE case_file SET stage = $2, stage_kind = $3, seq = $4, updated_at = $5, due_at = $6, published = $7,
    rules = $8, awaits = $9, about = $10, clock_rule = $11, clock_date = $12, clock_at = $13
WHERE id = $1
-- name: case_advance
UPDATE case_file SET seq = $2, updated_at = $3 WHERE id = $1
-- name: case_count
SELECT COUNT(*) FROM case_file
-- name: case_find_kind
SELECT stage_kind, closed_at FROM case_file WHERE id = $1
-- name: case_find
SELECT @case@ FROM case_file WHERE id = $1
-- name: case_find_open
SELECT @case@ FROM case_file
WHERE party = $1 AND obligation = $2 AND subject = $3 AND closed_at = 0
-- name: case_find_closed
SELECT @case@ FROM case_file
WHERE party = $1 AND obligation = $2 AND subject = $3 AND closed_at <> 0
ORDER BY closed_at DESC, id DESC LIMIT 1
-- name: case_last
SELECT COALESCE(MAX(updated_at), 0) FROM case_file
-- One list for each filter that it begins with: a filter that may be missing would walk the table.
-- name: case_list
SELECT @case@ FROM case_file WHERE id > $5 ORDER BY id LIMIT $6
-- name: case_list_open
SELECT @case@ FROM case_file WHERE closed_at = 0 AND id > $5 ORDER BY id LIMIT $6
-- name: case_list_of_stage
SELECT @case@ FROM case_file
WHERE stage = $3 AND ($4 = 0 OR closed_at = 0) AND id > $5
ORDER BY id LIMIT $6
-- name: case_list_of_handler
SELECT @case@ FROM case_file
WHERE handler = $7 AND closed_at = 0 AND ($3 IS NULL OR stage = $3) AND id > $5
ORDER BY id LIMIT $6
-- name: case_list_of_subject
SELECT @case@ FROM case_file
WHERE subject = $2 AND ($3 IS NULL OR stage = $3) AND ($4 = 0 OR closed_at = 0)
    AND ($7 IS NULL OR handler = $7) AND id > $5
ORDER BY id LIMIT $6
-- name: case_list_of_party
SELECT @case@ FROM case_file
WHERE party = $1 AND ($2 IS NULL OR subject = $2) AND ($3 IS NULL OR stage = $3)
    AND ($4 = 0 OR closed_at = 0) AND ($7 IS NULL OR handler = $7) AND id > $5
ORDER BY id LIMIT $6
-- name: case_list_told
SELECT @case@ FROM case_file WHERE party = $1 AND told_at <> 0 AND id > $5 ORDER BY id LIMIT $6
-- name: case_list_open_of_party
SELECT @case@ FROM case_file
WHERE party = $1 AND closed_at = 0 AND ($2 IS NULL OR subject = $2) AND ($3 IS NULL OR stage = $3)
    AND ($7 IS NULL OR handler = $7) AND id > $5
ORDER BY id LIMIT $6
-- name: case_list_due
SELECT @due@ FROM case_file WHERE closed_at = 0 ORDER BY due_at = 0, due_at, id LIMIT $1
-- name: case_count_open
SELECT stage_kind, cases FROM open_cases ORDER BY stage_kind
-- name: open_enter
INSERT INTO open_cases (stage_kind, cases) VALUES ($1, 1)
ON CONFLICT (stage_kind) DO UPDATE SET cases = cases + 1
-- name: open_leave
UPDATE open_cases SET cases = cases - 1 WHERE stage_kind = $1
-- name: open_forget_all
DELETE FROM open_cases
-- name: open_put
INSERT INTO open_cases (stage_kind, cases) VALUES ($1, $2)

-- columns: event case_id, seq, type, version, at, actor, actor_role, reason, evidence, data, entry

-- No event has the number 0: what is not the next one is refused.
-- name: event_append
INSERT INTO case_event (opening, @event@)
VALUES ($12, $1,
    CASE WHEN $2 > 1 + (SELECT COALESCE(MAX(seq), 0) FROM case_event WHERE case_id = $1) THEN 0 ELSE $2 END,
    $3, $4, $5, $6, $7, $8, $9, $10, $11)
-- name: event_list
SELECT @event@ FROM case_event WHERE case_id = $1 AND seq > $2 ORDER BY seq LIMIT $3

-- columns: link case_id, kind, object, linked_at, linked_by, unlinked_at, unlinked_by

-- name: link_put
INSERT INTO case_link (@link@) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (case_id, kind, object) DO UPDATE SET linked_at = excluded.linked_at,
    linked_by = excluded.linked_by, unlinked_at = excluded.unlinked_at,
    unlinked_by = excluded.unlinked_by
-- name: link_list
SELECT @link@ FROM case_link WHERE case_id = $1 ORDER BY kind, object LIMIT $2
-- name: link_list_page
SELECT @link@ FROM case_link WHERE case_id = $1 AND kind = $2 AND object > $3 AND unlinked_at = 0
ORDER BY object LIMIT $4
-- Complaints that came before they were kept here, or were only told by word.
-- name: link_count_unknown
SELECT COUNT(*) FROM case_link WHERE case_id = $1 AND kind = 'complaint' AND unlinked_at = 0
    AND NOT EXISTS (SELECT 1 FROM complaint WHERE reference = object)
-- name: link_list_of_object
SELECT @link@ FROM case_link WHERE kind = $1 AND object = $2 ORDER BY case_id LIMIT $3

-- columns: deadline id, case_id, rule, due_at, state, trace

-- name: deadline_put
INSERT INTO deadline (@deadline@) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (id) DO UPDATE SET case_id = excluded.case_id, rule = excluded.rule,
    due_at = excluded.due_at, state = excluded.state, trace = excluded.trace
-- name: deadline_settle
UPDATE deadline SET state = $2 WHERE id = $1
-- name: deadline_end
UPDATE deadline SET state = $2
WHERE case_id = $1 AND state IN ('running', 'stopped') AND SUBSTR(rule, 1, LENGTH($3)) <> $3
-- name: deadline_forget_all
DELETE FROM deadline
-- name: deadline_find
SELECT @deadline@ FROM deadline WHERE id = $1
-- name: deadline_list
SELECT @deadline@ FROM deadline WHERE case_id = $1 ORDER BY id LIMIT $2
-- Without the traces, which alone stand on pages of their own.
-- name: deadline_due
SELECT id, case_id, rule, due_at, state, '' FROM deadline WHERE state = 'running' AND due_at <= $1 ORDER BY due_at, id LIMIT $2
-- name: deadline_next
SELECT due_at FROM deadline WHERE state = 'running' ORDER BY due_at, id LIMIT 1

-- columns: proposal sha256, case_id, after_seq, type, version, at, actor, actor_role, reason, data, entry, state, settled_at, settled_by

-- name: proposal_put
INSERT INTO case_proposal (@proposal@, opening)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'waiting', 0, '', $12)
-- name: proposal_settle
UPDATE case_proposal SET state = $2, settled_at = $3, settled_by = $4
WHERE sha256 = $1 AND state = 'waiting'
-- name: proposal_find
SELECT @proposal@ FROM case_proposal WHERE case_id = $1 AND sha256 = $2
-- name: proposal_list
SELECT @proposal@ FROM case_proposal
WHERE ($1 IS NULL OR case_id = $1) AND ($2 = 0 OR state = 'waiting')
ORDER BY at, sha256 LIMIT $3
