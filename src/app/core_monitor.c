/* Observing by timetable: which TLD is due, the plan of its survey, what came back. */
#include "app/core_parts.h"

#include "app/monitor/appraise.h"
#include "app/monitor/plan.h"
#include "base/log.h"
#include "model/measurement.h"
#include "store/party.h"

#include <stdlib.h>
#include <string.h>

enum {
    FALLBACK_EVERY_S = 300, /* when neither configuration nor profiles say */
    WANTED_PAUSE_US = 30000000,
};

static int add_target(struct core *core, const struct tld *tld)
{
    for (size_t i = 0; i < core->target_count; i++) {
        if (strcmp(core->targets[i].name, tld->name) == 0) {
            core->targets[i].gone = false;
            return 0;
        }
    }
    const char *name = arena_copy_text(&core->arena, tld->name);
    if (core->target_count == CORE_TARGETS_MAX || !name)
        return ERR_LIMIT;
    core->targets[core->target_count++] = (struct target){.name = name};
    return 0;
}

int core_load_targets(struct core *core, struct error_detail *detail)
{
    const char *after = "";
    struct arena arena ARENA_CLEANUP = {0};
    arena_init(&arena, 256 << 20);
    core->targets_stale = false;
    if (!core->targets)
        core->targets = arena_array(&core->arena, CORE_TARGETS_MAX, sizeof *core->targets);
    if (!core->targets)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < core->target_count; i++)
        core->targets[i].gone = true;
    for (;;) {
        struct tld *page;
        size_t count;
        int result = store_tld_list(core->app->store, after, 0, &arena, &page, &count);
        if (result < 0)
            return app_store_failed(core->app, result, detail, "list of TLDs");
        for (size_t i = 0; i < count && result >= 0; i++) {
            if (tld_class_contracted(page[i].tld_class) && page[i].party && page[i].party[0])
                result = add_target(core, &page[i]);
        }
        if (result < 0)
            return error_set(detail, result, "more than %d TLDs to measure", CORE_TARGETS_MAX);
        if (count < STORE_PAGE_MAX)
            return 0;
        after = page[count - 1].name;
    }
}

static int64_t every_us(const struct core *core)
{
    int64_t seconds = core->app->config.measure_every_s;
    if (seconds == 0)
        return appraise_every_us(core->app, FALLBACK_EVERY_S * INT64_C(1000000));
    return seconds * 1000000;
}

/* Stores what was seen and what it means; a failure leaves the target due again soon. */
static int take_in(struct observation *o, bool *ret_look_again)
{
    struct app *app = o->core->app;
    const struct appraisal appraisal = {.target = o->target->name,
                                        .measurement = {o->measurement.data, o->measurement.size},
                                        .results = &o->results};
    int result = store_begin(app->store);
    if (result >= 0)
        result = appraise(app, &appraisal, ret_look_again, &o->detail);
    if (result >= 0)
        result = store_commit(app->store);
    if (result < 0)
        store_rollback(app->store);
    return result;
}

static void finish_observation(struct job *job)
{
    struct observation *o = (struct observation *)job;
    struct core *core = o->core;
    bool look_again = true;
    if (!core->stop && o->failure >= 0)
        o->failure = take_in(o, &look_again);
    if (!core->stop && o->failure < 0)
        log_error("observation of '%s': %s", o->target->name, error_words(&o->detail, o->failure));
    else if (!core->stop)
        core_clock_told(core, &o->results, o->begun_us);
    int64_t wait = look_again ? core->app->config.repeat_after_s * 1000000 : every_us(core);
    o->target->due_at = clock_wall(&core->app->clock) + wait;
    o->target->under_way = false;
    o->target->alone = o->lost;
    core->alone = false;
    buffer_done(&o->measurement);
    arena_done(&o->arena);
    free(o);
}

static int give(struct core *core, struct target *target)
{
    struct error_detail detail = {0};
    struct observation *o = calloc(1, sizeof *o);
    if (!o)
        return ERR_NO_MEMORY;
    o->job = (struct job){.finish = finish_observation};
    o->core = core;
    o->target = target;
    o->begun_us = clock_mono();
    arena_init(&o->arena, 512 << 20);
    int result = plan_make(core->app, &core->files, target->name, &o->arena, &o->plan, &detail);
    if (result < 0) {
        log_error("plan for '%s': %s", target->name, error_words(&detail, result));
        target->due_at = clock_wall(&core->app->clock) + core->app->config.repeat_after_s * 1000000;
        arena_done(&o->arena);
        free(o);
        return result;
    }
    target->under_way = true;
    core->alone = target->alone;
    worker_give(&core->observing, &o->job);
    return 0;
}

/* The one due first: when there is more to measure than time, all of them wait alike. */
static struct target *first_due(const struct core *core)
{
    struct target *first = NULL;
    for (size_t i = 0; i < core->target_count; i++) {
        struct target *target = &core->targets[i];
        if (!target->under_way && !target->gone && (!first || target->due_at < first->due_at))
            first = target;
    }
    return first;
}

/* The target to observe next, NULL while it has to wait for those under way: one that may have
 * killed the prober is looked at alone, so that it takes no other down with it again. */
static struct target *next_target(const struct core *core)
{
    size_t under_way = core->observing.under_way;
    if (!core->app->rulebook || core->alone ||
        under_way >= (size_t)core->app->config.measure_at_once)
        return NULL;
    struct target *target = first_due(core);
    return target && target->alone && under_way > 0 ? NULL : target;
}

void core_give_observations(struct core *core)
{
    int64_t now = clock_wall(&core->app->clock);
    for (struct target *target; (target = next_target(core));) {
        if (target->due_at > now || give(core, target) == ERR_NO_MEMORY)
            return;
    }
}

bool core_ask_now(struct core *core, const char *name)
{
    for (size_t i = 0; i < core->target_count; i++) {
        if (!core->targets[i].gone && strcmp(core->targets[i].name, name) == 0) {
            core->targets[i].due_at = 0;
            return true;
        }
    }
    return false;
}

void core_want_survey(struct core *core, const char *name)
{
    int64_t now = clock_mono();
    for (size_t i = 0; i < core->target_count; i++) {
        struct target *target = &core->targets[i];
        if (target->gone || target->under_way || target->next_wanted_us > now ||
            strcmp(target->name, name) != 0)
            continue;
        target->next_wanted_us = now + WANTED_PAUSE_US;
        target->due_at = 0;
    }
}

int64_t core_next_target(const struct core *core)
{
    /* Where there is none, the end of an observation wakes the loop, not the clock. */
    const struct target *target = next_target(core);
    return target ? target->due_at : INT64_MAX;
}
