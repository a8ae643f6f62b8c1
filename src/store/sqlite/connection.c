#include "store/sqlite/connection.h"

#include "store/case.h"
#include "store/sqlite/page_cache.h"
#include "store/sqlite/pieces.h"
#include "store/sqlite/read_ahead.h"
#include "store/sqlite/write_join.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

int sqlite_lock(const char *path, int *ret_lock, struct error_detail *detail)
{
    char lock_path[PATH_MAX];
    int size = snprintf(lock_path, sizeof lock_path, "%s.lock", path);
    if (size < 0 || (size_t)size >= sizeof lock_path)
        return error_set(detail, -ENAMETOOLONG, "%s: %s", path, error_text(-ENAMETOOLONG));
    int lock = open(lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock < 0)
        return error_set(detail, -errno, "%s: %s", lock_path, error_text(-errno));
    if (flock(lock, LOCK_EX | LOCK_NB) < 0) {
        int result = errno == EWOULDBLOCK ? ERR_CONFLICT : -errno;
        close(lock);
        return error_set(detail, result, "%s: %s", path,
                         result == ERR_CONFLICT ? "another process holds the store"
                                                : error_text(result));
    }
    *ret_lock = lock;
    return 0;
}

/* Made by us, so that nobody else may read it; SQLite gives its side files the same mode. */
static int make_file(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return errno == EEXIST ? 0 : -errno;
    close(fd);
    return 0;
}

/* Nobody asks how much memory SQLite has taken, and counting it is a lock around each piece. */
static void configure_library(void)
{
    sqlite3_pcache_methods2 cache;
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    sqlite3_config(SQLITE_CONFIG_MALLOC, &pieces_methods);
    if (sqlite3_config(SQLITE_CONFIG_GETPCACHE2, &cache) != SQLITE_OK)
        return;
    cache = page_cache_methods(&cache);
    sqlite3_config(SQLITE_CONFIG_PCACHE2, &cache);
}

/* Has no effect once a connection was opened: SQLite then goes on as it did. */
static void settle_library(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, configure_library);
}

int sqlite_connect(const struct store_options *options, int lock, struct store **ret_store,
                   struct error_detail *detail)
{
    settle_library();
    struct store *store = calloc(1, sizeof *store);
    if (!store) {
        if (lock >= 0)
            close(lock);
        return ERR_NO_MEMORY;
    }
    store->lock = lock;
    store->read_only = (options->flags & STORE_READ_ONLY) != 0;
    store->bulk = (options->flags & STORE_BULK) != 0;
    int result = options->flags & STORE_CREATE ? make_file(options->path) : 0;
    if (result >= 0 && access(options->path, F_OK) < 0)
        result = errno == ENOENT ? ERR_NOT_FOUND : -errno;
    if (result < 0) {
        store_close(store);
        error_set(detail, result, "%s: %s", options->path, error_text(result));
        return result;
    }
    store->ahead = read_ahead_open(options->path);
    int flags = store->read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    bool synced = !store->read_only && !(options->flags & STORE_UNSAFE);
    const char *vfs = synced ? write_join_vfs(options->vfs, store->bulk) : options->vfs;
    if (synced && !vfs) {
        store_close(store);
        return error_set(detail, ERR_STORE, "%s: no VFS for it, or no memory", options->path);
    }
    int code = sqlite3_open_v2(options->path, &store->db, flags | SQLITE_OPEN_NOMUTEX, vfs);
    if (code != SQLITE_OK) {
        error_set(detail, ERR_STORE, "%s: %s", options->path, sqlite3_errstr(code));
        store_close(store);
        return ERR_STORE;
    }
    sqlite3_extended_result_codes(store->db, 1);
    /* A plan follows from the text alone. Else SQLite compiles a statement anew whenever a value is
     * bound that a partial index might suit, which took longer than most of them run. */
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_ENABLE_QPSG, 1, NULL);
    sqlite3_busy_timeout(store->db, SQLITE_BUSY_MS);
    *ret_store = store;
    return 0;
}

int sqlite_run_control(struct store *store, enum statement_name name)
{
    struct query *query;
    int result = query_start(store, name, NO_VALUES, &query);
    if (result < 0)
        return result;
    do
        result = query_step(query);
    while (result > 0);
    query_end(query);
    return result;
}

/* SQLite answers with the mode that is in force, and calls it no failure when that is the old one.
 */
static int ask_for_log(struct store *store, bool *ret_has)
{
    struct query *query;
    int result = query_start(store, STATEMENT_SQLITE_WAL, NO_VALUES, &query);
    if (result < 0)
        return result;
    result = query_step(query);
    const unsigned char *mode = result > 0 ? sqlite3_column_text(query->statement, 0) : NULL;
    *ret_has = mode && strcmp((const char *)mode, "wal") == 0;
    query_end(query);
    return result < 0 ? result : 0;
}

/* A store that was restored has none yet. What a first try left half done is undone by the next. */
static int need_log(struct store *store)
{
    bool has = false;
    int result = 0;
    for (int tries = 0; tries < 2 && !has && result >= 0; tries++)
        result = ask_for_log(store, &has);
    if (result < 0 || has)
        return result;
    return store_fail(
        store, ERR_UNAVAILABLE,
        "SQLite could not give it a write-ahead log; the disk may be full or failing: "
        "try again");
}

static int settle_connection(struct store *store, unsigned flags)
{
    int result = sqlite_run_control(store, STATEMENT_SQLITE_MARKS_IN_MEMORY);
    /* Some builds of SQLite overwrite by themselves whatever is deleted or moved:
     * store_wipe_begin() says when that is wanted. */
    if (result >= 0 && !(flags & STORE_READ_ONLY))
        result = sqlite_run_control(store, STATEMENT_SQLITE_OVERWRITE_OFF);
    if (result >= 0 && !(flags & STORE_READ_ONLY))
        result = sqlite_run_control(store, flags & STORE_BULK ? STATEMENT_SQLITE_CACHE_LARGE
                                                              : STATEMENT_SQLITE_CACHE);
    if (result >= 0 && !store->read_only)
        result = need_log(store);
    if (result >= 0 && !store->read_only)
        result =
            sqlite_run_control(store, flags & STORE_BULK ? STATEMENT_SQLITE_CHECKPOINT_PAGES_LARGE
                                                         : STATEMENT_SQLITE_CHECKPOINT_PAGES);
    if (result >= 0)
        result =
            sqlite_run_control(store, flags & STORE_UNSAFE ? STATEMENT_SQLITE_SYNCHRONOUS_OFF
                                                           : STATEMENT_SQLITE_SYNCHRONOUS_FULL);
    return result;
}

/* Looks before anything is written: a file of another program is left as it is. */
static int check_owner(struct store *store, unsigned flags)
{
    int64_t application = 0, version = 0;
    int result =
        store_read_number(store, STATEMENT_SQLITE_APPLICATION_GET, NO_VALUES, &application);
    if (result >= 0)
        result = store_read_number(store, STATEMENT_SQLITE_VERSION_GET, NO_VALUES, &version);
    if (result < 0 || application == STORE_APPLICATION)
        return result;
    bool fresh = application == 0 && version == 0 && flags & STORE_CREATE;
    return fresh ? 0 : store_fail(store, ERR_DAMAGED, "not a store of this program");
}

int sqlite_open(const struct store_options *options, int lock, struct store **ret_store,
                struct error_detail *detail)
{
    struct store *store = NULL;
    int result = sqlite_connect(options, lock, &store, detail);
    if (result < 0)
        return result;
    result = check_owner(store, options->flags);
    if (result >= 0)
        result = settle_connection(store, options->flags);
    if (result >= 0)
        result = sqlite_migrate(store, options, store_detail(store));
    /* Not before: a migration may put a table in the place of one that others refer to. */
    if (result >= 0)
        result = sqlite_run_control(store, STATEMENT_SQLITE_FOREIGN_KEYS);
    if (result < 0) {
        error_set(detail, result, "%s: %s", options->path, error_words(&store->words, result));
        store_close(store);
        return result;
    }
    sqlite_expect_roots(store);
    *ret_store = store;
    return 0;
}

int store_open(const struct store_options *options, struct store **ret_store,
               struct error_detail *detail)
{
    int lock = -1, result = 0;
    if (!(options->flags & STORE_READ_ONLY))
        result = sqlite_lock(options->path, &lock, detail);
    if (lock >= 0)
        sqlite_remove_copy(options->path);
    return result < 0 ? result : sqlite_open(options, lock, ret_store, detail);
}

void store_close(struct store *store)
{
    if (!store)
        return;
    for (size_t i = 0; i < STATEMENT_COUNT; i++)
        sqlite3_finalize(store->queries[i].statement);
    sqlite3_close(store->db); /* rolls back what is open */
    read_ahead_close(store->ahead);
    if (store->lock >= 0)
        close(store->lock);
    free(store);
}

/* --- transactions --- */

bool store_in_transaction(const struct store *store)
{
    return !sqlite3_get_autocommit(store->db);
}

int store_begin(struct store *store)
{
    if (store_in_transaction(store))
        return store_fail(store, ERR_USAGE, "a transaction is open already");
    store->transaction++;
    return sqlite_run_control(store,
                              store->read_only ? STATEMENT_BEGIN_READ : STATEMENT_BEGIN_WRITE);
}

/* A reader has nothing of its own that could be taken back. */
static void take_back(struct store *store)
{
    store->transaction++;
    if (!store->read_only)
        store->taken_back++;
}

void store_outdate(struct store *store)
{
    store->transaction++;
}

void store_note_case(struct store *store)
{
    store->case_writes++;
}

void store_note_opening(struct store *store, const struct digest *entry, int64_t number)
{
    store->opening.entry = *entry;
    store->opening.number = number;
    store->opening.transaction = store->transaction;
}

int64_t store_noted_opening(const struct store *store, const struct digest *entry)
{
    bool noted = store->opening.transaction == store->transaction &&
                 digest_equal(&store->opening.entry, entry);
    return noted ? store->opening.number : 0;
}

uint64_t store_case_writes(const struct store *store)
{
    return store->case_writes;
}

uint64_t store_transaction(const struct store *store)
{
    return store_in_transaction(store) ? store->transaction : 0;
}

bool store_is_held(const struct store *store)
{
    return !store->read_only;
}

uint64_t store_taken_back(const struct store *store)
{
    return store->taken_back;
}

int store_commit(struct store *store)
{
    if (!store_in_transaction(store) || store->marked)
        return store_fail(store, ERR_USAGE, "commit: no transaction is open, or a command is");
    int result = sqlite_run_control(store, STATEMENT_COMMIT);
    if (result < 0)
        take_back(store);
    return result;
}

int store_rollback(struct store *store)
{
    store->marked = false;
    take_back(store); /* also when a failure has ended the transaction by itself */
    return store_in_transaction(store) ? sqlite_run_control(store, STATEMENT_ROLLBACK) : 0;
}

int store_mark(struct store *store)
{
    if (!store_in_transaction(store) || store->marked)
        return store_fail(store, ERR_USAGE, "mark: no transaction is open, or a command is");
    store->changes = sqlite3_total_changes64(store->db);
    int result = store->bulk ? 0 : sqlite_run_control(store, STATEMENT_MARK);
    store->marked = result >= 0;
    return result;
}

int store_keep(struct store *store)
{
    if (!store->marked)
        return store_fail(store, ERR_USAGE, "keep: nothing is marked");
    store->marked = false;
    return store->bulk ? 0 : sqlite_run_control(store, STATEMENT_KEEP);
}

/* Nothing was kept of what the pages held, so what was written can only go with all else. */
static int undo_bulk(struct store *store)
{
    if (sqlite3_total_changes64(store->db) == store->changes)
        return 0;
    store_rollback(store);
    return store_fail(store, ERR_REFUSED, "undo: the whole transaction was taken back");
}

int store_undo(struct store *store)
{
    if (!store->marked)
        return store_fail(store, ERR_USAGE, "undo: nothing is marked");
    store->marked = false;
    if (store->bulk)
        return undo_bulk(store);
    take_back(store);
    int result = sqlite_run_control(store, STATEMENT_UNDO);
    return result < 0 ? result : sqlite_run_control(store, STATEMENT_KEEP);
}
