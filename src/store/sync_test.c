/* What is written is durable before anybody builds on it: file and folder are synced, and a sync
 * that fails is a write that failed. fsync() is our own here (--wrap), and write(): it writes a few
 * bytes at a time and is interrupted, as POSIX allows. */
#include "store/blob.h"

#include "base/file_batch.h"
#include "testing.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
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

static struct {
    bool fails;
    int interruptions;   /* made so far */
    char name[PATH_MAX]; /* of the file that was written to last */
} write_;

ssize_t __real_write(int fd, const void *data, size_t size);
ssize_t __wrap_write(int fd, const void *data, size_t size);

ssize_t __wrap_write(int fd, const void *data, size_t size)
{
    struct stat status;
    char link[64];
    if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode))
        return __real_write(fd, data, size);
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    assert_true(readlink(link, write_.name, sizeof write_.name - 1) > 0);
    if (write_.fails || write_.interruptions++ % 2 == 0) {
        errno = write_.fails ? ENOSPC : EINTR;
        return -1;
    }
    return __real_write(fd, data, size < 3 ? size : 3);
}

struct place {
    char folder[64], path[96];
};

static void begin(struct place *place)
{
    memset(&sync_, 0, sizeof sync_);
    memset(&write_, 0, sizeof write_);
    snprintf(place->folder, sizeof place->folder, "/tmp/bailiwick-sync-XXXXXX");
    assert_non_null(mkdtemp(place->folder));
    snprintf(place->path, sizeof place->path, "%s/file", place->folder);
}

static void a_file_and_its_folder_are_synced(void **state)
{
    (void)state;
    struct place place;
    begin(&place);
    assert_int_equal(file_replace(place.path, "bytes", 5, NULL), 0);
    assert_int_equal(sync_.files, 1);
    assert_int_equal(sync_.folders, 1);
    struct buffer bytes BUFFER_CLEANUP;
    buffer_init(&bytes, 100);
    assert_int_equal(buffer_load_file(&bytes, place.path), 0);
    assert_string_equal(buffer_text(&bytes), "bytes");
    assert_true(write_.interruptions >= 3);
    /* Were it cut, the half that stays behind would be hidden from the doors. */
    assert_non_null(strstr(write_.name, "/.file."));
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
    assert_int_equal(file_replace(place.path, "bytes", 5, &detail), -EIO);
    assert_non_null(strstr(detail.text, place.path));
    assert_int_equal(rmdir(place.folder), 0); /* nothing was left, under no name */
}

/* A full disk, a folder of that name in the way, no folder at all, no room for a longer name. */
static void a_file_that_cannot_be_written_leaves_nothing(void **state)
{
    (void)state;
    struct place place;
    struct error_detail detail = {0};
    char name[PATH_MAX + 10];
    begin(&place);
    write_.fails = true;
    assert_int_equal(file_replace(place.path, "bytes", 5, &detail), -ENOSPC);
    assert_non_null(strstr(detail.text, place.path));
    begin(&place);
    assert_int_equal(mkdir(place.path, 0700), 0);
    assert_int_equal(file_replace(place.path, "bytes", 5, NULL), -EISDIR);
    assert_int_equal(rmdir(place.path), 0);
    assert_int_equal(rmdir(place.folder), 0); /* nothing was left, under no name */
    detail.text[0] = '\0';
    assert_int_equal(file_replace(place.path, "bytes", 5, &detail), -ENOENT);
    assert_non_null(strstr(detail.text, place.path));
    memset(name, 'n', sizeof name);
    name[PATH_MAX - 5] = '\0';
    assert_int_equal(file_replace(name, "bytes", 5, NULL), -ENAMETOOLONG);
}

/* A program may be started with its standard input closed: then 0 is a descriptor like any other.
 */
static void descriptor_0_is_a_descriptor(void **state)
{
    (void)state;
    struct place place;
    struct stat status;
    begin(&place);
    int kept = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 10);
    close(STDIN_FILENO);
    int result = file_replace(place.path, "bytes", 5, NULL);
    bool left_open = fstat(STDIN_FILENO, &status) == 0;
    dup2(kept, STDIN_FILENO);
    close(kept);
    assert_int_equal(result, 0);
    assert_false(left_open);
    assert_int_equal(unlink(place.path), 0);
    assert_int_equal(rmdir(place.folder), 0);
}

static void a_folder_that_cannot_be_synced_is_told(void **state)
{
    (void)state;
    struct place place;
    begin(&place);
    sync_.folder_fails = true;
    assert_int_equal(file_replace(place.path, "bytes", 5, NULL), -EIO);
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
          cmocka_unit_test(a_file_that_cannot_be_written_leaves_nothing),
          cmocka_unit_test(descriptor_0_is_a_descriptor),
          cmocka_unit_test(a_folder_that_cannot_be_synced_is_told),
          cmocka_unit_test(a_new_subfolder_of_blobs_is_synced_in_its_parent))
