/* case.exhibit {case, event, number}: the bytes that a party brought along with an answer. */
#include "app/query/list.h"

#include "base/digest.h"
#include "store/exhibit.h"

int query_case_exhibit(struct query_call *call)
{
    struct store_exhibit exhibit;
    const char *id;
    char hex[DIGEST_HEX];
    int64_t seq = json_number(call->arguments, "event", 0),
            number = json_number(call->arguments, "number", 0);
    int result = query_need_text(call, "case", &id);
    if (result < 0)
        return result;
    result = seq < 1 || number < 1 || seq > UINT32_MAX || number > UINT32_MAX
                 ? ERR_NOT_FOUND
                 : store_exhibit_find(call->app->store, id, (uint32_t)seq, (uint32_t)number,
                                      call->arena, &exhibit);
    if (result == ERR_NOT_FOUND)
        return error_set(call->detail, result, "case %s has no such exhibit", id);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "exhibit");
    char *coded = arena_alloc(call->arena, BASE64_ROOM(exhibit.bytes.size));
    if (!coded)
        return ERR_LIMIT;
    json_object_set_new(call->result, "media_type", json_string(exhibit.media_type));
    json_object_set_new(call->result, "sha256", json_string(digest_format(&exhibit.sha256, hex)));
    json_object_set_new(call->result, "base64",
                        json_string(base64_format(exhibit.bytes.data, exhibit.bytes.size, coded,
                                                  BASE64_ROOM(exhibit.bytes.size))));
    return 0;
}
