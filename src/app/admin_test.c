/* Making a store: whole, or not at all; opening one, and what the administrator is told. */
#include "app/admin.h"

#include "app/command.h"
#include "app/publish/ticker.h"
#include "app_world.h"
#include "base/digest.h"
#include "refusal.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define START INT64_C(1700000000000000)

static void put_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void what_could_not_be_made_can_be_made_later(void **state)
{
    char folder[] = "/tmp/bailiwick-admin-XXXXXX", data[64], config[64];
    json_t *result JSON_CLEANUP = NULL;
    struct error_detail detail = {0};
    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(data, sizeof data, "%s/data", folder);
    snprintf(config, sizeof config, "%s/config", folder);
    struct app_options options = {.data = data, .config = config, .create = true};
    clock_init_frozen(&options.clock, START);
    put_file(config, "log.name = not a name\n");
    assert_int_equal(admin_init(&options, &result, &detail), ERR_SYNTAX);
    put_file(config, "log.name = log.example/test\n");
    assert_int_equal(admin_init(&options, &result, &detail), 0);
    /* And once it is there, it stays as it is. */
    assert_int_equal(admin_init(&options, &result, &detail), ERR_CONFLICT);
    app_world_remove(folder);
}

/* A disk that takes no more than `bytes` of a file. */
static void limit_files(rlim_t bytes)
{
    const struct rlimit limit = {bytes, RLIM_INFINITY};
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void a_founding_on_a_full_disk_can_be_tried_again(void **state)
{
    char folder[] = "/tmp/bailiwick-admin-XXXXXX", data[64], path[96];
    json_t *result JSON_CLEANUP = NULL;
    struct error_detail detail = {0};
    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(data, sizeof data, "%s/data", folder);
    snprintf(path, sizeof path, "%s/store.db", data);
    struct app_options options = {.data = data, .create = true};
    clock_init_frozen(&options.clock, START);
    limit_files(20000);
    assert_true(admin_init(&options, &result, &detail) < 0);
    limit_files(RLIM_INFINITY);
    assert_int_not_equal(access(path, F_OK), 0);
    assert_int_equal(admin_init(&options, &result, &detail), 0);
    app_world_remove(folder);
}

/* A key that its store does not know of would be in the way for ever. */
static void a_log_that_the_store_does_not_keep_leaves_no_key(void **state)
{
    char folder[] = "/tmp/bailiwick-admin-XXXXXX", path[96];
    struct error_detail detail = {0};
    struct app app;
    (void)state;
    assert_non_null(mkdtemp(folder));
    struct app_options options = {.data = folder, .create = true};
    clock_init_frozen(&options.clock, START);
    assert_int_equal(app_open(&options, &app, &detail), 0);
    app_close(&app);
    options.read_only = true;
    assert_int_equal(app_open(&options, &app, &detail), 0);
    assert_refused(ticker_create(&app, &detail), ERR_REFUSED, &detail, "new log: its name: ");
    app_close(&app);
    static const char *const names[] = {"log.key", "log.state"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%s/signer/%s", folder, names[i]);
        assert_int_not_equal(access(path, F_OK), 0);
    }
    app_world_remove(folder);
}

/* --- opening --- */

static void open_refused(const struct app_options *options, int code, const char *words)
{
    struct app app;
    struct error_detail detail = {0};
    assert_refused(app_open(options, &app, &detail), code, &detail, words);
}

static void a_store_that_cannot_be_opened_says_why(void **state)
{
    (void)state;
    char folder[] = "/tmp/bailiwick-admin-XXXXXX", path[64];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/store.db", folder);
    open_refused(&(struct app_options){.create = true}, ERR_USAGE,
                 "no data directory; say --data DIR or set BAILIWICK_DATA");
    open_refused(&(struct app_options){.data = "/nowhere/at/all", .create = true}, -ENOENT,
                 "/nowhere/at/all: No such file or directory");
    open_refused(&(struct app_options){.data = folder}, ERR_NOT_FOUND,
                 " holds no store; make one with 'bailiwick init'");
    put_file(path, "This is no database, but it is long enough to be taken for the head of one, "
                   "which has a hundred bytes.\n");
    open_refused(&(struct app_options){.data = folder}, ERR_DAMAGED, "/store.db");
    app_world_remove(folder);
}

/* What was adopted was checked; who finds it otherwise stands before a damaged store. */
static void a_store_whose_law_is_damaged_says_so(void **state)
{
    (void)state;
    struct rulebook_tree tree RULEBOOK_TREE_CLEANUP = {0};
    struct buffer part BUFFER_CLEANUP = {0};
    const struct tree_file file = {"rulebook.yaml", (const uint8_t *)"id: x\n", 6};
    buffer_init(&part, 1 << 16);
    assert_int_equal(rulebook_tree_make(&file, 1, &tree, NULL), 0);
    assert_int_equal(rulebook_tree_encode(&tree, &part), 0);
    const struct {
        struct bytes archive;
        int code;
        const char *words;
    } rows[] = {
        {{(const uint8_t *)"x", 1}, ERR_DAMAGED, "not an archive of a rulebook"},
        {{part.data, part.size}, ERR_SYNTAX, "the adopted rulebook: malformed input"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char folder[APP_FOLDER_ROOM], hex[DIGEST_HEX];
        struct app app;
        app_world_open(folder, START, &app);
        struct digest digest = digest_of(rows[i].archive.data, rows[i].archive.size);
        const struct store_rulebook record = {.digest = digest_format(&digest, hex),
                                              .name = "x",
                                              .version = "1",
                                              .adopted_at = START,
                                              .proposed_by = "anna",
                                              .adopted_by = "bert",
                                              .tree = rows[i].archive};
        assert_int_equal(store_begin(app.store), 0);
        assert_int_equal(store_rulebook_put(app.store, &record), 0);
        assert_int_equal(store_commit(app.store), 0);
        app_close(&app);
        open_refused(&(struct app_options){.data = folder}, rows[i].code, rows[i].words);
        app_world_remove(folder);
    }
}

static void who_only_reads_cannot_change_anything(void **state)
{
    (void)state;
    char folder[APP_FOLDER_ROOM];
    struct app app;
    struct error_detail detail = {0};
    json_t *arguments JSON_CLEANUP = json_pack("{s:s, s:[s]}", "id", "eve", "roles", "analyst");
    json_t *result = NULL;
    const struct actor ada = {.id = "ada", .roles = ROLE_ADMINISTRATOR};
    const struct command_request request = {"user.add", ada, arguments, /* file= */ NULL};
    app_world_open(folder, START, &app);
    app_close(&app);
    const struct app_options options = {.data = folder, .read_only = true};
    assert_int_equal(app_open(&options, &app, &detail), 0);
    assert_refused(command_run_alone(&app, &request, &result, &detail), ERR_REFUSED, &detail,
                   "user.add: ");
    app_world_close(&app, folder);
}

/* --- the administrator's own --- */

static void the_administrator_reads_what_is_missing(void **state)
{
    (void)state;
    struct error_detail detail = {0};
    json_t *result = NULL;
    const struct app_options nothing = {.create = true};
    assert_refused(admin_init(&nothing, &result, &detail), ERR_USAGE, &detail,
                   "no data directory; say --data DIR or set BAILIWICK_DATA");
    assert_refused(admin_restore("/nowhere.backup", &nothing, &result, &detail), ERR_USAGE, &detail,
                   "no data directory; say --data DIR or set BAILIWICK_DATA");
    assert_refused(admin_verify_bundle("/nowhere.bundle", "/nowhere.key", &result, &detail),
                   -ENOENT, &detail, "log key '/nowhere.key': No such file or directory");
    assert_refused(admin_rulebook_archive("/nowhere", &result, &detail), -ENOENT, &detail,
                   "/nowhere: No such file or directory");
    assert_null(result);
}

static void a_bundle_that_is_not_there_is_named(void **state)
{
    (void)state;
    char folder[] = "/tmp/bailiwick-admin-XXXXXX", data[64];
    json_t *made JSON_CLEANUP = NULL, *result = NULL;
    struct error_detail detail = {0};
    assert_non_null(mkdtemp(folder));
    snprintf(data, sizeof data, "%s/data", folder);
    struct app_options options = {.data = data, .create = true};
    clock_init_frozen(&options.clock, START);
    assert_int_equal(admin_init(&options, &made, &detail), 0);
    assert_refused(
        admin_verify_bundle("/nowhere.bundle", json_text(made, "log_key"), &result, &detail),
        -ENOENT, &detail, "/nowhere.bundle: No such file or directory");
    app_world_remove(folder);
}

TEST_MAIN(cmocka_unit_test(what_could_not_be_made_can_be_made_later),
          cmocka_unit_test(a_founding_on_a_full_disk_can_be_tried_again),
          cmocka_unit_test(a_log_that_the_store_does_not_keep_leaves_no_key),
          cmocka_unit_test(a_store_that_cannot_be_opened_says_why),
          cmocka_unit_test(a_store_whose_law_is_damaged_says_so),
          cmocka_unit_test(who_only_reads_cannot_change_anything),
          cmocka_unit_test(the_administrator_reads_what_is_missing),
          cmocka_unit_test(a_bundle_that_is_not_there_is_named))
