/* complaint.reopen: a decision is taken back, and the complaint waits for another. Nothing is
 * deleted: both stay in its history, and who filed it is told. */
#include "app/complaints/reopen.h"

#include "app/command_list.h"
#include "app/complaints/matter.h"
#include "app/complaints/words.h"
#include "app/letters/complaint_mail.h"
#include "store/case.h"

#include <string.h>

struct reopening {
    struct call *call;
    struct arena arena;
    struct complaint_record *record;
    json_t *data; /* of the event */
};

static bool is_decision(const struct store_complaint_event *event)
{
    return record_event_is(event, COMPLAINT_EVENT_IN_SCOPE) ||
           record_event_is(event, COMPLAINT_EVENT_OUT_OF_SCOPE);
}

/* A decision on a review took a second person, and is not to be had again by one. */
static int check_decision(struct reopening *reopening, const struct store_complaint_event *decision)
{
    struct call *call = reopening->call;
    const char *reference = reopening->record->row.reference;
    json_t *data JSON_CLEANUP = NULL;
    int64_t wanted = json_number(call->arguments, "decision", decision->seq);
    int result = json_parse(decision->data, strlen(decision->data), &data, call->detail);
    if (result < 0)
        return result;
    if (wanted != decision->seq)
        return error_set(call->detail, ERR_CONFLICT,
                         "complaint %s was decided again since, by event %u", reference,
                         (unsigned)decision->seq);
    if (json_object_get(data, "reviews"))
        return error_set(call->detail, ERR_REFUSED,
                         "complaint %s was decided on a review: decide it anew", reference);
    json_object_set_new(reopening->data, "corrects", json_integer(decision->seq));
    return 0;
}

static int find_decision(struct reopening *reopening)
{
    struct call *call = reopening->call;
    struct store_complaint_event *events, *decision = NULL;
    size_t count;
    int result = store_complaint_event_list(call->app->store, reopening->record->row.reference,
                                            &reopening->arena, &events, &count);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "events of a complaint");
    for (size_t i = 0; i < count; i++) {
        if (is_decision(&events[i]))
            decision = &events[i];
    }
    return decision ? check_decision(reopening, decision) : 0;
}

/* What its party was told is corrected by a person who looks at the case. */
static int check_case(struct reopening *reopening)
{
    struct call *call = reopening->call;
    const struct store_complaint *row = &reopening->record->row;
    struct store_case told;
    if (!row->case_id[0])
        return 0;
    int result = store_case_find(call->app->store, row->case_id, &reopening->arena, &told);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "case");
    return told.told_at == 0
               ? 0
               : error_set(call->detail, ERR_REFUSED,
                           "a letter of case %s was served, to which complaint %s led: decide it"
                           " anew",
                           row->case_id, row->reference);
}

static int reopen(struct reopening *reopening, const char *reason)
{
    struct call *call = reopening->call;
    struct complaint_record *record = reopening->record;
    enum complaint_state next;
    int result = record_check_step(call, record, COMPLAINT_EVENT_REOPENED, &next);
    if (result >= 0)
        result = find_decision(reopening);
    if (result >= 0)
        result = check_case(reopening);
    if (result >= 0)
        result = matter_leave(call, record, "scope-decided-anew");
    if (result >= 0)
        result = words_keep(call, record->row.reference, reason, reopening->data);
    if (result < 0)
        return result;
    record->row.closure = "";
    result = record_step(call, record, COMPLAINT_EVENT_REOPENED, reopening->data);
    return result < 0 ? result
                      : complaint_mail_decided(call, record, COMPLAINT_EVENT_REOPENED, reason);
}

int reopen_decision(struct call *call, struct complaint_record *record, const char *reason)
{
    struct reopening reopening = {.call = call, .record = record, .data = json_object()};
    arena_init(&reopening.arena, 64 << 20);
    int result = reopening.data ? reopen(&reopening, reason) : ERR_NO_MEMORY;
    json_decref(reopening.data);
    arena_done(&reopening.arena);
    return result;
}

/* complaint.reopen {complaint, version, reason, decision}: `decision` is the number of the event
 * that is taken back. */
int complaint_reopen(struct call *call)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct complaint_record record;
    const char *reason;
    arena_init(&arena, 64 << 20);
    int result = record_find_for(call, "complaint", &arena, &record);
    if (result >= 0)
        result = record_check_version(call, &record);
    if (result >= 0)
        result = call_need_text(call, "reason", &reason);
    if (result >= 0)
        result = reopen_decision(call, &record, reason);
    if (result < 0)
        return result;
    json_object_set_new(call->result, "reference", json_string(record.row.reference));
    json_object_set_new(call->result, "state", json_string(record.row.state));
    json_object_set_new(call->result, "closure", json_string(record.row.closure));
    json_object_set_new(call->result, "case", json_string(record.row.case_id));
    return 0;
}
