/* Files that are written together and survive a loss of power together.
 *
 * Each is written under a hidden name beside its own, which no door serves. At the end the bytes of
 * all are synced, then all get their names, then each folder is synced once: a disk that is asked
 * to sync one file after another waits for itself each time. A cut in between leaves whole files,
 * old and new ones. */
#ifndef BAILIWICK_BASE_FILE_BATCH_H
#define BAILIWICK_BASE_FILE_BATCH_H

#include "base/error.h"

#include <stddef.h>

/* Files under way; one more settles those before it. */
enum { FILE_BATCH_MAX = 64 };

struct file_batch {
    struct file_of_batch {
        char *path, *part; /* part NULL: it is there already */
        int fd;
    } files[FILE_BATCH_MAX];
    size_t count;
};

#define FILE_BATCH_CLEANUP __attribute__((cleanup(file_batch_drop)))

/* Writes a whole file, mode 0600, which is at `path` once the batch is settled. -errno; the others
 * of the batch stay in it. */
int file_batch_write(struct file_batch *batch, const char *path, const void *data, size_t size,
                     struct error_detail *detail);
/* A file that is there, but perhaps not yet under a durable name. */
int file_batch_keep(struct file_batch *batch, const char *path, struct error_detail *detail);
/* Syncs and names all; the batch is empty afterwards, also after a failure. -errno of the first
 * one. */
int file_batch_settle(struct file_batch *batch, struct error_detail *detail);
/* A batch of one. */
int file_replace(const char *path, const void *data, size_t size, struct error_detail *detail);
/* Forgets those that are not settled and removes what was written of them. */
void file_batch_drop(struct file_batch *batch);

#endif
