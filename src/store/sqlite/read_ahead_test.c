/* What is advised are the pages that the rows lie on, and nothing that a file holds harms. The call
 * that gives advice is replaced and noted. */
#include "store/sqlite/read_ahead.h"
#include "testing.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAGE = 4096, ROWS = 20000, NOTED_MAX = 4096 };

static struct {
    off_t at[NOTED_MAX], size[NOTED_MAX];
    size_t count;
} noted;

int __wrap_posix_fadvise64(int fd, off_t at, off_t size, int advice);

int __wrap_posix_fadvise64(int fd, off_t at, off_t size, int advice)
{
    assert_true(fd >= 0 && size > 0 && size % PAGE == 0 && advice == POSIX_FADV_WILLNEED);
    assert_true(at >= 0 && at % PAGE == 0);
    if (noted.count < NOTED_MAX) {
        noted.at[noted.count] = at;
        noted.size[noted.count++] = size;
    }
    return 0;
}

struct scene {
    char folder[64], path[80];
    sqlite3 *db;
    int64_t rows, index; /* roots */
};

static void run(sqlite3 *db, const char *text)
{
    assert_int_equal(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
}

static int64_t number(sqlite3 *db, const char *text)
{
    sqlite3_stmt *statement;
    assert_int_equal(sqlite3_prepare_v2(db, text, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    int64_t found = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return found;
}

/* Each row says its number, and each entry of the index too: "<row 17>". */
static int set_up(void **state)
{
    struct scene *scene = calloc(1, sizeof *scene);
    assert_non_null(scene);
    strcpy(scene->folder, "/tmp/bailiwick-read-ahead-XXXXXX");
    assert_non_null(mkdtemp(scene->folder));
    snprintf(scene->path, sizeof scene->path, "%s/rows.db", scene->folder);
    assert_int_equal(sqlite3_open(scene->path, &scene->db), SQLITE_OK);
    run(scene->db, "CREATE TABLE row (text TEXT, filling TEXT)");
    run(scene->db, "CREATE INDEX row_by_text ON row (text, filling)");
    run(scene->db,
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) "
        "INSERT INTO row SELECT printf('<row %d>', i), printf('%.300c', 'x') FROM n");
    scene->rows = number(scene->db, "SELECT rootpage FROM sqlite_schema WHERE name = 'row'");
    scene->index =
        number(scene->db, "SELECT rootpage FROM sqlite_schema WHERE name = 'row_by_text'");
    noted.count = 0;
    *state = scene;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *scene = *state;
    sqlite3_close(scene->db);
    unlink(scene->path);
    rmdir(scene->folder);
    free(scene);
    return 0;
}

/* Whether one of the pages that were advised holds the text. */
static bool is_advised(const struct scene *scene, const char *text)
{
    char page[PAGE];
    int fd = open(scene->path, O_RDONLY);
    bool found = false;
    for (size_t i = 0; i < noted.count; i++) {
        for (off_t at = noted.at[i]; !found && at < noted.at[i] + noted.size[i]; at += PAGE) {
            assert_int_equal(pread(fd, page, PAGE, at), PAGE);
            found = memmem(page, PAGE, text, strlen(text));
        }
    }
    close(fd);
    return found;
}

/* Entries of the index that are advised, of `count` behind the first `from`. */
static int advised_entries(const struct scene *scene, int from, int count)
{
    sqlite3_stmt *statement;
    int code = sqlite3_prepare_v2(scene->db, "SELECT text FROM row ORDER BY text LIMIT ? OFFSET ?",
                                  -1, &statement, NULL);
    assert_int_equal(code, SQLITE_OK);
    sqlite3_bind_int(statement, 1, count);
    sqlite3_bind_int(statement, 2, from);
    int advised = 0;
    while (sqlite3_step(statement) == SQLITE_ROW)
        advised += is_advised(scene, (const char *)sqlite3_column_text(statement, 0));
    sqlite3_finalize(statement);
    return advised;
}

static void the_pages_of_rows_are_advised(void **state)
{
    struct scene *scene = *state;
    int64_t rows[] = {20000, 17, 9999, 1, 12345, 18, 5555};
    enum { COUNT = sizeof rows / sizeof *rows };
    struct read_ahead *ahead = read_ahead_open(scene->path);
    read_ahead_rows(ahead, scene->rows, rows, COUNT);
    read_ahead_close(ahead);
    for (size_t i = 0; i < COUNT; i++) {
        char text[32];
        snprintf(text, sizeof text, "<row %d>", (int)rows[i]);
        assert_true(is_advised(scene, text));
    }
    assert_false(is_advised(scene, "<row 15000>"));
    assert_true(rows[0] == 1 && rows[COUNT - 1] == 20000);
    assert_in_range(noted.count, 6, 6 * 3); /* a leaf each, and the inner pages on the way, once */
}

static void the_start_of_an_index_is_advised(void **state)
{
    struct scene *scene = *state;
    struct read_ahead *ahead = read_ahead_open(scene->path);
    read_ahead_start(ahead, scene->index, /* leaves= */ 4);
    read_ahead_close(ahead);
    assert_in_range(noted.count, 1, 3); /* the first was read */
    /* Behind the first leaf's rows, in the order of the texts. */
    assert_in_range(advised_entries(scene, 14, 24), 20, 24); /* one between two leaves is above */
    assert_in_range(advised_entries(scene, 2000, 24), 0, 2);
}

/* A tree of two levels: all of it. */
static void what_a_root_leads_to_is_advised(void **state)
{
    struct scene *scene = *state;
    run(scene->db, "DELETE FROM row WHERE rowid > 100; REINDEX");
    scene->index =
        number(scene->db, "SELECT rootpage FROM sqlite_schema WHERE name = 'row_by_text'");
    struct read_ahead *ahead = read_ahead_open(scene->path);
    read_ahead_below(ahead, scene->index);
    read_ahead_close(ahead);
    assert_in_range(advised_entries(scene, 0, 100), 85, 100);
}

/* Those that lie near each other in one piece, in order; what is no page not at all. */
static void pages_are_advised_as_they_are_named(void **state)
{
    struct scene *scene = *state;
    const int64_t pages[] = {100, 2, 0, 7, -3, 15, (int64_t)1 << 40, 24, 100, 101};
    struct read_ahead *ahead = read_ahead_open(scene->path);
    read_ahead_pages(ahead, pages, sizeof pages / sizeof *pages);
    read_ahead_pages(ahead, pages, 0);
    read_ahead_close(ahead);
    assert_int_equal(noted.count, 3);
    assert_true(noted.at[0] == 1 * PAGE && noted.size[0] == 14 * PAGE);
    assert_true(noted.at[1] == 23 * PAGE && noted.size[1] == PAGE);
    assert_true(noted.at[2] == 99 * PAGE && noted.size[2] == 2 * PAGE);
}

/* An index where a table should be and the other way round, a page of no tree, none at all, the
 * file's first page, another file. */
static void what_is_no_tree_is_left_alone(void **state)
{
    struct scene *scene = *state;
    int64_t rows[] = {1, 2};
    struct read_ahead *ahead = read_ahead_open(scene->path);
    const int64_t none[] = {1, 0, -1, 1 << 20, (int64_t)1 << 40, scene->index};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        read_ahead_rows(ahead, none[i], rows, 2);
    read_ahead_start(ahead, scene->rows, 4);
    read_ahead_below(ahead, scene->rows);
    read_ahead_rows(ahead, scene->rows, rows, 0);
    read_ahead_close(ahead);
    assert_null(read_ahead_open("/nonexistent/rows.db"));
    read_ahead_rows(NULL, scene->rows, rows, 2);
    read_ahead_start(NULL, scene->index, 4);
    read_ahead_below(NULL, scene->index);
    read_ahead_pages(NULL, rows, 2);
    read_ahead_close(NULL);
    assert_int_equal(noted.count, 0);
    run(scene->db, "PRAGMA page_size = 8192; VACUUM");
    ahead = read_ahead_open(scene->path);
    read_ahead_rows(ahead, 2, rows, 2);
    read_ahead_close(ahead);
    assert_int_equal(noted.count, 0);
}

/* A file that says anything: no page is looked for without end, and nothing beyond a page is read
 * (sanitizers watch). */
static void bytes_that_lie_do_no_harm(void **state)
{
    struct scene *scene = *state;
    struct read_ahead *ahead = read_ahead_open(scene->path);
    int fd = open(scene->path, O_RDWR);
    assert_true(fd >= 0);
    srandom(11);
    for (int i = 0; i < 2000; i++) {
        int64_t rows[] = {1, 5000, 19999, INT64_MIN, INT64_MAX};
        int64_t root = i % 2 ? scene->rows : scene->index;
        uint8_t lie = (uint8_t)random();
        off_t at = (off_t)(root - 1) * PAGE + (i % 3 ? random() % 64 : random() % PAGE);
        if (at == (off_t)(root - 1) * PAGE)
            at++; /* the kind of the page stays, so that the rest is looked at */
        assert_int_equal(pwrite(fd, &lie, 1, at), 1);
        noted.count = 0;
        read_ahead_rows(ahead, root, rows, sizeof rows / sizeof *rows);
        read_ahead_start(ahead, root, 20);
        read_ahead_below(ahead, root);
        assert_in_range(noted.count, 0, 8 * 5 + 20 + READ_AHEAD_MAX);
    }
    close(fd);
    read_ahead_close(ahead);
}

/* As another process sees it. */
static bool is_locked(const char *path)
{
    pid_t child = fork();
    if (child == 0) {
        struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
        int fd = open(path, O_RDWR);
        _exit(fd >= 0 && fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK);
    }
    int status = 0;
    assert_true(child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status));
    return WEXITSTATUS(status) == 1;
}

static void the_locks_of_others_stay(void **state)
{
    struct scene *scene = *state;
    struct read_ahead *first = read_ahead_open(scene->path), *second = read_ahead_open(scene->path);
    assert_ptr_equal(first, second);
    run(scene->db, "BEGIN IMMEDIATE");
    assert_true(is_locked(scene->path));
    read_ahead_close(second);
    assert_true(is_locked(scene->path));
    run(scene->db, "ROLLBACK");
    read_ahead_close(first);
}

#define IN_SCENE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

TEST_MAIN(IN_SCENE(the_pages_of_rows_are_advised), IN_SCENE(the_start_of_an_index_is_advised),
          IN_SCENE(what_a_root_leads_to_is_advised), IN_SCENE(pages_are_advised_as_they_are_named),
          IN_SCENE(what_is_no_tree_is_left_alone), IN_SCENE(bytes_that_lie_do_no_harm),
          IN_SCENE(the_locks_of_others_stay))
