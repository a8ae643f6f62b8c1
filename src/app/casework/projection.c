#include "app/casework/projection.h"

#include "app/casework/milestones.h"
#include "app/letters/drafting.h"
#include "cases/awaited.h"

#include <string.h>

enum { TRACE_MAX = 1 << 20, PAGE_ARENA_MAX = 64 << 20 };

enum deadline_state projection_ended_by(enum case_event_type event)
{
    if (event == CASE_DEADLINE_PASSED)
        return DEADLINE_PASSED;
    return event == CASE_ANSWER_JUDGED || event == CASE_CURED || event == CASE_CLOSED
               ? DEADLINE_MET
               : DEADLINE_CANCELLED;
}

/* What follows the end, such as the letter about it, does not move it. */
static int64_t closed_at(int64_t before, const struct stage *stage, int64_t at)
{
    bool ended = before != 0;
    return stage_is_end(stage) == ended ? before : ended ? 0 : at;
}

/* The program wanted to write and found nobody; nothing was drafted since. */
static bool lacks_contact(bool before, enum case_event_type type, const char *reason)
{
    if (type == CASE_RECEIVED && strcmp(reason, DRAFTING_NO_CONTACT) == 0)
        return true;
    return before && type != CASE_NOTICE_DRAFTED;
}

/* W1 of party/case_view.h. */
static int64_t told_at(int64_t before, enum case_event_type type, int64_t at)
{
    return before == 0 && type == CASE_NOTICE_SENT ? at : before;
}

static void take_clock(struct store_case *record, const struct case_state *state)
{
    const struct deadline *due = &state->deadline.due;
    bool runs = state->deadline.clock == CLOCK_RUNNING && due->rule;
    record->clock_rule = runs ? due->rule->id : "";
    record->clock_date = runs ? due->date : 0;
    record->clock_at = runs ? due->instant : 0;
}

static int take_state(struct store_case *record, const struct casefile *file, bool no_contact,
                      struct arena *arena)
{
    const struct case_state *state = &file->state;
    const struct awaited awaited = case_awaited(state, no_contact);
    record->stage = state->stage->id;
    record->stage_kind = state->stage->kind;
    record->seq = state->seq;
    record->updated_at = state->last_at;
    record->due_at = case_due(state);
    record->closure = state->closure;
    record->published = state->published;
    record->rules = file->rulebook->digest_text;
    record->awaits = awaited.what;
    record->about = awaited.about[0] ? arena_copy_text(arena, awaited.about) : "";
    take_clock(record, state);
    return record->about ? 0 : ERR_LIMIT;
}

int projection_advance(struct casefile *file, const struct case_step *step)
{
    struct store_case *record = &file->record;
    bool no_contact = lacks_contact(record->awaits == AWAITS_CONTACT, step->type, step->reason);
    if (step->type == CASE_ASSIGNED)
        record->handler = arena_copy_text(&file->arena, step->object);
    if (!record->handler)
        return ERR_LIMIT;
    record->closed_at = closed_at(record->closed_at, file->state.stage, file->state.last_at);
    record->told_at = told_at(record->told_at, step->type, file->state.last_at);
    return take_state(record, file, no_contact, &file->arena);
}

int projection_deadline(const char *case_id, uint32_t seq, enum case_clock clock,
                        const struct deadline *due, struct arena *arena,
                        struct store_deadline *ret_row, struct error_detail *detail)
{
    struct buffer trace BUFFER_CLEANUP = {0};
    buffer_init(&trace, TRACE_MAX);
    int result = deadline_print_json(due, &trace);
    if (result < 0)
        return error_set(detail, result, "trace of a deadline: %s", error_text(result));
    *ret_row = (struct store_deadline){
        .id = arena_printf(arena, "%s-d%u", case_id, seq),
        .case_id = case_id,
        .rule = due->rule->id,
        .due_at = due->instant,
        .state = clock == CLOCK_RUNNING ? DEADLINE_RUNNING : DEADLINE_STOPPED,
        .trace = arena_copy_slice(arena, buffer_text(&trace), trace.size)};
    return ret_row->id && ret_row->trace ? 0 : ERR_LIMIT;
}

static void end_deadlines(struct projection *projection, enum case_event_type event)
{
    for (size_t i = 0; i < projection->deadline_count; i++) {
        struct store_deadline *deadline = &projection->deadlines[i];
        if (deadline->state == DEADLINE_RUNNING || deadline->state == DEADLINE_STOPPED)
            deadline->state = projection_ended_by(event);
    }
}

static int add_event(const struct casefile *file, const struct case_explanation *row,
                     struct projection *projection, struct arena *arena,
                     struct error_detail *detail)
{
    struct store_case *record = &projection->record;
    const struct case_event *event = row->event;
    if (event->type == CASE_ASSIGNED) {
        struct case_step step;
        int result = case_step_decode(event, &step, detail);
        record->handler = result < 0 ? NULL : arena_copy_text(arena, step.object);
        if (!record->handler)
            return result < 0 ? result : ERR_LIMIT;
    }
    record->closed_at = closed_at(record->closed_at, row->to, event->at);
    record->told_at = told_at(record->told_at, event->type, event->at);
    if (!row->deadline_changed)
        return 0;
    end_deadlines(projection, event->type);
    if (row->clock == CLOCK_NONE)
        return 0;
    struct store_deadline *slot =
        arena_push(arena, &projection->deadlines, &projection->deadline_count, sizeof *slot);
    return slot ? projection_deadline(file->record.id, event->seq, row->clock, &row->deadline,
                                      arena, slot, detail)
                : ERR_LIMIT;
}

int projection_make(const struct casefile *file, struct arena *arena,
                    struct projection *ret_projection, struct error_detail *detail)
{
    struct projection projection = {.record = file->record};
    struct case_explanation *rows;
    bool no_contact = false;
    int result = casefile_explain(file, arena, &rows, detail);
    projection.record.handler = "";
    projection.record.closed_at = 0;
    projection.record.told_at = 0;
    for (size_t i = 0; result >= 0 && i < file->event_count; i++) {
        no_contact = lacks_contact(no_contact, file->events[i].type, file->events[i].reason);
        result = add_event(file, &rows[i], &projection, arena, detail);
    }
    if (result >= 0)
        result = take_state(&projection.record, file, no_contact, arena);
    if (result < 0)
        return result;
    result =
        milestones_rows(file, arena, &projection.milestones, &projection.milestone_count, detail);
    if (result >= 0)
        *ret_projection = projection;
    return result;
}

/* For who watches alone, as it reads all rows. */
static int count_cases(struct app *app, int64_t *ret_total, struct error_detail *detail)
{
    int result = app->progress ? store_case_count(app->store, ret_total) : 0;
    return result < 0 ? app_store_failed(app, result, detail, "cases") : 0;
}

int projection_each_case(struct app *app, int (*take)(void *context, const struct store_case *row),
                         void *context, struct error_detail *detail)
{
    struct arena arena ARENA_CLEANUP = {0};
    char after[CASE_NAME_MAX] = "";
    int64_t done = 0, total = 0;
    size_t count;
    arena_init(&arena, PAGE_ARENA_MAX);
    int result = count_cases(app, &total, detail);
    if (result < 0)
        return result;
    do {
        struct store_case *cases;
        const struct store_case_query query = {.after = after};
        result = store_case_list(app->store, &query, &arena, &cases, &count);
        if (result < 0)
            return app_store_failed(app, result, detail, "cases");
        for (size_t i = 0; i < count && result >= 0; i++)
            result = take(context, &cases[i]);
        if (result < 0)
            return result;
        if (count)
            CASE_TEXT(after, cases[count - 1].id);
        done += (int64_t)count;
        if (app->progress)
            app->progress->tell(app->progress->context, "cases", done, total);
        arena_clear(&arena);
    } while (count == STORE_PAGE_MAX);
    return 0;
}
