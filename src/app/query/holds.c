/* What is on legal hold, for staff: nobody has to remember it, and whoever lifts a hold finds it.
 */
#include "access/access.h"
#include "app/complaints/projection.h"
#include "app/complaints/record.h"
#include "app/query/list.h"
#include "base/text.h"

enum { HOLDS_PAGE = 100 };

/* The hold as the last event that tells of it. */
static json_t *hold_json(const struct store_complaint_event *hold, const char *reason,
                         const struct store_complaint *row)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:o, s:s, s:[{s:I, s:o, s:s, s:s, s:s}]}", "reference",
                     row->reference, "type", row->type, "state", row->state, "case", row->case_id,
                     "received_at", query_instant(row->received_at), "legal_hold", reason, "events",
                     "seq", (json_int_t)hold->seq, "at", query_instant(hold->at), "event",
                     hold->type, "actor", hold->actor, "reason", reason);
}

static int add_hold(struct query_call *call, const struct store_complaint_event *hold, json_t *list)
{
    struct complaint_record record;
    struct complaint_projection projection;
    json_t *full JSON_CLEANUP = NULL, *row = NULL;
    int result = record_find(call->app, hold->reference, call->arena, &record, call->detail);
    if (result >= 0)
        result = complaint_projection_make(call->app, hold->reference, call->arena, &projection,
                                           call->detail);
    if (result < 0)
        return result;
    full = hold_json(hold, projection.hold, &record.row);
    result = full ? access_project(OBJECT_COMPLAINT, full, AUDIENCE_STAFF, &row) : ERR_NO_MEMORY;
    return result < 0 ? result : json_array_append_new(list, row) < 0 ? ERR_NO_MEMORY : 0;
}

static int read_page(struct query_call *call, char after[REFERENCE_TEXT], size_t *ret_limit)
{
    const char *from = json_text(call->arguments, "after");
    after[0] = '\0';
    if (from && reference_parse(from, after) < 0)
        return error_set(call->detail, ERR_SYNTAX, "'%.64s' is no reference of a complaint", from);
    return query_limit(call, HOLDS_PAGE, ret_limit);
}

/* complaint.holds {after, limit}: by reference, which tells nothing of when it came; `next` is
 * where to go on after. */
int query_complaint_holds(struct query_call *call)
{
    struct store_complaint_event *holds;
    char after[REFERENCE_TEXT];
    size_t limit = 0, count = 0;
    json_t *list = json_array();
    json_object_set_new(call->result, "holds", list);
    int result = read_page(call, after, &limit);
    if (result < 0)
        return result;
    result = store_complaint_hold_list(call->app->store, after, limit, call->arena, &holds, &count);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "legal holds");
    for (size_t i = 0; result >= 0 && i < count; i++)
        result = add_hold(call, &holds[i], list);
    json_object_set_new(call->result, "next",
                        count == limit ? json_string(holds[count - 1].reference) : json_null());
    return result;
}
