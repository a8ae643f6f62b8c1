/* The store of each earlier schema, kept in tests/store/fixtures/, opens, migrates and holds what
 * it held; and whatever goes wrong on the way leaves it as the older program knew it. statvfs() is
 * our own here (--wrap). */
#include "scene.h"

#include "tlog/tile.h"

#include <errno.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *fixture; /* the file, unpacked */

/* --- what a file holds, seen without the program --- */

static sqlite3 *look(const char *path)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    sqlite3_busy_timeout(db, 1000);
    return db;
}

/* The first column of the first row; on the heap. */
static char *ask(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *query;
    if (sqlite3_prepare_v2(db, sql, -1, &query, NULL) != SQLITE_OK ||
        sqlite3_step(query) != SQLITE_ROW)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    const unsigned char *text = sqlite3_column_text(query, 0);
    char *copy = strdup(text ? (const char *)text : "");
    sqlite3_finalize(query);
    return copy;
}

static char *ask_file(const char *path, const char *sql)
{
    sqlite3 *db = look(path);
    char *text = ask(db, sql);
    sqlite3_close(db);
    return text;
}

static void change_file(const char *path, const char *sql)
{
    sqlite3 *db = look(path);
    char *words = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &words) != SQLITE_OK)
        fail_msg("%s: %s", sql, words);
    sqlite3_close(db);
}

static char *schema_of(const char *path)
{
    return ask_file(path, "SELECT (SELECT user_version FROM pragma_user_version) || CHAR(10) ||"
                          " GROUP_CONCAT(sql, CHAR(10)) FROM (SELECT sql FROM sqlite_master"
                          " WHERE sql IS NOT NULL ORDER BY type, name)");
}

/* Tables whose columns moved: what tells it of a store, and where they stand then. */
static const struct moved {
    const char *table, *sign, *place;
} moved[] = {
    {"person", "SELECT COUNT(*) FROM main.sqlite_master WHERE name = 'token'", /* schema 17 */
     "(SELECT p.*, t.sha256 AS token_sha256 FROM main.person p"
     " JOIN main.token t ON t.person = p.id AND t.number = 1)"},
    {"log_waiting",
     "SELECT COUNT(*) = 0 FROM pragma_table_info('log_waiting', 'main') WHERE name = 'entry'", /* 21
                                                                                                */
     "(SELECT entry FROM main.log_waiting JOIN main.opening ON number = log_waiting.opening)"},
};

static const char *place_of(sqlite3 *db, const char *table)
{
    const char *place = table; /* main comes before old */
    for (size_t i = 0; i < sizeof moved / sizeof *moved; i++) {
        char *there = ask(db, moved[i].sign);
        if (strcmp(table, moved[i].table) == 0 && strcmp(there, "1") == 0)
            place = moved[i].place;
        free(there);
    }
    return place;
}

/* Fails for a table of the fixture that has a row which is not in the file, column by column. */
static void check_rows(const char *path)
{
    sqlite3 *db = look(path);
    sqlite3_stmt *tables;
    char *attach = sqlite3_mprintf("ATTACH %Q AS old", fixture);
    assert_int_equal(sqlite3_exec(db, attach, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_free(attach);
    assert_int_equal(
        sqlite3_prepare_v2(db,
                           "SELECT t.name, GROUP_CONCAT('\"' || c.name || '\"') FROM"
                           " old.sqlite_master t JOIN pragma_table_info(t.name, 'old') c"
                           " WHERE t.type = 'table' GROUP BY t.name",
                           -1, &tables, NULL),
        SQLITE_OK);
    int count = 0;
    for (; sqlite3_step(tables) == SQLITE_ROW; count++) {
        const char *name = (const char *)sqlite3_column_text(tables, 0);
        const char *columns = (const char *)sqlite3_column_text(tables, 1);
        char *sql = sqlite3_mprintf("SELECT COUNT(*) FROM (SELECT %s FROM old.%s EXCEPT"
                                    " SELECT %s FROM %s)",
                                    columns, name, columns, place_of(db, name));
        char *lost = ask(db, sql);
        if (strcmp(lost, "0") != 0)
            fail_msg("%s rows of %s are lost or changed", lost, name);
        free(lost);
        sqlite3_free(sql);
    }
    assert_true(count > 20);
    sqlite3_finalize(tables);
    sqlite3_close(db);
}

/* --- scenes --- */

static void put_copy(const char *path)
{
    struct buffer bytes BUFFER_CLEANUP;
    buffer_init(&bytes, 64 << 20);
    assert_int_equal(buffer_load_file(&bytes, fixture), 0);
    FILE *file = fopen(path, "wbe");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes.data, 1, bytes.size, file), bytes.size);
    assert_int_equal(fclose(file), 0);
}

/* A copy of the fixture in the place of the scene's store; gives today's schema. */
static char *old_store(struct scene *scene)
{
    store_close(scene->store);
    scene->store = NULL;
    char *today = schema_of(scene->path);
    put_copy(scene->path);
    return today;
}

static int open_again(struct scene *scene, unsigned flags, struct error_detail *detail)
{
    const struct store_options options = {.path = scene->path, .flags = flags, .now = SCENE_AT(0)};
    return store_open(&options, &scene->store, detail);
}

static void close_again(struct scene *scene)
{
    store_close(scene->store);
    scene->store = NULL;
}

/* What an upgrade that failed must leave, and that the next one succeeds. */
static void check_still_old(struct scene *scene, const char *today)
{
    char *before = schema_of(fixture), *now = schema_of(scene->path);
    struct error_detail detail = {0};
    assert_string_equal(now, before);
    check_rows(scene->path);
    if (open_again(scene, 0, &detail) < 0)
        fail_msg("%s", detail.text);
    close_again(scene);
    free(now);
    now = schema_of(scene->path);
    assert_string_equal(now, today);
    free(now);
    free(before);
}

/* --- what is kept --- */

static void check_log(struct scene *scene)
{
    struct error_detail detail = {0};
    struct tlog_frontier frontier;
    int64_t ticked_at;
    assert_done(scene->store, store_log_tree(scene->store, &frontier, &ticked_at));
    assert_true(frontier.size > 0);
    struct tlog_source source = store_log_source(scene->store);
    struct digest root = tlog_frontier_root(&frontier);
    if (tlog_check_log(&source, frontier.size, &root, &detail) < 0)
        fail_msg("%s", detail.text);
}

static void an_old_store_is_brought_up_to_date_whole(void **state)
{
    struct scene *scene = *state;
    char *today = old_store(scene);
    struct error_detail detail = {0};
    int version;
    if (open_again(scene, 0, &detail) < 0 || store_check(scene->store, &detail) < 0)
        fail_msg("%s", detail.text);
    assert_done(scene->store, store_schema_version(scene->store, &version));
    assert_true(store_schema_met(scene->store) >= 1);
    assert_true(store_schema_met(scene->store) < version);
    check_log(scene);
    close_again(scene);
    check_rows(scene->path);
    char *now = schema_of(scene->path);
    assert_string_equal(now, today);
    free(now);
    free(today);
    assert_int_equal(open_again(scene, STORE_READ_ONLY, &detail), 0);
    assert_int_equal(store_schema_met(scene->store), version);
}

/* A fixture without rows would show nothing. */
static void a_fixture_holds_something_of_everything(void **state)
{
    static const char *const tables[] = {"party",          "contact",
                                         "rulebook",       "measurement",
                                         "finding",        "case_file",
                                         "case_event",     "deadline",
                                         "letter",         "letter_attempt",
                                         "approval",       "mail",
                                         "publication",    "publication_update",
                                         "opening",        "log_entry",
                                         "log_checkpoint", "person",
                                         "outbox",         "case_link"};
    (void)state;
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        char sql[80];
        snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM %s", tables[i]);
        char *count = ask_file(fixture, sql);
        if (atoi(count) == 0)
            fail_msg("no row of %s", tables[i]);
        free(count);
    }
}

/* R3, for the rows that the older program wrote. */
static void append_only_rows_stay_append_only(void **state)
{
    struct scene *scene = *state;
    free(old_store(scene));
    assert_int_equal(open_again(scene, 0, NULL), 0);
    close_again(scene);
    sqlite3 *db = look(scene->path);
    sqlite3_stmt *triggers;
    int count = 0;
    assert_int_equal(sqlite3_prepare_v2(db,
                                        "SELECT DISTINCT tbl_name FROM sqlite_master WHERE"
                                        " type = 'trigger' AND sql LIKE '%BEFORE DELETE%'",
                                        -1, &triggers, NULL),
                     SQLITE_OK);
    while (sqlite3_step(triggers) == SQLITE_ROW) {
        const char *table = (const char *)sqlite3_column_text(triggers, 0);
        char *sql = sqlite3_mprintf("DELETE FROM %s", table);
        int code = sqlite3_exec(db, sql, NULL, NULL, NULL);
        if (code == SQLITE_OK && sqlite3_changes(db) > 0)
            fail_msg("%s: was taken", sql);
        count += code == SQLITE_CONSTRAINT;
        sqlite3_free(sql);
    }
    assert_true(count >= 10);
    sqlite3_finalize(triggers);
    sqlite3_close(db);
}

/* --- what goes wrong --- */

/* All that are missing are one transaction: the last one fails here, so the first must be undone.
 */
static void a_migration_that_fails_changes_nothing(void **state)
{
    struct scene *scene = *state;
    struct error_detail detail = {0};
    char *today = old_store(scene);
    change_file(scene->path, "CREATE TABLE case_proposal (x)");
    assert_int_equal(open_again(scene, 0, &detail), ERR_STORE);
    assert_non_null(strstr(detail.text, "migration 3: "));
    change_file(scene->path, "DROP TABLE case_proposal");
    check_still_old(scene, today);
    free(today);
}

/* Foreign keys are off while tables are put in the place of others; what they hold is looked at
 * then. */
static void a_row_that_refers_to_nothing_is_not_brought_along(void **state)
{
    struct scene *scene = *state;
    struct error_detail detail = {0};
    char *today = old_store(scene);
    change_file(scene->path,
                "INSERT INTO case_link VALUES ('c-nobody', 'lead', 'x', 1, 'anna', 0, '')");
    assert_int_equal(open_again(scene, 0, &detail), ERR_DAMAGED);
    if (!strstr(detail.text, "a row of case_link refers to one that is not there"))
        fail_msg("%s", detail.text);
    change_file(scene->path, "DELETE FROM case_link WHERE case_id = 'c-nobody'");
    check_still_old(scene, today);
    free(today);
}

static unsigned long long free_bytes; /* what the disk says; 0: the truth */
static bool disk_is_gone;

int __real_statvfs64(const char *path, struct statvfs *disk);
int __wrap_statvfs64(const char *path, struct statvfs *disk);

int __wrap_statvfs64(const char *path, struct statvfs *disk)
{
    if (disk_is_gone) {
        errno = EIO;
        return -1;
    }
    int result = __real_statvfs64(path, disk);
    if (free_bytes) {
        disk->f_frsize = 1;
        disk->f_bavail = free_bytes;
    }
    return result;
}

static void a_disk_without_room_is_said_first(void **state)
{
    struct scene *scene = *state;
    struct error_detail detail = {0};
    char *today = old_store(scene);
    free_bytes = 100000;
    assert_int_equal(open_again(scene, 0, &detail), ERR_UNAVAILABLE);
    assert_non_null(strstr(detail.text, "of which 100000 are free"));
    struct stat file;
    assert_int_equal(stat(scene->path, &file), 0);
    free_bytes = (unsigned long long)file.st_size - 1;
    assert_int_equal(open_again(scene, 0, &detail), ERR_UNAVAILABLE);
    free_bytes = 0;
    disk_is_gone = true;
    detail.text[0] = '\0';
    assert_int_equal(open_again(scene, 0, &detail), -EIO);
    if (!strstr(detail.text, "store.db: Input/output error"))
        fail_msg("%s", detail.text);
    disk_is_gone = false;
    check_still_old(scene, today);
    put_copy(scene->path);
    free_bytes = (unsigned long long)file.st_size; /* as much as the file itself is enough */
    assert_int_equal(open_again(scene, 0, &detail), 0);
    close_again(scene);
    free_bytes = 100000; /* where nothing is to be done, no room is wanted */
    assert_int_equal(open_again(scene, 0, &detail), 0);
    free_bytes = 0;
    free(today);
}

/* SQLite's own write(), which goes wrong at one of its calls. */
static struct {
    int calls, at;
    bool dies;
} writes;

static ssize_t bad_pwrite(int fd, const void *bytes, size_t size, off_t at)
{
    if (++writes.calls != writes.at)
        return pwrite(fd, bytes, size, at);
    if (writes.dies)
        kill(getpid(), SIGKILL);
    errno = ENOSPC;
    return -1;
}

/* 0 turns it off. */
static void break_write(int number, bool dies)
{
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
    sqlite3_syscall_ptr call = number ? (sqlite3_syscall_ptr)bad_pwrite : NULL;
    writes.calls = 0;
    writes.at = number;
    writes.dies = dies;
    vfs->xSetSystemCall(vfs, "pwrite", call);
    vfs->xSetSystemCall(vfs, "pwrite64", call);
}

/* Each of the first fifteen, then ever fewer: whole tables are written anew. */
static int next_write(int number)
{
    return number + 1 + number / 15;
}

static void a_disk_that_fills_up_at_any_write_changes_nothing(void **state)
{
    struct scene *scene = *state;
    char *today = old_store(scene);
    int number = 1, failed = 0;
    for (;; number = next_write(number)) {
        struct error_detail detail = {0};
        break_write(number, /* dies= */ false);
        int result = open_again(scene, 0, &detail);
        bool reached = writes.calls >= number;
        break_write(0, false);
        close_again(scene);
        if (!reached)
            break;
        if (result < 0) {
            failed++;
            check_still_old(scene, today);
        }
        put_copy(scene->path);
    }
    assert_true(failed > 10);
    free(today);
}

/* What was cut is whole: the old store or the new one. */
static bool check_old_or_new(struct scene *scene, const char *today)
{
    char *before = schema_of(fixture), *now = schema_of(scene->path);
    bool is_new = strcmp(now, today) == 0;
    if (!is_new)
        assert_string_equal(now, before);
    check_rows(scene->path);
    free(before);
    free(now);
    return is_new;
}

static void a_kill_at_any_write_leaves_the_old_or_the_new(void **state)
{
    struct scene *scene = *state;
    char *today = old_store(scene);
    int status = 0, old = 0, new = 0;
    for (int number = 1; status == 0 || WIFSIGNALED(status); number = next_write(number)) {
        struct error_detail detail = {0};
        put_copy(scene->path);
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            break_write(number, /* dies= */ true);
            int result = open_again(scene, 0, NULL);
            store_close(scene->store);
            _exit(result < 0 ? 1 : 2);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        bool is_new = check_old_or_new(scene, today);
        (*(is_new ? &new : &old))++;
        if (open_again(scene, 0, &detail) < 0 || store_check(scene->store, &detail) < 0)
            fail_msg("%s", detail.text);
        close_again(scene);
        assert_true(check_old_or_new(scene, today));
    }
    assert_int_equal(WEXITSTATUS(status), 2);
    assert_true(old > 10 && new > 1);
    free(today);
}

/* --- reading, copying and putting back --- */

static void a_reader_is_told_what_to_do(void **state)
{
    struct scene *scene = *state;
    struct error_detail detail = {0};
    char *today = old_store(scene);
    assert_int_equal(open_again(scene, STORE_READ_ONLY, &detail), ERR_UNAVAILABLE);
    assert_non_null(strstr(detail.text, "'bailiwick upgrade'"));
    check_still_old(scene, today);
    free(today);
}

static char *beside(const struct scene *scene, const char *suffix, char path[128])
{
    snprintf(path, 128, "%s%s", scene->path, suffix);
    return path;
}

static void an_old_store_is_backed_up_as_it_is(void **state)
{
    struct scene *scene = *state;
    struct error_detail detail = {0};
    char backup[128];
    free(old_store(scene));
    assert_int_equal(open_again(scene, STORE_READ_ONLY | STORE_ANY_SCHEMA, &detail), 0);
    if (store_backup(scene->store, beside(scene, ".backup", backup), &detail) < 0)
        fail_msg("%s", detail.text);
    char *before = schema_of(fixture), *now = schema_of(backup);
    assert_string_equal(now, before);
    check_rows(backup);
    free(before);
    free(now);
}

static void check_no_part(const struct scene *scene)
{
    static const char *const names[] = {".part", ".part-wal", ".part-shm", ".part-journal"};
    char path[128];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_int_not_equal(access(beside(scene, names[i], path), F_OK), 0);
}

static void an_old_backup_is_restored_as_a_store_of_today(void **state)
{
    struct scene *scene = *state;
    struct error_detail detail = {0};
    char replaced[128], backup[128];
    put_copy(beside(scene, ".backup", backup));
    close_again(scene);
    char *today = schema_of(scene->path), *before = schema_of(fixture);
    if (store_restore(backup, scene->path, /* preparing= */ NULL, &detail) < 0)
        fail_msg("%s", detail.text);
    char *now = schema_of(scene->path), *old = schema_of(beside(scene, ".replaced", replaced));
    char *given = schema_of(backup), *mode = ask_file(scene->path, "PRAGMA journal_mode");
    assert_string_equal(now, today);
    assert_string_equal(old, today);
    assert_string_equal(given, before);
    assert_string_equal(mode, "delete"); /* one file, no write-ahead log */
    check_rows(scene->path);
    check_no_part(scene);
    char *const texts[] = {today, before, now, old, given, mode};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        free(texts[i]);
}

static void refuse_restore(struct scene *scene, const char *sql, int expected, const char *words)
{
    struct error_detail detail = {0};
    char backup[128], replaced[128];
    put_copy(beside(scene, ".backup", backup));
    change_file(backup, sql);
    char *before = schema_of(scene->path);
    assert_int_equal(store_restore(backup, scene->path, /* preparing= */ NULL, &detail), expected);
    if (!strstr(detail.text, words))
        fail_msg("%s", detail.text);
    char *now = schema_of(scene->path);
    assert_string_equal(now, before);
    check_no_part(scene);
    assert_int_not_equal(access(beside(scene, ".replaced", replaced), F_OK), 0);
    free(before);
    free(now);
}

static void a_backup_that_cannot_be_brought_up_to_date_replaces_nothing(void **state)
{
    struct scene *scene = *state;
    char *today = old_store(scene);
    refuse_restore(scene, "CREATE TABLE case_proposal (x)", ERR_STORE, "migration 3: ");
    refuse_restore(scene, "PRAGMA user_version = 999", ERR_UNSUPPORTED, "of a newer program");
    check_still_old(scene, today);
    free(today);
}

/* A restore that was cut leaves a log of its copy; it must not get into the next copy. */
static void what_a_cut_restore_left_is_not_taken_for_the_next(void **state)
{
    struct scene *scene = *state;
    struct error_detail detail = {0};
    char backup[128];
    int status = 0, cut = 0;
    put_copy(beside(scene, ".backup", backup));
    close_again(scene);
    for (int number = 1; status == 0 || WIFSIGNALED(status); number += 23, cut++) {
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            break_write(number, /* dies= */ true);
            _exit(store_restore(backup, scene->path, /* preparing= */ NULL, NULL) < 0 ? 1 : 2);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        detail.text[0] = '\0';
        if (store_restore(backup, scene->path, /* preparing= */ NULL, &detail) < 0)
            fail_msg("after write %d: %s", number, detail.text);
        check_rows(scene->path);
        check_no_part(scene);
    }
    assert_int_equal(WEXITSTATUS(status), 2);
    assert_true(cut > 12);
}

#define SCENE_TEST(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)

/* AddressSanitizer keeps what was freed, and a child that is forked copies all that as it goes on.
 */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "quarantine_size_mb=4";
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fixture_holds_something_of_everything),
        SCENE_TEST(an_old_store_is_brought_up_to_date_whole),
        SCENE_TEST(append_only_rows_stay_append_only),
        SCENE_TEST(a_migration_that_fails_changes_nothing),
        SCENE_TEST(a_row_that_refers_to_nothing_is_not_brought_along),
        SCENE_TEST(a_disk_without_room_is_said_first),
        SCENE_TEST(a_disk_that_fills_up_at_any_write_changes_nothing),
        SCENE_TEST(a_kill_at_any_write_leaves_the_old_or_the_new),
        SCENE_TEST(a_reader_is_told_what_to_do),
        SCENE_TEST(an_old_store_is_backed_up_as_it_is),
        SCENE_TEST(an_old_backup_is_restored_as_a_store_of_today),
        SCENE_TEST(a_backup_that_cannot_be_brought_up_to_date_replaces_nothing),
        SCENE_TEST(what_a_cut_restore_left_is_not_taken_for_the_next),
    };
    int failures = argc < 2; /* without a fixture nothing was shown */
    for (int i = 1; i < argc; i++) {
        fixture = argv[i];
        failures += cmocka_run_group_tests_name(fixture, tests, NULL, NULL);
    }
    return failures;
}
