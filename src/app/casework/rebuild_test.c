/* A rebuild that cannot go on changes nothing. */
#include "app/casework/rebuild.h"

#include "app/casework/casefile.h"
#include "app/world.h"
#include "refusal.h"
#include "store/lost.h"

/* The store's foreign keys let no row get lost: that one is, is said here. */
static enum store_lost_kind lost = STORE_LOST_KINDS;

int __wrap_store_lost_list(struct store *store, enum store_lost_kind kind, size_t limit,
                           struct arena *arena, struct store_lost **ret_rows, size_t *ret_count);
int __wrap_store_lost_list(struct store *store, enum store_lost_kind kind, size_t limit,
                           struct arena *arena, struct store_lost **ret_rows, size_t *ret_count)
{
    static struct store_lost row = {"gone", "gone"};
    (void)store, (void)limit, (void)arena;
    *ret_rows = &row;
    *ret_count = kind == lost;
    return 0;
}

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

static void a_row_that_is_gone_ends_it(void **state)
{
    (void)state;
    static const struct {
        enum store_lost_kind kind;
        const char *words;
    } rows[] = {
        {STORE_LOST_CASE, "nothing was changed: case gone has events and no row"},
        {STORE_LOST_COMPLAINT, "nothing was changed: complaint gone has events and no row"}};
    struct world *world = world_new();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error_detail detail = {0};
        json_t *result JSON_CLEANUP = json_object();
        lost = rows[i].kind;
        assert_refused(rebuild_projections(&world->app, result, &detail), ERR_DAMAGED, &detail,
                       rows[i].words);
    }
    lost = STORE_LOST_KINDS;
    world_free(world);
}

TEST_MAIN(cmocka_unit_test(a_case_without_events_ends_it_and_nothing_was_changed),
          cmocka_unit_test(a_row_that_is_gone_ends_it))
