#include "app/world.h"

#include "rulebook/tree.h"
#include "store/evidence.h"
#include "testing.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

struct world *world_new(void)
{
    struct world *world = calloc(1, sizeof *world);
    struct error_detail detail = {0};
    assert_non_null(world);
    snprintf(world->folder, sizeof world->folder, "/tmp/bailiwick-app-XXXXXX");
    assert_non_null(mkdtemp(world->folder));
    struct app_options options = {.data = world->folder, .create = true};
    clock_init_frozen(&options.clock, WORLD_START);
    if (app_open(&options, &world->app, &detail) < 0)
        fail_msg("%s", detail.text);
    arena_init(&world->arena, 16 << 20);
    return world;
}

static int forget(const char *path, const struct stat *about, int type, struct FTW *where)
{
    (void)about, (void)type, (void)where;
    return remove(path);
}

void world_remove_folder(const char *folder)
{
    assert_int_equal(nftw(folder, forget, 8, FTW_DEPTH | FTW_PHYS), 0);
}

void world_free(struct world *world)
{
    store_rollback(world->app.store);
    app_close(&world->app);
    arena_done(&world->arena);
    world_remove_folder(world->folder);
    free(world);
}

void world_put_rulebook(struct world *world)
{
    struct rulebook_tree tree RULEBOOK_TREE_CLEANUP = {0};
    struct buffer archive BUFFER_CLEANUP = {0};
    struct digest digest;
    char hex[DIGEST_HEX];
    buffer_init(&archive, 2 * TREE_BYTES_MAX);
    assert_int_equal(rulebook_tree_read(RULEBOOK_SOURCE_DIR, &tree, NULL), 0);
    assert_int_equal(rulebook_tree_encode(&tree, &archive), 0);
    assert_int_equal(rulebook_tree_digest(&tree, &digest), 0);
    const struct store_rulebook record = {.digest = digest_format(&digest, hex),
                                          .name = "icann",
                                          .version = "1",
                                          .adopted_at = WORLD_START,
                                          .proposed_by = "anna",
                                          .adopted_by = "bert",
                                          .tree = {archive.data, archive.size}};
    assert_int_equal(store_rulebook_put(world->app.store, &record), 0);
}
