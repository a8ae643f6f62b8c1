#include "base/file_batch.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int failed(struct error_detail *detail, int result, const char *path)
{
    return error_set(detail, result, "%s: %s", path, error_text(result));
}

static void forget(struct file_of_batch *file)
{
    if (file->fd >= 0)
        close(file->fd);
    if (file->part)
        unlink(file->part);
    free(file->part);
    free(file->path);
}

/* --- into the batch --- */

static int add(struct file_batch *batch, const char *path, struct file_of_batch **ret_file,
               struct error_detail *detail)
{
    int result = batch->count == FILE_BATCH_MAX ? file_batch_settle(batch, detail) : 0;
    if (result < 0)
        return result;
    char *copy = strdup(path);
    if (!copy)
        return failed(detail, -ENOMEM, path);
    *ret_file = &batch->files[batch->count++];
    **ret_file = (struct file_of_batch){.path = copy, .fd = -1};
    return 0;
}

/* `.<name>.XXXXXX` beside it. */
static int open_part(struct file_of_batch *file)
{
    char part[PATH_MAX];
    const char *slash = strrchr(file->path, '/'), *name = slash ? slash + 1 : file->path;
    int length =
        snprintf(part, sizeof part, "%.*s.%s.XXXXXX", (int)(name - file->path), file->path, name);
    if (length < 0 || (size_t)length >= sizeof part)
        return -ENAMETOOLONG;
    file->fd = mkostemp(part, O_CLOEXEC);
    if (file->fd < 0)
        return -errno;
    file->part = strdup(part);
    if (file->part)
        return 0;
    unlink(part);
    return -ENOMEM;
}

int file_batch_write(struct file_batch *batch, const char *path, const void *data, size_t size,
                     struct error_detail *detail)
{
    struct file_of_batch *file = NULL;
    int result = add(batch, path, &file, detail);
    if (result < 0)
        return result;
    result = open_part(file);
    if (result >= 0)
        result = file_write(file->fd, data, size);
    if (result >= 0)
        return 0;
    forget(file);
    batch->count--;
    return failed(detail, result, path);
}

int file_batch_keep(struct file_batch *batch, const char *path, struct error_detail *detail)
{
    struct file_of_batch *file;
    return add(batch, path, &file, detail);
}

/* --- out of it --- */

/* The disk is given all before it is waited for; whether it took them is told by sync_bytes(). */
static int begin_sync(struct file_of_batch *file)
{
    if (file->fd >= 0)
        (void)sync_file_range(file->fd, 0, 0, SYNC_FILE_RANGE_WRITE);
    return 0;
}

static int sync_bytes(struct file_of_batch *file)
{
    if (file->fd < 0)
        return 0;
    int result = fsync(file->fd) < 0 ? -errno : 0;
    if (close(file->fd) < 0 && result >= 0)
        result = -errno;
    file->fd = -1;
    return result;
}

static int name_file(struct file_of_batch *file)
{
    if (!file->part)
        return 0;
    if (rename(file->part, file->path) < 0)
        return -errno;
    free(file->part);
    file->part = NULL;
    return 0;
}

static bool same_folder(const char *a, const char *b)
{
    const char *slash = strrchr(a, '/');
    size_t length = slash ? (size_t)(slash - a) + 1 : 0;
    return strncmp(a, b, length) == 0 && !strchr(b + length, '/');
}

static int sync_folders(struct file_batch *batch, struct error_detail *detail)
{
    for (size_t i = 0; i < batch->count; i++) {
        size_t before = 0;
        while (before < i && !same_folder(batch->files[before].path, batch->files[i].path))
            before++;
        int result = before < i ? 0 : file_sync_name(batch->files[i].path);
        if (result < 0)
            return failed(detail, result, batch->files[i].path);
    }
    return 0;
}

int file_batch_settle(struct file_batch *batch, struct error_detail *detail)
{
    static int (*const steps[])(struct file_of_batch *) = {begin_sync, sync_bytes, name_file};
    int result = 0;
    for (size_t step = 0; step < sizeof steps / sizeof *steps; step++) {
        for (size_t i = 0; result >= 0 && i < batch->count; i++) {
            result = steps[step](&batch->files[i]);
            if (result < 0)
                failed(detail, result, batch->files[i].path);
        }
    }
    if (result >= 0)
        result = sync_folders(batch, detail);
    file_batch_drop(batch);
    return result;
}

int file_replace(const char *path, const void *data, size_t size, struct error_detail *detail)
{
    struct file_batch batch FILE_BATCH_CLEANUP = {0};
    int result = file_batch_write(&batch, path, data, size, detail);
    return result < 0 ? result : file_batch_settle(&batch, detail);
}

void file_batch_drop(struct file_batch *batch)
{
    while (batch->count)
        forget(&batch->files[--batch->count]);
}
