/* What a person does about what a complainant did: complaint.seen reads an addition to what is
 * decided, complaint.close ends what was withdrawn. */
#include "app/command_list.h"
#include "app/complaints/matter.h"
#include "rulebook/process.h"
#include "rulebook/rulebook.h"

struct closing {
    struct call *call;
    struct arena arena;
    struct complaint_record record;
    json_t *data; /* of the event */
};

static int begin(struct closing *closing)
{
    struct call *call = closing->call;
    arena_init(&closing->arena, 64 << 20);
    closing->data = json_object();
    if (!closing->data)
        return ERR_NO_MEMORY;
    int result = record_find_for(call, "complaint", &closing->arena, &closing->record);
    return result < 0 ? result : record_check_version(call, &closing->record);
}

static int finish(struct closing *closing, enum complaint_event_type type)
{
    json_t *told = closing->call->result;
    int result = record_step(closing->call, &closing->record, type, closing->data);
    if (result < 0)
        return result;
    json_object_set_new(told, "reference", json_string(closing->record.row.reference));
    json_object_set_new(told, "state", json_string(closing->record.row.state));
    return 0;
}

static void end(struct closing *closing)
{
    json_decref(closing->data);
    arena_done(&closing->arena);
}

/* complaint.seen {complaint, version} */
int complaint_seen(struct call *call)
{
    struct closing closing = {.call = call};
    int result = begin(&closing);
    if (result >= 0)
        result = finish(&closing, COMPLAINT_EVENT_SEEN);
    end(&closing);
    return result;
}

/* The matter is the authority's own from then on: its case is opened by monitoring, or is the open
 * one, and no complaint is linked to it by this. */
static int pursue(struct closing *closing)
{
    struct call *call = closing->call;
    struct record_law law;
    struct matter matter = {.subject = json_text(call->arguments, "subject"),
                            .origin = ORIGIN_MONITORING};
    const char *case_id;
    int result = call_need_text(call, "obligation", &matter.obligation);
    if (result >= 0)
        result = call_need_text(call, "party", &matter.party);
    if (result >= 0)
        result = record_find_law(call->app, &closing->record, &law, call->detail);
    if (result < 0)
        return result;
    matter.type = law.type;
    result = matter_open(call, &matter, &closing->arena, &case_id);
    if (result < 0)
        return result;
    json_object_set_new(closing->data, "obligation", json_string(matter.obligation));
    json_object_set_new(closing->data, "party", json_string(matter.party));
    json_object_set_new(closing->data, "case", json_string(case_id));
    json_object_set_new(call->result, "case", json_string(case_id));
    return 0;
}

/* complaint.close {complaint, version, own, obligation, party, subject} */
int complaint_close(struct call *call)
{
    struct closing closing = {.call = call};
    int result = begin(&closing);
    if (result >= 0)
        result = matter_leave(call, &closing.record, "complaint-withdrawn");
    if (result >= 0 && json_is_true(json_object_get(call->arguments, "own")))
        result = pursue(&closing);
    if (result >= 0)
        result = finish(&closing, COMPLAINT_EVENT_CLOSED);
    end(&closing);
    return result;
}
