/* public/ is written again only where it is not as it should be. This program starts itself again
 * as the signer. */
#include "app/publish/notice.h"

#include "app/publish/ticker.h"
#include "app/world.h"
#include "app_world.h"
#include "base/file_batch.h"
#include "store/letter.h"
#include "store/log.h"
#include "store/publication.h"
#include "tlog/signer.h"

#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

static const struct actor anna = {.id = "anna", .roles = ROLE_ANALYST};

struct files {
    char page[PATH_MAX], record[PATH_MAX], bundle[PATH_MAX], index[PATH_MAX];
};

static struct files files_of(const struct world *world)
{
    struct files files;
    const char *folder = world->app.data, *id = world->case_id;
    snprintf(files.page, PATH_MAX, "%s/public/notices/n-%s.html", folder, id);
    snprintf(files.record, PATH_MAX, "%s/public/notices/n-%s.json", folder, id);
    snprintf(files.bundle, PATH_MAX, "%s/public/notices/n-%s.bundle", folder, id);
    snprintf(files.index, PATH_MAX, "%s/public/index.html", folder);
    return files;
}

static void write_all(struct world *world)
{
    struct child signer = {.fd = -1, .role = "signer"};
    struct error_detail detail = {0};
    if (store_in_transaction(world->app.store))
        assert_int_equal(store_commit(world->app.store), 0);
    int result = notice_write_files(&world->app, &detail);
    if (result >= 0)
        result = ticker_tick(&world->app, &signer, &detail);
    if (result >= 0)
        result = notice_write_bundles(&world->app, &detail);
    child_stop(&signer);
    if (result < 0)
        fail_msg("%s", detail.text);
}

/* A suspension that is public, with all its files. */
static int make_world(void **state)
{
    static const char bytes[] = APP_WORLD_LETTER("S", "Words");
    struct world *world = world_new();
    struct error_detail detail = {0};
    *state = world;
    world_open_termination(world);
    world->case_id = world_open_sanction(world, "suspended", CASE_SUSPENDED);
    const struct store_letter letter = {.id = "l-1",
                                        .case_id = world->case_id,
                                        .kind = "suspension",
                                        .message_id = "l-1@x",
                                        .recipient = "x@y.example",
                                        .subject = "S",
                                        .drafted_by = "anna",
                                        .sha256 = digest_of(bytes, strlen(bytes)),
                                        .bytes = {(const uint8_t *)bytes, strlen(bytes)},
                                        .state = LETTER_STATE_SENT,
                                        .created_at = clock_wall(&world->app.clock),
                                        .updated_at = clock_wall(&world->app.clock)};
    assert_int_equal(store_letter_put(world->app.store, &letter), 0);
    if (notice_publish(&world->app, world->case_id, &detail) < 0)
        fail_msg("%s", detail.text);
    assert_int_equal(store_commit(world->app.store), 0);
    assert_int_equal(ticker_create(&world->app, NULL), 0);
    write_all(world);
    assert_int_equal(store_begin(world->app.store), 0);
    return 0;
}

/* Each write is another file. */
static uint64_t file_at(const char *path)
{
    struct stat there;
    if (stat(path, &there) < 0)
        fail_msg("%s is not there", path);
    return there.st_ino;
}

static void write_bytes(const char *path, const char *text)
{
    assert_int_equal(file_replace(path, text, strlen(text), NULL), 0);
}

static bool is(const char *path, const char *text)
{
    struct buffer bytes BUFFER_CLEANUP;
    buffer_init(&bytes, 1 << 20);
    assert_int_equal(buffer_load_file(&bytes, path), 0);
    return strcmp(buffer_text(&bytes), text) == 0;
}

static void what_is_as_it_should_be_is_left(void **state)
{
    struct world *world = *state;
    const struct files files = files_of(world);
    uint64_t page = file_at(files.page), record = file_at(files.record),
             bundle = file_at(files.bundle), index = file_at(files.index);
    write_all(world);
    world->app.pages_written = world->app.bundles_written = false; /* as another process */
    write_all(world);
    assert_true(file_at(files.page) == page && file_at(files.record) == record);
    assert_true(file_at(files.bundle) == bundle && file_at(files.index) == index);
}

static void an_update_writes_all_that_tells_of_it(void **state)
{
    struct world *world = *state;
    const struct files files = files_of(world);
    struct casefile file CASEFILE_CLEANUP = {0};
    uint64_t page = file_at(files.page), record = file_at(files.record),
             bundle = file_at(files.bundle);
    assert_int_equal(casefile_open(&world->app, world->case_id, &file, NULL), 0);
    world_step(&file, &anna, (struct case_step){.type = CASE_PROGRESS});
    const struct notice_cause cause = {world->case_id, file.state.seq, ""};
    assert_int_equal(notice_update(&world->app, &cause, NULL), 0);
    write_all(world);
    assert_true(file_at(files.page) != page && file_at(files.record) != record);
    assert_true(file_at(files.bundle) != bundle);
}

static void what_was_changed_by_others_is_put_right(void **state)
{
    struct world *world = *state;
    const struct files files = files_of(world);
    write_bytes(files.record, "{}");
    write_bytes(files.page, "other");
    write_bytes(files.index, "other");
    write_bytes(files.bundle, "{}");
    write_all(world);
    assert_false(is(files.record, "{}") || is(files.page, "other") || is(files.index, "other") ||
                 is(files.bundle, "{}"));
    write_bytes(files.page, "other"); /* its record is right: seen by the next process */
    world->app.pages_written = false;
    write_all(world);
    assert_false(is(files.page, "other"));
    assert_int_equal(remove(files.page), 0);
    write_all(world);
    file_at(files.page);
}

/* One that tells of the right openings, but proves nothing. */
static void a_bundle_that_does_not_hold_is_written_again(void **state)
{
    struct world *world = *state;
    const struct files files = files_of(world);
    struct buffer bytes BUFFER_CLEANUP;
    buffer_init(&bytes, 1 << 20);
    assert_int_equal(buffer_load_file(&bytes, files.bundle), 0);
    char *checkpoint = strstr((char *)buffer_text(&bytes), "\\n");
    assert_non_null(checkpoint);
    checkpoint[2] = checkpoint[2] == '1' ? '2' : '1';
    write_bytes(files.bundle, buffer_text(&bytes));
    world->app.bundles_written = false;
    write_all(world);
    assert_false(is(files.bundle, buffer_text(&bytes)));
}

static void what_was_erased_leaves_the_bundle(void **state)
{
    struct world *world = *state;
    const struct files files = files_of(world);
    struct store_publication there;
    struct store_publication_update *updates;
    size_t count;
    assert_int_equal(
        store_publication_find_case(world->app.store, world->case_id, &world->arena, &there), 0);
    assert_int_equal(store_publication_update_list(world->app.store, there.notice, &world->arena,
                                                   &updates, &count),
                     0);
    assert_int_equal(count, 1);
    assert_int_equal(store_opening_erase(world->app.store, &updates[0].entry, WORLD_START), 0);
    write_all(world);
    struct buffer bytes BUFFER_CLEANUP;
    buffer_init(&bytes, 1 << 20);
    assert_int_equal(buffer_load_file(&bytes, files.bundle), 0);
    assert_non_null(strstr(buffer_text(&bytes), "\"event\":null"));
}

int main(int argc, char **argv)
{
    if (argc >= 5 && strcmp(argv[1], "--child") == 0)
        return signer_main(CHILD_SOCKET, argv[3], argv[4]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_as_it_should_be_is_left, make_world, world_end),
        cmocka_unit_test_setup_teardown(an_update_writes_all_that_tells_of_it, make_world,
                                        world_end),
        cmocka_unit_test_setup_teardown(what_was_changed_by_others_is_put_right, make_world,
                                        world_end),
        cmocka_unit_test_setup_teardown(a_bundle_that_does_not_hold_is_written_again, make_world,
                                        world_end),
        cmocka_unit_test_setup_teardown(what_was_erased_leaves_the_bundle, make_world, world_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
