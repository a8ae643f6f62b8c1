/* Inside the backend: what a store is on SQLite. */
#ifndef BAILIWICK_STORE_SQLITE_CONNECTION_H
#define BAILIWICK_STORE_SQLITE_CONNECTION_H

#include "store/statement.h"

#include <limits.h>
#include <sqlite3.h>

enum { STORE_APPLICATION = 0x42574b53 /* "BWKS", in the header of the file */ };

enum {
    SQLITE_BUSY_MS = 10000, /* readers never wait; a writer waits for a checkpoint or a backup */
};

struct query {
    struct store *store;
    sqlite3_stmt *statement;
    /* SQLite numbers "$1", "$2" by first use in the text, so the place of each is looked up by its
     * name, once; 0: not used. */
    int places[QUERY_PARAMETERS_MAX];
    int failure;
    bool running;
};

struct store {
    sqlite3 *db;
    int lock;       /* descriptor, -1 for a reader */
    int schema_met; /* when it was opened */
    bool read_only, marked, bulk;
    int64_t changes; /* of the connection when it was marked; for STORE_BULK */
    uint64_t taken_back;
    uint64_t transaction; /* store_transaction() */
    uint64_t case_writes; /* store_case_writes() */
    struct {
        struct digest entry;
        int64_t number;
        uint64_t transaction;
    } opening; /* store_note_opening() */
    struct read_ahead *ahead;
    struct error_detail words;
    struct query queries[STATEMENT_COUNT];
};

/* Maps SQLite's code, keeps its words. */
int sqlite_failure(struct store *store, int code);

/* Runs a statement without values to its end, in or out of a transaction. */
int sqlite_run_control(struct store *store, enum statement_name name);

/* Advice: nearly each question begins with the roots of some trees. */
void sqlite_expect_roots(struct store *store);

/* Opens the file without looking into it. `lock` is taken over also on failure. */
int sqlite_connect(const struct store_options *options, int lock, struct store **ret_store,
                   struct error_detail *detail);

/* store_open() for a caller who holds the lock, or has a file that nobody else knows (-1). */
int sqlite_open(const struct store_options *options, int lock, struct store **ret_store,
                struct error_detail *detail);

/* The lock file beside the store; ERR_CONFLICT when another process holds it. */
int sqlite_lock(const char *path, int *ret_lock, struct error_detail *detail);

/* What a restore that was cut left beside the store. The caller holds the lock. */
void sqlite_remove_copy(const char *path);

/* ERR_DAMAGED when a row refers to one that is not there. Looks at every row of the store. */
int sqlite_check_references(struct store *store, struct error_detail *detail);

/* Brings the schema up to date, or says why not. The words are about the schema alone. Foreign keys
 * must be off; what they hold is checked before it is committed. */
int sqlite_migrate(struct store *store, const struct store_options *options,
                   struct error_detail *detail);

#endif
