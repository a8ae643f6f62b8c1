#include "app/casework/timer.h"

#include "app/casework/casefile.h"
#include "base/log.h"

enum { DUE_AT_ONCE = 200 }; /* deadlines of one round; the rest follow in the next */

/* A step of this round may have ended the plan that the milestone belonged to. */
static bool still_runs(struct casefile *file, const struct store_deadline *due)
{
    struct store_deadline now;
    return store_deadline_find(file->app->store, due->id, &file->arena, &now) >= 0 &&
           now.state == DEADLINE_RUNNING;
}

static int pass_one(struct app *app, const struct store_deadline *due, struct error_detail *detail)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    const struct actor machine = command_machine();
    int result = casefile_open(app, due->case_id, &file, detail);
    if (result < 0)
        return result;
    struct casefile_step request = {.step = {.type = CASE_DEADLINE_PASSED}, .actor = &machine};
    if (casefile_is_milestone(due)) {
        if (!still_runs(&file, due))
            return 0;
        request.step.type = CASE_MILESTONE_MISSED;
        CASE_TEXT(request.step.object, due->rule + sizeof CASEFILE_MILESTONE - 1);
    }
    result = casefile_step(&file, &request, detail);
    if (result < 0)
        return result;
    /* Whatever the process made of it, this deadline has passed. */
    result = store_deadline_settle(app->store, due->id, DEADLINE_PASSED);
    return result < 0 ? app_store_failed(app, result, detail, "passed deadline") : 0;
}

int timer_pass_deadlines(struct app *app, struct error_detail *detail)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct store_deadline *due;
    size_t count;
    arena_init(&arena, 64 << 20);
    int result =
        store_deadline_due(app->store, clock_wall(&app->clock), DUE_AT_ONCE, &arena, &due, &count);
    if (result < 0)
        return app_store_failed(app, result, detail, "deadlines");
    int left = 0;
    for (size_t i = 0; i < count; i++) {
        struct error_detail reason = {0};
        result = store_mark(app->store);
        if (result < 0)
            return app_store_failed(app, result, detail, "deadlines");
        result = pass_one(app, &due[i], &reason);
        if (result < 0) {
            store_undo(app->store);
            log_error("deadline of case %s: %s", due[i].case_id, error_words(&reason, result));
            left++;
        } else if ((result = store_keep(app->store)) < 0) {
            return app_store_failed(app, result, detail, "deadlines");
        }
    }
    return left;
}
