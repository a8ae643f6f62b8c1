-- columns: restriction number, reporter, reference, reason, until_day, proposed_by, proposed_at, agreed_by, agreed_at, ended_by, ended_at

-- name: restriction_put
INSERT INTO reporter_restriction (reporter, reference, reason, until_day, proposed_by, proposed_at, agreed_by, agreed_at, ended_by, ended_at)
VALUES ($1, $2, $3, $4, $5, $6, '', 0, '', 0)
-- name: restriction_find
SELECT @restriction@ FROM reporter_restriction WHERE number = $1
-- name: restriction_find_of
SELECT @restriction@ FROM reporter_restriction WHERE reporter = $1 AND reporter <> 0 AND until_day > $2
ORDER BY number DESC LIMIT 1
-- name: restriction_list
SELECT @restriction@ FROM reporter_restriction WHERE number < $1 ORDER BY number DESC LIMIT $2
-- name: restriction_agree
UPDATE reporter_restriction SET agreed_by = $2, agreed_at = $3 WHERE number = $1 AND agreed_at = 0 AND ended_at = 0
-- name: restriction_end
UPDATE reporter_restriction SET ended_by = $2, ended_at = $3, reporter = 0 WHERE number = $1 AND ended_at = 0
-- name: restriction_forget
UPDATE reporter_restriction SET reporter = 0 WHERE reporter <> 0 AND until_day <= $1
