#include "app/complaints/projection.h"

#include "base/json.h"

#include <stdio.h>
#include <string.h>

enum { PAGE_ARENA_MAX = 64 << 20 };

struct folding {
    struct complaint_projection *projection;
    struct arena *arena;
    const struct store_complaint_event *event;
    struct error_detail *detail;
};

/* --- an event --- */

/* What the event's data say under that name. */
static int take_text(const struct folding *folding, const json_t *data, const char *name,
                     const char **ret_text)
{
    const char *text = json_text(data, name);
    if (!text)
        return error_set(folding->detail, ERR_DAMAGED, "complaint %s: event %u does not say '%s'",
                         folding->event->reference, (unsigned)folding->event->seq, name);
    *ret_text = arena_copy_text(folding->arena, text);
    return *ret_text ? 0 : ERR_LIMIT;
}

static int take_label(const struct folding *folding, const json_t *data)
{
    return json_text(data, "tlp") ? take_text(folding, data, "tlp", &folding->projection->tlp) : 0;
}

/* What is not said is as it was. */
static int take_priority(const struct folding *folding, const json_t *data)
{
    const char *text = json_text(data, "priority");
    if (text && complaint_priority_parse(text, &folding->projection->priority) < 0)
        return error_set(folding->detail, ERR_DAMAGED,
                         "complaint %s: event %u has the unknown priority '%.16s'",
                         folding->event->reference, (unsigned)folding->event->seq, text);
    return 0;
}

static int take_filed(const struct folding *folding, const json_t *data)
{
    const char *state = "";
    int result = take_text(folding, data, "state", &state);
    if (result >= 0 && complaint_state_parse(state, &folding->projection->state) < 0)
        result = error_set(folding->detail, ERR_DAMAGED,
                           "complaint %s: it was filed in the unknown state '%.64s'",
                           folding->event->reference, state);
    if (result >= 0)
        result = take_text(folding, data, "type", &folding->projection->type);
    if (result >= 0)
        result = take_text(folding, data, "rulebook", &folding->projection->rulebook);
    if (result >= 0)
        result = take_priority(folding, data);
    return result < 0 ? result : take_label(folding, data);
}

static int take_retyped(const struct folding *folding, const json_t *data)
{
    int result = take_text(folding, data, "type", &folding->projection->type);
    return result < 0 ? result : take_priority(folding, data);
}

static int take_joined(const struct folding *folding, const json_t *data)
{
    struct store_join *join = &folding->projection->join;
    join->reference = folding->event->reference;
    join->joined_at = folding->event->at;
    return take_text(folding, data, "other", &join->other);
}

static int take_drawn(const struct folding *folding, const json_t *data)
{
    folding->projection->look = (struct store_look){
        .reference = folding->event->reference,
        .decision = (uint32_t)json_number(data, "decision", 0),
        .draw = json_number(data, "draw", 0),
        .verdict = STORE_LOOK_WAITS,
    };
    return 0;
}

/* What an event changes beside the state. */
static int take_data(const struct folding *folding, enum complaint_event_type type,
                     const json_t *data)
{
    struct complaint_projection *projection = folding->projection;
    switch (type) {
    case COMPLAINT_EVENT_FILED:
        return take_filed(folding, data);
    case COMPLAINT_EVENT_IN_SCOPE:
        projection->closure = "";
        return take_text(folding, data, "case", &projection->case_id);
    case COMPLAINT_EVENT_OUT_OF_SCOPE:
        projection->case_id = "";
        return take_text(folding, data, "closure", &projection->closure);
    case COMPLAINT_EVENT_JOINED:
        return take_joined(folding, data);
    case COMPLAINT_EVENT_CLOSED: /* the case of a matter that goes on is not the complaint's */
        projection->case_id = "";
        return 0;
    case COMPLAINT_EVENT_REOPENED:
        projection->case_id = projection->closure = "";
        return 0;
    case COMPLAINT_EVENT_PARTED:
        projection->join = (struct store_join){.other = NULL};
        return 0;
    case COMPLAINT_EVENT_ERASED:
        projection->erased_at = folding->event->at;
        return 0;
    case COMPLAINT_EVENT_LEGAL_HOLD:
        return take_text(folding, data, "reason", &projection->hold);
    case COMPLAINT_EVENT_HOLD_LIFTED:
        projection->hold = NULL;
        return 0;
    case COMPLAINT_EVENT_DRAWN:
        return take_drawn(folding, data);
    case COMPLAINT_EVENT_RETYPED:
        return take_retyped(folding, data);
    case COMPLAINT_EVENT_PRIORITISED:
        projection->prioritised = true;
        return take_priority(folding, data);
    case COMPLAINT_EVENT_LABELLED:
        return take_text(folding, data, "tlp", &projection->tlp);
    case COMPLAINT_EVENT_SECOND_LOOK:
        return take_text(folding, data, "verdict", &projection->look.verdict);
    case COMPLAINT_EVENT_FILED_ANYWAY:
    case COMPLAINT_EVENT_ASKED:
    case COMPLAINT_EVENT_REDACTED:
    case COMPLAINT_EVENT_REPORTER_READ:
    case COMPLAINT_EVENT_RECEIPT:
    case COMPLAINT_EVENT_ADDED:
    case COMPLAINT_EVENT_COMPLETED:
    case COMPLAINT_EVENT_REVIEW_ASKED:
    case COMPLAINT_EVENT_WITHDRAWN:
    case COMPLAINT_EVENT_SEEN:
    case COMPLAINT_EVENT_OUTCOME:
    case COMPLAINT_EVENT_EXPORTED:
    case COMPLAINT_EVENT_CASE_ENDED:
    case COMPLAINT_EVENT_CASE_RESUMED:
    case COMPLAINT_EVENT_LOOKED_UP:
    case COMPLAINT_EVENT_COUNT:
        break;
    }
    return 0;
}

static int take_step(const struct folding *folding, enum complaint_event_type type)
{
    enum complaint_state *state = &folding->projection->state;
    if (type == COMPLAINT_EVENT_FILED || complaint_after(*state, type, state) < 0)
        return error_set(folding->detail, ERR_DAMAGED,
                         "complaint %s: event %u, '%s', cannot follow where it is '%s'",
                         folding->event->reference, (unsigned)folding->event->seq,
                         complaint_event_text(type), complaint_state_text(*state));
    return 0;
}

static int take_event(const struct folding *folding, uint32_t seq)
{
    const struct store_complaint_event *event = folding->event;
    enum complaint_event_type type;
    json_t *data JSON_CLEANUP = NULL;
    if (event->seq != seq)
        return error_set(folding->detail, ERR_DAMAGED, "complaint %s: event %u is missing",
                         event->reference, (unsigned)seq);
    if (complaint_event_parse(event->type, &type) < 0)
        return error_set(folding->detail, ERR_DAMAGED,
                         "complaint %s: event %u is of the unknown type '%.64s'", event->reference,
                         (unsigned)seq, event->type);
    if (seq == 1 && type != COMPLAINT_EVENT_FILED)
        return error_set(folding->detail, ERR_DAMAGED,
                         "complaint %s: its first event is '%s', not 'filed'", event->reference,
                         event->type);
    int result = seq == 1 ? 0 : take_step(folding, type);
    if (result >= 0)
        result = json_parse(event->data, strlen(event->data), &data, folding->detail);
    return result < 0 ? result : take_data(folding, type, data);
}

/* --- a complaint --- */

int complaint_projection_fold(const struct store_complaint_event *events, size_t count,
                              struct arena *arena, struct complaint_projection *ret_projection,
                              struct error_detail *detail)
{
    struct complaint_projection projection = {
        .closure = "", .case_id = "", .priority = COMPLAINT_NORMAL_PRIORITY};
    struct folding folding = {.projection = &projection, .arena = arena, .detail = detail};
    int result = 0;
    for (size_t i = 0; result >= 0 && i < count; i++) {
        folding.event = &events[i];
        result = take_event(&folding, (uint32_t)i + 1);
    }
    if (result >= 0)
        *ret_projection = projection;
    return result;
}

int complaint_projection_make(struct app *app, const char *reference, struct arena *arena,
                              struct complaint_projection *ret_projection,
                              struct error_detail *detail)
{
    struct store_complaint_event *events;
    size_t count;
    int result = store_complaint_event_list(app->store, reference, arena, &events, &count);
    if (result < 0)
        return app_store_failed(app, result, detail, "events of a complaint");
    return count == 0 ? error_set(detail, ERR_DAMAGED, "complaint %s has no events", reference)
                      : complaint_projection_fold(events, count, arena, ret_projection, detail);
}

/* For who watches alone, as it reads all rows. */
static int count_complaints(struct app *app, int64_t *ret_total, struct error_detail *detail)
{
    int result = app->progress ? store_complaint_count(app->store, ret_total) : 0;
    return result < 0 ? app_store_failed(app, result, detail, "complaints") : 0;
}

int complaint_projection_each(struct app *app,
                              int (*take)(void *context, const struct store_complaint *row),
                              void *context, struct error_detail *detail)
{
    struct arena arena ARENA_CLEANUP = {0};
    char after[REFERENCE_TEXT] = "";
    int64_t done = 0, total = 0;
    size_t count;
    arena_init(&arena, PAGE_ARENA_MAX);
    int result = count_complaints(app, &total, detail);
    if (result < 0)
        return result;
    do {
        struct store_complaint *complaints;
        const struct store_complaint_query query = {.after = after};
        result = store_complaint_list(app->store, &query, &arena, &complaints, &count);
        if (result < 0)
            return app_store_failed(app, result, detail, "complaints");
        for (size_t i = 0; i < count && result >= 0; i++)
            result = take(context, &complaints[i]);
        if (result < 0)
            return result;
        if (count)
            snprintf(after, sizeof after, "%s", complaints[count - 1].reference);
        done += (int64_t)count;
        if (app->progress)
            app->progress->tell(app->progress->context, "complaints", done, total);
        arena_clear(&arena);
    } while (count == STORE_PAGE_MAX);
    return 0;
}
