/* The store: the only room with SQL. Keeps what was seen, decided and said; never judges.
 *
 * This header opens and closes a store and holds its transactions; the nouns have their own
 * headers: party.h, evidence.h (measurements, results, findings, rulebooks), case.h, calendar.h,
 * complaint.h, letter.h, outbox.h, publication.h, log.h, user.h, blob.h. Statements stand by name
 * in sql/ and are embedded at build; a backend (sqlite/) prepares and runs them. PostgreSQL will
 * stand beside it, behind the same headers.
 *
 * How it is used: one writer for each store, many readers, each with its own `struct store` (a
 * `struct store` belongs to one thread at a time). The writer begins a transaction, carries out
 * many commands, each between store_mark() and store_keep() or store_undo(), and commits once
 * for all of them; only then are they acknowledged. A reader that needs one picture of several
 * lists puts them between store_begin() and store_rollback().
 *
 * Invariants:
 *  R1. What store_commit() returned 0 for survives a crash of program, system and power.
 *  R2. One writer: a second gets ERR_CONFLICT "another process holds the store".
 *  R3. What is append-only (events, findings, entries, approvals, attempts, rulebooks, sent bytes)
 *      is refused any change by the database itself (ERR_REFUSED).
 *  R4. An event and its opening (log.h) are committed together or not at all.
 *  R5. Migrations are numbered, forward only; a store from a newer program is not touched. All that
 *      are missing run in one transaction: one that fails, or leaves a row that refers to nothing,
 *      leaves the store as the older program knew it.
 *
 * Every function that writes needs an open transaction (ERR_USAGE). A function that writes several
 * rows and fails may have written some of them: store_undo() or store_rollback() follows.
 *
 * All functions return >= 0 or: ERR_NOT_FOUND, ERR_CONFLICT (a key, or a row that is not there to
 * refer to), ERR_REFUSED (a rule of the database: append-only, read-only), ERR_DAMAGED (the file),
 * ERR_UNAVAILABLE (busy), ERR_LIMIT, ERR_NO_MEMORY, ERR_STORE. store_words() says more. Texts that
 * come back live in the arena that was given; texts that go in are copied. Text fields are never
 * NULL on the way out ("" instead); instants are microseconds since 1970 UTC, 0 for none. */
#ifndef BAILIWICK_STORE_STORE_H
#define BAILIWICK_STORE_STORE_H

#include "base/arena.h"
#include "base/digest.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store;

enum store_flag {
    STORE_CREATE = 1,    /* make it when it is not there */
    STORE_READ_ONLY = 2, /* no lock, no migration */
    STORE_UNSAFE = 4,    /* synchronous off: benches and throw-away stores; R1 does not hold */
    /* With STORE_READ_ONLY: an older schema too. For store_check() and store_backup() alone; the
     * nouns' statements mean the schema of today. */
    STORE_ANY_SCHEMA = 8,
    /* A write-ahead log and a cache of 256 MiB each, where years of work are written at once; else
     * 16 and 64. Marks keep nothing: store_undo() takes back what has written nothing, else the
     * whole transaction (ERR_REFUSED). A commit is on the disk when the next one, or the closing,
     * is done. */
    STORE_BULK = 16,
};

struct store_options {
    const char *path;
    unsigned flags;
    int64_t now;     /* wall time, for the record of created and migrated */
    const char *vfs; /* SQLite VFS, NULL for the usual one; crash tests bring their own */
};

enum { STORE_PAGE_MAX = 1000 }; /* rows of one list call; a limit of 0 means this */

/* Opens, takes the lock (unless read-only), brings the schema up to date. ERR_NOT_FOUND without
 * STORE_CREATE, ERR_CONFLICT when another process writes, ERR_UNSUPPORTED when a newer program made
 * it, ERR_UNAVAILABLE when an older one did and it is opened read-only, or when the disk has not
 * the room to bring it up to date, ERR_DAMAGED when the file is no store. */
int store_open(const struct store_options *options, struct store **ret_store,
               struct error_detail *detail);
void store_close(struct store *store); /* rolls back what is open; takes NULL */

/* What the last failure was about; "" when nothing failed. Valid until the next call. */
const char *store_words(const struct store *store);

/* --- transactions --- */

int store_begin(struct store *store);
int store_commit(struct store *store);
int store_rollback(struct store *store); /* 0 also when none is open */
bool store_in_transaction(const struct store *store);

/* One command inside a transaction: marks do not nest. store_undo() takes back what was done since
 * the mark and leaves the transaction open. */
int store_mark(struct store *store);
int store_keep(struct store *store);
int store_undo(struct store *store);

/* How often a writer took something back, by store_undo(), store_rollback() or a commit that
 * failed: whoever keeps what it read inside a transaction compares. */
uint64_t store_taken_back(const struct store *store);

/* A number for the open transaction, 0 outside one. What is taken back makes it another, and so
 * does a calendar that is adopted: which was the last one still holds while it is the same. */
uint64_t store_transaction(const struct store *store);

/* Whether the store is held for writing, so that nobody else writes: what was read then holds until
 * it is written or taken back here, in a transaction or outside one. */
bool store_is_held(const struct store *store);

/* --- facts about the store itself --- */

#define STORE_META_ORIGIN "log-origin" /* of the transparency log, settled when the log begins */
#define STORE_META_DEMO "demo"         /* "yes" once the clock was displaced; never taken back */
#define STORE_META_CREATED "created"   /* RFC 3339 */
#define STORE_META_WIPE "wipe-due"     /* "yes" from an erasure to the store_wipe() after it */
#define STORE_META_ERASURES "erasures" /* the end of the list of erasures that the store knows */

/* ERR_NOT_FOUND when never set. */
int store_meta_get(struct store *store, const char *key, struct arena *arena,
                   const char **ret_value);
/* STORE_META_DEMO and STORE_META_CREATED are set once: ERR_REFUSED when it would change. */
int store_meta_set(struct store *store, const char *key, const char *value);
int store_schema_version(struct store *store, int *ret_version);
/* The schema that store_open() met, before it brought it up to date; 0 when it made the store. */
int store_schema_met(const struct store *store);

/* 1, 2, 3 ... for each name, for ids that people read. Part of the transaction. */
int store_number_next(struct store *store, const char *name, int64_t *ret_number);

/* --- erasing --- */

/* For the nouns: from now to store_wipe() what is deleted is overwritten, and a wipe is due. In the
 * transaction of the erasure. */
int store_wipe_begin(struct store *store);

/* After the commit of an erasure, outside a transaction: carries the write-ahead log over and cuts
 * it to nothing, so that neither it nor the store holds what was erased. Old copies in pages that
 * SQLite moved stay until a page is used again; so the file is searched for `erased` (keys, or
 * other 32 bytes that were deleted), and where one is found, or none is given since they are not
 * known any more, the whole store is written anew (as much room again is needed). Does nothing
 * when no wipe is due. ERR_UNAVAILABLE while a reader or a backup needs the log: it stays due. */
int store_wipe(struct store *store, const struct digest *erased, size_t count);

/* --- whole store --- */

/* Copies the store, as it is at one moment, to `path` (which must not be there) while others read
 * and write, then opens the copy and checks it; the schema stays what it is. Not inside a
 * transaction; best on a connection of its own, since this one is busy meanwhile. */
int store_backup(struct store *store, const char *path, struct error_detail *detail);

/* What is done to the copy of a backup, open to write, before it is the store. */
struct store_preparing {
    int (*run)(void *context, struct store *copy, struct error_detail *detail);
    void *context;
};

/* Puts a copy of a backup in the place of `path`, after checking it, bringing its schema up to date
 * and preparing it (NULL: nothing more); the backup stays as it is. The old store, if any, is kept
 * as `path`.replaced; cut in between, it is run again, and whoever opens the store to write before
 * removes the copy. ERR_CONFLICT while a process has `path` open for writing, ERR_UNSUPPORTED for a
 * backup of a newer program. */
int store_restore(const char *backup, const char *path, const struct store_preparing *preparing,
                  struct error_detail *detail);

/* Reads every page and every reference. ERR_DAMAGED names what does not fit. */
int store_check(struct store *store, struct error_detail *detail);

#endif
