/* complaint.second-look: what another person found of a closure that was drawn (look_draw.h). */
#include "store/second_look.h"
#include "app/command_list.h"
#include "app/complaints/record.h"
#include "app/complaints/reopen.h"
#include "app/complaints/words.h"

#include <string.h>

struct looking {
    struct call *call;
    struct arena arena;
    struct complaint_record record;
    struct store_look look;
    bool differs, stands; /* whether it is still the last decision */
    json_t *data;         /* of the event */
};

static bool is_decision(const struct store_complaint_event *event)
{
    return record_event_is(event, COMPLAINT_EVENT_IN_SCOPE) ||
           record_event_is(event, COMPLAINT_EVENT_OUT_OF_SCOPE);
}

static bool is_out_of_scope(enum complaint_state state)
{
    return state == COMPLAINT_OUT_OF_SCOPE_STATE || state == COMPLAINT_OUT_OF_SCOPE_MORE_STATE;
}

static int find_look(struct looking *looking)
{
    struct call *call = looking->call;
    const char *reference = looking->record.row.reference;
    int result = store_look_find(call->app->store, reference, &looking->arena, &looking->look);
    if (result == ERR_NOT_FOUND)
        return error_set(call->detail, ERR_REFUSED, "complaint %s was not drawn for a second look",
                         reference);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "second looks");
    if (looking->look.verdict[0])
        return error_set(call->detail, ERR_CONFLICT,
                         "complaint %s was looked at again before: '%s'", reference,
                         looking->look.verdict);
    return looking->record.row.erased_at
               ? error_set(call->detail, ERR_REFUSED,
                           "complaint %s was erased: nothing is left to look at", reference)
               : 0;
}

/* Whoever decided does not look again. */
static int check_person(struct looking *looking)
{
    struct call *call = looking->call;
    struct store_complaint_event *events;
    size_t count;
    int result = store_complaint_event_list(call->app->store, looking->record.row.reference,
                                            &looking->arena, &events, &count);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "events of a complaint");
    looking->stands = is_out_of_scope(looking->record.state);
    for (size_t i = 0; i < count; i++) {
        if (events[i].seq > looking->look.decision && is_decision(&events[i]))
            looking->stands = false;
        if (events[i].seq == looking->look.decision && strcmp(events[i].actor, call->actor.id) == 0)
            return error_set(call->detail, ERR_REFUSED,
                             "%s closed complaint %s; another person looks at that again",
                             call->actor.id, looking->record.row.reference);
    }
    return 0;
}

static int read_verdict(struct looking *looking)
{
    struct call *call = looking->call;
    const char *verdict;
    int result = call_need_text(call, "verdict", &verdict);
    if (result < 0)
        return result;
    looking->differs = strcmp(verdict, STORE_LOOK_DIFFERS) == 0;
    if (!looking->differs && strcmp(verdict, STORE_LOOK_AGREES) != 0)
        return error_set(call->detail, ERR_SYNTAX,
                         "a second look '" STORE_LOOK_AGREES "' or '" STORE_LOOK_DIFFERS
                         "', not '%.40s'",
                         verdict);
    looking->look.verdict = looking->differs ? STORE_LOOK_DIFFERS : STORE_LOOK_AGREES;
    json_object_set_new(looking->data, "verdict", json_string(looking->look.verdict));
    json_object_set_new(looking->data, "draw", json_integer(looking->look.draw));
    json_object_set_new(looking->data, "decision", json_integer(looking->look.decision));
    return 0;
}

/* What was closed by mistake waits again, at once. */
static int take(struct looking *looking)
{
    struct call *call = looking->call;
    struct complaint_record *record = &looking->record;
    const char *reason = NULL;
    int result = looking->differs ? call_need_text(call, "reason", &reason) : 0;
    if (result >= 0 && reason && !looking->stands)
        result = words_keep(call, record->row.reference, reason, looking->data);
    if (result >= 0)
        result = record_step(call, record, COMPLAINT_EVENT_SECOND_LOOK, looking->data);
    if (result < 0)
        return result;
    result = store_look_settle(call->app->store, &looking->look);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "second looks");
    return looking->differs && looking->stands ? reopen_decision(call, record, reason) : 0;
}

static int look(struct looking *looking)
{
    struct call *call = looking->call;
    int result = record_find_for(call, "complaint", &looking->arena, &looking->record);
    if (result >= 0)
        result = record_check_version(call, &looking->record);
    if (result >= 0)
        result = find_look(looking);
    if (result >= 0)
        result = check_person(looking);
    if (result >= 0)
        result = read_verdict(looking);
    return result < 0 ? result : take(looking);
}

/* complaint.second-look {complaint, version, verdict, reason}: the reason, of one that differs, is
 * for who filed it. */
int complaint_second_look(struct call *call)
{
    struct looking looking = {.call = call, .data = json_object()};
    arena_init(&looking.arena, 64 << 20);
    int result = looking.data ? look(&looking) : ERR_NO_MEMORY;
    if (result >= 0) {
        json_object_set_new(call->result, "reference", json_string(looking.record.row.reference));
        json_object_set_new(call->result, "verdict", json_string(looking.look.verdict));
        json_object_set_new(call->result, "state", json_string(looking.record.row.state));
    }
    json_decref(looking.data);
    arena_done(&looking.arena);
    return result;
}
