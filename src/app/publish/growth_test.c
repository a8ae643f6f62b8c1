/* A tick of many entries in small steps: one growth, padded and in order over the whole of it,
 * nothing of it published before its end, and gone on with wherever it was cut. This program starts
 * itself again as the signer. */
#include "app/publish/growth.h"

#include "app/publish/ledger.h"
#include "app/publish/signed.h"
#include "app/publish/ticker.h"
#include "app/query.h"
#include "app_world.h"
#include "refusal.h"
#include "store/log.h"
#include "tlog/signer.h"

#include <limits.h>
#include <unistd.h>

#define START INT64_C(1799053200000000) /* 2027-01-04T09:00:00Z */

/* More than one slice of each stage that a test can fill in time. */
enum { MANY = 2500, PADDED = 4096, FIRST = 16 };

struct world {
    char folder[APP_FOLDER_ROOM];
    struct app app;
    struct child signer;
};

static struct digest add(struct world *world)
{
    struct digest entry;
    struct error_detail detail = {0};
    json_t *event JSON_CLEANUP = json_pack("{s:s}", "what", "something");
    assert_int_equal(ledger_commit(&world->app, "test", event, &entry, &detail), 0);
    return entry;
}

static struct digest add_many(struct world *world, size_t count)
{
    struct digest entry = {0};
    assert_int_equal(store_begin(world->app.store), 0);
    for (size_t i = 0; i < count; i++)
        entry = add(world);
    assert_int_equal(store_commit(world->app.store), 0);
    return entry;
}

/* With a first tick of nothing. */
static void open_world(struct world *world)
{
    *world = (struct world){.signer = {.fd = -1, .role = "signer"}};
    app_world_open(world->folder, START, &world->app);
    assert_int_equal(ticker_create(&world->app, NULL), 0);
    assert_int_equal(ticker_tick(&world->app, &world->signer, NULL), 0);
}

static void close_world(struct world *world)
{
    child_stop(&world->signer);
    app_world_close(&world->app, world->folder);
}

static void reopen(struct world *world)
{
    struct app_options options = {.data = world->folder};
    clock_init_frozen(&options.clock, START);
    child_stop(&world->signer);
    app_close(&world->app);
    assert_int_equal(app_open(&options, &world->app, NULL), 0);
}

static uint64_t published(const struct world *world)
{
    struct tlog_checkpoint checkpoint;
    assert_int_equal(signed_load(&world->app, SIGNED_AND_PUBLISHED, &checkpoint, NULL), 0);
    return checkpoint.size;
}

static uint64_t tree_size(struct world *world)
{
    struct tlog_frontier tree;
    int64_t at;
    assert_int_equal(store_log_tree(world->app.store, &tree, &at), 0);
    return tree.size;
}

static bool has_plan(struct world *world)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct store_log_plan plan;
    arena_init(&arena, 16 << 20);
    return store_log_plan_find(world->app.store, &arena, &plan) >= 0;
}

static void assert_no_fault(struct world *world)
{
    JSON_CLEANUP json_t *result = NULL;
    assert_int_equal(query_run(&world->app, "log.verify", NULL, &result, NULL), 0);
    const json_t *fault = json_array_get(json_object_get(result, "faults"), 0);
    if (fault)
        fail_msg("%s: %s", json_text(fault, "id"), json_text(fault, "words"));
}

static void assert_in_order(struct world *world, uint64_t first, uint64_t end)
{
    struct tlog_source source = store_log_source(world->app.store);
    struct digest before = {0}, entry;
    for (uint64_t i = first; i < end; i++, before = entry) {
        assert_int_equal(source.entries(source.context, i, 1, &entry), 0);
        assert_true(digest_compare(&before, &entry) < 0);
    }
}

static void many_entries_are_one_growth(void **state)
{
    (void)state;
    struct world world;
    struct ticker ticker = {0};
    struct error_detail detail = {0};
    uint64_t index;
    size_t steps = 0;
    int result;
    open_world(&world);
    struct digest old = add_many(&world, MANY), young = {0};
    while ((result = ticker_step(&ticker, &world.app, &world.signer, &detail)) > 0) {
        assert_true(tree_size(&world) <= FIRST + PADDED);
        assert_int_equal(published(&world), FIRST);
        /* What comes in between waits for the next. */
        if (steps++ % 4 == 2)
            young = add_many(&world, 1);
    }
    assert_int_equal(result, 0);
    assert_true(steps > PADDED / GROWTH_SLICE);
    assert_int_equal(published(&world), FIRST + PADDED);
    assert_in_order(&world, FIRST, FIRST + PADDED);
    assert_int_equal(store_log_index(world.app.store, &old, &index), 0);
    assert_true(index >= FIRST && index < FIRST + PADDED);
    assert_int_equal(store_log_index(world.app.store, &young, &index), ERR_NOT_FOUND);
    assert_false(has_plan(&world));
    assert_no_fault(&world);
    assert_int_equal(ticker_step(&ticker, &world.app, &world.signer, &detail), 0);
    assert_int_equal(published(&world), FIRST + PADDED + 16);
    assert_int_equal(store_log_index(world.app.store, &young, &index), 0);
    assert_no_fault(&world);
    close_world(&world);
}

static void a_usual_tick_is_one_step(void **state)
{
    (void)state;
    struct world world;
    struct ticker ticker = {0};
    open_world(&world);
    add_many(&world, GROWTH_SLICE);
    assert_int_equal(ticker_step(&ticker, &world.app, &world.signer, NULL), 0);
    assert_int_equal(published(&world), FIRST + GROWTH_SLICE);
    close_world(&world);
}

/* Cut after `steps`: the store is whole, nothing of it is published, and the next tick ends it as
 * the growth that it was. Returns whether it was still under way. */
static bool cut_after(size_t steps)
{
    struct world world;
    struct ticker ticker = {0};
    struct error_detail detail = {0};
    uint64_t index;
    int result = 1;
    open_world(&world);
    struct digest old = add_many(&world, MANY), young;
    for (size_t i = 0; result > 0 && i < steps; i++)
        result = ticker_step(&ticker, &world.app, &world.signer, &detail);
    ticker_drop(&ticker);
    reopen(&world);
    assert_no_fault(&world);
    assert_int_equal(published(&world), result > 0 ? FIRST : FIRST + PADDED);
    bool planned = has_plan(&world);
    young = add_many(&world, 1);
    if (ticker_tick(&world.app, &world.signer, &detail) < 0)
        fail_msg("after %zu steps: %s", steps, detail.text);
    assert_no_fault(&world);
    assert_in_order(&world, FIRST, FIRST + PADDED);
    /* The young one is in it too: it came before this tick. */
    bool together = !planned && tree_size(&world) == FIRST + PADDED;
    assert_int_equal(published(&world), FIRST + PADDED + (together ? 0 : 16));
    assert_int_equal(store_log_index(world.app.store, &young, &index), 0);
    assert_true(together || index >= FIRST + PADDED);
    assert_int_equal(store_log_index(world.app.store, &old, &index), 0);
    assert_true(index < FIRST + PADDED);
    close_world(&world);
    return result > 0;
}

static void one_that_was_cut_goes_on(void **state)
{
    (void)state;
    size_t steps = 0;
    while (cut_after(steps))
        steps += steps < 4 ? 1 : 3;
    assert_true(steps > PADDED / GROWTH_SLICE);
}

static struct store_log_plan put_plan(struct world *world, uint64_t first,
                                      const struct digest *entries, size_t count)
{
    const struct store_log_plan plan = {first, entries, count, INT64_MAX};
    assert_int_equal(store_begin(world->app.store), 0);
    assert_int_equal(store_log_plan_put(world->app.store, &plan), 0);
    assert_int_equal(store_commit(world->app.store), 0);
    return plan;
}

static void one_plan_at_a_time(void **state)
{
    (void)state;
    static const struct digest entries[2] = {{{1}}, {{2}}};
    struct world world;
    open_world(&world);
    struct store_log_plan plan = put_plan(&world, FIRST, entries, 2);
    assert_int_equal(store_begin(world.app.store), 0);
    assert_int_equal(store_log_plan_put(world.app.store, &plan), ERR_CONFLICT);
    assert_string_equal(store_words(world.app.store), "a tick of the log is under way");
    assert_int_equal(store_rollback(world.app.store), 0);
    close_world(&world);
}

static void refuse_step(struct world *world, int code, const char *words)
{
    struct ticker ticker = {0};
    struct error_detail detail = {0};
    int result;
    do
        result = ticker_step(&ticker, &world->app, &world->signer, &detail);
    while (result > 0);
    assert_refused(result, code, &detail, words);
    assert_int_equal(published(world), FIRST);
    assert_int_equal(ticker.stage, TICK_RESTS);
    close_world(world);
}

static void a_plan_of_another_log_is_damage(void **state)
{
    (void)state;
    static const struct digest entries[2] = {{{1}}, {{2}}};
    struct world world;
    open_world(&world);
    put_plan(&world, FIRST + 1, entries, 2);
    refuse_step(&world, ERR_DAMAGED, "tick of the log: the tick under way does not continue");
    open_world(&world);
    put_plan(&world, FIRST - 3, entries, 2);
    refuse_step(&world, ERR_DAMAGED, "tick of the log: the tick under way does not continue");
}

static void a_plan_without_what_waits_is_a_conflict(void **state)
{
    (void)state;
    static const struct digest entries[2] = {{{1}}, {{2}}};
    struct world world;
    open_world(&world);
    add_many(&world, 1);
    put_plan(&world, FIRST, entries, 2);
    refuse_step(&world, ERR_CONFLICT, "an entry that waits is not in the batch");
}

int main(int argc, char **argv)
{
    if (argc >= 5 && strcmp(argv[1], "--child") == 0)
        return signer_main(CHILD_SOCKET, argv[3], argv[4]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_entries_are_one_growth),
        cmocka_unit_test(a_usual_tick_is_one_step),
        cmocka_unit_test(one_that_was_cut_goes_on),
        cmocka_unit_test(one_plan_at_a_time),
        cmocka_unit_test(a_plan_of_another_log_is_damage),
        cmocka_unit_test(a_plan_without_what_waits_is_a_conflict),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
