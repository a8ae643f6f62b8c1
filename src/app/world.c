#include "app/world.h"

#include "app_world.h"

struct world *world_new(void)
{
    struct world *world = calloc(1, sizeof *world);
    assert_non_null(world);
    app_world_open(world->folder, WORLD_START, &world->app);
    arena_init(&world->arena, 16 << 20);
    return world;
}

void world_free(struct world *world)
{
    store_rollback(world->app.store);
    app_world_close(&world->app, world->folder);
    arena_done(&world->arena);
    free(world);
}

void world_put_rulebook(struct world *world)
{
    app_world_put_law(&world->app);
}
