/* The evidence of what was looked up for a complaint, for staff: what was asked and answered, as
 * bytes that `replay` reads. */
#include "app/complaints/party_view.h"
#include "app/query/list.h"
#include "store/lookup.h"

/* complaint.evidence {complaint, measurement}: as base64. */
int query_complaint_evidence(struct query_call *call)
{
    struct complaint_record record;
    const char *measurement;
    struct bytes bytes;
    int result = complaint_find_for_reader(call, &record);
    if (result >= 0)
        result = query_need_text(call, "measurement", &measurement);
    if (result < 0)
        return result;
    result = store_lookup_answer_bytes(call->app->store, record.row.reference, measurement,
                                       call->arena, &bytes);
    if (result == ERR_NOT_FOUND)
        return error_set(call->detail, result, "complaint %s cites no such lookup",
                         record.row.reference);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "what was looked up");
    char *coded = arena_alloc(call->arena, BASE64_ROOM(bytes.size));
    if (!coded)
        return ERR_LIMIT;
    base64_format(bytes.data, bytes.size, coded, BASE64_ROOM(bytes.size));
    json_object_set_new(call->result, "base64", json_string(coded));
    return 0;
}
