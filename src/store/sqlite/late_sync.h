/* A file is synced while whoever wrote it goes on: by a thread of its own, one sync at a time.
 *
 * For years of work that one process writes and of which nobody is told before its end
 * (STORE_BULK): the disk finishes a day while the next one is lived. The file must not be touched
 * before late_sync_wait(). A sync that failed is told by every call from then on, as nobody
 * knows what the disk holds. */
#ifndef BAILIWICK_STORE_SQLITE_LATE_SYNC_H
#define BAILIWICK_STORE_SQLITE_LATE_SYNC_H

#include <sqlite3.h>

struct late_sync;

/* For an open file, which outlives it. NULL when no thread can be had. */
struct late_sync *late_sync_start(sqlite3_file *file);

/* Begins a sync with SQLite's `flags`, when the one before is done. SQLITE_OK, or what one before
 * ended with. */
int late_sync_begin(struct late_sync *late, int flags);

/* Until nothing is under way. As above. */
int late_sync_wait(struct late_sync *late);

/* Waits, and ends the thread. NULL is nothing. */
void late_sync_end(struct late_sync *late);

#endif
