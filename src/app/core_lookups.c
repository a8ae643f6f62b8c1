/* What is to be looked up for complaints, a little in each turn: TLD after TLD, of each what is due
 * longest, so that many complaints about one name, or a server that answers slowly, hold up nobody
 * else's. What waits is in the store; what is under way when the daemon dies is asked for again. */
#include "app/core_parts.h"

#include "app/complaints/lookup.h"
#include "base/log.h"
#include "store/party.h"

#include <stdio.h>
#include <string.h>

enum {
    STEPS_MAX = 100,
    TURN_US = 4000, /* in which nobody is answered */
    MORE_PAUSE_US = 20000,
    PAUSE_US = 300000,
    FAILED_PAUSE_US = 60000000,
    ARENA_MAX = 256 << 20,
};
#define PUT_OFF_US INT64_C(600000000) /* one that cannot be looked at stands in no other's way */

struct walk {
    struct core *core;
    struct arena arena; /* of one step */
    int64_t until;      /* monotonic */
    int steps, done;
    bool whole; /* every TLD was looked at */
};

/* Without root servers or certificates nobody can be asked, and what waits goes on to wait. */
static bool can_look(const struct core *core)
{
    return core->app->config.lookups && core->app->rulebook && core->files.hints.size &&
           core->files.ca.size && !app_is_demo(core->app);
}

static int take_step(struct walk *walk, const struct store_lookup *row, struct error_detail *detail)
{
    struct core *core = walk->core;
    struct lookup_ask ask;
    int next = lookup_look(core->app, row, &walk->arena, &ask, detail);
    if (next == LOOKUP_MEASURE)
        core_want_survey(core, row->tld);
    return next == LOOKUP_ASK ? core_ask_lookup(core, &ask, detail) : next;
}

/* Damaged, perhaps: told, and looked at again much later. */
static int pass_over(struct core *core, const struct store_lookup *row)
{
    struct store_lookup later = *row;
    later.due_at = clock_wall(&core->app->clock) + PUT_OFF_US;
    return store_lookup_put_off(core->app->store, &later);
}

static int try_step(struct walk *walk, const struct store_lookup *row)
{
    struct error_detail detail = {0};
    struct store *store = walk->core->app->store;
    int result = store_mark(store);
    if (result < 0)
        return result;
    int next = take_step(walk, row, &detail);
    if (next >= 0)
        return store_keep(store);
    log_error("lookups: %s", error_words(&detail, next));
    result = store_undo(store);
    return result < 0 ? result : pass_over(walk->core, row);
}

/* Of one TLD, when its server is asked nothing now. */
static int look_at_tld(struct walk *walk, const char *tld)
{
    struct core *core = walk->core;
    struct store_lookup row;
    if (core_lookup_waits_for(core, tld))
        return 0;
    int result = store_lookup_first(core->app->store, tld, clock_wall(&core->app->clock),
                                    &walk->arena, &row);
    if (result < 0)
        return result == ERR_NOT_FOUND ? 0 : result;
    walk->done++;
    return try_step(walk, &row);
}

/* Once around from where the last turn stopped, and again while there is something to do. */
static int walk_on(struct walk *walk)
{
    struct core *core = walk->core;
    bool turned = !core->lookup_from[0];
    int result = 0, before = 0;
    while (result >= 0 && walk->steps++ < STEPS_MAX && clock_mono() < walk->until) {
        const char *tld;
        arena_clear(&walk->arena);
        result = store_lookup_next_tld(core->app->store, core->lookup_from, &walk->arena, &tld);
        if (result >= 0) {
            /* No name has such a sign: the next one after this. */
            snprintf(core->lookup_from, sizeof core->lookup_from, "%s\001", tld);
            result = look_at_tld(walk, tld);
            continue;
        }
        if (result != ERR_NOT_FOUND)
            break;
        result = 0;
        core->lookup_from[0] = '\0';
        walk->whole = turned && walk->done == before;
        if (walk->whole)
            break;
        turned = true;
        before = walk->done;
    }
    return result;
}

static int look(struct walk *walk)
{
    struct store *store = walk->core->app->store;
    int result = store_begin(store);
    if (result >= 0)
        result = walk_on(walk);
    if (result >= 0 && walk->done > 0)
        result = store_commit(store);
    if (result < 0 || walk->done == 0)
        store_rollback(store);
    return result;
}

void core_give_lookups(struct core *core)
{
    struct error_detail detail = {0};
    struct walk walk = {.core = core, .until = clock_mono() + TURN_US};
    if (clock_mono() < core->next_lookups_us || !can_look(core))
        return;
    arena_init(&walk.arena, ARENA_MAX);
    int result = look(&walk);
    arena_done(&walk.arena);
    if (result < 0) {
        app_store_failed(core->app, result, &detail, "lookups");
        log_error("lookups: %s", error_words(&detail, result));
    }
    core->next_lookups_us = clock_mono() + (result < 0   ? FAILED_PAUSE_US
                                            : walk.whole ? PAUSE_US
                                                         : MORE_PAUSE_US);
}
