#include "base/file_batch.h"
#include "testing.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_ROOM = 200, MANY = FILE_BATCH_MAX * 2 + 3 };

struct place {
    char folder[40], other[60];
    char path[PATH_ROOM];
};

static void make(struct place *place)
{
    *place = (struct place){.folder = "/tmp/bailiwick-batch-XXXXXX"};
    assert_non_null(mkdtemp(place->folder));
    snprintf(place->other, sizeof place->other, "%s/other", place->folder);
    assert_int_equal(mkdir(place->other, 0700), 0);
}

static const char *path_of(struct place *place, const char *folder, int number)
{
    snprintf(place->path, sizeof place->path, "%s/%d", folder, number);
    return place->path;
}

/* How many files a folder holds, hidden ones too. */
static int count_in(const char *folder)
{
    DIR *listing = opendir(folder);
    int count = 0;
    assert_non_null(listing);
    for (struct dirent *entry; (entry = readdir(listing));)
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(listing);
    return count;
}

static void remove_all(struct place *place)
{
    for (int i = 0; i < MANY; i++) {
        unlink(path_of(place, place->folder, i));
        unlink(path_of(place, place->other, i));
    }
    assert_int_equal(rmdir(place->other), 0);
    assert_int_equal(rmdir(place->folder), 0);
}

static void files_are_there_once_the_batch_is_settled(void **state)
{
    (void)state;
    struct file_batch batch FILE_BATCH_CLEANUP = {0};
    struct place place;
    struct stat status;
    char bytes[8] = {0};
    make(&place);
    for (int i = 0; i < MANY; i++) { /* more than are under way at a time */
        const char *path = path_of(&place, i % 2 ? place.other : place.folder, i);
        assert_int_equal(file_batch_write(&batch, path, "bytes", 5, NULL), 0);
        assert_int_equal(access(path, F_OK), -1);
    }
    assert_int_equal(file_batch_keep(&batch, path_of(&place, place.folder, 0), NULL), 0);
    assert_int_equal(file_batch_settle(&batch, NULL), 0);
    assert_int_equal(batch.count, 0);
    assert_int_equal(count_in(place.folder) + count_in(place.other), MANY + 1);
    int fd = open(path_of(&place, place.other, MANY - 2), O_RDONLY | O_CLOEXEC);
    assert_int_equal(read(fd, bytes, sizeof bytes), 5);
    assert_string_equal(bytes, "bytes");
    assert_int_equal(fstat(fd, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
    close(fd);
    remove_all(&place);
}

static void what_is_not_settled_leaves_nothing(void **state)
{
    (void)state;
    struct file_batch batch = {0};
    struct place place;
    make(&place);
    for (int i = 0; i < 3; i++)
        assert_int_equal(
            file_batch_write(&batch, path_of(&place, place.folder, i), "bytes", 5, NULL), 0);
    file_batch_drop(&batch);
    assert_int_equal(count_in(place.folder), 1); /* the other folder */
    remove_all(&place);
}

/* A folder is in the way of the second of three. */
static void a_failure_is_told_and_leaves_whole_files(void **state)
{
    (void)state;
    struct file_batch batch = {0};
    struct error_detail detail = {0};
    struct place place;
    make(&place);
    assert_int_equal(mkdir(path_of(&place, place.folder, 1), 0700), 0);
    for (int i = 0; i < 3; i++)
        assert_int_equal(
            file_batch_write(&batch, path_of(&place, place.folder, i), "bytes", 5, NULL), 0);
    assert_int_equal(file_batch_settle(&batch, &detail), -EISDIR);
    assert_non_null(strstr(detail.text, path_of(&place, place.folder, 1)));
    assert_int_equal(count_in(place.folder), 3); /* the first, what was in the way, and the other */
    assert_int_equal(rmdir(path_of(&place, place.folder, 1)), 0);
    detail = (struct error_detail){0};
    assert_int_equal(file_batch_write(&batch, "/nonexistent/file", "bytes", 5, &detail), -ENOENT);
    assert_non_null(strstr(detail.text, "/nonexistent/file"));
    file_batch_drop(&batch);
    remove_all(&place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_are_there_once_the_batch_is_settled),
        cmocka_unit_test(what_is_not_settled_leaves_nothing),
        cmocka_unit_test(a_failure_is_told_and_leaves_whole_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
