/* What fails below the store is told and leaves nothing half done: a statement that is cut short, a
 * file that cannot be synced or renamed, a disk that is full, a row that refers to none. fsync()
 * and rename() are our own here (--wrap). */
#include "scene.h"
#include "store/evidence.h"
#include "store/letter.h"
#include "store/party.h"
#include "store/sqlite/connection.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static struct disk {
    int files, folders; /* synced so far */
    bool file_fails, folder_fails, rename_fails;
    unsigned renames, failing; /* calls so far; bit n: the nth of them fails */
} disk;

int __wrap_fsync(int fd);
int __real_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to);

int __wrap_fsync(int fd)
{
    struct stat status;
    if (fstat(fd, &status) < 0)
        return -1;
    bool folder = S_ISDIR(status.st_mode);
    *(folder ? &disk.folders : &disk.files) += 1;
    if (folder ? !disk.folder_fails : !disk.file_fails)
        return 0;
    errno = EIO;
    return -1;
}

int __wrap_rename(const char *from, const char *to)
{
    if (!disk.rename_fails && !(disk.failing >> disk.renames++ & 1))
        return __real_rename(from, to);
    errno = EIO;
    return -1;
}

static int setup(void **state)
{
    disk = (struct disk){0};
    return scene_setup(state);
}

static int open_at(const char *path, unsigned flags, struct store **ret_store,
                   struct error_detail *detail)
{
    const struct store_options options = {.path = path, .flags = flags, .now = SCENE_AT(0)};
    return store_open(&options, ret_store, detail);
}

/* Files of the scene whose name holds `part`. */
static size_t count_files(const struct scene *scene, const char *part)
{
    size_t count = 0;
    DIR *folder = opendir(scene->folder);
    struct dirent *entry;
    assert_non_null(folder);
    while ((entry = readdir(folder)) != NULL)
        count += strstr(entry->d_name, part) != NULL;
    closedir(folder);
    return count;
}

static void run_sql(struct scene *scene, const char *path, const char *sql)
{
    sqlite3 *db;
    char *words = NULL;
    store_close(scene->store);
    scene->store = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, &words) != SQLITE_OK)
        fail_msg("%s", words);
    sqlite3_close(db);
}

/* Who opened a store to read is refused; a store that was to be written failed. */
static void a_store_that_cannot_be_written_is_refused_to_readers_alone(void **state)
{
    struct scene *scene = *state;
    struct store *reader;
    assert_int_equal(open_at(scene->path, STORE_READ_ONLY, &reader, NULL), 0);
    assert_int_equal(store_begin(reader), 0);
    assert_int_equal(store_meta_set(reader, "k", "w"), ERR_REFUSED);
    store_close(reader);
    assert_int_equal(sqlite3_exec(scene->store->db, "PRAGMA query_only = 1", NULL, NULL, NULL),
                     SQLITE_OK);
    int result = store_begin(scene->store);
    assert_int_equal(result < 0 ? result : store_meta_set(scene->store, "k", "w"), ERR_STORE);
}

/* --- statements that are cut short --- */

static int steps_left;

static int cut_short(void *context)
{
    (void)context;
    return steps_left-- <= 0;
}

/* Runs `call` with its statements cut after 0, 1, 2 ... steps of SQLite's machine, until it
 * succeeds; each time before it must fail with ERR_STORE. */
typedef int call(struct store *store, struct error_detail *detail);

static void cut_everywhere(struct store *store, call *run)
{
    int result = ERR_STORE, failures = 0;
    for (int steps = 0; result < 0; steps += steps < 400 ? 1 : 97) {
        struct error_detail detail = {0};
        steps_left = steps;
        sqlite3_progress_handler(store->db, 1, cut_short, NULL);
        result = run(store, &detail);
        sqlite3_progress_handler(store->db, 0, NULL, NULL);
        assert_true(result >= 0 || (result == ERR_STORE && detail.text[0]));
        failures += result < 0;
    }
    assert_true(failures > 20);
}

static void a_check_that_is_cut_short_finds_nothing_well(void **state)
{
    struct scene *scene = *state;
    cut_everywhere(scene->store, store_check);
}

static int cut_new_connection(sqlite3 *db, char **words, const struct sqlite3_api_routines *api)
{
    (void)words;
    (void)api;
    sqlite3_progress_handler(db, 1, cut_short, NULL);
    return SQLITE_OK;
}

/* R5: a migration is one transaction. A store whose making was cut short is made whole the next
 * time, and never opened half. */
static void a_store_whose_making_was_cut_short_is_made_the_next_time(void **state)
{
    struct scene *scene = *state;
    char path[128];
    bool in_migration = false;
    struct error_detail detail;
    struct store *store;
    int result = ERR_STORE;
    snprintf(path, sizeof path, "%s/cut.db", scene->folder);
    assert_int_equal(sqlite3_auto_extension((void (*)(void))cut_new_connection), SQLITE_OK);
    for (int steps = 0; result < 0; steps += steps < 200 ? 1 : 211) {
        detail = (struct error_detail){0};
        steps_left = steps;
        result = open_at(path, STORE_CREATE, &store, &detail);
        assert_true(result >= 0 || (result == ERR_STORE && strstr(detail.text, path)));
        in_migration = in_migration || strstr(detail.text, "migration 1");
    }
    sqlite3_reset_auto_extension();
    assert_true(in_migration);
    sqlite3_progress_handler(store->db, 0, NULL, NULL);
    const char *created;
    assert_int_equal(store_check(store, NULL), 0);
    assert_done(store, store_meta_get(store, STORE_META_CREATED, &scene->arena, &created));
    store_close(store);
}

/* --- backup and restore --- */

static void a_backup_is_synced_and_so_is_its_folder(void **state)
{
    struct scene *scene = *state;
    char path[128];
    snprintf(path, sizeof path, "%s/backup", scene->folder);
    assert_int_equal(store_backup(scene->store, path, NULL), 0);
    assert_int_equal(disk.files, 1);
    assert_int_equal(disk.folders, 1);
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
}

static void expect_no_backup(struct scene *scene, int result, const char *says)
{
    char path[128];
    struct error_detail detail = {0};
    snprintf(path, sizeof path, "%s/backup", scene->folder);
    assert_int_equal(store_backup(scene->store, path, &detail), result);
    if (!strstr(detail.text, says) || strncmp(detail.text, "backup: ", 8) != 0)
        fail_msg("%s", detail.text);
    assert_int_equal(count_files(scene, "backup"), 0);
}

static void a_backup_that_cannot_be_kept_is_told_and_not_left(void **state)
{
    struct scene *scene = *state;
    disk.file_fails = true;
    expect_no_backup(scene, -EIO, "Input/output error");
    disk = (struct disk){.rename_fails = true};
    expect_no_backup(scene, -EIO, "Input/output error");
    disk = (struct disk){0};
    struct rlimit whole, small = {20000, 20000};
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &whole), 0);
    small.rlim_max = whole.rlim_max;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    char path[128], part[160];
    struct error_detail detail = {0};
    snprintf(path, sizeof path, "%s/backup", scene->folder);
    snprintf(part, sizeof part, "%s.part", path);
    int result = store_backup(scene->store, path, &detail);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &whole), 0);
    assert_int_equal(result, ERR_STORE);
    assert_non_null(strstr(detail.text, part));
    assert_int_equal(count_files(scene, "backup"), 0);
    detail.text[0] = '\0';
    assert_int_equal(store_backup(scene->store, "/nonexistent/backup", &detail), -ENOENT);
    assert_non_null(strstr(detail.text, "/nonexistent/backup.part"));
    char name[PATH_MAX + 10];
    memset(name, 'n', sizeof name);
    name[PATH_MAX - 3] = '\0';
    assert_int_equal(store_backup(scene->store, name, NULL), -ENAMETOOLONG);
}

/* What a try that died left beside it does not stand in the way of the next one. */
static void a_backup_begins_afresh(void **state)
{
    struct scene *scene = *state;
    char path[128], part[160];
    snprintf(path, sizeof path, "%s/backup", scene->folder);
    snprintf(part, sizeof part, "%s.part", path);
    FILE *file = fopen(part, "wb");
    assert_non_null(file);
    fputs("half a store", file);
    fclose(file);
    assert_int_equal(store_backup(scene->store, path, NULL), 0);
    assert_int_equal(count_files(scene, "backup"), 1);
}

static const char dangling[] = "INSERT INTO tld (name, class, party, rdap_url) VALUES "
                               "('lost', 'generic', 'registry-nowhere', '')";

static void a_row_that_refers_to_none_is_damage(void **state)
{
    struct scene *scene = *state;
    char backup[128];
    struct error_detail detail = {0};
    struct store *store;
    snprintf(backup, sizeof backup, "%s/backup", scene->folder);
    assert_int_equal(store_check(scene->store, &detail), 0);
    assert_int_equal(store_backup(scene->store, backup, NULL), 0);
    run_sql(scene, backup, dangling);
    assert_int_equal(open_at(backup, STORE_READ_ONLY, &store, NULL), 0);
    assert_int_equal(store_check(store, &detail), ERR_DAMAGED);
    assert_non_null(strstr(detail.text, "a row of tld refers to one that is not there"));
    store_close(store);
    /* It is not restored, and found before a copy of it is made. */
    detail.text[0] = '\0';
    assert_int_equal(store_restore(backup, scene->path, /* preparing= */ NULL, &detail),
                     ERR_DAMAGED);
    assert_int_equal(strncmp(detail.text, "restore: ", 9), 0);
    assert_null(strstr(detail.text, ".part"));
    assert_int_equal(count_files(scene, ".part"), 0);
    assert_int_equal(count_files(scene, ".replaced"), 0);
    /* Nor is a damaged store backed up as if it were well. */
    run_sql(scene, scene->path, dangling);
    scene_reopen(scene);
    assert_int_equal(unlink(backup), 0);
    expect_no_backup(scene, ERR_DAMAGED, "a row of tld refers to one that is not there");
}

/* Every one of them: a check that names only the first hides how much is wrong. */
static void all_findings_without_their_latest_row_are_named(void **state)
{
    struct scene *scene = *state;
    struct store *store = scene->store;
    struct store_finding finding = {.finding = {.obligation = "ra.x",
                                                .clause = "1",
                                                .party = "registry-a",
                                                .rulebook = "d-1",
                                                .reason = "It is.",
                                                .verdict = VERDICT_MET,
                                                .period_from = SCENE_AT(1),
                                                .period_until = SCENE_AT(2)},
                                    .decided_at = SCENE_AT(3)};
    struct store_finding_key *wrong;
    size_t count;
    assert_done(store, store_begin(store));
    scene_party(scene, "registry-a");
    finding.entry = scene_opening(scene, "first");
    finding.id = "f-1";
    finding.finding.subject = "one.example";
    assert_done(store, store_finding_put(store, &finding));
    finding.entry = scene_opening(scene, "second");
    finding.id = "f-2";
    finding.finding.subject = "two.example";
    assert_done(store, store_finding_put(store, &finding));
    assert_done(store, store_commit(store));
    assert_done(store, store_finding_latest_wrong(store, &scene->arena, &wrong, &count));
    assert_int_equal(count, 0);
    run_sql(scene, scene->path, "DELETE FROM finding_latest");
    scene_reopen(scene);
    store = scene->store;
    assert_done(store, store_finding_latest_wrong(store, &scene->arena, &wrong, &count));
    assert_int_equal(count, 2);
    assert_string_equal(wrong[0].subject, "one.example");
    assert_string_equal(wrong[1].subject, "two.example");
}

static void a_row_that_breaks_its_table_s_rule_is_damage(void **state)
{
    struct scene *scene = *state;
    struct error_detail detail = {0};
    run_sql(scene, scene->path,
            "PRAGMA ignore_check_constraints = 1; INSERT INTO party (id, kind, name, iana_id, "
            "status, rdap_url) VALUES ('odd', 'odd', 'Odd', 0, '', '')");
    scene_reopen(scene);
    assert_int_equal(store_check(scene->store, &detail), ERR_DAMAGED);
    assert_string_equal(detail.text, "CHECK constraint failed in party");
}

static void a_restore_that_fails_leaves_the_store_or_its_copy(void **state)
{
    struct scene *scene = *state;
    char backup[128], name[PATH_MAX + 10];
    struct error_detail detail = {0};
    snprintf(backup, sizeof backup, "%s/backup", scene->folder);
    assert_int_equal(store_backup(scene->store, backup, NULL), 0);
    store_close(scene->store);
    scene->store = NULL;
    disk.file_fails = true;
    assert_int_equal(store_restore(backup, scene->path, /* preparing= */ NULL, &detail), -EIO);
    disk = (struct disk){.rename_fails = true};
    assert_int_equal(store_restore(backup, scene->path, /* preparing= */ NULL, NULL), -EIO);
    disk = (struct disk){0};
    assert_int_equal(count_files(scene, ".part"), 0);
    assert_int_equal(count_files(scene, ".replaced"), 0);
    assert_int_equal(store_restore("/nonexistent/backup", scene->path, /* preparing= */ NULL, NULL),
                     ERR_NOT_FOUND);
    memset(name, 'n', sizeof name);
    for (size_t size = PATH_MAX - 10; size < PATH_MAX; size++) {
        name[size] = '\0';
        assert_true(store_restore(backup, name, /* preparing= */ NULL, NULL) < 0);
        name[size] = 'n';
    }
    scene_reopen(scene);
    assert_int_equal(store_check(scene->store, NULL), 0);
    store_close(scene->store);
    scene->store = NULL;
    /* A second restore sets the second store aside, without the side files of the first. */
    char side[160];
    snprintf(side, sizeof side, "%s.replaced-wal", scene->path);
    FILE *file = fopen(side, "wb");
    assert_non_null(file);
    fclose(file);
    assert_int_equal(store_restore(backup, scene->path, /* preparing= */ NULL, NULL), 0);
    assert_int_equal(count_files(scene, ".replaced-"), 0);
    assert_int_equal(count_files(scene, ".replaced"), 1);
    scene_reopen(scene);
}

static int restore_over(struct scene *scene, const char *backup, struct disk faults,
                        struct error_detail *detail)
{
    disk = faults;
    int result = store_restore(backup, scene->path, /* preparing= */ NULL, detail);
    disk = (struct disk){0};
    assert_int_equal(count_files(scene, ".part"), 0);
    return result;
}

static void expect_store_of(struct scene *scene, const char *words)
{
    const char *found;
    scene_reopen(scene);
    assert_done(scene->store, store_meta_get(scene->store, "k", &scene->arena, &found));
    assert_string_equal(found, words);
    store_close(scene->store);
    scene->store = NULL;
}

/* Three renames set the store aside, the fourth puts the new one there, then its name is synced. */
static void a_store_set_aside_comes_back_when_the_restore_fails(void **state)
{
    struct scene *scene = *state;
    char backup[128], aside[160];
    struct error_detail detail = {0};
    snprintf(backup, sizeof backup, "%s/backup", scene->folder);
    snprintf(aside, sizeof aside, "left as %s.replaced", scene->path);
    assert_done(scene->store, store_begin(scene->store));
    assert_done(scene->store, store_meta_set(scene->store, "k", "backed up"));
    assert_done(scene->store, store_commit(scene->store));
    assert_int_equal(store_backup(scene->store, backup, NULL), 0);
    assert_done(scene->store, store_begin(scene->store));
    assert_done(scene->store, store_meta_set(scene->store, "k", "of now"));
    assert_done(scene->store, store_commit(scene->store));
    store_close(scene->store);
    scene->store = NULL;
    for (unsigned nth = 0; nth < 4; nth++) {
        struct disk faults = {.failing = 1u << nth};
        assert_int_equal(restore_over(scene, backup, faults, NULL), -EIO);
        assert_int_equal(count_files(scene, ".replaced"), 0);
        expect_store_of(scene, "of now");
    }
    assert_int_equal(restore_over(scene, backup, (struct disk){.folder_fails = true}, NULL), -EIO);
    assert_int_equal(count_files(scene, ".replaced"), 0);
    expect_store_of(scene, "of now");
    /* What cannot even be put back is told with its place. */
    assert_int_equal(restore_over(scene, backup, (struct disk){.failing = ~7u}, &detail), -EIO);
    assert_non_null(strstr(detail.text, aside));
    assert_int_equal(count_files(scene, ".replaced"), 1);
    /* A restore of where no store is leaves none when it fails. */
    assert_int_equal(restore_over(scene, backup, (struct disk){.folder_fails = true}, NULL), -EIO);
    assert_int_equal(access(scene->path, F_OK), -1);
    assert_int_equal(restore_over(scene, backup, (struct disk){0}, NULL), 0);
    expect_store_of(scene, "backed up");
}

/* --- opening --- */

static void a_place_where_no_store_can_be_is_told(void **state)
{
    struct scene *scene = *state;
    struct store *store = NULL;
    struct error_detail detail = {0};
    char name[PATH_MAX + 10], path[128], lock[160];
    memset(name, 'n', sizeof name);
    name[PATH_MAX - 2] = '\0';
    assert_int_equal(open_at(name, STORE_CREATE, &store, NULL), -ENAMETOOLONG);
    assert_int_equal(open_at("/nonexistent/store", STORE_CREATE, &store, &detail), -ENOENT);
    assert_non_null(strstr(detail.text, "/nonexistent/store.lock"));
    assert_int_equal(open_at(scene->folder, STORE_READ_ONLY, &store, NULL), ERR_STORE);
    snprintf(path, sizeof path, "%s/folder", scene->folder);
    assert_int_equal(symlink("loop", path), 0);
    snprintf(lock, sizeof lock, "%s/loop", scene->folder);
    assert_int_equal(symlink("folder", lock), 0);
    detail.text[0] = '\0';
    assert_int_equal(open_at(path, STORE_READ_ONLY, &store, &detail), -ELOOP);
    assert_non_null(strstr(detail.text, path));
    assert_null(store);
}

/* A program may be started with its standard input closed: then 0 is a descriptor like any other,
 * and the lock that stands on it is given back with the store. */
static void descriptor_0_is_a_descriptor(void **state)
{
    struct scene *scene = *state;
    struct store *store = NULL;
    char path[128], backup[128];
    struct stat status;
    snprintf(path, sizeof path, "%s/other.db", scene->folder);
    snprintf(backup, sizeof backup, "%s/backup", scene->folder);
    assert_int_equal(store_backup(scene->store, backup, NULL), 0);
    int kept = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 10);
    close(STDIN_FILENO);
    int opened = open_at(path, STORE_CREATE, &store, NULL);
    bool on_0 = fstat(STDIN_FILENO, &status) == 0;
    int missing = open_at("/nonexistent", STORE_READ_ONLY, &store, NULL);
    if (opened >= 0)
        store_close(store);
    bool left_open = fstat(STDIN_FILENO, &status) == 0;
    int restored = store_restore(backup, path, /* preparing= */ NULL, NULL);
    bool left_locked = fstat(STDIN_FILENO, &status) == 0;
    int backed_up = unlink(backup) < 0 ? -errno : store_backup(scene->store, backup, NULL);
    dup2(kept, STDIN_FILENO);
    close(kept);
    assert_int_equal(opened, 0);
    assert_int_equal(missing, ERR_NOT_FOUND);
    assert_true(on_0);
    assert_false(left_open);
    assert_int_equal(backed_up, 0);
    assert_int_equal(restored, 0);
    assert_false(left_locked);
}

/* Only a file that nobody wrote anything to becomes a store. */
static void a_file_of_another_program_is_no_store(void **state)
{
    struct scene *scene = *state;
    static const char *const others[] = {"PRAGMA application_id = 7", "PRAGMA user_version = 1",
                                         "PRAGMA application_id = 7; PRAGMA user_version = 1"};
    char path[128];
    struct store *store;
    struct error_detail detail = {0};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        snprintf(path, sizeof path, "%s/other-%zu", scene->folder, i);
        run_sql(scene, path, others[i]);
        assert_int_equal(open_at(path, STORE_CREATE, &store, &detail), ERR_DAMAGED);
        assert_non_null(strstr(detail.text, "not a store of this program"));
    }
    snprintf(path, sizeof path, "%s/empty", scene->folder);
    fclose(fopen(path, "wb"));
    assert_int_equal(open_at(path, 0, &store, NULL), ERR_DAMAGED);
    assert_int_equal(open_at(path, STORE_CREATE, &store, NULL), 0);
    store_close(store);
    /* A schema that is old is read by nobody before it was brought up to date. */
    run_sql(scene, path, "PRAGMA user_version = 0");
    detail.text[0] = '\0';
    assert_int_equal(open_at(path, STORE_READ_ONLY, &store, &detail), ERR_UNAVAILABLE);
    assert_non_null(strstr(detail.text, "schema 0 is of an older program"));
    /* And a digest of a migration that was taken away is missed. */
    run_sql(scene, path,
            "PRAGMA user_version = 1; DROP TRIGGER meta_kept;"
            "DELETE FROM meta WHERE key = 'migration-0001'");
    assert_int_equal(open_at(path, 0, &store, NULL), ERR_NOT_FOUND);
    scene_reopen(scene);
}

/* --- transactions and their commands --- */

static void a_command_is_kept_or_undone_inside_one_transaction(void **state)
{
    struct scene *scene = *state;
    struct store *store = scene->store;
    struct party *parties;
    size_t count;
    int64_t number;
    assert_string_equal(store_words(store), ""); /* a store that was made has nothing to say */
    assert_int_equal(store_commit(store), ERR_USAGE);
    assert_int_equal(store_mark(store), ERR_USAGE);
    assert_int_equal(store_keep(store), ERR_USAGE);
    assert_int_equal(store_undo(store), ERR_USAGE);
    assert_int_equal(store_number_next(store, "case", &number), ERR_USAGE);
    assert_done(store, store_begin(store));
    assert_int_equal(store_begin(store), ERR_USAGE);
    assert_int_equal(store_keep(store), ERR_USAGE);
    assert_done(store, store_mark(store));
    assert_int_equal(store_mark(store), ERR_USAGE);
    assert_int_equal(store_commit(store), ERR_USAGE);
    scene_party(scene, "registry-kept");
    assert_done(store, store_keep(store));
    assert_int_equal(store_undo(store), ERR_USAGE);
    assert_done(store, store_mark(store));
    scene_party(scene, "registry-undone");
    assert_done(store, store_undo(store));
    assert_done(store, store_commit(store));
    assert_done(store, store_party_list(store, "", 0, &scene->arena, &parties, &count));
    assert_int_equal(count, 1);
    assert_string_equal(parties[0].id, "registry-kept");
    assert_done(store, store_begin(store));
    assert_done(store, store_mark(store));
    scene_party(scene, "registry-lost");
    assert_done(store, store_rollback(store)); /* with its open command */
    assert_done(store, store_begin(store));
    assert_done(store, store_commit(store));
    assert_done(store, store_party_list(store, "", 0, &scene->arena, &parties, &count));
    assert_int_equal(count, 1);
}

/* What SQLite says is told by the codes of store.h. */
static void failures_of_the_database_have_codes_of_the_program(void **state)
{
    struct scene *scene = *state;
    struct store *store = scene->store;
    static char name[5000];
    sqlite3 *other;
    struct party party = {.id = "registry-a", .kind = PARTY_REGISTRY};
    assert_int_equal(sqlite3_open(scene->path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_busy_timeout(store->db, 1);
    assert_int_equal(store_begin(store), ERR_UNAVAILABLE);
    assert_int_equal(sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(other);
    assert_done(store, store_begin(store));
    memset(name, 'n', sizeof name - 1);
    party.name = name;
    sqlite3_limit(store->db, SQLITE_LIMIT_LENGTH, 4000);
    assert_int_equal(store_party_put(store, &party), ERR_LIMIT);
    assert_int_not_equal(store_words(store)[0], '\0');
    sqlite3_limit(store->db, SQLITE_LIMIT_LENGTH, 1000000);
    assert_done(store, store_party_put(store, &party));
    const struct tld lost = {"lost", TLD_GENERIC, "registry-nowhere", ""};
    assert_int_equal(store_tld_put(store, &lost), ERR_CONFLICT);
}

#define FAULT(name) cmocka_unit_test_setup_teardown(name, setup, scene_teardown)

TEST_MAIN(FAULT(a_store_that_cannot_be_written_is_refused_to_readers_alone),
          FAULT(a_check_that_is_cut_short_finds_nothing_well),
          FAULT(a_store_whose_making_was_cut_short_is_made_the_next_time),
          FAULT(a_backup_is_synced_and_so_is_its_folder),
          FAULT(a_backup_that_cannot_be_kept_is_told_and_not_left), FAULT(a_backup_begins_afresh),
          FAULT(a_row_that_refers_to_none_is_damage),
          FAULT(all_findings_without_their_latest_row_are_named),
          FAULT(a_row_that_breaks_its_table_s_rule_is_damage),
          FAULT(a_restore_that_fails_leaves_the_store_or_its_copy),
          FAULT(a_store_set_aside_comes_back_when_the_restore_fails),
          FAULT(a_place_where_no_store_can_be_is_told), FAULT(descriptor_0_is_a_descriptor),
          FAULT(a_file_of_another_program_is_no_store),
          FAULT(a_command_is_kept_or_undone_inside_one_transaction),
          FAULT(failures_of_the_database_have_codes_of_the_program))
