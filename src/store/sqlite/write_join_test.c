/* The log's pieces reach the file in order and whole, in few calls; a VFS below counts them, and
 * fails when it is told to. */
#include "store/sqlite/write_join.h"
#include "testing.h"

#include <semaphore.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    ROOM = 4 << 20,
};

/* The file below, in memory. */
static struct {
    uint8_t bytes[ROOM];
    sqlite3_int64 size;
    int writes, syncs;
    int failing;  /* what each write gives */
    int unsynced; /* what each sync gives */
    bool slow;    /* a sync waits for the gate */
} disk;

static sem_t gate;

static int close_disk(sqlite3_file *file)
{
    (void)file;
    return SQLITE_OK;
}

static int read_disk(sqlite3_file *file, void *bytes, int size, sqlite3_int64 at)
{
    (void)file;
    assert_true(at + size <= disk.size);
    memcpy(bytes, disk.bytes + at, (size_t)size);
    return SQLITE_OK;
}

static int write_disk(sqlite3_file *file, const void *bytes, int size, sqlite3_int64 at)
{
    (void)file;
    disk.writes++;
    if (disk.failing)
        return disk.failing;
    assert_true(at + size <= ROOM);
    memcpy(disk.bytes + at, bytes, (size_t)size);
    if (at + size > disk.size)
        disk.size = at + size;
    return SQLITE_OK;
}

static int truncate_disk(sqlite3_file *file, sqlite3_int64 size)
{
    (void)file;
    disk.size = size;
    return SQLITE_OK;
}

static int sync_disk(sqlite3_file *file, int flags)
{
    (void)file, (void)flags;
    if (disk.slow)
        sem_wait(&gate);
    disk.syncs++;
    return disk.unsynced;
}

static int size_disk(sqlite3_file *file, sqlite3_int64 *ret_size)
{
    (void)file;
    *ret_size = disk.size;
    return SQLITE_OK;
}

/* What the index of a log was asked for last. */
static int asked;

static int map_disk(sqlite3_file *file, int region, int size, int extend, void volatile **ret_at)
{
    (void)file, (void)ret_at;
    asked = region + size + extend;
    return SQLITE_READONLY;
}

static int lock_disk(sqlite3_file *file, int at, int count, int flags)
{
    (void)file;
    asked = at + count + flags;
    return SQLITE_BUSY;
}

static void barrier_disk(sqlite3_file *file)
{
    (void)file;
    asked = -1;
}

static int unmap_disk(sqlite3_file *file, int delete)
{
    (void)file;
    asked = delete;
    return SQLITE_OK;
}

static const sqlite3_io_methods disk_methods = {
    .iVersion = 2,
    .xClose = close_disk,
    .xRead = read_disk,
    .xWrite = write_disk,
    .xTruncate = truncate_disk,
    .xSync = sync_disk,
    .xFileSize = size_disk,
    .xShmMap = map_disk,
    .xShmLock = lock_disk,
    .xShmBarrier = barrier_disk,
    .xShmUnmap = unmap_disk,
};

static int open_disk(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
                     int *ret_flags)
{
    (void)vfs, (void)name, (void)flags, (void)ret_flags;
    file->pMethods = &disk_methods;
    return SQLITE_OK;
}

static int refuse(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *ret_flags)
{
    (void)vfs, (void)name, (void)flags, (void)ret_flags;
    file->pMethods = NULL;
    return SQLITE_CANTOPEN;
}

static sqlite3_vfs below = {
    .iVersion = 1, .szOsFile = sizeof(sqlite3_file), .mxPathname = 64, .zName = "disk"};

static sqlite3_vfs *joined(bool bulk)
{
    sqlite3_vfs *vfs = sqlite3_vfs_find(write_join_vfs("disk", bulk));
    assert_non_null(vfs);
    return vfs;
}

static int begin(void **state)
{
    (void)state;
    return sqlite3_vfs_register(&below, 0);
}

static sqlite3_file *open_log(int flags, bool bulk)
{
    memset(&disk, 0, sizeof disk);
    below.xOpen = open_disk;
    sqlite3_vfs *vfs = joined(bulk);
    sqlite3_file *file = calloc(1, (size_t)vfs->szOsFile);
    assert_non_null(file);
    assert_int_equal(vfs->xOpen(vfs, "log", file, flags, NULL), SQLITE_OK);
    return file;
}

static sqlite3_file *open_new(int flags)
{
    return open_log(flags, /* bulk= */ false);
}

static int put(sqlite3_file *file, const char *text, sqlite3_int64 at)
{
    return file->pMethods->xWrite(file, text, (int)strlen(text), at);
}

static void close_log(sqlite3_file *file)
{
    assert_int_equal(file->pMethods->xClose(file), SQLITE_OK);
    free(file);
}

static void what_follows_goes_out_in_one_piece(void **state)
{
    (void)state;
    sqlite3_file *log = open_new(SQLITE_OPEN_WAL);
    put(log, "head", 0);
    put(log, "page", 4);
    put(log, "HE", 0); /* written over while it is gathered */
    assert_int_equal(disk.writes, 0);
    assert_int_equal(log->pMethods->xSync(log, SQLITE_SYNC_NORMAL), SQLITE_OK);
    assert_int_equal(disk.writes, 1);
    assert_int_equal(disk.syncs, 1);
    assert_int_equal(disk.size, 8);
    assert_memory_equal(disk.bytes, "HEadpage", 8);
    assert_int_equal(log->pMethods->xSync(log, SQLITE_SYNC_NORMAL), SQLITE_OK);
    assert_int_equal(disk.writes, 1);
    close_log(log);
}

static void a_hole_or_an_earlier_place_begins_anew(void **state)
{
    (void)state;
    sqlite3_file *log = open_new(SQLITE_OPEN_WAL);
    put(log, "abcd", 8);
    put(log, "after", 13); /* a hole of one */
    assert_int_equal(disk.writes, 1);
    put(log, "x", 7); /* before all that is gathered */
    assert_int_equal(disk.writes, 2);
    close_log(log);
    assert_int_equal(disk.writes, 3);
    assert_memory_equal(disk.bytes + 7, "xabcd\0after", 11);
}

static void whoever_looks_sees_what_was_written(void **state)
{
    (void)state;
    char got[4];
    sqlite3_int64 size = 0;
    sqlite3_file *log = open_new(SQLITE_OPEN_WAL);
    put(log, "abcd", 0);
    assert_int_equal(log->pMethods->xRead(log, got, 4, 0), SQLITE_OK);
    assert_memory_equal(got, "abcd", 4);
    put(log, "efgh", 4);
    assert_int_equal(log->pMethods->xFileSize(log, &size), SQLITE_OK);
    assert_int_equal(size, 8);
    put(log, "ijkl", 8);
    assert_int_equal(log->pMethods->xTruncate(log, 2), SQLITE_OK);
    assert_int_equal(disk.writes, 3);
    assert_int_equal(disk.size, 2);
    close_log(log);
    assert_int_equal(disk.size, 2);
}

static void much_goes_out_by_itself(void **state)
{
    (void)state;
    static char block[WRITE_JOIN_BYTES / 2 + 1];
    sqlite3_file *log = open_new(SQLITE_OPEN_WAL);
    memset(block, 'b', sizeof block);
    assert_int_equal(log->pMethods->xWrite(log, block, sizeof block, 0), SQLITE_OK);
    assert_int_equal(disk.writes, 0);
    assert_int_equal(log->pMethods->xWrite(log, block, sizeof block, sizeof block), SQLITE_OK);
    assert_int_equal(disk.writes, 1); /* both have no room together */
    static char huge[WRITE_JOIN_BYTES + 1];
    assert_int_equal(log->pMethods->xWrite(log, huge, sizeof huge, 2 * sizeof block), SQLITE_OK);
    assert_int_equal(disk.writes, 3); /* what was gathered, then what has no room at all */
    assert_int_equal(disk.size, (sqlite3_int64)(2 * sizeof block + sizeof huge));
    assert_int_equal(disk.bytes[2 * sizeof block - 1], 'b');
    close_log(log);
    assert_int_equal(disk.writes, 3);
}

static void a_failure_is_told_and_loses_nothing(void **state)
{
    (void)state;
    char got[4];
    sqlite3_int64 size;
    sqlite3_file *log = open_new(SQLITE_OPEN_WAL);
    put(log, "abcd", 0);
    disk.failing = SQLITE_FULL;
    assert_int_equal(log->pMethods->xSync(log, SQLITE_SYNC_NORMAL), SQLITE_FULL);
    assert_int_equal(disk.syncs, 0);
    assert_int_equal(log->pMethods->xRead(log, got, 4, 0), SQLITE_FULL);
    assert_int_equal(log->pMethods->xFileSize(log, &size), SQLITE_FULL);
    assert_int_equal(log->pMethods->xTruncate(log, 0), SQLITE_FULL);
    assert_int_equal(put(log, "far", 100), SQLITE_FULL);
    disk.failing = SQLITE_OK;
    put(log, "ABcd", 0); /* the next transaction, at the same place */
    assert_int_equal(log->pMethods->xSync(log, SQLITE_SYNC_NORMAL), SQLITE_OK);
    assert_int_equal(disk.size, 4);
    assert_memory_equal(disk.bytes, "ABcd", 4);
    put(log, "last", 4);
    disk.failing = SQLITE_IOERR;
    assert_int_equal(log->pMethods->xClose(log), SQLITE_IOERR);
    free(log);
}

static void other_files_are_the_inner_ones_own(void **state)
{
    (void)state;
    sqlite3_file *file = open_new(SQLITE_OPEN_MAIN_DB);
    assert_ptr_equal(file->pMethods, &disk_methods);
    free(file);
    below.xOpen = refuse;
    sqlite3_vfs *vfs = joined(/* bulk= */ false);
    file = calloc(1, (size_t)vfs->szOsFile);
    assert_non_null(file);
    assert_int_equal(vfs->xOpen(vfs, "log", file, SQLITE_OPEN_WAL, NULL), SQLITE_CANTOPEN);
    assert_null(file->pMethods);
    free(file);
}

static void in_bulk_pages_of_the_database_are_joined_too(void **state)
{
    (void)state;
    char got[4];
    sqlite3_file *base = open_log(SQLITE_OPEN_MAIN_DB, /* bulk= */ true);
    put(base, "page", 4);
    put(base, "next", 8);
    assert_int_equal(disk.writes, 0);
    assert_int_equal(base->pMethods->xRead(base, got, 4, 4), SQLITE_OK);
    assert_memory_equal(got, "page", 4);
    assert_int_equal(disk.writes, 1);
    put(base, "last", 12);
    assert_int_equal(base->pMethods->xSync(base, SQLITE_SYNC_NORMAL), SQLITE_OK);
    assert_int_equal(disk.writes, 2);
    assert_int_equal(disk.syncs, 1); /* at once: the log is begun anew after it */
    close_log(base);
}

static void the_index_of_the_log_is_the_inner_ones(void **state)
{
    (void)state;
    void volatile *at = NULL;
    sqlite3_file *base = open_log(SQLITE_OPEN_MAIN_DB, /* bulk= */ true);
    assert_int_equal(base->pMethods->iVersion, 2);
    assert_int_equal(base->pMethods->xShmMap(base, 1, 10, 100, &at), SQLITE_READONLY);
    assert_int_equal(asked, 111);
    assert_int_equal(base->pMethods->xShmLock(base, 2, 20, 200), SQLITE_BUSY);
    assert_int_equal(asked, 222);
    base->pMethods->xShmBarrier(base);
    assert_int_equal(asked, -1);
    assert_int_equal(base->pMethods->xShmUnmap(base, 1), SQLITE_OK);
    assert_int_equal(asked, 1);
    close_log(base);
}

static void each_vfs_has_one(void **state)
{
    (void)state;
    assert_null(write_join_vfs("nowhere", /* bulk= */ false));
    assert_string_equal(write_join_vfs("disk", /* bulk= */ false), "disk joined");
    assert_ptr_equal(write_join_vfs("disk", /* bulk= */ false),
                     write_join_vfs("disk", /* bulk= */ false));
    assert_ptr_not_equal(write_join_vfs(NULL, /* bulk= */ false),
                         write_join_vfs("disk", /* bulk= */ false));
    assert_ptr_equal(write_join_vfs(NULL, /* bulk= */ false),
                     write_join_vfs(sqlite3_vfs_find(NULL)->zName, /* bulk= */ false));
    assert_string_equal(write_join_vfs("disk", /* bulk= */ true), "disk joined, in bulk");
}

static int sync_log(sqlite3_file *log)
{
    return log->pMethods->xSync(log, SQLITE_SYNC_NORMAL);
}

/* Would wait for ever if the first sync were waited for. */
static void a_late_sync_is_waited_for_by_who_comes_next(void **state)
{
    (void)state;
    sqlite3_file *log = open_log(SQLITE_OPEN_WAL, /* bulk= */ true);
    char bytes[4];
    sem_init(&gate, 0, 0);
    disk.slow = true;
    put(log, "one ", 0);
    assert_int_equal(sync_log(log), SQLITE_OK);
    sem_post(&gate);
    assert_int_equal(log->pMethods->xRead(log, bytes, 4, 0), SQLITE_OK);
    assert_int_equal(disk.syncs, 1);
    put(log, "two ", 4);
    assert_int_equal(sync_log(log), SQLITE_OK);
    put(log, "more", 8);
    sem_post(&gate);
    assert_int_equal(sync_log(log), SQLITE_OK); /* the second is done, the third is not */
    assert_int_equal(disk.syncs, 2);
    sem_post(&gate);
    close_log(log);
    assert_int_equal(disk.syncs, 3);
    assert_memory_equal(disk.bytes, "one two more", 12);
    sem_destroy(&gate);
}

/* As before a log is carried over: what follows rests on it. */
static void a_log_to_which_nothing_came_is_synced_at_once(void **state)
{
    (void)state;
    sqlite3_file *log = open_log(SQLITE_OPEN_WAL, /* bulk= */ true);
    put(log, "page", 0);
    assert_int_equal(sync_log(log), SQLITE_OK);
    assert_int_equal(sync_log(log), SQLITE_OK);
    assert_int_equal(disk.syncs, 2);
    close_log(log);
}

static void a_late_sync_that_failed_is_told_from_then_on(void **state)
{
    (void)state;
    sqlite3_file *log = open_log(SQLITE_OPEN_WAL, /* bulk= */ true);
    char bytes[4];
    disk.unsynced = SQLITE_IOERR_FSYNC;
    put(log, "page", 0);
    assert_int_equal(sync_log(log), SQLITE_OK);
    put(log, "more", 4);
    assert_int_equal(sync_log(log), SQLITE_IOERR_FSYNC);
    disk.unsynced = SQLITE_OK;
    assert_int_equal(sync_log(log), SQLITE_IOERR_FSYNC);
    assert_int_equal(log->pMethods->xRead(log, bytes, 4, 0), SQLITE_IOERR_FSYNC);
    assert_int_equal(log->pMethods->xClose(log), SQLITE_IOERR_FSYNC);
    free(log);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_follows_goes_out_in_one_piece),
        cmocka_unit_test(a_hole_or_an_earlier_place_begins_anew),
        cmocka_unit_test(whoever_looks_sees_what_was_written),
        cmocka_unit_test(much_goes_out_by_itself),
        cmocka_unit_test(a_failure_is_told_and_loses_nothing),
        cmocka_unit_test(other_files_are_the_inner_ones_own),
        cmocka_unit_test(in_bulk_pages_of_the_database_are_joined_too),
        cmocka_unit_test(the_index_of_the_log_is_the_inner_ones),
        cmocka_unit_test(each_vfs_has_one),
        cmocka_unit_test(a_late_sync_is_waited_for_by_who_comes_next),
        cmocka_unit_test(a_log_to_which_nothing_came_is_synced_at_once),
        cmocka_unit_test(a_late_sync_that_failed_is_told_from_then_on),
    };
    return cmocka_run_group_tests(tests, begin, NULL);
}
