/* What pages and bundles of public/ share: their folders, the list of notices, and how a file is
 * written. */
#ifndef BAILIWICK_APP_PUBLISH_PUBLIC_FILES_H
#define BAILIWICK_APP_PUBLISH_PUBLIC_FILES_H

#include "app/app.h"
#include "base/buffer.h"
#include "base/file_batch.h"
#include "store/publication.h"

#include <stdbool.h>

enum { PUBLIC_ARENA_MAX = 512 << 20 };

int public_make_folders(struct app *app, struct arena *arena, struct error_detail *detail);

/* All publications, newest first. */
int public_load(struct app *app, struct arena *arena, struct store_publication **ret_list,
                size_t *ret_count, struct error_detail *detail);

/* Whether the file at `path` is these bytes. */
bool public_holds(const char *path, const void *data, size_t size);

/* Writes files of public/ that are settled together. Zero but for the first three. */
struct public_writer {
    struct app *app;
    struct arena *arena;
    struct error_detail *detail;
    struct file_batch batch;
};

/* `public/<name>`, of these bytes when the batch is settled. A file that is these bytes is left as
 * it is: there are as many as notices, and syncs are slow. */
int public_write(struct public_writer *writer, const char *name, const struct buffer *bytes);
/* Settles what was written unless `result` is a failure, which it gives back then. */
int public_finish(struct public_writer *writer, int result);

#endif
