#include "app/publish/public_files.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int public_make_folders(struct app *app, struct arena *arena, struct error_detail *detail)
{
    static const char *const names[] = {"public", "public/notices", "public/lists", "public/log"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *path = arena_printf(arena, "%s/%s", app->data, names[i]);
        if (!path)
            return ERR_LIMIT;
        if (mkdir(path, 0755) < 0 && errno != EEXIST)
            return error_set(detail, -errno, "%s: %s", path, strerrordesc_np(errno));
    }
    return 0;
}

/* Newest first, as people look for them; ids of notices are random and say nothing. */
static int compare_publications(const void *a, const void *b)
{
    const struct store_publication *x = a, *y = b;
    return x->published_at != y->published_at
               ? (x->published_at < y->published_at) - (x->published_at > y->published_at)
               : strcmp(x->notice, y->notice);
}

int public_load(struct app *app, struct arena *arena, struct store_publication **ret_list,
                size_t *ret_count, struct error_detail *detail)
{
    struct store_publication *list = NULL, *page;
    size_t used = 0, count;
    const char *after = "";
    do {
        int result = store_publication_list(app->store, after, 0, arena, &page, &count);
        if (result < 0)
            return app_store_failed(app, result, detail, "publications");
        for (size_t i = 0; i < count; i++) {
            struct store_publication *slot = arena_push(arena, &list, &used, sizeof *slot);
            if (!slot)
                return ERR_LIMIT;
            *slot = page[i];
        }
        after = count ? page[count - 1].notice : "";
    } while (count == STORE_PAGE_MAX);
    if (used)
        qsort(list, used, sizeof *list, compare_publications);
    *ret_list = list;
    *ret_count = used;
    return 0;
}

bool public_holds(const char *path, const void *data, size_t size)
{
    struct buffer there BUFFER_CLEANUP = {0};
    buffer_init(&there, size + 1);
    return buffer_load_file(&there, path) >= 0 && there.size == size &&
           memcmp(there.data, data, size) == 0;
}

int public_write(struct public_writer *writer, const char *name, const struct buffer *bytes)
{
    const char *path = arena_printf(writer->arena, "%s/public/%s", writer->app->data, name);
    if (!path || buffer_error(bytes) < 0)
        return path ? buffer_error(bytes) : ERR_LIMIT;
    if (public_holds(path, bytes->data, bytes->size))
        return 0;
    return file_batch_write(&writer->batch, path, bytes->data, bytes->size, writer->detail);
}

int public_finish(struct public_writer *writer, int result)
{
    if (result >= 0)
        result = file_batch_settle(&writer->batch, writer->detail);
    file_batch_drop(&writer->batch);
    return result;
}
