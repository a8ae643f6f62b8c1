#include "store/sqlite/write_join.h"

#include "store/sqlite/late_sync.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The file of the inner VFS lies behind it. */
struct joined_file {
    sqlite3_file base;
    uint8_t *bytes; /* WRITE_JOIN_BYTES, once something was written */
    size_t used;
    sqlite3_int64 at;       /* where the first of them belongs */
    bool written;           /* since it was synced */
    struct late_sync *late; /* NULL: synced when it is asked for */
};

static sqlite3_file *inner_file(sqlite3_file *file)
{
    return (sqlite3_file *)((struct joined_file *)file + 1);
}

/* What could not be written stays, to be tried again or overwritten. Nothing is touched while it is
 * synced. */
static int write_out(struct joined_file *file)
{
    int code = file->late ? late_sync_wait(file->late) : SQLITE_OK;
    if (file->used == 0 || code != SQLITE_OK)
        return code;
    sqlite3_file *inner = inner_file(&file->base);
    code = inner->pMethods->xWrite(inner, file->bytes, (int)file->used, file->at);
    if (code == SQLITE_OK)
        file->used = 0;
    return code;
}

/* --- files --- */

static int close_file(sqlite3_file *opaque)
{
    struct joined_file *file = (struct joined_file *)opaque;
    sqlite3_file *inner = inner_file(opaque);
    int code = write_out(file);
    late_sync_end(file->late);
    int closed = inner->pMethods->xClose(inner);
    free(file->bytes);
    file->bytes = NULL;
    return code == SQLITE_OK ? closed : code;
}

static int read_file(sqlite3_file *opaque, void *bytes, int size, sqlite3_int64 at)
{
    sqlite3_file *inner = inner_file(opaque);
    int code = write_out((struct joined_file *)opaque);
    return code == SQLITE_OK ? inner->pMethods->xRead(inner, bytes, size, at) : code;
}

/* Into what is gathered, or behind it, without a hole. */
static bool fits(const struct joined_file *file, size_t size, sqlite3_int64 at)
{
    return at >= file->at && at <= file->at + (sqlite3_int64)file->used &&
           (size_t)(at - file->at) + size <= WRITE_JOIN_BYTES;
}

static int write_file(sqlite3_file *opaque, const void *bytes, int size, sqlite3_int64 at)
{
    struct joined_file *file = (struct joined_file *)opaque;
    sqlite3_file *inner = inner_file(opaque);
    file->written = true;
    if (!file->bytes)
        file->bytes = malloc(WRITE_JOIN_BYTES);
    if (file->used == 0)
        file->at = at;
    if (!fits(file, (size_t)size, at)) {
        int code = write_out(file);
        if (code != SQLITE_OK)
            return code;
        file->at = at;
    }
    if (!file->bytes || !fits(file, (size_t)size, at))
        return inner->pMethods->xWrite(inner, bytes, size, at);
    size_t from = (size_t)(at - file->at), end = from + (size_t)size;
    memcpy(file->bytes + from, bytes, (size_t)size);
    if (end > file->used)
        file->used = end;
    return SQLITE_OK;
}

static int truncate_file(sqlite3_file *opaque, sqlite3_int64 size)
{
    sqlite3_file *inner = inner_file(opaque);
    int code = write_out((struct joined_file *)opaque);
    return code == SQLITE_OK ? inner->pMethods->xTruncate(inner, size) : code;
}

/* A commit has written before it syncs. Whoever carries the log over into the database has not, and
 * must not begin before the log is on the disk. */
static int sync_file(sqlite3_file *opaque, int flags)
{
    struct joined_file *file = (struct joined_file *)opaque;
    sqlite3_file *inner = inner_file(opaque);
    bool written = file->written;
    int code = write_out(file);
    if (code != SQLITE_OK)
        return code;
    file->written = false;
    return file->late && written ? late_sync_begin(file->late, flags)
                                 : inner->pMethods->xSync(inner, flags);
}

static int size_file(sqlite3_file *opaque, sqlite3_int64 *ret_size)
{
    sqlite3_file *inner = inner_file(opaque);
    int code = write_out((struct joined_file *)opaque);
    return code == SQLITE_OK ? inner->pMethods->xFileSize(inner, ret_size) : code;
}

static int lock_file(sqlite3_file *file, int level)
{
    return inner_file(file)->pMethods->xLock(inner_file(file), level);
}

static int unlock_file(sqlite3_file *file, int level)
{
    return inner_file(file)->pMethods->xUnlock(inner_file(file), level);
}

static int is_reserved(sqlite3_file *file, int *ret_is)
{
    return inner_file(file)->pMethods->xCheckReservedLock(inner_file(file), ret_is);
}

static int control_file(sqlite3_file *file, int operation, void *argument)
{
    return inner_file(file)->pMethods->xFileControl(inner_file(file), operation, argument);
}

static int sector_size(sqlite3_file *file)
{
    return inner_file(file)->pMethods->xSectorSize(inner_file(file));
}

static int characteristics(sqlite3_file *file)
{
    return inner_file(file)->pMethods->xDeviceCharacteristics(inner_file(file));
}

static int map_shared(sqlite3_file *file, int region, int size, int extend, void volatile **ret_at)
{
    return inner_file(file)->pMethods->xShmMap(inner_file(file), region, size, extend, ret_at);
}

static int lock_shared(sqlite3_file *file, int at, int count, int flags)
{
    return inner_file(file)->pMethods->xShmLock(inner_file(file), at, count, flags);
}

static void barrier_shared(sqlite3_file *file)
{
    inner_file(file)->pMethods->xShmBarrier(inner_file(file));
}

static int unmap_shared(sqlite3_file *file, int delete)
{
    return inner_file(file)->pMethods->xShmUnmap(inner_file(file), delete);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2, /* not mapped: what is gathered could not be seen there */
    .xClose = close_file,
    .xRead = read_file,
    .xWrite = write_file,
    .xTruncate = truncate_file,
    .xSync = sync_file,
    .xFileSize = size_file,
    .xLock = lock_file,
    .xUnlock = unlock_file,
    .xCheckReservedLock = is_reserved,
    .xFileControl = control_file,
    .xSectorSize = sector_size,
    .xDeviceCharacteristics = characteristics,
    .xShmMap = map_shared, /* the log's index, which SQLite asks the database for */
    .xShmLock = lock_shared,
    .xShmBarrier = barrier_shared,
    .xShmUnmap = unmap_shared,
};

/* --- the VFS --- */

struct joined {
    sqlite3_vfs vfs; /* pAppData is the inner one */
    struct joined *next;
    bool bulk;
    char name[];
};

static sqlite3_vfs *inner_vfs(sqlite3_vfs *vfs)
{
    return vfs->pAppData;
}

static bool is_joined(bool bulk, int flags)
{
    return (flags & SQLITE_OPEN_WAL) || (bulk && (flags & SQLITE_OPEN_MAIN_DB));
}

/* Any other file is the inner one's own. */
static int open_file(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *opaque, int flags,
                     int *ret_flags)
{
    sqlite3_vfs *inner = inner_vfs(vfs);
    bool bulk = ((struct joined *)vfs)->bulk;
    if (!is_joined(bulk, flags))
        return inner->xOpen(inner, name, opaque, flags, ret_flags);
    struct joined_file *file = (struct joined_file *)opaque;
    *file = (struct joined_file){0};
    int code = inner->xOpen(inner, name, inner_file(opaque), flags, ret_flags);
    if (code != SQLITE_OK)
        return code;
    file->base.pMethods = &methods;
    if (bulk && (flags & SQLITE_OPEN_WAL))
        file->late = late_sync_start(inner_file(opaque)); /* none: synced at once */
    return SQLITE_OK;
}

static int delete_file(sqlite3_vfs *vfs, const char *name, int sync)
{
    return inner_vfs(vfs)->xDelete(inner_vfs(vfs), name, sync);
}

static int has_access(sqlite3_vfs *vfs, const char *name, int flags, int *ret_has)
{
    return inner_vfs(vfs)->xAccess(inner_vfs(vfs), name, flags, ret_has);
}

static int full_name(sqlite3_vfs *vfs, const char *name, int room, char *ret_name)
{
    return inner_vfs(vfs)->xFullPathname(inner_vfs(vfs), name, room, ret_name);
}

static int randomness(sqlite3_vfs *vfs, int size, char *ret_bytes)
{
    return inner_vfs(vfs)->xRandomness(inner_vfs(vfs), size, ret_bytes);
}

static int wait_for(sqlite3_vfs *vfs, int microseconds)
{
    return inner_vfs(vfs)->xSleep(inner_vfs(vfs), microseconds);
}

static int days(sqlite3_vfs *vfs, double *ret_days)
{
    return inner_vfs(vfs)->xCurrentTime(inner_vfs(vfs), ret_days);
}

static int last_error(sqlite3_vfs *vfs, int room, char *ret_text)
{
    return inner_vfs(vfs)->xGetLastError(inner_vfs(vfs), room, ret_text);
}

static struct joined *joined_new(sqlite3_vfs *inner, bool bulk)
{
    static const char *const endings[] = {" joined", " joined, in bulk"};
    size_t size = strlen(inner->zName) + strlen(endings[bulk]) + 1;
    struct joined *joined = calloc(1, sizeof *joined + size);
    if (!joined)
        return NULL;
    joined->bulk = bulk;
    snprintf(joined->name, size, "%s%s", inner->zName, endings[bulk]);
    joined->vfs = (sqlite3_vfs){
        .iVersion = 1,
        .szOsFile = inner->szOsFile + (int)sizeof(struct joined_file),
        .mxPathname = inner->mxPathname,
        .zName = joined->name,
        .pAppData = inner,
        .xOpen = open_file,
        .xDelete = delete_file,
        .xAccess = has_access,
        .xFullPathname = full_name,
        .xRandomness = randomness,
        .xSleep = wait_for,
        .xCurrentTime = days,
        .xGetLastError = last_error,
    };
    return joined;
}

const char *write_join_vfs(const char *name, bool bulk)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static struct joined *all; /* for as long as the process lives */
    sqlite3_vfs *inner = sqlite3_vfs_find(name);
    if (!inner)
        return NULL;
    pthread_mutex_lock(&lock);
    struct joined *joined = all;
    while (joined && (joined->vfs.pAppData != inner || joined->bulk != bulk))
        joined = joined->next;
    if (!joined && (joined = joined_new(inner, bulk))) {
        joined->next = all;
        all = joined;
        sqlite3_vfs_register(&joined->vfs, /* default= */ 0);
    }
    pthread_mutex_unlock(&lock);
    return joined ? joined->name : NULL;
}
