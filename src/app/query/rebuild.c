/* rebuild.check: every case folded again from its events and held against the projections that
 * lists, counts and deadlines are read from. */
#include "app/query/list.h"

#include "app/casework/proposal.h"

#include <string.h>

static void differ(json_t *list, const char *id, const char *field, json_t *stored, json_t *folded)
{
    json_array_append_new(list, json_pack("{s:s, s:s, s:o, s:o}", "case", id, "field", field,
                                          "stored", stored, "folded", folded));
}

static void compare_text(json_t *list, const char *id, const char *field, const char *stored,
                         const char *folded)
{
    if (strcmp(stored, folded) != 0)
        differ(list, id, field, json_string(stored), json_string(folded));
}

static void compare_number(json_t *list, const char *id, const char *field, int64_t stored,
                           int64_t folded)
{
    if (stored != folded)
        differ(list, id, field, json_integer(stored), json_integer(folded));
}

/* The due moment of the deadline that runs in the store; 0 for none. */
static int running_due(struct app *app, const char *id, struct arena *arena, int64_t *ret_due)
{
    struct store_deadline *list;
    size_t count;
    int result = store_deadline_list(app->store, id, arena, &list, &count);
    *ret_due = 0;
    for (size_t i = 0; result >= 0 && i < count; i++) {
        if (list[i].state == DEADLINE_RUNNING)
            *ret_due = list[i].due_at;
    }
    return result;
}

static bool is_agreed(const struct casefile *file, const struct store_proposal *proposal)
{
    char hex[DIGEST_HEX];
    digest_format(&proposal->sha256, hex);
    for (size_t i = 0; i < file->event_count; i++) {
        const struct case_event *event = &file->events[i];
        for (size_t k = 0; k < event->evidence_count; k++) {
            if (event->type == proposal->event.type && strcmp(event->evidence[k], hex) == 0)
                return true;
        }
    }
    return false;
}

/* A proposal counts as agreed exactly when an event rests on it, and is the one that was made. */
static int compare_proposals(struct query_call *call, struct casefile *file, json_t *list)
{
    struct store_proposal *proposals;
    size_t count;
    const struct store_proposal_query query = {.case_id = file->record.id};
    int result = store_proposal_list(call->app->store, &query, &file->arena, &proposals, &count);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "proposals");
    for (size_t i = 0; i < count; i++) {
        struct case_step step;
        struct error_detail words = {0};
        result = proposal_step(&proposals[i], /* second= */ "", &step, &words);
        if (result < 0)
            differ(list, file->record.id, "proposal", json_null(),
                   json_string(error_words(&words, result)));
        compare_number(list, file->record.id, "proposal_agreed",
                       proposals[i].state == PROPOSAL_AGREED, is_agreed(file, &proposals[i]));
    }
    return 0;
}

static int compare_case(struct query_call *call, const struct store_case *stored, json_t *list)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    struct error_detail words = {0};
    int64_t running;
    int result = casefile_open(call->app, stored->id, &file, &words);
    if (result < 0) {
        /* A history that does not fold is a difference too, not the end of the comparison. */
        differ(list, stored->id, "events", json_null(), json_string(error_words(&words, result)));
        return 0;
    }
    const struct case_state *state = &file.state;
    int64_t due = state->deadline.clock == CLOCK_RUNNING ? state->deadline.due.instant : 0;
    compare_text(list, stored->id, "stage", stored->stage, state->stage->id);
    compare_text(list, stored->id, "stage_kind", stage_kind_text(stored->stage_kind),
                 stage_kind_text(state->stage->kind));
    compare_text(list, stored->id, "closure", stored->closure, state->closure);
    compare_number(list, stored->id, "seq", stored->seq, state->seq);
    compare_number(list, stored->id, "updated_at", stored->updated_at, state->last_at);
    compare_number(list, stored->id, "due_at", stored->due_at, due);
    compare_number(list, stored->id, "closed", stored->closed_at != 0, stage_is_end(state->stage));
    compare_number(list, stored->id, "published", stored->published, state->published);
    result = running_due(call->app, stored->id, &file.arena, &running);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "deadlines");
    compare_number(list, stored->id, "deadline", running, due);
    return compare_proposals(call, &file, list);
}

int query_rebuild_check(struct query_call *call)
{
    const char *after = "";
    json_t *list = json_array();
    int64_t compared = 0;
    histories_forget(call->app); /* folded from the rows that are there now */
    json_object_set_new(call->result, "differences", list);
    for (;;) {
        struct store_case *cases;
        size_t count;
        const struct store_case_query query = {.after = after};
        int result = store_case_list(call->app->store, &query, call->arena, &cases, &count);
        if (result < 0)
            return app_store_failed(call->app, result, call->detail, "cases");
        for (size_t i = 0; i < count && result >= 0; i++, compared++)
            result = compare_case(call, &cases[i], list);
        if (result < 0)
            return result;
        if (count < STORE_PAGE_MAX)
            break;
        after = cases[count - 1].id;
    }
    json_object_set_new(call->result, "cases", json_integer(compared));
    return 0;
}
