#include "store/blob.h"
#include "testing.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void blobs_are_named_by_their_bytes(void **state)
{
    (void)state;
    char folder[] = "/tmp/bailiwick-blob-XXXXXX", path[200], hex[DIGEST_HEX];
    struct digest sha256, again;
    struct error_detail detail = {0};
    struct buffer out BUFFER_CLEANUP;
    buffer_init(&out, 100);
    assert_non_null(mkdtemp(folder));
    assert_int_equal(blob_put(folder, "bytes", 5, &sha256, NULL), 0);
    assert_int_equal(blob_put(folder, "bytes", 5, &again, NULL), 0);
    assert_true(digest_equal(&sha256, &again));
    assert_int_equal(blob_get(folder, &sha256, &out, NULL), 0);
    assert_string_equal(buffer_text(&out), "bytes");
    digest_format(&sha256, hex);
    snprintf(path, sizeof path, "%s/%.2s/%s", folder, hex, hex);
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
    snprintf(path, sizeof path, "%s/%.2s", folder, hex);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0700);
    snprintf(path, sizeof path, "%s/%.2s/%s", folder, hex, hex);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    assert_int_equal(pwrite(fd, "B", 1, 0), 1);
    close(fd);
    assert_int_equal(blob_get(folder, &sha256, &out, &detail), ERR_DAMAGED);
    assert_non_null(strstr(detail.text, hex));
    assert_int_equal(blob_remove(folder, &sha256, NULL), 0);
    assert_int_equal(blob_remove(folder, &sha256, NULL), 0);
    assert_int_equal(blob_get(folder, &sha256, &out, NULL), ERR_NOT_FOUND);
    assert_true(blob_put("/nonexistent", "bytes", 5, &sha256, NULL) < 0);
    snprintf(path, sizeof path, "%s/%.2s", folder, hex);
    assert_int_equal(rmdir(path), 0); /* nothing half-written was left */
    assert_int_equal(rmdir(folder), 0);
}

/* What is no file, or has too long a name, is told as what it is; only a missing one is not found.
 */
static void a_blob_that_cannot_be_reached_is_told(void **state)
{
    (void)state;
    char folder[] = "/tmp/bailiwick-blob-XXXXXX", path[200], hex[DIGEST_HEX], name[PATH_MAX];
    struct digest sha256 = digest_of("bytes", 5), untouched = {{7}}, found = untouched;
    struct error_detail detail = {0};
    struct buffer out BUFFER_CLEANUP;
    buffer_init(&out, 100);
    assert_non_null(mkdtemp(folder));
    digest_format(&sha256, hex);
    snprintf(path, sizeof path, "%s/%.2s", folder, hex);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/%.2s/%s", folder, hex, hex);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(blob_get(folder, &sha256, &out, &detail), -EISDIR);
    assert_non_null(strstr(detail.text, path));
    assert_int_equal(blob_remove(folder, &sha256, NULL), -EISDIR);
    assert_int_equal(rmdir(path), 0);
    snprintf(path, sizeof path, "%s/%.2s", folder, hex);
    assert_int_equal(rmdir(path), 0);
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600); /* a file in the way */
    close(fd);
    assert_true(blob_put(folder, "bytes", 5, &found, NULL) < 0);
    assert_memory_equal(found.bytes, untouched.bytes, DIGEST_SIZE);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0);
    /* The longest folder whose blobs have a path, and one byte more. */
    memset(name, 'n', sizeof name);
    for (size_t size = PATH_MAX - 80; size < PATH_MAX - 60; size++) {
        name[size] = '\0';
        int result = blob_get(name, &sha256, &out, NULL);
        assert_int_equal(blob_put(name, "bytes", 5, &found, NULL), -ENAMETOOLONG);
        assert_true(result == -ENAMETOOLONG);
        name[size] = 'n';
    }
}

TEST_MAIN(cmocka_unit_test(blobs_are_named_by_their_bytes),
          cmocka_unit_test(a_blob_that_cannot_be_reached_is_told))
