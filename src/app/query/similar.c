/* complaint.similar: which complaints may be about the same matter, for staff. */
#include "app/complaints/similar.h"
#include "app/query/list.h"

static int put_row(struct query_call *call, const struct store_complaint *row, json_t *list)
{
    struct similar *found;
    size_t count;
    int result = similar_find(call->app, row->reference, call->arena, &found, &count, call->detail);
    if (result >= 0 && count > 0)
        json_array_append_new(list, json_pack("{s:s, s:s, s:o}", "reference", row->reference,
                                              "state", row->state, "similar",
                                              similar_json(found, count, row->received_at)));
    return result;
}

static int of_one(struct query_call *call, const char *reference, json_t *list)
{
    struct complaint_record record;
    int result = record_find(call->app, reference, call->arena, &record, call->detail);
    return result < 0 ? result : put_row(call, &record.row, list);
}

/* complaint.similar {complaint} or {after}: of one, or of a page of all; those without another that
 * is alike are left out. `next` is where the next page goes on, "" behind the last. */
int query_complaint_similar(struct query_call *call)
{
    struct store_complaint_query query = {.limit = 100};
    struct store_complaint *rows;
    size_t count;
    char after[REFERENCE_TEXT];
    const char *one = json_text(call->arguments, "complaint");
    const char *from = json_text(call->arguments, "after");
    json_t *list = json_array();
    json_object_set_new(call->result, "complaints", list);
    json_object_set_new(call->result, "next", json_string(""));
    if (one)
        return of_one(call, one, list);
    if (from && reference_parse(from, after) < 0)
        return error_set(call->detail, ERR_SYNTAX, "'%.64s' is no reference of a complaint", from);
    query.after = from ? after : NULL;
    int result = store_complaint_list(call->app->store, &query, call->arena, &rows, &count);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "complaints");
    for (size_t i = 0; result >= 0 && i < count; i++)
        result = put_row(call, &rows[i], list);
    if (result >= 0 && count == query.limit)
        json_object_set_new(call->result, "next", json_string(rows[count - 1].reference));
    return result;
}
