#include "app/publish/growth.h"

#include "tlog/sequence.h"

#include <string.h>

enum {
    GROWTH_ARENA_MAX = 256 << 20,
    GATHER_SLICE = 2048,
    MATCH_SLICE = 8192,
    SETTLE_SLICE = 1024,
    RAISE_SLICE = 1024,
};

void growth_init(struct growth *growth)
{
    *growth = (struct growth){0};
    arena_init(&growth->arena, GROWTH_ARENA_MAX);
}

void growth_done(struct growth *growth)
{
    arena_done(&growth->arena);
    *growth = (struct growth){0};
}

/* --- before anything is appended --- */

/* One that a cut tick left is finished first. */
static int find_plan(struct growth *growth, struct app *app)
{
    struct store_log_plan *plan = &growth->log.plan;
    *plan = (struct store_log_plan){.last_opening = INT64_MAX};
    int result = store_log_plan_find(app->store, &growth->arena, plan);
    growth->planned = growth->resumed = result >= 0;
    return result == ERR_NOT_FOUND ? 0 : result;
}

/* Room for a slice, and for all of them when there is more than one. */
static int make_room(struct growth *growth)
{
    size_t room = growth->waiting_room ? TLOG_BATCH_MAX : GATHER_SLICE;
    if (growth->log.waiting_count + GATHER_SLICE <= growth->waiting_room)
        return 0;
    struct store_waiting *wider = arena_array(&growth->arena, room, sizeof *wider);
    if (!wider)
        return ERR_NO_MEMORY;
    if (growth->log.waiting_count)
        memcpy(wider, growth->waiting, growth->log.waiting_count * sizeof *wider);
    growth->log.waiting = growth->waiting = wider;
    growth->waiting_room = room;
    return 0;
}

static int gather(struct growth *growth, struct app *app)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct store_log_growth *log = &growth->log;
    struct store_waiting *page;
    size_t count, have = log->waiting_count;
    arena_init(&arena, 16 << 20);
    if (have == TLOG_BATCH_MAX)
        return 0;
    int result = make_room(growth);
    if (result >= 0)
        result = store_log_waiting(app->store, have ? log->waiting[have - 1].opening : 0,
                                   log->plan.last_opening, GATHER_SLICE, &arena, &page, &count);
    if (result < 0)
        return result;
    if (count)
        memcpy(growth->waiting + have, page, count * sizeof *page);
    log->waiting_count += count;
    return count == GATHER_SLICE;
}

/* The entries as they will stand in the log; for many that is enough for one turn. */
static int order(struct growth *growth, struct app *app)
{
    struct store_log_growth *log = &growth->log;
    (void)app;
    if (growth->planned || growth->at)
        return 0;
    struct digest *entries = arena_array(&growth->arena, log->waiting_count + 1, sizeof *entries);
    struct digest *ordered = NULL;
    if (!entries)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < log->waiting_count; i++)
        entries[i] = log->waiting[i].entry;
    int result =
        tlog_sequence(entries, log->waiting_count, &growth->arena, &ordered, &log->plan.count);
    log->plan.entries = ordered;
    if (log->waiting_count)
        log->plan.last_opening = log->waiting[log->waiting_count - 1].opening;
    growth->at = 1;
    return result < 0 ? result : log->plan.count > GROWTH_SLICE;
}

static int keep_plan(struct growth *growth, struct app *app)
{
    struct tlog_frontier tree = {0};
    int64_t ticked_at;
    int result = store_log_tree(app->store, &tree, &ticked_at);
    growth->log.plan.first = tree.size;
    if (result >= 0)
        result = store_log_plan_put(app->store, &growth->log.plan);
    growth->planned = result >= 0;
    return result;
}

static int append_few(struct growth *growth, struct app *app)
{
    const struct store_log_growth *log = &growth->log;
    const struct store_log_batch batch = {.entries = log->plan.entries,
                                          .count = log->plan.count,
                                          .waiting = log->waiting,
                                          .waiting_count = log->waiting_count,
                                          .at = clock_wall(&app->clock)};
    return store_log_append(app->store, &batch);
}

/* Few are appended here; of many the plan is kept. */
static int plan(struct growth *growth, struct app *app)
{
    struct store_log_growth *log = &growth->log;
    bool few = !growth->planned && log->plan.count <= GROWTH_SLICE;
    int result = few ? append_few(growth, app) : growth->planned ? 0 : keep_plan(growth, app);
    if (result < 0 || few)
        return result;
    log->openings = arena_array(&growth->arena, log->plan.count, sizeof *log->openings);
    log->places = arena_array(&growth->arena, log->waiting_count + 1, sizeof *log->places);
    return log->openings && log->places ? 0 : ERR_NO_MEMORY;
}

/* --- slice by slice --- */

static int match(struct growth *growth, struct app *app)
{
    return store_log_match(app->store, &growth->log, MATCH_SLICE, &growth->at);
}

static int grow(struct growth *growth, struct app *app)
{
    return store_log_grow(app->store, &growth->log, GROWTH_SLICE, clock_wall(&app->clock),
                          &growth->at);
}

/* With the last place the tick is no longer under way. */
static int settle(struct growth *growth, struct app *app)
{
    int result = store_log_settle(app->store, &growth->log, SETTLE_SLICE, &growth->at);
    return result == 0 ? store_log_plan_end(app->store) : result;
}

static int raise_heads(struct growth *growth, struct app *app)
{
    return store_log_heads_full(&growth->log) ? store_log_raise(app->store, RAISE_SLICE) : 0;
}

/* Each gives 1 while it has more to do in another turn. Few entries have the first four alone. */
static const struct {
    int (*run)(struct growth *growth, struct app *app);
    bool writes;
} stages[] = {{find_plan, false}, {gather, false}, {order, false}, {plan, true},
              {match, false},     {grow, true},    {settle, true}, {raise_heads, true}};

enum { STAGES = sizeof stages / sizeof *stages, STAGES_OF_FEW = 4 };

static int run_stage(struct growth *growth, struct app *app)
{
    bool writes = stages[growth->stage].writes;
    int result = writes ? store_begin(app->store) : 0;
    int left = result < 0 ? result : stages[growth->stage].run(growth, app);
    result = left < 0 || !writes ? left : store_commit(app->store);
    if (result < 0 && writes)
        store_rollback(app->store);
    return result < 0 ? result : left;
}

int growth_step(struct growth *growth, struct app *app, struct error_detail *detail)
{
    while (growth->stage < (growth->planned ? STAGES : STAGES_OF_FEW)) {
        int left = run_stage(growth, app);
        if (left < 0)
            return app_store_failed(app, left, detail, "tick of the log");
        if (left > 0)
            return 1;
        growth->stage++;
        growth->at = 0;
        /* Each stage of many entries has turns of its own. */
        if (growth->planned && growth->stage < STAGES)
            return 1;
    }
    if (!growth->resumed)
        return 0;
    growth_done(growth);
    growth_init(growth);
    return 1; /* what came since */
}
