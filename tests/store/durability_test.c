/* R1 to R5 of store.h on SQLite: locks, killed and torn transactions, append-only tables against a
 * hand at the database, backup while writing, restore, damage, foreign and newer files. */
#include "scene.h"
#include "store/letter.h"
#include "store/party.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int open_at(const char *path, unsigned flags, struct store **ret_store,
                   struct error_detail *detail)
{
    const struct store_options options = {.path = path, .flags = flags, .now = SCENE_AT(0)};
    return store_open(&options, ret_store, detail);
}

static void a_second_writer_is_refused_readers_are_not(void **state)
{
    struct scene *scene = *state;
    struct store *second, *reader;
    struct error_detail detail = {0};
    struct party *parties;
    size_t count;
    assert_int_equal(open_at(scene->path, 0, &second, &detail), ERR_CONFLICT);
    assert_non_null(strstr(detail.text, "another process holds the store"));
    assert_int_equal(open_at(scene->path, STORE_READ_ONLY, &reader, NULL), 0);
    assert_done(scene->store, store_begin(scene->store));
    scene_party(scene, "registry-a");
    assert_done(reader, store_party_list(reader, "", 0, &scene->arena, &parties, &count));
    assert_int_equal(count, 0); /* not committed yet */
    assert_done(reader, store_begin(reader));
    assert_done(reader, store_party_list(reader, "", 0, &scene->arena, &parties, &count));
    assert_done(scene->store, store_commit(scene->store));
    assert_done(reader, store_party_list(reader, "", 0, &scene->arena, &parties, &count));
    assert_int_equal(count, 0); /* one picture inside a reading transaction */
    assert_done(reader, store_rollback(reader));
    assert_done(reader, store_party_list(reader, "", 0, &scene->arena, &parties, &count));
    assert_int_equal(count, 1);
    const struct party party = {.id = "x", .kind = PARTY_REGISTRY};
    assert_done(reader, store_begin(reader));
    assert_int_equal(store_party_put(reader, &party), ERR_REFUSED);
    store_close(reader);
}

static void files_are_closed_to_others(void **state)
{
    struct scene *scene = *state;
    static const char *const suffixes[] = {"", "-wal", "-shm", ".lock"};
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        char path[128];
        struct stat status;
        snprintf(path, sizeof path, "%s%s", scene->path, suffixes[i]);
        assert_int_equal(stat(path, &status), 0);
        assert_int_equal(status.st_mode & 07777, 0600);
    }
}

/* --- killed and torn --- */

/* Commits `transactions` of two rows each (an event and its opening), then dies inside one more. */
static void write_and_die(struct scene *scene, uint32_t transactions)
{
    store_close(scene->store);
    scene->store = NULL;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        scene_reopen(scene);
        store_begin(scene->store);
        scene_case(scene, "C-1", "example");
        store_commit(scene->store);
        for (uint32_t i = 1; i <= transactions + 1; i++) {
            store_begin(scene->store);
            scene_event(scene, "C-1", i);
            if (i <= transactions)
                store_commit(scene->store);
        }
        kill(getpid(), SIGKILL);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
}

/* Counts the events of C-1; each must have its opening, and the file must be whole. */
static size_t check_whole(struct store *store, struct arena *arena)
{
    struct error_detail detail = {0};
    struct store_event *events;
    struct store_opening *openings, opening;
    size_t count, opening_count;
    if (store_check(store, &detail) < 0)
        fail_msg("%s", detail.text);
    assert_done(store, store_event_list(store, "C-1", 0, 0, arena, &events, &count));
    assert_done(store, store_opening_list(store, 0, 0, arena, &openings, &opening_count));
    assert_int_equal(count, opening_count);
    for (size_t i = 0; i < count; i++)
        assert_done(store, store_opening_find(store, &events[i].entry, arena, &opening));
    return count;
}

static void what_was_committed_survives_a_kill_and_no_more(void **state)
{
    struct scene *scene = *state;
    write_and_die(scene, 7);
    scene_reopen(scene); /* the lock died with its holder */
    assert_int_equal(check_whole(scene->store, &scene->arena), 7);
}

static void copy_file(const char *from, const char *to, off_t size)
{
    static char bytes[4 << 20];
    int in = open(from, O_RDONLY | O_CLOEXEC),
        out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(in >= 0 && out >= 0);
    ssize_t got = read(in, bytes, size < (off_t)sizeof bytes ? (size_t)size : sizeof bytes);
    assert_true(got >= 0);
    assert_int_equal(write(out, bytes, (size_t)got), got);
    close(in);
    close(out);
}

/* R4: wherever the write-ahead log was torn, whole transactions are there, from the first on. */
static void a_torn_log_gives_a_prefix_of_whole_transactions(void **state)
{
    struct scene *scene = *state;
    char wal[128], torn[128], torn_wal[160], torn_lock[160], torn_shm[160];
    struct stat status;
    write_and_die(scene, 12);
    snprintf(wal, sizeof wal, "%s-wal", scene->path);
    snprintf(torn, sizeof torn, "%s/torn.db", scene->folder);
    snprintf(torn_wal, sizeof torn_wal, "%s-wal", torn);
    snprintf(torn_shm, sizeof torn_shm, "%s-shm", torn);
    snprintf(torn_lock, sizeof torn_lock, "%s.lock", torn);
    assert_int_equal(stat(wal, &status), 0);
    assert_true(status.st_size > 20000);
    size_t last = 0;
    bool empty_seen = false;
    for (off_t size = 0; size <= status.st_size; size += 3001) {
        struct store *store;
        copy_file(scene->path, torn, INT32_MAX);
        copy_file(wal, torn_wal, size);
        unlink(torn_shm);
        int result = open_at(torn, STORE_CREATE, &store, NULL);
        assert_int_equal(result, 0);
        size_t count = check_whole(store, &scene->arena);
        assert_true(count >= last && count <= 12);
        empty_seen = empty_seen || count == 0;
        last = count;
        store_close(store);
    }
    assert_true(empty_seen && last >= 11);
    unlink(torn_lock);
    scene_reopen(scene);
}

/* --- append-only --- */

static void fill(struct scene *scene)
{
    struct store *store = scene->store;
    assert_done(store, store_begin(store));
    scene_party(scene, "registry-a");
    scene_case(scene, "C-1", "example");
    assert_done(store, scene_event(scene, "C-1", 1));
    scene_measurement(scene, "m-1", SCENE_AT(1));
    scene_tick(scene);
    assert_done(store, store_log_checkpoint_put(store, 16, "note", SCENE_AT(1)));
    const struct store_letter letter = {.id = "L-1",
                                        .case_id = "C-1",
                                        .message_id = "one@bailiwick.test",
                                        .sha256 = digest_of("bytes", 5),
                                        .bytes = {(const uint8_t *)"bytes", 5},
                                        .state = LETTER_STATE_SENT};
    assert_done(store, store_letter_put(store, &letter));
    const struct store_approval approval = {"L-1", letter.sha256, "bob", SCENE_AT(1)};
    assert_done(store, store_approval_put(store, &approval));
    uint32_t number;
    assert_done(store, store_attempt_begin(store, "L-1", "a@example", SCENE_AT(1), &number));
    assert_done(store, store_commit(store));
}

static void agree(struct scene *scene)
{
    struct store *store = scene->store;
    assert_done(store, store_begin(store));
    struct store_proposal proposal = scene_proposal(scene, "C-1", "agreed");
    assert_done(store, store_proposal_put(store, &proposal));
    proposal.state = PROPOSAL_AGREED;
    assert_done(store, store_proposal_settle(store, &proposal));
    assert_done(store, store_commit(store));
}

/* R3: also a hand at the database shell meets the triggers. */
static void append_only_tables_refuse_change(void **state)
{
    struct scene *scene = *state;
    static const char *const statements[] = {
        "UPDATE case_event SET reason = 'x'",
        "DELETE FROM case_event",
        "UPDATE opening SET json = '{}'",
        "UPDATE opening SET entry = zeroblob(32), key = NULL, json = NULL, erased_at = 1",
        "DELETE FROM opening",
        "UPDATE log_entry SET entry = zeroblob(32)",
        "DELETE FROM log_entry",
        "UPDATE log_tree SET size = 0",
        "UPDATE log_checkpoint SET note = 'x'",
        "DELETE FROM log_checkpoint",
        "UPDATE measurement SET bytes = x'00'",
        "UPDATE measurement SET target = 'x'",
        "DELETE FROM measurement",
        "UPDATE letter SET bytes = x'00'",
        "UPDATE letter SET message_id = 'x'",
        "DELETE FROM letter",
        "UPDATE approval SET approver = 'x'",
        "DELETE FROM approval",
        "UPDATE letter_attempt SET number = 9",
        "DELETE FROM letter_attempt",
        "UPDATE meta SET value = 'x' WHERE key = 'created'",
        "DELETE FROM meta",
        "UPDATE case_event SET seq = seq + 1",
        "UPDATE case_proposal SET data = '{}'",
        "UPDATE case_proposal SET state = 'waiting', settled_by = ''",
        "UPDATE case_proposal SET settled_by = 'x'",
        "DELETE FROM case_proposal",
    };
    sqlite3 *db;
    fill(scene);
    agree(scene);
    store_close(scene->store);
    scene->store = NULL;
    assert_int_equal(sqlite3_open(scene->path, &db), SQLITE_OK);
    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++) {
        char *words = NULL;
        if (sqlite3_exec(db, statements[i], NULL, NULL, &words) != SQLITE_CONSTRAINT)
            fail_msg("%s: %s", statements[i], words ? words : "was taken");
        sqlite3_free(words);
    }
    sqlite3_close(db);
}

/* --- backup and restore --- */

static pid_t start_writer(struct scene *scene, int *ret_pipe)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        scene_reopen(scene);
        for (uint32_t i = 1;; i++) {
            store_begin(scene->store);
            if (i == 1)
                scene_case(scene, "C-1", "example");
            scene_event(scene, "C-1", i);
            store_commit(scene->store);
            if (write(ends[1], "x", 1) != 1)
                _exit(0);
        }
    }
    close(ends[1]);
    *ret_pipe = ends[0];
    return child;
}

static void a_backup_while_writing_is_one_whole_moment(void **state)
{
    struct scene *scene = *state;
    char path[128], byte;
    struct store *reader, *copy;
    struct error_detail detail = {0};
    int progress;
    store_close(scene->store);
    scene->store = NULL;
    signal(SIGPIPE, SIG_IGN);
    pid_t writer = start_writer(scene, &progress);
    for (int i = 0; i < 50; i++)
        assert_int_equal(read(progress, &byte, 1), 1);
    assert_int_equal(open_at(scene->path, STORE_READ_ONLY, &reader, NULL), 0);
    for (int i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/backup-%d", scene->folder, i);
        if (store_backup(reader, path, &detail) < 0)
            fail_msg("%s", detail.text);
        for (int j = 0; j < 10; j++)
            assert_int_equal(read(progress, &byte, 1), 1);
        assert_int_equal(open_at(path, STORE_READ_ONLY, &copy, NULL), 0);
        assert_true(check_whole(copy, &scene->arena) >= 50);
        store_close(copy);
        /* One file, no write-ahead log: bytes 18 and 19 of the header are 1 (file format of SQLite
         * 1.3.3), so that it can be read where nothing can be written. */
        uint8_t header[20];
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        assert_int_equal(read(fd, header, sizeof header), sizeof header);
        close(fd);
        assert_int_equal(header[18], 1);
        assert_int_equal(header[19], 1);
        assert_int_equal(store_backup(reader, path, NULL), ERR_CONFLICT);
    }
    store_close(reader);
    kill(writer, SIGKILL);
    waitpid(writer, NULL, 0);
    close(progress);
    scene_reopen(scene);
    assert_true(check_whole(scene->store, &scene->arena) >= 80);
}

static void a_restore_brings_the_moment_back(void **state)
{
    struct scene *scene = *state;
    char backup[128], replaced[128];
    struct error_detail detail = {0};
    struct party party;
    fill(scene);
    snprintf(backup, sizeof backup, "%s/backup", scene->folder);
    snprintf(replaced, sizeof replaced, "%s.replaced", scene->path);
    assert_int_equal(store_backup(scene->store, backup, &detail), 0);
    assert_done(scene->store, store_begin(scene->store));
    scene_party(scene, "registry-later");
    assert_int_equal(store_backup(scene->store, "/nonexistent/x", NULL), ERR_USAGE);
    assert_done(scene->store, store_commit(scene->store));
    assert_int_equal(store_restore(backup, scene->path, /* preparing= */ NULL, &detail),
                     ERR_CONFLICT);
    store_close(scene->store);
    scene->store = NULL;
    detail.text[0] = '\0';
    if (store_restore(backup, scene->path, /* preparing= */ NULL, &detail) < 0)
        fail_msg("%s", detail.text);
    scene_reopen(scene);
    assert_int_equal(check_whole(scene->store, &scene->arena), 1);
    assert_int_equal(store_party_find(scene->store, "registry-later", &scene->arena, &party),
                     ERR_NOT_FOUND);
    struct store *old;
    assert_int_equal(open_at(replaced, STORE_READ_ONLY, &old, NULL), 0);
    assert_done(old, store_party_find(old, "registry-later", &scene->arena, &party));
    store_close(old);
}

/* --- damage and foreign files --- */

static void damage_is_noticed_and_not_restored(void **state)
{
    struct scene *scene = *state;
    char backup[128];
    struct error_detail detail = {0};
    assert_done(scene->store, store_begin(scene->store));
    scene_case(scene, "C-1", "example");
    for (uint32_t i = 1; i <= 300; i++)
        assert_done(scene->store, scene_event(scene, "C-1", i));
    assert_done(scene->store, store_commit(scene->store));
    snprintf(backup, sizeof backup, "%s/backup", scene->folder);
    assert_int_equal(store_backup(scene->store, backup, NULL), 0);
    store_close(scene->store);
    scene->store = NULL;
    int fd = open(backup, O_RDWR | O_CLOEXEC);
    struct stat status;
    assert_int_equal(fstat(fd, &status), 0);
    static const char noise[4096] = {0x5a, 0x5a, 0x5a};
    for (off_t at = status.st_size / 2 / 4096 * 4096; at < status.st_size; at += 8192)
        assert_int_equal(pwrite(fd, noise, sizeof noise, at), sizeof noise);
    close(fd);
    assert_int_equal(store_restore(backup, scene->path, /* preparing= */ NULL, &detail),
                     ERR_DAMAGED);
    scene_reopen(scene); /* what was there is still there */
    assert_int_equal(check_whole(scene->store, &scene->arena), 300);
}

static void foreign_and_missing_files_are_left_alone(void **state)
{
    struct scene *scene = *state;
    char path[128];
    struct store *store;
    sqlite3 *db;
    snprintf(path, sizeof path, "%s/other", scene->folder);
    assert_int_equal(open_at(path, 0, &store, NULL), ERR_NOT_FOUND);
    assert_int_equal(open_at(path, STORE_READ_ONLY, &store, NULL), ERR_NOT_FOUND);
    assert_int_not_equal(access(path, F_OK), 0);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    for (int i = 0; i < 1000; i++)
        fputs("no database at all\n", file);
    fclose(file);
    assert_int_equal(open_at(path, STORE_CREATE, &store, NULL), ERR_DAMAGED);
    unlink(path);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "PRAGMA user_version = 3; CREATE TABLE t (a)", 0, 0, 0), 0);
    sqlite3_close(db);
    assert_int_equal(open_at(path, STORE_CREATE, &store, NULL), ERR_DAMAGED);
}

static void set_pragma(struct scene *scene, const char *sql)
{
    sqlite3 *db;
    store_close(scene->store);
    scene->store = NULL;
    assert_int_equal(sqlite3_open(scene->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

/* R5 */
static void newer_and_edited_schemas_are_refused(void **state)
{
    struct scene *scene = *state;
    struct error_detail detail = {0};
    struct store *store;
    int version;
    assert_done(scene->store, store_schema_version(scene->store, &version));
    assert_true(version >= 1);
    set_pragma(scene, "PRAGMA user_version = 999");
    assert_int_equal(open_at(scene->path, 0, &store, &detail), ERR_UNSUPPORTED);
    assert_non_null(strstr(detail.text, "newer program"));
    char restored[64];
    snprintf(restored, sizeof restored, "PRAGMA user_version = %d", version);
    set_pragma(scene, restored);
    set_pragma(scene, "UPDATE meta SET value = 'x' WHERE key = 'migration-0001'");
    assert_int_equal(open_at(scene->path, 0, &store, NULL), ERR_UNSUPPORTED);
}

#define SCENE_TEST(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)

TEST_MAIN(SCENE_TEST(a_second_writer_is_refused_readers_are_not),
          SCENE_TEST(files_are_closed_to_others),
          SCENE_TEST(what_was_committed_survives_a_kill_and_no_more),
          SCENE_TEST(a_torn_log_gives_a_prefix_of_whole_transactions),
          SCENE_TEST(append_only_tables_refuse_change),
          SCENE_TEST(a_backup_while_writing_is_one_whole_moment),
          SCENE_TEST(a_restore_brings_the_moment_back),
          SCENE_TEST(damage_is_noticed_and_not_restored),
          SCENE_TEST(foreign_and_missing_files_are_left_alone),
          SCENE_TEST(newer_and_edited_schemas_are_refused))
