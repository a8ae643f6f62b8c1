/* What a connection to SQLite is set to, by what it was opened for; that SQLite takes its memory as
 * the program says; and that a wipe looks at every byte of the file. */
#include "scene.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/pieces.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* The number that a statement of SQLite answers with. */
static int64_t number_of(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *statement;
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    int64_t number = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return number;
}

static void a_connection_is_set_to_what_it_is_opened_for(void **state)
{
    struct scene *scene = *state;
    enum { FILE_ONLY = 0, MEMORY = 2, FULL = 2, OFF = 0 };
    static const struct {
        unsigned flags;
        int64_t cache, checkpoint, synchronous; /* a cache of 0: as SQLite has it */
    } rows[] = {
        {0, -65536, 4096, FULL},
        {STORE_BULK, -262144, 65536, FULL},
        {STORE_UNSAFE, -65536, 4096, OFF},
        {STORE_READ_ONLY, 0, 1000, FULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct store_options options = {.path = scene->path, .flags = rows[i].flags};
        int on = 0;
        store_close(scene->store);
        scene->store = NULL;
        assert_int_equal(store_open(&options, &scene->store, NULL), 0);
        sqlite3 *db = scene->store->db;
        assert_int_equal(number_of(db, "PRAGMA temp_store"), MEMORY);
        assert_int_equal(number_of(db, "PRAGMA foreign_keys"), 1);
        assert_int_equal(number_of(db, "PRAGMA busy_timeout"), SQLITE_BUSY_MS);
        assert_int_equal(number_of(db, "PRAGMA synchronous"), rows[i].synchronous);
        assert_int_equal(number_of(db, "PRAGMA wal_autocheckpoint"), rows[i].checkpoint);
        if (rows[i].cache)
            assert_int_equal(number_of(db, "PRAGMA cache_size"), rows[i].cache);
        if (!(rows[i].flags & STORE_READ_ONLY))
            assert_int_equal(number_of(db, "PRAGMA secure_delete"), OFF);
        sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_QPSG, -1, &on);
        assert_int_equal(on, 1);
    }
}

static void a_vfs_that_is_not_there_is_told(void **state)
{
    struct scene *scene = *state;
    struct error_detail detail = {0};
    char words[160];
    snprintf(words, sizeof words, "%s: no VFS for it, or no memory", scene->path);
    const struct store_options options = {.path = scene->path, .vfs = "nowhere"};
    store_close(scene->store);
    scene->store = NULL;
    assert_int_equal(store_open(&options, &scene->store, &detail), ERR_STORE);
    assert_string_equal(detail.text, words);
}

/* A backup has no write-ahead log, and SQLite says nothing when it cannot give it one: here because
 * there is no memory to share. */
static void a_store_without_a_log_is_not_written(void **state)
{
    struct scene *scene = *state;
    struct error_detail detail = {0};
    struct store *store = NULL;
    char backup[220];
    snprintf(backup, sizeof backup, "%s.backup", scene->path);
    assert_int_equal(store_backup(scene->store, backup, NULL), 0);
    const struct store_options options = {.path = backup, .vfs = "unix-none"};
    assert_int_equal(store_open(&options, &store, &detail), ERR_UNAVAILABLE);
    assert_non_null(strstr(detail.text, "SQLite could not give it a write-ahead log"));
    const struct store_options whole = {.path = backup};
    assert_int_equal(store_open(&whole, &store, NULL), 0);
    store_close(store);
    assert_int_equal(unlink(backup), 0);
}

/* Memory is taken in pieces of our own, and nobody counts it. */
static void sqlite_takes_memory_as_the_program_says(void **state)
{
    struct scene *scene = *state;
    sqlite3_mem_methods memory;
    assert_int_equal(sqlite3_memory_used(), 0);
    store_close(scene->store);
    scene->store = NULL;
    sqlite3_shutdown();
    assert_int_equal(sqlite3_config(SQLITE_CONFIG_GETMALLOC, &memory), SQLITE_OK);
    assert_ptr_equal(memory.xMalloc, pieces_methods.xMalloc);
    scene_reopen(scene);
}

/* A command that was kept or undone is over: nothing of it lies in the transaction. */
static void a_command_leaves_no_savepoint(void **state)
{
    struct scene *scene = *state;
    struct store *store = scene->store;
    assert_done(store, store_begin(store));
    for (int undone = 0; undone < 2; undone++) {
        assert_done(store, store_mark(store));
        scene_party(scene, "registry-a");
        assert_done(store, undone ? store_undo(store) : store_keep(store));
        assert_int_equal(sqlite_run_control(store, STATEMENT_KEEP), ERR_STORE);
        assert_non_null(strstr(store_words(store), "no such savepoint"));
    }
    assert_done(store, store_commit(store));
}

/* --- wiping --- */

enum { PIECE = 1 << 20, PAGE = 4096 }; /* of the file that is looked at in one go; of SQLite */

/* A file of three pieces, of which most pages lie unused: what is in them means nothing. */
static void leave_unused_pages(struct scene *scene)
{
    assert_int_equal(
        sqlite3_exec(scene->store->db,
                     "CREATE TABLE gone(x); INSERT INTO gone VALUES (zeroblob(3145728));"
                     "DROP TABLE gone",
                     NULL, NULL, NULL),
        SQLITE_OK);
    scene_reopen(scene);
    assert_true(number_of(scene->store->db, "PRAGMA freelist_count") > 2 * PIECE / PAGE);
}

/* Into unused pages, but for the one that lists them: SQLite's file format, 1.3.5. */
static void put_at(const struct scene *scene, const struct digest *digest, off_t at)
{
    uint8_t head[4];
    int fd = open(scene->path, O_RDWR | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(pread(fd, head, sizeof head, 32), sizeof head);
    off_t list = (off_t)head[0] << 24 | head[1] << 16 | head[2] << 8 | head[3];
    assert_true(at / PAGE + 1 != list && (at + DIGEST_SIZE - 1) / PAGE + 1 != list);
    assert_int_equal(pwrite(fd, digest->bytes, DIGEST_SIZE, at), DIGEST_SIZE);
    close(fd);
}

/* Wherever in the file it lies, the store is written anew; where it does not lie, it is not. */
static void a_wipe_finds_what_lies_on_a_border(void **state)
{
    static const off_t places[] = {
        PIECE - DIGEST_SIZE, PIECE - DIGEST_SIZE + 1,     PIECE - 1,      PIECE,
        2 * PIECE - 1,       2 * PIECE - 2 * DIGEST_SIZE, 2 * PIECE - 62, 2 * PIECE - 32,
    };
    const struct digest erased[] = {digest_of("other", 5), digest_of("erased", 6)};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        struct scene *scene;
        scene_setup(state);
        scene = *state;
        leave_unused_pages(scene);
        put_at(scene, &erased[1], places[i]);
        for (size_t count = 1; count <= 2; count++) {
            assert_done(scene->store, store_begin(scene->store));
            assert_done(scene->store, store_wipe_begin(scene->store));
            assert_done(scene->store, store_commit(scene->store));
            assert_int_equal(number_of(scene->store->db, "PRAGMA secure_delete"), 1);
            assert_done(scene->store, store_wipe(scene->store, erased, count));
            assert_int_equal(number_of(scene->store->db, "PRAGMA secure_delete"), 0);
            assert_int_equal(number_of(scene->store->db, "PRAGMA temp_store"), 2);
            int64_t unused = number_of(scene->store->db, "PRAGMA freelist_count");
            if ((unused > 0) != (count == 1))
                fail_msg("place %zu: %d pages are unused", i, (int)unused);
        }
        assert_int_equal(number_of(scene->store->db, "PRAGMA busy_timeout"), SQLITE_BUSY_MS);
        scene_teardown(state);
    }
}

/* Pages asked of the disk before they are read. */
static int advised;

int __wrap_posix_fadvise64(int fd, off_t at, off_t size, int advice);

int __wrap_posix_fadvise64(int fd, off_t at, off_t size, int advice)
{
    assert_true(fd >= 0 && at >= 0 && size > 0 && advice == POSIX_FADV_WILLNEED);
    advised += (int)(size / 4096);
    return 0;
}

static void add_cases(struct scene *scene)
{
    assert_done(scene->store, store_begin(scene->store));
    scene_party(scene, "rar-1");
    for (int i = 0; i < 200; i++) {
        char id[16];
        snprintf(id, sizeof id, "c-%03d", i);
        scene_case(scene, id, id);
    }
    assert_done(scene->store, store_commit(scene->store));
}

/* How many cases a list has, and how many pages it asks for together. */
static size_t count_listed(struct scene *scene, const struct store_case_query *query,
                           int *ret_asked)
{
    struct store_case *cases;
    size_t count;
    advised = 0;
    assert_done(scene->store, store_case_list(scene->store, query, &scene->arena, &cases, &count));
    for (size_t i = 1; i < count; i++)
        assert_true(strcmp(cases[i - 1].id, cases[i].id) < 0);
    *ret_asked = advised;
    return count;
}

/* The same rows for who writes and who reads; only a reader asks, and not for a list that lies in
 * its own order. */
static void a_reader_asks_for_the_pages_of_a_list_together(void **state)
{
    struct scene *scene = *state;
    const struct store_options options = {.path = scene->path, .flags = STORE_READ_ONLY};
    add_cases(scene);
    struct store_case one;
    assert_done(scene->store, store_case_find(scene->store, "c-007", &scene->arena, &one));
    const struct {
        struct store_case_query query;
        bool far;
    } rows[] = {
        {{.limit = 100}, false},
        {{.open_only = true, .limit = 100}, false},
        {{.party = one.party, .limit = 100}, true},
        {{.party = one.party, .open_only = true, .limit = 100}, true},
        {{.party = one.party, .told_only = true, .limit = 100}, false}, /* none is told */
        {{.subject = one.subject, .limit = 100}, true},
        {{.handler = one.handler, .limit = 100}, one.handler[0]},
        {{.stage = one.stage, .limit = 100}, true},
    };
    enum { COUNT = sizeof rows / sizeof *rows };
    size_t counts[COUNT];
    int asked;
    for (size_t i = 0; i < COUNT; i++) {
        counts[i] = count_listed(scene, &rows[i].query, &asked);
        assert_int_equal(asked, 0);
    }
    store_close(scene->store);
    scene->store = NULL;
    advised = 0;
    assert_int_equal(store_open(&options, &scene->store, NULL), 0);
    int64_t roots =
        number_of(scene->store->db, "SELECT COUNT(*) FROM sqlite_schema WHERE rootpage > 1");
    assert_in_range(advised, roots, 9 * roots); /* and what lies between */
    for (size_t i = 0; i < COUNT; i++) {
        assert_int_equal(count_listed(scene, &rows[i].query, &asked), counts[i]);
        if ((asked > 0) != rows[i].far)
            fail_msg("list %zu: %d pages were asked for", i, asked);
    }
}

#define IN_SCENE(test) cmocka_unit_test_setup_teardown(test, scene_setup, scene_teardown)

TEST_MAIN(IN_SCENE(a_connection_is_set_to_what_it_is_opened_for),
          IN_SCENE(a_vfs_that_is_not_there_is_told), IN_SCENE(a_store_without_a_log_is_not_written),
          IN_SCENE(sqlite_takes_memory_as_the_program_says),
          IN_SCENE(a_command_leaves_no_savepoint),
          IN_SCENE(a_reader_asks_for_the_pages_of_a_list_together),
          cmocka_unit_test(a_wipe_finds_what_lies_on_a_border))
