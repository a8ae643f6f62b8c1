/* Each release's store file is kept in tests/store/fixtures/ and must open, migrate and read for
 * ever. At a release: `store_upgrade_test --keep tests/store/fixtures/<version>.db`; the file is
 * never written again. */
#include "scene.h"
#include "store/evidence.h"
#include "store/party.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *fixtures;

/* What every kept file holds; only added to. */
static void fill(struct scene *scene)
{
    struct store *store = scene->store;
    assert_done(store, store_begin(store));
    scene_party(scene, "registry-a");
    scene_case(scene, "C-1", "example");
    for (uint32_t i = 1; i <= 3; i++)
        assert_done(store, scene_event(scene, "C-1", i));
    scene_measurement(scene, "m-1", SCENE_AT(1));
    scene_tick(scene);
    assert_done(store, store_commit(store));
}

static void check_filled(struct scene *scene)
{
    struct error_detail detail = {0};
    struct store *store = scene->store;
    struct store_event *events;
    struct store_measurement measurement;
    struct party party;
    struct tlog_frontier frontier;
    int64_t ticked_at;
    size_t count;
    if (store_check(store, &detail) < 0)
        fail_msg("%s", detail.text);
    assert_done(store, store_party_find(store, "registry-a", &scene->arena, &party));
    assert_done(store, store_event_list(store, "C-1", 0, 0, &scene->arena, &events, &count));
    assert_int_equal(count, 3);
    assert_done(store, store_measurement_find(store, "m-1", &scene->arena, &measurement));
    assert_done(store, store_log_tree(store, &frontier, &ticked_at));
    struct tlog_source source = store_log_source(store);
    struct digest root = tlog_frontier_root(&frontier);
    if (tlog_check_log(&source, frontier.size, &root, &detail) < 0)
        fail_msg("%s", detail.text);
}

static void todays_file_reads(void **state)
{
    fill(*state);
    scene_reopen(*state);
    check_filled(*state);
}

static void check_fixture(struct scene *scene, const char *name)
{
    char path[512];
    struct error_detail detail = {0};
    snprintf(path, sizeof path, "%s/%s", fixtures, name);
    print_message("%s\n", path);
    store_close(scene->store);
    scene->store = NULL;
    /* A kept file is an older schema, which store_restore() would refuse to read: plain copy. */
    struct buffer bytes BUFFER_CLEANUP;
    buffer_init(&bytes, 64 << 20);
    assert_int_equal(buffer_load_file(&bytes, path), 0);
    FILE *file = fopen(scene->path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes.data, 1, bytes.size, file), bytes.size);
    assert_int_equal(fclose(file), 0);
    const struct store_options options = {.path = scene->path, .now = SCENE_AT(0)};
    if (store_open(&options, &scene->store, &detail) < 0)
        fail_msg("%s", detail.text);
    check_filled(scene);
}

static void files_of_earlier_releases_migrate(void **state)
{
    DIR *folder = fixtures ? opendir(fixtures) : NULL;
    struct dirent *entry;
    while (folder && (entry = readdir(folder)) != NULL) {
        size_t size = strlen(entry->d_name);
        if (size > 3 && strcmp(entry->d_name + size - 3, ".db") == 0)
            check_fixture(*state, entry->d_name);
    }
    if (folder)
        closedir(folder);
}

static int keep(const char *path)
{
    void *state;
    struct error_detail detail = {0};
    scene_setup(&state);
    struct scene *scene = state;
    fill(scene);
    int result = store_backup(scene->store, path, &detail);
    if (result < 0)
        fprintf(stderr, "%s\n", detail.text);
    scene_teardown(&state);
    return result < 0;
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "--keep") == 0)
        return keep(argv[2]);
    fixtures = argc > 1 ? argv[1] : NULL;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(todays_file_reads, scene_setup, scene_teardown),
        cmocka_unit_test_setup_teardown(files_of_earlier_releases_migrate, scene_setup,
                                        scene_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
