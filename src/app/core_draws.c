/* Closures are drawn for a second look, once a week. */
#include "app/core_parts.h"

#include "app/complaints/look_draw.h"
#include "base/log.h"

enum { LOOK_EVERY_US = 60 * 1000000 };

static int draw(struct app *app, struct error_detail *detail)
{
    int result = store_begin(app->store);
    if (result >= 0)
        result = look_draw_take(app, detail);
    if (result >= 0)
        result = store_commit(app->store);
    if (result < 0)
        store_rollback(app->store);
    return result;
}

/* What was drawn stays drawn: while the clock is in doubt it waits. */
void core_draw_closures(struct core *core)
{
    struct error_detail detail = {0};
    if (clock_mono() < core->next_draw_us || core_clock_holds(core))
        return;
    core->next_draw_us = clock_mono() + LOOK_EVERY_US;
    int result = look_draw_is_due(core->app, &detail);
    if (result > 0)
        result = draw(core->app, &detail);
    if (result < 0)
        log_error("second looks: %s", error_words(&detail, result));
}
