#include "app/house.h"

#include "testing.h"

#include <stdlib.h>

struct house *house_new(void)
{
    struct house *house = calloc(1, sizeof *house);
    assert_non_null(house);
    house->world = world_new();
    house->core = calloc(1, sizeof *house->core);
    assert_non_null(house->core);
    house->core->app = &house->world->app;
    return house;
}

void house_start(struct house *house)
{
    static const struct core_options options = {.public_listener = -1, .staff_listener = -1};
    struct error_detail detail = {0};
    if (core_start(house->core, &house->world->app, &options, &detail) < 0)
        fail_msg("%s", detail.text);
    house->core->next_respawn_us = house->core->next_tick_us = INT64_MAX;
    house->started = true;
}

void house_free(struct house *house)
{
    if (house->started)
        core_end(house->core);
    free(house->core);
    world_free(house->world);
    free(house);
}
