/* What is written is durable before anybody builds on it: file and folder are synced, and a sync
 * that fails is a write that failed. fsync() is our own here (--wrap). */
#include "store/blob.h"
#include "testing.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct {
    int files, folders; /* synced so far */
    bool file_fails, folder_fails;
} sync_;

int __wrap_fsync(int fd);

int __wrap_fsync(int fd)
{
    struct stat status;
    assert_int_equal(fstat(fd, &status), 0);
    bool folder = S_ISDIR(status.st_mode);
    *(folder ? &sync_.folders : &sync_.files) += 1;
    if (folder ? !sync_.folder_fails : !sync_.file_fails)
        return 0;
    errno = EIO;
    return -1;
}

struct place {
    char folder[64], path[96];
};

static void begin(struct place *place)
{
    memset(&sync_, 0, sizeof sync_);
    snprintf(place->folder, sizeof place->folder, "/tmp/bailiwick-sync-XXXXXX");
    assert_non_null(mkdtemp(place->folder));
    snprintf(place->path, sizeof place->path, "%s/file", place->folder);
}

static void a_file_and_its_folder_are_synced(void **state)
{
    (void)state;
    struct place place;
    begin(&place);
    assert_int_equal(blob_write_file(place.path, "bytes", 5, NULL), 0);
    assert_int_equal(sync_.files, 1);
    assert_int_equal(sync_.folders, 1);
    assert_int_equal(unlink(place.path), 0);
    assert_int_equal(rmdir(place.folder), 0);
}

static void a_file_that_cannot_be_synced_is_not_there(void **state)
{
    (void)state;
    struct place place;
    struct error_detail detail = {0};
    begin(&place);
    sync_.file_fails = true;
    assert_int_equal(blob_write_file(place.path, "bytes", 5, &detail), -EIO);
    assert_non_null(strstr(detail.text, place.path));
    assert_int_equal(rmdir(place.folder), 0); /* nothing was left, under no name */
}

static void a_folder_that_cannot_be_synced_is_told(void **state)
{
    (void)state;
    struct place place;
    begin(&place);
    sync_.folder_fails = true;
    assert_int_equal(blob_write_file(place.path, "bytes", 5, NULL), -EIO);
    assert_int_equal(unlink(place.path), 0);
    assert_int_equal(rmdir(place.folder), 0);
}

static void a_new_subfolder_of_blobs_is_synced_in_its_parent(void **state)
{
    (void)state;
    struct place place;
    struct digest sha256;
    char hex[DIGEST_HEX], subfolder[128];
    begin(&place);
    assert_int_equal(blob_put(place.folder, "bytes", 5, &sha256, NULL), 0);
    assert_int_equal(sync_.files, 1);
    assert_int_equal(sync_.folders, 2);
    assert_int_equal(blob_put(place.folder, "bytes", 5, &sha256, NULL), 0);
    assert_int_equal(sync_.files, 1); /* it is there already */
    assert_int_equal(blob_remove(place.folder, &sha256, NULL), 0);
    snprintf(subfolder, sizeof subfolder, "%s/%.2s", place.folder, digest_format(&sha256, hex));
    assert_int_equal(rmdir(subfolder), 0);
    sync_.folder_fails = true;
    assert_int_equal(blob_put(place.folder, "bytes", 5, &sha256, NULL), -EIO);
    assert_int_equal(rmdir(subfolder), 0);
    assert_int_equal(rmdir(place.folder), 0);
}

TEST_MAIN(cmocka_unit_test(a_file_and_its_folder_are_synced),
          cmocka_unit_test(a_file_that_cannot_be_synced_is_not_there),
          cmocka_unit_test(a_folder_that_cannot_be_synced_is_told),
          cmocka_unit_test(a_new_subfolder_of_blobs_is_synced_in_its_parent))
