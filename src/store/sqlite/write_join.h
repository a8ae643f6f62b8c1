/* Writes of the write-ahead log, joined. SQLite writes a frame as two pieces, header and page, each
 * with a call of its own. Here what follows on what came before is gathered and goes to the file as
 * one piece: before it is synchronised, read, cut or closed, or when much has come together. A
 * commit shows its frames to others only after it was synchronised (synchronous=FULL), so nobody
 * looks for what is still gathered; with a connection that does not synchronise it must not be
 * used.
 *
 * In bulk, where one process has the store to itself, the pages that are carried over from the log
 * into the database are joined likewise: most of them are new and follow each other. Elsewhere they
 * are not: another process may read such a page from the database before it is synchronised. */
#ifndef BAILIWICK_STORE_SQLITE_WRITE_JOIN_H
#define BAILIWICK_STORE_SQLITE_WRITE_JOIN_H

#include <stdbool.h>

enum {
    /* Gathered at most, for each connection that writes. SQLite's VFS for Unix takes less than
     * 128 KiB in one call: it has no bits for more. */
    WRITE_JOIN_BYTES = 124 << 10,
};

/* The name of a VFS that leaves all but those writes to the one named `inner` (NULL: SQLite's
 * default). In `bulk` a commit does not wait for its log to be synced either; the next one does,
 * and whatever else touches the log (store/sqlite/late_sync.h). It is registered when it is asked
 * for first and stays. NULL when there is no `inner`, or memory is short. */
const char *write_join_vfs(const char *inner, bool bulk);

#endif
