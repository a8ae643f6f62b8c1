/* The list of erasures on a disk that fails, that is cut, and that somebody wrote to. */
#include "app/complaints/erasure_list.h"

#include "refusal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAD "bailiwick erasures 1\n"
#define SAME "7777777777777777777777777777777777777777777777777777777777777777"
#define REMEDY "put a copy of it back, or move it away"

/* --- the disk --- */

static bool sync_fails, cut_fails;

int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __wrap_fsync(int fd)
{
    if (!sync_fails)
        return __real_fsync(fd);
    errno = EIO;
    return -1;
}

/* Under the names that they have in a program with 64-bit offsets. */
int __real_ftruncate64(int fd, off_t size);
int __wrap_ftruncate64(int fd, off_t size);
int __wrap_ftruncate64(int fd, off_t size)
{
    if (!cut_fails)
        return __real_ftruncate64(fd, size);
    errno = EROFS;
    return -1;
}

int __real_truncate64(const char *path, off_t size);
int __wrap_truncate64(const char *path, off_t size);
int __wrap_truncate64(const char *path, off_t size)
{
    if (!cut_fails)
        return __real_truncate64(path, size);
    errno = EROFS;
    return -1;
}

struct place {
    char folder[64], path[96];
};

static int make_place(void **state)
{
    struct place *place = calloc(1, sizeof *place);
    assert_non_null(place);
    snprintf(place->folder, sizeof place->folder, "/tmp/bailiwick-list-XXXXXX");
    assert_non_null(mkdtemp(place->folder));
    snprintf(place->path, sizeof place->path, "%s/erasures", place->folder);
    sync_fails = cut_fails = false;
    *state = place;
    return 0;
}

static int end_place(void **state)
{
    struct place *place = *state;
    unlink(place->path);
    assert_int_equal(rmdir(place->folder), 0);
    free(place);
    return 0;
}

static void write_text(const struct place *place, const char *text)
{
    FILE *file = fopen(place->path, "wb");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static off_t size_of(const struct place *place)
{
    struct stat about;
    assert_int_equal(stat(place->path, &about), 0);
    return about.st_size;
}

static struct digest mark_of(const char *text)
{
    const struct digest link = digest_of(text, strlen(text));
    return erasure_mark(&link);
}

static void append(const struct place *place, const char *text)
{
    struct error_detail detail = {0};
    const struct digest mark = mark_of(text);
    if (erasure_list_append(place->path, &mark, 1, &detail) < 0)
        fail_msg("%s", detail.text);
}

static void expect(const struct place *place, int64_t count, const char *last)
{
    struct erasure_list_end end;
    const struct digest mark = last ? mark_of(last) : (struct digest){{0}};
    assert_int_equal(erasure_list_end(place->path, &end, NULL), 0);
    assert_int_equal(end.count, count);
    assert_true(digest_equal(&end.last, &mark));
}

/* --- what it holds --- */

static void a_mark_is_found_by_the_link_and_tells_nothing_of_it(void **state)
{
    struct place *place = *state;
    struct arena arena ARENA_CLEANUP = {0};
    const struct digest link = digest_of("one", 3), mark = mark_of("one");
    struct digest *marks;
    size_t count;
    arena_init(&arena, 1 << 20);
    assert_false(digest_equal(&link, &mark));
    expect(place, 0, NULL);
    append(place, "one");
    append(place, "two");
    append(place, "three");
    expect(place, 3, "three");
    assert_int_equal(size_of(place), strlen(HEAD) + 3 * 65);
    struct stat about;
    assert_int_equal(stat(place->path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    assert_int_equal(erasure_list_read(place->path, &arena, &marks, &count, NULL), 0);
    assert_int_equal(count, 3);
    for (size_t i = 1; i < count; i++)
        assert_true(digest_compare(&marks[i - 1], &marks[i]) < 0);
    size_t found = 0;
    for (size_t i = 0; i < count; i++)
        found += digest_equal(&marks[i], &mark);
    assert_int_equal(found, 1);
}

static void a_line_that_is_not_whole_was_never_there(void **state)
{
    struct place *place = *state;
    append(place, "one");
    append(place, "two");
    assert_int_equal(truncate(place->path, size_of(place) - 1), 0);
    expect(place, 1, "one");
    append(place, "three");
    expect(place, 2, "three");
    assert_int_equal(truncate(place->path, 7), 0);
    expect(place, 0, NULL);
    append(place, "four");
    expect(place, 1, "four");
}

static void what_did_not_come_about_is_taken_off(void **state)
{
    struct place *place = *state;
    struct error_detail detail = {0};
    append(place, "one");
    append(place, "two");
    append(place, "three");
    assert_int_equal(erasure_list_take_back(place->path, 2, &detail), 0);
    expect(place, 1, "one");
    assert_int_equal(erasure_list_sync(place->path, &detail), 0);
    sync_fails = true;
    assert_refused(erasure_list_sync(place->path, &detail), -EIO, &detail,
                   "/erasures: Input/output error");
    cut_fails = true;
    assert_refused(erasure_list_take_back(place->path, 1, &detail), -EROFS, &detail,
                   "/erasures: Read-only file system");
    expect(place, 1, "one");
    assert_refused(erasure_list_take_back("/nowhere/erasures", 1, &detail), -ENOENT, &detail,
                   "/nowhere/erasures: No such file");
    assert_refused(erasure_list_sync("/nowhere/erasures", &detail), -ENOENT, &detail,
                   "/nowhere/erasures: No such file");
}

/* --- what goes wrong --- */

static void what_is_not_synced_is_not_in_it(void **state)
{
    struct place *place = *state;
    struct error_detail detail = {0};
    const struct digest two = mark_of("two");
    append(place, "one");
    sync_fails = true;
    assert_refused(erasure_list_append(place->path, &two, 1, &detail), -EIO, &detail,
                   "/erasures: Input/output error");
    expect(place, 1, "one");
    sync_fails = false;
    cut_fails = true;
    assert_refused(erasure_list_append(place->path, &two, 1, &detail), -EROFS, &detail,
                   "/erasures: Read-only file system");
    expect(place, 1, "one");
    assert_refused(erasure_list_append("/nowhere/erasures", &two, 1, &detail), -ENOENT, &detail,
                   "/nowhere/erasures: No such file");
    assert_int_equal(erasure_list_append("/nowhere/erasures", &two, 0, &detail), 0);
}

static void what_is_no_list_is_named_with_its_line(void **state)
{
    struct place *place = *state;
    struct error_detail detail = {0};
    struct arena arena ARENA_CLEANUP = {0};
    struct erasure_list_end end;
    struct digest *marks;
    size_t count;
    arena_init(&arena, 1 << 20);
    write_text(place, "a list of something else\n");
    assert_refused(erasure_list_read(place->path, &arena, &marks, &count, &detail), ERR_DAMAGED,
                   &detail, "/erasures is no list of erasures; " REMEDY);
    write_text(place, HEAD SAME "\n" SAME "?" SAME "\n");
    assert_refused(erasure_list_read(place->path, &arena, &marks, &count, &detail), ERR_DAMAGED,
                   &detail, "/erasures, line 3: not 64 hexadecimal digits; " REMEDY);
    assert_int_equal(erasure_list_end(place->path, &end, &detail), 0);
    write_text(place, HEAD SAME "\n" SAME "?");
    assert_refused(erasure_list_end(place->path, &end, &detail), ERR_DAMAGED, &detail,
                   "/erasures: its end is no mark; " REMEDY);
    assert_refused(erasure_list_read("/nowhere", &arena, &marks, &count, &detail), -ENOENT, &detail,
                   "/nowhere: No such file");
    assert_refused(erasure_list_end("/dev/null/erasures", &end, &detail), -ENOTDIR, &detail,
                   "/dev/null/erasures: Not a directory");
    struct arena small ARENA_CLEANUP = {0};
    arena_init(&small, 16);
    write_text(place, HEAD SAME "\n");
    assert_int_equal(erasure_list_read(place->path, &small, &marks, &count, NULL), ERR_LIMIT);
}

/* A hole in the file stands for the lines that nobody wants to write here. */
static void a_list_has_an_end(void **state)
{
    struct place *place = *state;
    struct error_detail detail = {0};
    const struct digest one = mark_of("one");
    write_text(place, HEAD);
    assert_int_equal(
        truncate(place->path, (off_t)strlen(HEAD) + (off_t)ERASURE_LIST_MAX * DIGEST_HEX), 0);
    assert_refused(erasure_list_append(place->path, &one, 1, &detail), ERR_LIMIT, &detail,
                   "/erasures: a limit was exceeded");
    assert_int_equal(size_of(place), (off_t)strlen(HEAD) + (off_t)ERASURE_LIST_MAX * DIGEST_HEX);
}

#define LIST_TEST(name) cmocka_unit_test_setup_teardown(name, make_place, end_place)

TEST_MAIN(LIST_TEST(a_mark_is_found_by_the_link_and_tells_nothing_of_it),
          LIST_TEST(a_line_that_is_not_whole_was_never_there),
          LIST_TEST(what_did_not_come_about_is_taken_off),
          LIST_TEST(what_is_not_synced_is_not_in_it),
          LIST_TEST(what_is_no_list_is_named_with_its_line), LIST_TEST(a_list_has_an_end))
