#include "app/casework/milestones.h"

#include "base/civil.h"

#include <string.h>

static const char *state_text(const struct case_milestone *milestone)
{
    static const char *const texts[] = {"open", "met", "missed"};
    return texts[milestone->state];
}

static json_t *describe(const struct case_milestone *milestone, const struct zone *zone)
{
    char date[CIVIL_DATE_TEXT], instant[CIVIL_INSTANT_TEXT];
    return json_pack("{s:s, s:s, s:s, s:s, s:s}", "name", milestone->id, "state",
                     state_text(milestone), "date", civil_format_date(milestone->date, date),
                     "instant", civil_format_instant(milestone->instant, instant), "zone",
                     zone_name(zone));
}

json_t *milestones_describe(const struct casefile *file)
{
    const struct case_state *state = &file->state;
    json_t *list = json_array();
    for (size_t i = 0; i < state->milestone_count; i++)
        json_array_append_new(list,
                              describe(&state->milestones[i], state->deadline.due.rule->zone));
    return list;
}

static enum deadline_state row_state(const struct case_state *state,
                                     const struct case_milestone *milestone)
{
    if (milestone->state == MILESTONE_MET)
        return DEADLINE_MET;
    if (milestone->state == MILESTONE_MISSED)
        return DEADLINE_PASSED;
    return state->deadline.clock == CLOCK_STOPPED ? DEADLINE_STOPPED : DEADLINE_RUNNING;
}

/* Its trace says where the date comes from: it was agreed, so no day was counted. */
static int write_trace(const struct casefile *file, const struct case_milestone *milestone,
                       struct buffer *trace)
{
    json_t *object JSON_CLEANUP = describe(milestone, file->state.deadline.due.rule->zone);
    if (!object || json_object_set_new(object, "agreed_by", json_integer(milestone->seq)) < 0)
        return ERR_NO_MEMORY;
    return json_canonical(object, trace);
}

static int add_row(const struct casefile *file, const struct case_milestone *milestone,
                   struct arena *arena, struct store_deadline **rows, size_t *count)
{
    struct buffer trace BUFFER_CLEANUP = {0};
    buffer_init(&trace, 4096);
    int result = write_trace(file, milestone, &trace);
    if (result < 0)
        return result;
    struct store_deadline *row = arena_push(arena, rows, count, sizeof *row);
    if (!row)
        return ERR_LIMIT;
    *row = (struct store_deadline){
        .id = arena_printf(arena, "%s-m%u", file->record.id, milestone->seq),
        .case_id = file->record.id,
        .rule = arena_printf(arena, CASEFILE_MILESTONE "%s", milestone->id),
        .due_at = milestone->instant,
        .state = row_state(&file->state, milestone),
        .trace = arena_copy_slice(arena, buffer_text(&trace), trace.size)};
    return row->id && row->rule && row->trace ? 0 : ERR_LIMIT;
}

int milestones_rows(const struct casefile *file, struct arena *arena, struct store_deadline **rows,
                    size_t *count)
{
    int result = 0;
    for (size_t i = 0; result >= 0 && i < file->state.milestone_count; i++)
        result = add_row(file, &file->state.milestones[i], arena, rows, count);
    return result;
}

static bool is_there(const struct store_deadline *rows, size_t count, const char *id)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(rows[i].id, id) == 0)
            return true;
    }
    return false;
}

/* Those of a plan that is no more. */
static int cancel_others(struct casefile *file, const struct store_deadline *plan, size_t planned)
{
    struct store_deadline *rows;
    size_t count;
    int result =
        store_deadline_list(file->app->store, file->record.id, &file->arena, &rows, &count);
    for (size_t i = 0; result >= 0 && i < count; i++) {
        bool waits = rows[i].state == DEADLINE_RUNNING || rows[i].state == DEADLINE_STOPPED;
        if (!waits || !casefile_is_milestone(&rows[i]) || is_there(plan, planned, rows[i].id))
            continue;
        rows[i].state = DEADLINE_CANCELLED;
        result = store_deadline_put(file->app->store, &rows[i]);
    }
    return result;
}

int milestones_write(struct casefile *file, struct error_detail *detail)
{
    struct store_deadline *rows = NULL;
    size_t count = 0;
    int result = milestones_rows(file, &file->arena, &rows, &count);
    if (result >= 0)
        result = cancel_others(file, rows, count);
    for (size_t i = 0; result >= 0 && i < count; i++)
        result = store_deadline_put(file->app->store, &rows[i]);
    return result < 0 ? app_store_failed(file->app, result, detail, "milestone") : 0;
}
