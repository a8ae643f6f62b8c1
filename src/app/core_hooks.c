/* Telling hooks what waits for them, some of them side by side: each lane is a thread with a herald
 * process of its own. Half of the lanes take those alone whose last answer came soon and was good,
 * so that receivers which are slow or dead hold up one another and nobody else. */
#include "app/core_parts.h"

#include "app/hooks/delivery.h"
#include "base/log.h"

#include <stdlib.h>

enum { FAILED_PAUSE_US = 1000000, PASSED_OVER_US = 60000000 };

struct hook_job {
    struct job job;
    struct core *core;
    struct hook_lane *lane;
    struct delivery *delivery;
};

static bool is_for_quick(const struct core *core, const struct hook_lane *lane)
{
    return lane - core->lanes >= CORE_HOOK_LANES / 2;
}

static void run_delivery(struct job *job)
{
    struct hook_job *given = (struct hook_job *)job;
    const struct herald_request request = delivery_request(given->delivery);
    herald_send(&given->lane->herald, &given->core->app->config, &request, &given->delivery->reply);
}

/* What the store does not take is sent again when its time is over: a receiver knows it by its id.
 */
static void finish_delivery(struct job *job)
{
    struct hook_job *given = (struct hook_job *)job;
    struct app *app = given->core->app;
    struct error_detail detail = {0};
    int result = store_begin(app->store);
    if (result >= 0)
        result = delivery_end(app, given->delivery, &detail);
    if (result >= 0)
        result = store_commit(app->store);
    if (result < 0) {
        store_rollback(app->store);
        log_error("hooks: what came of a delivery: %s", error_words(&detail, result));
    }
    given->lane->busy = false;
    delivery_free(given->delivery);
    free(given);
}

/* --- giving out --- */

/* The thread starts with its first delivery: most houses have no hooks. */
static int start_lane(struct hook_lane *lane, struct error_detail *detail)
{
    return lane->worker.started ? 0 : worker_start(&lane->worker, /* serve= */ NULL, NULL, detail);
}

static int give(struct core *core, struct hook_lane *lane, const struct store_hook *hook,
                struct error_detail *detail)
{
    struct delivery *delivery = NULL;
    struct hook_job *given = calloc(1, sizeof *given);
    int result = given ? start_lane(lane, detail) : ERR_NO_MEMORY;
    if (result >= 0)
        result = store_begin(core->app->store);
    int taken = result < 0 ? result : delivery_begin(core->app, hook, &delivery, detail);
    result = taken < 0 ? taken : store_commit(core->app->store);
    if (result < 0)
        store_rollback(core->app->store);
    if (result < 0 || taken == 0) {
        delivery_free(taken > 0 ? delivery : NULL);
        free(given);
        return result;
    }
    *given = (struct hook_job){.job = {.run = run_delivery, .finish = finish_delivery},
                               .core = core,
                               .lane = lane,
                               .delivery = delivery};
    lane->busy = true;
    worker_give(&lane->worker, &given->job);
    return 1;
}

/* One that cannot be told, as when its case is damaged, stands in no other's way. */
static void pass_over(struct core *core, const struct store_hook *hook)
{
    struct store *store = core->app->store;
    int64_t later = clock_wall(&core->app->clock) + PASSED_OVER_US;
    int result = store_begin(store);
    if (result >= 0)
        result = store_hook_put_off(store, hook->person, hook->number, later);
    if (result >= 0)
        result = store_commit(store);
    if (result < 0)
        store_rollback(store);
}

/* The hook that is due longest. One that is under way is put off, so it is none of these. */
static int give_to(struct core *core, struct hook_lane *lane, bool quick,
                   struct error_detail *detail)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct store_hook *hooks;
    size_t count;
    arena_init(&arena, 1 << 20);
    int result = store_hook_list_due(core->app->store, quick, clock_wall(&core->app->clock),
                                     /* limit= */ 1, &arena, &hooks, &count);
    if (result < 0)
        return app_store_failed(core->app, result, detail, "hooks that are due");
    result = count ? give(core, lane, &hooks[0], detail) : 0;
    if (result < 0)
        pass_over(core, &hooks[0]);
    return result;
}

void core_give_hooks(struct core *core)
{
    struct error_detail detail = {0};
    int result = 0;
    if (clock_mono() < core->next_hooks_us)
        return;
    for (size_t i = 0; result >= 0 && i < CORE_HOOK_LANES; i++) {
        struct hook_lane *lane = &core->lanes[i];
        if (lane->busy)
            continue;
        result = is_for_quick(core, lane) ? 0 : give_to(core, lane, /* quick= */ false, &detail);
        if (result >= 0 && !lane->busy)
            result = give_to(core, lane, /* quick= */ true, &detail);
    }
    if (result >= 0)
        return;
    core->next_hooks_us = clock_mono() + FAILED_PAUSE_US;
    log_error("hooks: %s", error_words(&detail, result));
}

int64_t core_next_hook(const struct core *core)
{
    int64_t next = INT64_MAX, due;
    for (size_t i = 0; i < CORE_HOOK_LANES; i++) {
        if (core->lanes[i].busy)
            continue;
        if (store_hook_next(core->app->store, /* quick= */ true, &due) >= 0 && due < next)
            next = due;
        if (!is_for_quick(core, &core->lanes[i]) &&
            store_hook_next(core->app->store, /* quick= */ false, &due) >= 0 && due < next)
            next = due;
        if (!is_for_quick(core, &core->lanes[i]))
            i = CORE_HOOK_LANES / 2 - 1; /* the others of its half say the same */
    }
    return next;
}

/* --- start and end --- */

void core_start_hooks(struct core *core)
{
    for (size_t i = 0; i < CORE_HOOK_LANES; i++)
        core->lanes[i] = (struct hook_lane){.worker = {.event_fd = -1, .wake_fd = -1},
                                            .herald = {.fd = -1, .role = "herald"}};
}

void core_collect_hooks(struct core *core)
{
    for (size_t i = 0; i < CORE_HOOK_LANES; i++) {
        if (core->lanes[i].worker.started)
            worker_collect(&core->lanes[i].worker);
    }
}

void core_end_hooks(struct core *core)
{
    for (size_t i = 0; i < CORE_HOOK_LANES; i++) {
        worker_stop(&core->lanes[i].worker);
        child_stop(&core->lanes[i].herald);
    }
}
