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
static int write_trace(const struct case_state *state, const struct case_milestone *milestone,
                       struct buffer *trace)
{
    json_t *object JSON_CLEANUP = describe(milestone, state->deadline.due.rule->zone);
    if (!object || json_object_set_new(object, "agreed_by", json_integer(milestone->seq)) < 0)
        return ERR_NO_MEMORY;
    return json_canonical(object, trace);
}

struct row_list {
    struct store_deadline *rows;
    size_t count;
};

static int add_row(const char *case_id, const struct case_state *state,
                   const struct case_milestone *milestone, struct arena *arena,
                   struct row_list *list)
{
    struct buffer trace BUFFER_CLEANUP = {0};
    buffer_init(&trace, 4096);
    int result = write_trace(state, milestone, &trace);
    if (result < 0)
        return result;
    struct store_deadline *row = arena_push(arena, &list->rows, &list->count, sizeof *row);
    if (!row)
        return ERR_LIMIT;
    *row =
        (struct store_deadline){.id = arena_printf(arena, "%s-m%u", case_id, milestone->seq),
                                .case_id = case_id,
                                .rule = arena_printf(arena, CASEFILE_MILESTONE "%s", milestone->id),
                                .due_at = milestone->instant,
                                .state = row_state(state, milestone),
                                .trace = arena_copy_slice(arena, buffer_text(&trace), trace.size)};
    return row->id && row->rule && row->trace ? 0 : ERR_LIMIT;
}

/* The rows of the plan as it is in this state. */
static int plan_rows(const char *case_id, const struct case_state *state, struct arena *arena,
                     struct row_list *list)
{
    int result = 0;
    for (size_t i = 0; result >= 0 && i < state->milestone_count; i++)
        result = add_row(case_id, state, &state->milestones[i], arena, list);
    return result;
}

static struct store_deadline *find_row(const struct row_list *list, const char *id)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->rows[i].id, id) == 0)
            return &list->rows[i];
    }
    return NULL;
}

/* A row whose plan is no more ends, unless it has ended by itself. True when it does. */
static bool leave_plan(struct store_deadline *row, const struct row_list *plan)
{
    bool waits = row->state == DEADLINE_RUNNING || row->state == DEADLINE_STOPPED;
    if (!waits || !casefile_is_milestone(row) || find_row(plan, row->id))
        return false;
    row->state = DEADLINE_CANCELLED;
    return true;
}

static int cancel_others(struct casefile *file, const struct row_list *plan)
{
    struct store_deadline *rows;
    size_t count;
    int result =
        store_deadline_list(file->app->store, file->record.id, &file->arena, &rows, &count);
    for (size_t i = 0; result >= 0 && i < count; i++) {
        if (leave_plan(&rows[i], plan))
            result = store_deadline_put(file->app->store, &rows[i]);
    }
    return result;
}

int milestones_write(struct casefile *file, struct error_detail *detail)
{
    struct row_list plan = {0};
    int result = plan_rows(file->record.id, &file->state, &file->arena, &plan);
    if (result >= 0)
        result = cancel_others(file, &plan);
    for (size_t i = 0; result >= 0 && i < plan.count; i++)
        result = store_deadline_put(file->app->store, &plan.rows[i]);
    return result < 0 ? app_store_failed(file->app, result, detail, "milestone") : 0;
}

/* --- worked out again --- */

/* What milestones_write() does to the store, done to a list. */
static int take_plan(const char *case_id, const struct case_state *state, struct arena *arena,
                     struct row_list *list)
{
    struct row_list plan = {0};
    int result = plan_rows(case_id, state, arena, &plan);
    for (size_t i = 0; result >= 0 && i < list->count; i++)
        leave_plan(&list->rows[i], &plan);
    for (size_t i = 0; result >= 0 && i < plan.count; i++) {
        struct store_deadline *row = find_row(list, plan.rows[i].id);
        if (!row)
            row = arena_push(arena, &list->rows, &list->count, sizeof *row);
        if (!row)
            return ERR_LIMIT;
        *row = plan.rows[i];
    }
    return result;
}

static bool same_plan(const struct case_state *a, const struct case_state *b)
{
    if (a->milestone_count != b->milestone_count || a->deadline.clock != b->deadline.clock)
        return false;
    for (size_t i = 0; i < a->milestone_count; i++) {
        const struct case_milestone *one = &a->milestones[i], *other = &b->milestones[i];
        if (one->seq != other->seq || one->state != other->state || one->date != other->date ||
            one->instant != other->instant || strcmp(one->id, other->id) != 0)
            return false;
    }
    return true;
}

static bool had_plan(const struct casefile *file)
{
    for (size_t i = 0; i < file->event_count; i++) {
        if (file->events[i].type == CASE_MILESTONE_AGREED)
            return true;
    }
    return false;
}

int milestones_rows(const struct casefile *file, struct arena *arena,
                    struct store_deadline **ret_rows, size_t *ret_count,
                    struct error_detail *detail)
{
    const struct case_versions versions = app_versions_of(file->app);
    struct row_list list = {0};
    struct case_state state;
    int result = 0;
    size_t events = had_plan(file) ? file->event_count : 0;
    case_state_init(&state, file->first);
    for (size_t i = 0; result >= 0 && i < events; i++) {
        const struct case_state before = state;
        result = case_fold_on(&state, &file->events[i], 1, &versions, NULL, detail);
        if (result >= 0 && !same_plan(&before, &state))
            result = take_plan(file->record.id, &state, arena, &list);
    }
    *ret_rows = list.rows;
    *ret_count = list.count;
    return result;
}
