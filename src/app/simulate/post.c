/* The daemon's own part of a day: deadlines pass and the outbox is worked, from due moment to due
 * moment, inside the transaction of the day. The mail server's words are drawn. */
#include "app/casework/timer.h"
#include "app/effect.h"
#include "app/letters/reminder.h"
#include "app/simulate/parts.h"
#include "base/json_flat.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

enum { TASKS_AT_ONCE = 500, DUE_AT_ONCE = 200 };

/* --- mail --- */

static void draw_reply(const struct simulation *sim, struct dispatch *dispatch)
{
    const struct population *population = &sim->population;
    uint64_t seed = (uint64_t)sim->options->seed, box = draw_key(dispatch->to);
    const struct draw dead = {DRAW_DEAD_MAILBOX, box, 0};
    const struct draw today = {DRAW_MAIL, box, (uint64_t)clock_wall(&sim->app.clock)};
    uint32_t at = draw_below(seed, today, DRAW_WHOLE);
    struct smtp_reply *reply = &dispatch->reply;
    *reply = (struct smtp_reply){.outcome = SMTP_ACCEPTED, .code = 250};
    if (at < population->deferred)
        *reply = (struct smtp_reply){SMTP_DEFERRED, 451, "try again later"};
    else if (at < population->deferred + population->in_doubt)
        *reply = (struct smtp_reply){SMTP_IN_DOUBT, 0, "the connection was lost"};
    else if (strncmp(dispatch->to, "legal@", 6) != 0 &&
             draw_share(seed, dead, population->dead_mailbox))
        *reply = (struct smtp_reply){SMTP_REFUSED, 550, "no such mailbox"};
}

static int hand_over(struct simulation *sim, struct dispatch *dispatch, struct error_detail *detail)
{
    draw_reply(sim, dispatch);
    int result = dispatch_end(&sim->app, dispatch, detail);
    dispatch_free(dispatch);
    return result;
}

/* --- outbox --- */

/* Of the rest no case in work hears. */
static bool takes_step(const char *kind)
{
    static const char *const kinds[] = {"draft-letter", "send-letter", REMINDER_TASK,
                                        REMINDER_SEND_TASK};
    return text_index(kinds, sizeof kinds / sizeof *kinds, kind) >= 0;
}

static int carry_out(struct simulation *sim, const struct store_task *task,
                     struct error_detail *detail)
{
    struct effect_done done = {0};
    struct json_flat payload JSON_FLAT_CLEANUP = {0};
    int result = effect_carry_out(&sim->app, task, &done, detail);
    if (result >= 0 && done.dispatch)
        result = hand_over(sim, done.dispatch, detail);
    if (result < 0)
        return error_context(detail, result, "%s %s", task->kind, task->key);
    sim->public_changed = sim->public_changed || done.public_changed;
    if (!takes_step(task->kind))
        return 0;
    result = json_flat_read(&payload, task->payload, strlen(task->payload), detail);
    return result < 0 ? result : matter_touch(sim, json_flat_text(payload.root, "case"));
}

/* Each task begins and ends in the transaction of the day, so that none is claimed. */
static int work_outbox(struct simulation *sim, struct error_detail *detail)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct store_task *tasks;
    size_t count;
    arena_init(&arena, STEP_ARENA_MAX);
    const struct store_outbox_query query = {.now = clock_wall(&sim->app.clock),
                                             .limit = TASKS_AT_ONCE};
    int result = store_outbox_list_due(sim->app.store, &query, &arena, &tasks, &count);
    if (result < 0)
        return app_store_failed(&sim->app, result, detail, "outbox");
    for (size_t i = 0; i < count && result >= 0; i++)
        result = carry_out(sim, &tasks[i], detail);
    return result;
}

/* --- deadlines --- */

static int pass_deadlines(struct simulation *sim, struct error_detail *detail)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct store_deadline *due;
    size_t count;
    arena_init(&arena, STEP_ARENA_MAX);
    int result = store_deadline_due(sim->app.store, clock_wall(&sim->app.clock), DUE_AT_ONCE,
                                    &arena, &due, &count);
    if (result < 0)
        return app_store_failed(&sim->app, result, detail, "deadlines");
    result = timer_pass_deadlines(&sim->app, detail);
    if (result > 0)
        return error_set(detail, ERR_INTERNAL, "%d deadlines could not pass", result);
    for (size_t i = 0; i < count && result >= 0; i++)
        result = matter_touch(sim, due[i].case_id);
    return result;
}

int post_settle(struct simulation *sim, int64_t until, struct error_detail *detail)
{
    for (;;) {
        int64_t deadline = INT64_MAX, task = INT64_MAX;
        (void)store_deadline_next(sim->app.store, &deadline);
        (void)store_outbox_next(sim->app.store, &task);
        int64_t next = deadline < task ? deadline : task;
        if (next > until)
            break;
        if (next > clock_wall(&sim->app.clock))
            clock_jump(&sim->app.clock, next);
        int result = deadline <= clock_wall(&sim->app.clock) ? pass_deadlines(sim, detail)
                                                             : work_outbox(sim, detail);
        if (result < 0)
            return result;
    }
    clock_jump(&sim->app.clock, until);
    return 0;
}
