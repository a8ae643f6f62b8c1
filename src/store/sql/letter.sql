-- columns: letter id, case_id, kind, message_id, recipient, subject, drafted_by, sha256, state, created_at, updated_at

-- name: letter_put
INSERT INTO letter (@letter@, bytes) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
-- name: letter_edit
UPDATE letter SET recipient = $2, subject = $3, drafted_by = $4, sha256 = $5, updated_at = $6,
    bytes = $7
WHERE id = $1
-- name: letter_set_state
UPDATE letter SET state = $2, updated_at = $3 WHERE id = $1
-- name: letter_find
SELECT @letter@, bytes FROM letter WHERE id = $1
-- name: letter_find_bytes
SELECT @letter@, NULL FROM letter WHERE case_id = $1 AND sha256 = $2 ORDER BY id DESC LIMIT 1
-- name: letter_count
SELECT COUNT(*) FROM letter WHERE case_id = $1
-- name: letter_find_message
SELECT @letter@, bytes FROM letter WHERE message_id = $1
-- name: letter_list
SELECT @letter@, NULL FROM letter WHERE id > $2 ORDER BY id LIMIT $3
-- name: letter_list_of_state
SELECT @letter@, NULL FROM letter WHERE state = $1 AND state <> 'sent' AND id > $2 ORDER BY id LIMIT $3
-- name: letter_list_sent
SELECT @letter@, NULL FROM letter WHERE state = 'sent' AND id > $2 ORDER BY id LIMIT $3
-- name: letter_list_of_case
SELECT @letter@, NULL FROM letter
WHERE case_id = $4 AND ($1 IS NULL OR state = $1) AND id > $2 ORDER BY id LIMIT $3

-- columns: attempt letter, number, begun_at, ended_at, phase, reply, recipient, channel, proof

-- RETURNING would make a table for its one row, which takes longer than all else.
-- name: attempt_next
SELECT 1 + COALESCE(MAX(number), 0) FROM letter_attempt WHERE letter = $1
-- name: attempt_put
INSERT INTO letter_attempt (@attempt@) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
-- name: attempt_end
UPDATE letter_attempt SET ended_at = $3, phase = $4, reply = $5 WHERE letter = $1 AND number = $2
-- name: attempt_list
SELECT @attempt@ FROM letter_attempt WHERE letter = $1 ORDER BY number LIMIT $2
-- name: attempt_list_failed
SELECT letter, number, begun_at, ended_at, phase, reply,
    IIF(letter_attempt.recipient = '', letter.recipient, letter_attempt.recipient), channel, proof
FROM letter JOIN letter_attempt ON letter_attempt.letter = letter.id
WHERE case_id = $1 AND (phase = 'refused' OR (phase = 'accepted' AND state = 'bounced'))
LIMIT $2
-- name: attempt_list_begun
SELECT @attempt@ FROM letter_attempt WHERE phase = 'begun' ORDER BY letter, number LIMIT $1

-- columns: approval letter, sha256, approver, at

-- name: approval_put
INSERT INTO approval (@approval@) VALUES ($1, $2, $3, $4)
-- name: approval_list
SELECT @approval@ FROM approval WHERE letter = $1 ORDER BY at, sha256, approver LIMIT $2

-- columns: mail sha256, received_at, sender, subject, outcome, case_id, complaint, reason

-- name: mail_put
INSERT INTO mail (@mail@, bytes) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (sha256) DO NOTHING
-- name: mail_settle
UPDATE mail SET outcome = $2, case_id = $3 WHERE sha256 = $1
-- name: mail_find
SELECT @mail@, bytes FROM mail WHERE sha256 = $1
-- name: mail_list
SELECT @mail@, NULL FROM mail
WHERE (received_at, sha256) > (COALESCE((SELECT received_at FROM mail WHERE sha256 = $1), 0), $1)
ORDER BY received_at, sha256 LIMIT $2
-- name: mail_list_held
SELECT @mail@, NULL FROM mail
WHERE outcome = 'held'
    AND (received_at, sha256) > (COALESCE((SELECT received_at FROM mail WHERE sha256 = $1), 0), $1)
ORDER BY received_at, sha256 LIMIT $2

-- columns: version letter, language, sha256

-- name: letter_version_put
INSERT INTO letter_version (@version@, bytes) VALUES ($1, $2, $3, $4)
-- name: letter_version_list
SELECT @version@, bytes FROM letter_version WHERE letter = $1 ORDER BY language LIMIT $2

-- name: party_language_put
INSERT INTO party_language (party, language) VALUES ($1, $2)
ON CONFLICT (party) DO UPDATE SET language = excluded.language
-- name: party_language_find
SELECT language FROM party_language WHERE party = $1
-- name: party_zone_put
INSERT INTO party_zone (party, zone) VALUES ($1, $2)
ON CONFLICT (party) DO UPDATE SET zone = excluded.zone
-- name: party_zone_find
SELECT zone FROM party_zone WHERE party = $1

-- columns: complainant case_id, email, language, added_at, added_by

-- name: complainant_put
INSERT INTO complainant (@complainant@) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (case_id) DO UPDATE SET email = excluded.email, language = excluded.language,
    added_at = excluded.added_at, added_by = excluded.added_by
-- name: complainant_find
SELECT @complainant@ FROM complainant WHERE case_id = $1
