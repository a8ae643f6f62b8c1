-- What only SQLite understands.

-- name: sqlite_application_get
PRAGMA application_id
-- name: sqlite_application_set
PRAGMA application_id = 1113017171
-- name: sqlite_version_get
PRAGMA user_version
-- name: sqlite_root
SELECT rootpage FROM sqlite_schema WHERE name = $1
-- name: sqlite_roots
SELECT rootpage FROM sqlite_schema WHERE rootpage > 1
-- The numbers of the rows that a list of cases begins with, from its index alone: without the filters for
-- which the rows are looked at.
-- name: sqlite_case_rows_of_stage
SELECT rowid FROM case_file WHERE stage = $3 AND id > $5 ORDER BY id LIMIT $6
-- name: sqlite_case_rows_of_handler
SELECT rowid FROM case_file WHERE handler = $7 AND closed_at = 0 AND id > $5 ORDER BY id LIMIT $6
-- name: sqlite_case_rows_of_subject
SELECT rowid FROM case_file WHERE subject = $2 AND id > $5 ORDER BY id LIMIT $6
-- name: sqlite_case_rows_of_party
SELECT rowid FROM case_file WHERE party = $1 AND id > $5 ORDER BY id LIMIT $6
-- name: sqlite_case_rows_told
SELECT rowid FROM case_file WHERE party = $1 AND told_at <> 0 AND id > $5 ORDER BY id LIMIT $6
-- name: sqlite_case_rows_open_of_party
SELECT rowid FROM case_file WHERE party = $1 AND closed_at = 0 AND id > $5 ORDER BY id LIMIT $6
-- name: sqlite_wal
PRAGMA journal_mode = WAL
-- name: sqlite_alone
PRAGMA journal_mode = DELETE
-- name: sqlite_foreign_keys
PRAGMA foreign_keys = ON
-- What a mark needs to be undone lives as long as the command; in a file it cost a write for each page.
-- name: sqlite_marks_in_memory
PRAGMA temp_store = MEMORY
-- 64 MiB at most: a long transaction else writes pages out and reads them back.
-- name: sqlite_cache
PRAGMA cache_size = -65536
-- 16 MiB of log before it is carried over: pages that many transactions wrote are then written once.
-- name: sqlite_checkpoint_pages
PRAGMA wal_autocheckpoint = 4096
-- For one process that alone writes years of work: 256 MiB each.
-- name: sqlite_cache_large
PRAGMA cache_size = -262144
-- name: sqlite_checkpoint_pages_large
PRAGMA wal_autocheckpoint = 65536
-- name: sqlite_synchronous_full
PRAGMA synchronous = FULL
-- name: sqlite_synchronous_off
PRAGMA synchronous = OFF
-- name: sqlite_integrity
PRAGMA integrity_check(1)
-- name: sqlite_references
PRAGMA foreign_key_check
-- Deleted content is overwritten with zeros, pages that become free among it.
-- name: sqlite_overwrite_on
PRAGMA secure_delete = ON
-- name: sqlite_overwrite_off
PRAGMA secure_delete = OFF
-- name: sqlite_carry_over
PRAGMA wal_checkpoint(TRUNCATE)
-- name: sqlite_rewrite
VACUUM
-- name: sqlite_temporary_in_file
PRAGMA temp_store = FILE
