/* A SQLite VFS over the usual one that tells the record of each write, truncation, sync, removal.
 */
#include "record.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct shim {
    sqlite3_file base;
    int file;         /* -1: not recorded */
    bool folder_next; /* the first sync of a new journal or WAL syncs its folder (os_unix.c) */
    char *path;
    sqlite3_file real[]; /* of the VFS below */
};

static sqlite3_vfs vfs;
static sqlite3_vfs *below;

static struct shim *shim_of(sqlite3_file *file)
{
    return (struct shim *)file;
}

static int close_file(sqlite3_file *file)
{
    struct shim *shim = shim_of(file);
    int code = shim->real->pMethods->xClose(shim->real);
    free(shim->path);
    return code;
}

static int read_file(sqlite3_file *file, void *bytes, int size, sqlite3_int64 at)
{
    return shim_of(file)->real->pMethods->xRead(shim_of(file)->real, bytes, size, at);
}

static int write_file(sqlite3_file *file, const void *bytes, int size, sqlite3_int64 at)
{
    struct shim *shim = shim_of(file);
    int code = shim->real->pMethods->xWrite(shim->real, bytes, size, at);
    if (code == SQLITE_OK && shim->file >= 0)
        record_write(shim->file, (uint64_t)at, bytes, (size_t)size);
    return code;
}

static int truncate_file(sqlite3_file *file, sqlite3_int64 size)
{
    struct shim *shim = shim_of(file);
    int code = shim->real->pMethods->xTruncate(shim->real, size);
    if (code == SQLITE_OK && shim->file >= 0)
        record_on_file(STEP_TRUNCATE, shim->file, (uint64_t)size);
    return code;
}

static int sync_file(sqlite3_file *file, int flags)
{
    struct shim *shim = shim_of(file);
    int code = shim->real->pMethods->xSync(shim->real, flags);
    if (code != SQLITE_OK || shim->file < 0)
        return code;
    record_on_file(STEP_SYNC_FILE, shim->file, 0);
    if (shim->folder_next)
        record_sync_folder_of(shim->path);
    shim->folder_next = false;
    return code;
}

static int file_size(sqlite3_file *file, sqlite3_int64 *ret_size)
{
    return shim_of(file)->real->pMethods->xFileSize(shim_of(file)->real, ret_size);
}

static int lock_file(sqlite3_file *file, int level)
{
    return shim_of(file)->real->pMethods->xLock(shim_of(file)->real, level);
}

static int unlock_file(sqlite3_file *file, int level)
{
    return shim_of(file)->real->pMethods->xUnlock(shim_of(file)->real, level);
}

static int check_lock(sqlite3_file *file, int *ret_locked)
{
    return shim_of(file)->real->pMethods->xCheckReservedLock(shim_of(file)->real, ret_locked);
}

static int control_file(sqlite3_file *file, int what, void *argument)
{
    return shim_of(file)->real->pMethods->xFileControl(shim_of(file)->real, what, argument);
}

static int sector_size(sqlite3_file *file)
{
    return shim_of(file)->real->pMethods->xSectorSize(shim_of(file)->real);
}

static int characteristics(sqlite3_file *file)
{
    return shim_of(file)->real->pMethods->xDeviceCharacteristics(shim_of(file)->real);
}

static int shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **ret_at)
{
    return shim_of(file)->real->pMethods->xShmMap(shim_of(file)->real, page, size, extend, ret_at);
}

static int shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
    return shim_of(file)->real->pMethods->xShmLock(shim_of(file)->real, offset, count, flags);
}

static void shm_barrier(sqlite3_file *file)
{
    shim_of(file)->real->pMethods->xShmBarrier(shim_of(file)->real);
}

static int shm_unmap(sqlite3_file *file, int remove)
{
    return shim_of(file)->real->pMethods->xShmUnmap(shim_of(file)->real, remove);
}

/* Version 2: shared memory, no memory map of the file, so that every write is seen. */
static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = close_file,
    .xRead = read_file,
    .xWrite = write_file,
    .xTruncate = truncate_file,
    .xSync = sync_file,
    .xFileSize = file_size,
    .xLock = lock_file,
    .xUnlock = unlock_file,
    .xCheckReservedLock = check_lock,
    .xFileControl = control_file,
    .xSectorSize = sector_size,
    .xDeviceCharacteristics = characteristics,
    .xShmMap = shm_map,
    .xShmLock = shm_lock,
    .xShmBarrier = shm_barrier,
    .xShmUnmap = shm_unmap,
};

static int open_file(sqlite3_vfs *self, const char *path, sqlite3_file *file, int flags,
                     int *ret_flags)
{
    (void)self;
    enum {
        RECORDED = SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL |
                   SQLITE_OPEN_SUPER_JOURNAL,
        NEW_NAME = RECORDED & ~SQLITE_OPEN_MAIN_DB
    };
    struct shim *shim = shim_of(file);
    shim->file = -1;
    shim->path = NULL;
    shim->base.pMethods = NULL;
    int code = below->xOpen(below, path, shim->real, flags, ret_flags);
    if (code != SQLITE_OK)
        return code;
    if (path && flags & RECORDED && flags & SQLITE_OPEN_READWRITE)
        shim->file = record_file(path);
    shim->path = path ? strdup(path) : NULL;
    shim->folder_next = shim->file >= 0 && flags & NEW_NAME && flags & SQLITE_OPEN_CREATE;
    shim->base.pMethods = &methods;
    return SQLITE_OK;
}

static int delete_file(sqlite3_vfs *self, const char *path, int sync_folder)
{
    (void)self;
    int code = below->xDelete(below, path, sync_folder);
    if (code == SQLITE_OK)
        record_on_path(STEP_UNLINK, path);
    if (code == SQLITE_OK && sync_folder)
        record_sync_folder_of(path);
    return code;
}

void vfs_register(void)
{
    below = sqlite3_vfs_find(NULL);
    vfs = *below; /* the rest is as it was */
    vfs.zName = "powerloss";
    vfs.szOsFile = (int)sizeof(struct shim) + below->szOsFile;
    vfs.pNext = NULL;
    vfs.xOpen = open_file;
    vfs.xDelete = delete_file;
    if (sqlite3_vfs_register(&vfs, /* makeDflt= */ 0) != SQLITE_OK)
        abort();
}
