/* Ticks after a store was put back to an old backup: what was signed and published stays as it is,
 * and `log verify` names the disagreement. This program starts itself again as the signer. */
#include "app/publish/ticker.h"

#include "app/publish/signed.h"
#include "app/query.h"
#include "app_world.h"
#include "base/file_batch.h"
#include "refusal.h"
#include "store/log.h"
#include "tlog/signer.h"
#include "tlog/tile.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define START INT64_C(1799053200000000) /* 2027-01-04T09:00:00Z */

static void tick(struct app *app)
{
    struct child signer = {.fd = -1, .role = "signer"};
    struct error_detail detail = {0};
    if (ticker_tick(app, &signer, &detail) < 0)
        fail_msg("%s", detail.text);
    child_stop(&signer);
}

static void read_file(const char *folder, const char *name, struct buffer *ret_bytes)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    buffer_init(ret_bytes, 1 << 20);
    assert_int_equal(buffer_load_file(ret_bytes, path), 0);
}

static void write_file(const char *folder, const char *name, const struct buffer *bytes)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    assert_int_equal(file_replace(path, bytes->data, bytes->size, NULL), 0);
}

/* Closes the app and opens it on the backup. */
static void put_back(struct app *app, const char *folder, const char *backup)
{
    char path[PATH_MAX];
    struct app_options options = {.data = folder};
    clock_init_frozen(&options.clock, START);
    app_close(app);
    snprintf(path, sizeof path, "%s/store.db", folder);
    assert_int_equal(store_restore(backup, path, /* preparing= */ NULL, NULL), 0);
    assert_int_equal(app_open(&options, app, NULL), 0);
}

static void assert_fault(struct app *app, const char *kind, const char *id, const char *words)
{
    JSON_CLEANUP json_t *result = NULL;
    size_t index;
    json_t *fault;
    assert_int_equal(query_run(app, "log.verify", NULL, &result, NULL), 0);
    json_array_foreach(json_object_get(result, "faults"), index, fault)
    {
        if (kind && strcmp(json_text(fault, "kind"), kind) == 0 &&
            strcmp(json_text(fault, "id"), id) == 0 && strstr(json_text(fault, "words"), words))
            return;
        if (!kind)
            fail_msg("fault of %s: %s", json_text(fault, "id"), json_text(fault, "words"));
    }
    if (kind)
        fail_msg("no fault of %s: %s", id, words);
}

static const char wide_tile[] = "tile/entries/000.p/32",
                  wide_path[] = "public/log/tile/entries/000.p/32";

struct restored {
    char folder[APP_FOLDER_ROOM], backup[PATH_MAX];
    struct app app;
    struct buffer state, tile, checkpoint; /* of the log that was signed; state at the backup */
};

static void make_restored(struct restored *world)
{
    app_world_open(world->folder, START, &world->app);
    assert_int_equal(ticker_create(&world->app, NULL), 0);
    snprintf(world->backup, sizeof world->backup, "%s/backup", world->folder);
    tick(&world->app);
    read_file(world->folder, SIGNED_BY_SIGNER, &world->state);
    assert_int_equal(store_backup(world->app.store, world->backup, NULL), 0);
    tick(&world->app);
    assert_fault(&world->app, /* kind= */ NULL, NULL, NULL);
    read_file(world->folder, wide_path, &world->tile);
    read_file(world->folder, SIGNED_AND_PUBLISHED, &world->checkpoint);
    put_back(&world->app, world->folder, world->backup);
}

/* What was published is still there to the byte. */
static void end_restored(struct restored *world)
{
    struct buffer tile BUFFER_CLEANUP, checkpoint BUFFER_CLEANUP;
    read_file(world->folder, wide_path, &tile);
    read_file(world->folder, SIGNED_AND_PUBLISHED, &checkpoint);
    assert_int_equal(tile.size, world->tile.size);
    assert_memory_equal(tile.data, world->tile.data, tile.size);
    assert_int_equal(checkpoint.size, world->checkpoint.size);
    assert_memory_equal(checkpoint.data, world->checkpoint.data, checkpoint.size);
    app_world_close(&world->app, world->folder);
    buffer_done(&world->state);
    buffer_done(&world->tile);
    buffer_done(&world->checkpoint);
}

static void tick_refused(struct app *app, const char *words)
{
    struct child signer = {.fd = -1, .role = "signer"};
    struct error_detail detail = {0};
    assert_refused(ticker_tick(app, &signer, &detail), ERR_DAMAGED, &detail, words);
    child_stop(&signer);
}

static void a_restored_store_leaves_the_signed_log_as_it_is(void **state)
{
    (void)state;
    struct restored world = {0};
    struct tlog_frontier tree;
    int64_t at;
    make_restored(&world);
    tick_refused(&world.app, "the signer has signed 32 entries but the store holds 16");
    assert_int_equal(store_log_tree(world.app.store, &tree, &at), 0);
    assert_int_equal(tree.size, 16); /* nothing was appended */
    assert_fault(&world.app, "signer", SIGNED_BY_SIGNER, "the signer has signed 32 entries but");
    assert_fault(&world.app, "checkpoint", SIGNED_AND_PUBLISHED, "was published of 32 entries but");
    assert_fault(&world.app, "tile", wide_tile, "holds more than the store");
    end_restored(&world);
}

static void a_log_that_grew_another_way_is_no_extension(void **state)
{
    (void)state;
    struct restored world = {0};
    make_restored(&world);
    /* 32 entries and more, but not those. */
    struct digest entries[TLOG_TILE_WIDTH] = {0};
    for (size_t i = 0; i < 32; i++)
        entries[i].bytes[0] = (uint8_t)i;
    const struct store_log_batch batch = {.entries = entries, .count = 32, .at = START};
    assert_int_equal(store_begin(world.app.store), 0);
    assert_int_equal(store_log_append(world.app.store, &batch), 0);
    assert_int_equal(store_commit(world.app.store), 0);
    tick_refused(&world.app,
                 "the signer has signed 32 entries that are not the first ones of the store");
    assert_fault(&world.app, "tile", wide_tile, "holds other bytes than the store gives");
    end_restored(&world);
}

static void a_signer_put_back_too_does_not_fork_what_was_published(void **state)
{
    (void)state;
    struct restored world = {0};
    make_restored(&world);
    write_file(world.folder, SIGNED_BY_SIGNER, &world.state);
    tick_refused(&world.app, "a checkpoint was published of 32 entries but the store holds 16");
    end_restored(&world);
}

static void a_tile_that_is_there_is_never_replaced(void **state)
{
    (void)state;
    struct restored world = {0};
    char path[PATH_MAX];
    make_restored(&world);
    write_file(world.folder, SIGNED_BY_SIGNER, &world.state);
    snprintf(path, sizeof path, "%s/%s", world.folder, SIGNED_AND_PUBLISHED);
    assert_int_equal(unlink(path), 0);
    tick_refused(&world.app, "a tile is never replaced");
    write_file(world.folder, SIGNED_AND_PUBLISHED, &world.checkpoint);
    end_restored(&world);
}

static void lost_public_files_are_written_again(void **state)
{
    (void)state;
    char folder[APP_FOLDER_ROOM], path[PATH_MAX];
    struct app app;
    app_world_open(folder, START, &app);
    assert_int_equal(ticker_create(&app, NULL), 0);
    for (size_t i = 0; i < 17; i++) /* a whole tile and one more */
        tick(&app);
    snprintf(path, sizeof path, "%s/public/log/tile/entries/000", folder);
    assert_int_equal(unlink(path), 0);
    assert_fault(&app, "tile", "tile/entries/000", "promises it, but it is not there");
    snprintf(path, sizeof path, "%s/public", folder);
    app_world_remove(path);
    assert_fault(&app, /* kind= */ NULL, NULL, NULL);
    tick(&app);
    assert_fault(&app, /* kind= */ NULL, NULL, NULL);
    snprintf(path, sizeof path, "%s/public/log/tile/entries/000", folder);
    assert_int_equal(access(path, F_OK), 0);
    app_world_close(&app, folder);
}

static void a_tile_that_cannot_be_read_is_told(void **state)
{
    (void)state;
    char folder[APP_FOLDER_ROOM], path[PATH_MAX], words[PATH_MAX + 32];
    struct child signer = {.fd = -1, .role = "signer"};
    struct error_detail detail = {0};
    struct app app;
    app_world_open(folder, START, &app);
    assert_int_equal(ticker_create(&app, NULL), 0);
    tick(&app);
    snprintf(path, sizeof path, "%s/public/log/tile/entries/000.p/32", folder);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(words, sizeof words, "%s: Is a directory", path);
    assert_refused(ticker_tick(&app, &signer, &detail), -EISDIR, &detail, words);
    child_stop(&signer);
    app_world_close(&app, folder);
}

/* What syncing the name of a file gives; 0: as it is. */
static int sync_failure;

int __real_file_sync_name(const char *path);
int __wrap_file_sync_name(const char *path);

int __wrap_file_sync_name(const char *path)
{
    return sync_failure && strstr(path, "/tile/") ? sync_failure : __real_file_sync_name(path);
}

/* What is signed must be there after a loss of power. */
static void tiles_without_durable_names_are_not_signed(void **state)
{
    (void)state;
    char folder[APP_FOLDER_ROOM], words[PATH_MAX];
    struct child signer = {.fd = -1, .role = "signer"};
    struct buffer before BUFFER_CLEANUP, after BUFFER_CLEANUP;
    struct error_detail detail = {0};
    struct app app;
    app_world_open(folder, START, &app);
    assert_int_equal(ticker_create(&app, NULL), 0);
    tick(&app);
    read_file(folder, SIGNED_AND_PUBLISHED, &before);
    sync_failure = -EIO;
    snprintf(words, sizeof words, "%s/%s: Input/output error", folder, wide_path);
    assert_refused(ticker_tick(&app, &signer, &detail), -EIO, &detail, words);
    sync_failure = 0;
    read_file(folder, SIGNED_AND_PUBLISHED, &after);
    assert_int_equal(after.size, before.size);
    assert_memory_equal(after.data, before.data, before.size);
    tick(&app);
    child_stop(&signer);
    app_world_close(&app, folder);
}

static void a_checkpoint_that_cannot_be_read_is_named(void **state)
{
    (void)state;
    const struct buffer garbage = {.data = (uint8_t *)"no note\n", .size = 8};
    char folder[APP_FOLDER_ROOM], path[PATH_MAX];
    struct app app;
    app_world_open(folder, START, &app);
    assert_int_equal(ticker_create(&app, NULL), 0);
    tick(&app);
    write_file(folder, SIGNED_AND_PUBLISHED, &garbage);
    assert_fault(&app, "checkpoint", SIGNED_AND_PUBLISHED, SIGNED_AND_PUBLISHED ": ");
    snprintf(path, sizeof path, "%s/%s", folder, SIGNED_AND_PUBLISHED);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_fault(&app, "checkpoint", SIGNED_AND_PUBLISHED, "Is a directory");
    app_world_close(&app, folder);
}

static void a_name_that_is_too_long_is_told(void **state)
{
    (void)state;
    char folder[APP_FOLDER_ROOM], deep[PATH_MAX];
    struct error_detail detail = {0};
    JSON_CLEANUP json_t *result = NULL;
    struct tlog_checkpoint checkpoint;
    struct app app;
    app_world_open(folder, START, &app);
    memset(deep, '/', sizeof deep - 1);
    deep[sizeof deep - 1] = '\0';
    const char *data = app.data;
    app.data = deep;
    assert_refused(signed_load(&app, SIGNED_AND_PUBLISHED, &checkpoint, &detail), -ENAMETOOLONG,
                   &detail, SIGNED_AND_PUBLISHED ": File name too long");
    assert_refused(query_run(&app, "log.verify", NULL, &result, &detail), -ENAMETOOLONG, &detail,
                   "public/log: File name too long");
    app.data = data;
    app_world_close(&app, folder);
}

int main(int argc, char **argv)
{
    if (argc >= 5 && strcmp(argv[1], "--child") == 0)
        return signer_main(CHILD_SOCKET, argv[3], argv[4]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_restored_store_leaves_the_signed_log_as_it_is),
        cmocka_unit_test(a_log_that_grew_another_way_is_no_extension),
        cmocka_unit_test(a_signer_put_back_too_does_not_fork_what_was_published),
        cmocka_unit_test(a_tile_that_is_there_is_never_replaced),
        cmocka_unit_test(lost_public_files_are_written_again),
        cmocka_unit_test(a_tile_that_cannot_be_read_is_told),
        cmocka_unit_test(tiles_without_durable_names_are_not_signed),
        cmocka_unit_test(a_checkpoint_that_cannot_be_read_is_named),
        cmocka_unit_test(a_name_that_is_too_long_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
