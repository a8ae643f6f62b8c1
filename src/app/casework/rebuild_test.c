/* A rebuild that cannot go on changes nothing. */
#include "app/casework/rebuild.h"

#include "app/casework/casefile.h"
#include "app/world.h"
#include "refusal.h"

static void a_case_without_events_ends_it_and_nothing_was_changed(void **state)
{
    (void)state;
    struct world *world = world_new();
    struct store *store = world->app.store;
    struct error_detail detail = {0};
    json_t *result JSON_CLEANUP = json_object();
    struct store_case before, after;
    world_open_termination(world);
    assert_int_equal(store_case_find(store, world->case_id, &world->arena, &before), 0);
    struct store_case spoilt = before, lonely = before;
    spoilt.handler = "mallory";
    lonely.id = "c-zzzzzzzzzz"; /* the last of the list, when the other was put right already */
    lonely.subject = "of-no-event";
    assert_int_equal(store_case_put(store, &spoilt), 0);
    assert_int_equal(store_case_put(store, &lonely), 0);
    assert_int_equal(store_commit(store), 0);
    assert_refused(rebuild_projections(&world->app, result, &detail), ERR_DAMAGED, &detail,
                   "nothing was changed: case c-zzzzzzzzzz has no events");
    assert_int_equal(store_case_find(store, world->case_id, &world->arena, &after), 0);
    assert_string_equal(after.handler, "mallory");
    world_free(world);
}

TEST_MAIN(cmocka_unit_test(a_case_without_events_ends_it_and_nothing_was_changed))
