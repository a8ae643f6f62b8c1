/* complaint.batch: which decisions about complaints were taken together. complaint.versions: what
 * whoever decides about several looked at. */
#include "store/batch.h"
#include "app/complaints/record.h"
#include "app/query/list.h"

enum { PAGE = 1000 };

/* With the number of the last event, which whoever goes on must know of. New reference, or NULL. */
static json_t *row_json(struct query_call *call, const char *reference)
{
    uint32_t next;
    int result = store_complaint_event_next(call->app->store, reference, &next);
    if (result < 0) {
        app_store_failed(call->app, result, call->detail, "events of a complaint");
        return NULL;
    }
    return json_pack("{s:s, s:I}", "reference", reference, "version", (json_int_t)next - 1);
}

static int put_item(struct query_call *call, const struct store_batch_item *item, json_t *list)
{
    json_t *row = row_json(call, item->reference);
    json_object_set_new(row, "decision", json_integer(item->seq));
    return json_array_append_new(list, row) < 0 ? ERR_NO_MEMORY : 0;
}

static int put_version(struct query_call *call, const char *text, json_t *list)
{
    char reference[REFERENCE_TEXT];
    json_t *row = text && reference_parse(text, reference) >= 0
                      ? row_json(call, reference)
                      : json_pack("{s:s, s:i}", "reference", text ? text : "", "version", 0);
    return json_array_append_new(list, row) < 0 ? ERR_NO_MEMORY : 0;
}

/* complaint.versions {complaints[]}: in their order; 0 for what there is not. */
int query_complaint_versions(struct query_call *call)
{
    const json_t *asked = json_object_get(call->arguments, "complaints"), *value;
    json_t *list = json_array();
    size_t i;
    int result = 0;
    json_object_set_new(call->result, "complaints", list);
    if (!json_is_array(asked) || json_array_size(asked) > PAGE)
        return error_set(call->detail, ERR_SYNTAX, "'complaints' is a list of at most %d", PAGE);
    json_array_foreach(asked, i, value)
    {
        if (result >= 0)
            result = put_version(call, json_string_value(value), list);
    }
    return result;
}

/* complaint.batch {batch, after}: in the order of references; `next` is where to go on after. */
int query_complaint_batch(struct query_call *call)
{
    struct store_batch_item *items;
    struct digest batch;
    size_t count;
    const char *text, *after = json_text(call->arguments, "after");
    json_t *list = json_array();
    json_object_set_new(call->result, "decisions", list);
    int result = query_need_text(call, "batch", &text);
    if (result >= 0 && digest_parse(text, &batch) < 0)
        result = error_set(call->detail, ERR_SYNTAX, "'%.80s' is no digest of a preview", text);
    if (result < 0)
        return result;
    result = store_batch_list(call->app->store, &batch, after, PAGE, call->arena, &items, &count);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "batch of decisions");
    if (count == 0 && !after)
        return error_set(call->detail, ERR_NOT_FOUND, "there is no batch of decisions %s", text);
    for (size_t i = 0; result >= 0 && i < count; i++)
        result = put_item(call, &items[i], list);
    json_object_set_new(call->result, "next",
                        count == PAGE ? json_string(items[count - 1].reference) : json_null());
    return result;
}
