"""What a sound store is spoilt with, one row at a time, chosen by a seed among those of the last months.

Each: the invariant that is violated, what is done, a query for the rows that may be spoilt (`:since` is the
beginning of the last months), and the statement that spoils one."""


def event(where, change):
    return (f"SELECT case_id, seq FROM case_event WHERE at >= :since AND {where}",
            f"UPDATE case_event SET {change} WHERE case_id = ?1 AND seq = ?2")


OPEN = "SELECT id FROM case_file WHERE due_at <> 0 AND published = 0 AND updated_at >= :since"
SENT = "SELECT id FROM letter WHERE state = 'sent' AND kind <> 'reminder' AND updated_at >= :since"
PUBLIC = "SELECT case_id FROM publication WHERE state IN ('open', 'suspended')"
CLOSED = "SELECT id FROM case_file WHERE closed_at >= :since"
ENTRY = "SELECT entry FROM case_event WHERE at >= :since"
JUDGED = ("type = 'answer-judged' AND data LIKE '%\"adequate\"%' AND NOT EXISTS (SELECT 1 FROM case_event d WHERE"
          " d.case_id = case_event.case_id AND d.type = 'deadline-passed')")
DUE = "type = 'notice-sent' AND data LIKE '%\"deadline\":{%'"

CORRUPTIONS = (
    (1, "an informal case is published", OPEN, "INSERT INTO publication SELECT 'n-x', ?1, 'open', '{}', 1, 1, 1, 0"),
    (1, "a publication is lost", PUBLIC, "DELETE FROM publication WHERE case_id = ?1"),
    (2, "nobody was told", "SELECT key FROM outbox WHERE kind = 'tell-complainant' AND due_at >= :since",
     "DELETE FROM outbox WHERE key = ?1"),
    (2, "a complaint is lost", "SELECT object FROM case_link WHERE kind = 'complaint' AND linked_at >= :since",
     "DELETE FROM case_link WHERE object = ?1"),
    (3, "an answer was adequate before the rise", *event("type = 'deadline-passed' AND data LIKE '%\"to\":\"notice2\"%'",
     "type = 'answer-judged', reason = 'x', data = json_set(data, '$.judgement', 'adequate')")),
    (3, "an escalation without a criterion", *event("type = 'escalated'", "data = json_remove(data, '$.criterion')")),
    (3, "a breach from the second level", *event("data ->> '$.rule.from' = 'notice2' AND data ->> '$.rule.to' = 'notice3'",
     "data = json_set(data, '$.rule.to', 'breach')")),
    (4, "a running deadline is moved", OPEN, "UPDATE deadline SET due_at = due_at - 1 WHERE state = 'running' AND case_id = ?1"),
    (4, "a running deadline is lost", OPEN, "DELETE FROM deadline WHERE state = 'running' AND case_id = ?1"),
    (4, "a due moment is not taken", *event("type = 'deadline-passed'", "type = 'call'")),
    (4, "a date stays where the old calendar put it", *event("type = 'recalculated'", "type = 'call', data ="
     " json_remove(data, '$.deadline')")),
    (5, "a date is a day early", *event(DUE, "data = json_set(data, '$.deadline.date',"
                                             " date(json_extract(data, '$.deadline.date'), '-1 day'))")),
    (5, "a judgement without a reason", *event("type = 'answer-judged'", "reason = ''")),
    (6, "a cure is too short", *event(DUE + " AND data LIKE '%\"rule\":\"cure-%'", "data = json_set(data, '$.deadline.date',"
                                      " date(json_extract(data, '$.deadline.service_at'), '+3 day'))")),
    (7, "a letter's bytes are changed", SENT, "UPDATE letter SET bytes = CAST('x' AS BLOB) WHERE id = ?1"),
    (7, "a letter that was sent is lost", SENT, "DELETE FROM letter WHERE id = ?1"),
    (8, "an approval is lost", "SELECT letter FROM approval WHERE at >= :since", "DELETE FROM approval WHERE letter = ?1"),
    (8, "the drafter approved", *event("type = 'notice-approved'", "actor = (SELECT actor FROM case_event d WHERE d.case_id ="
     " case_event.case_id AND d.type = 'notice-drafted' AND d.actor <> 'machine' AND d.seq < case_event.seq"
     " ORDER BY d.seq DESC LIMIT 1)")),
    (8, "nobody adopted", "SELECT case_id, MAX(seq) FROM case_event WHERE type = 'notice-sent' AND at >= :since GROUP BY case_id",
     "UPDATE case_event SET actor = 'machine' WHERE case_id = ?1 AND type = 'notice-drafted' AND seq < ?2"),
    (9, "a matter is open twice", "SELECT a.id, b.id FROM case_file a, case_file b WHERE a.closed_at = 0 AND b.closed_at = 0"
     " AND a.id <> b.id AND a.opened_at >= :since", "UPDATE case_file SET (party, obligation, subject) = (SELECT party,"
     " obligation, subject FROM case_file WHERE id = ?2) WHERE id = ?1"),
    (10, "an event is lost", "SELECT case_id, seq FROM case_event WHERE at >= :since", "DELETE FROM case_event WHERE"
     " case_id = ?1 AND seq = ?2"),
    (10, "an event is rewritten", *event("actor <> 'mallory'", "actor = 'mallory'")),
    (10, "an opening has another key", ENTRY, "UPDATE opening SET key = ZEROBLOB(32) WHERE entry = ?1"),
    (10, "a list shows another stage", OPEN, "UPDATE case_file SET stage = 'notice3x' WHERE id = ?1"),
    (11, "a resend starts a clock", *event(DUE, "type = 'resent'")),
    (12, "a deadline runs before service", *event(DUE, "data = json_set(data, '$.deadline.service_at', '2030-01-01T00:00:00Z')")),
    (15, "an answer has other bytes", "SELECT sha256 FROM mail WHERE received_at >= :since",
     "UPDATE mail SET bytes = CAST('x' AS BLOB) WHERE sha256 = ?1"),
    (16, "an entry of the log is lost", "SELECT l.entry FROM log_entry l JOIN case_event e ON e.entry = l.entry WHERE"
     " e.at >= :since", "DELETE FROM log_entry WHERE entry = ?1"),
    (16, "a checkpoint is of another tree", "SELECT size FROM log_checkpoint WHERE signed_at >= :since", "UPDATE log_checkpoint"
     " SET note = REPLACE(note, char(10) || size || char(10), char(10) || size || char(10) || 'AAAA') WHERE size = ?1"),
    (17, "the log was told an address", ENTRY, "UPDATE opening SET json = json_set(json, '$.x', 'a@b.example') WHERE entry = ?1"),
    (18, "an attempt is lost", "SELECT letter FROM letter_attempt WHERE ended_at >= :since GROUP BY letter HAVING COUNT(*) > 1",
     "DELETE FROM letter_attempt WHERE letter = ?1 AND number = 1"),
    (18, "a draft is lost", "SELECT id FROM letter WHERE updated_at >= :since AND id LIKE '%l001' AND case_id IN (SELECT case_id"
     " FROM letter WHERE id LIKE '%l002')", "DELETE FROM letter WHERE id = ?1"),
    (19, "a closure without a reason", *event("type = 'closed'", "reason = ''")),
    (20, "a proposal waits for ever", CLOSED, "INSERT INTO case_proposal SELECT ZEROBLOB(32), case_id, seq, 'extended', 1, at,"
     " actor, actor_role, '', '{}', entry, 'waiting', 0, '', opening FROM case_event WHERE case_id = ?1 LIMIT 1"),
    (25, "an answer was never judged", *event(JUDGED, "type = 'call'")),
    (26, "no next update", PUBLIC, "UPDATE publication SET next_update_due = 0 WHERE case_id = ?1"),
)
