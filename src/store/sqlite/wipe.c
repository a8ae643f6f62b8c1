/* What was erased leaves the files. */
#include "store/sqlite/connection.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum {
    WIPE_BUSY_MS = 200, /* commands wait meanwhile; it is tried again after the next commit */
    PIECE = 1 << 20,
};

int store_wipe_begin(struct store *store)
{
    int result = sqlite_run_control(store, STATEMENT_SQLITE_OVERWRITE_ON);
    return result < 0 ? result : store_meta_set(store, STORE_META_WIPE, "yes");
}

/* Whether a piece holds one of the digests. */
static bool holds(const uint8_t *piece, size_t size, const struct digest *erased, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (memmem(piece, size, erased[i].bytes, DIGEST_SIZE))
            return true;
    }
    return false;
}

/* 1 when the file holds one of them, else 0. Pieces overlap by what a border could cut. */
static int search_file(struct store *store, const struct digest *erased, size_t count)
{
    static const size_t overlap = DIGEST_SIZE - 1;
    int fd = open(sqlite3_db_filename(store->db, "main"), O_RDONLY | O_CLOEXEC);
    uint8_t *piece = sqlite3_malloc(PIECE);
    size_t kept = 0;
    int found = fd < 0 ? -errno : piece ? 0 : ERR_NO_MEMORY;
    while (found == 0) {
        ssize_t got = read(fd, piece + kept, PIECE - kept);
        if (got <= 0) {
            found = got < 0 ? -errno : 0;
            break;
        }
        size_t size = kept + (size_t)got;
        found = holds(piece, size, erased, count);
        kept = size < overlap ? size : overlap;
        memmove(piece, piece + size - kept, kept);
    }
    sqlite3_free(piece);
    if (fd >= 0)
        close(fd);
    return found < 0 ? store_fail(store, found, "wipe: %s", error_text(found)) : found;
}

/* ERR_UNAVAILABLE while somebody needs the log. */
static int carry_over(struct store *store)
{
    int64_t busy = 0;
    sqlite3_busy_timeout(store->db, WIPE_BUSY_MS);
    int result = store_read_number(store, STATEMENT_SQLITE_CARRY_OVER, NO_VALUES, &busy);
    sqlite3_busy_timeout(store->db, SQLITE_BUSY_MS);
    if (result < 0)
        return result;
    return busy ? store_fail(store, ERR_UNAVAILABLE, "wipe: the store is being read") : 0;
}

/* What it needs meanwhile is as large as the store: too much for memory. */
static int rewrite(struct store *store)
{
    int result = sqlite_run_control(store, STATEMENT_SQLITE_TEMPORARY_IN_FILE);
    if (result >= 0)
        result = sqlite_run_control(store, STATEMENT_SQLITE_REWRITE);
    int back = sqlite_run_control(store, STATEMENT_SQLITE_MARKS_IN_MEMORY);
    result = result < 0 ? result : back;
    return result < 0 ? result : carry_over(store);
}

static bool is_due(struct store *store)
{
    struct arena arena ARENA_CLEANUP = {0};
    const char *due = "";
    arena_init(&arena, /* limit= */ 4096);
    return store_meta_get(store, STORE_META_WIPE, &arena, &due) >= 0 && strcmp(due, "yes") == 0;
}

static int note_done(struct store *store)
{
    int result = store_begin(store);
    if (result >= 0)
        result = store_meta_set(store, STORE_META_WIPE, "no");
    if (result >= 0)
        result = store_commit(store);
    if (result < 0)
        store_rollback(store);
    return result < 0 ? result : 0;
}

int store_wipe(struct store *store, const struct digest *erased, size_t count)
{
    if (store_in_transaction(store))
        return store_fail(store, ERR_USAGE, "wipe: a transaction is open");
    if (!is_due(store))
        return 0;
    int result = carry_over(store);
    int found = result < 0 ? result : count ? search_file(store, erased, count) : 1;
    if (found > 0)
        result = rewrite(store);
    else
        result = found;
    if (result >= 0)
        result = note_done(store);
    if (result >= 0)
        result = sqlite_run_control(store, STATEMENT_SQLITE_OVERWRITE_OFF);
    return result < 0 ? result : 0;
}
