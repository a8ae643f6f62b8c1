/* own.complaints {case, user}: the complaints that led to a case, as its party sees each
 * (complaints/party_view.h).
 *
 * One is there when it was in scope before the letter that was served last: until then the house
 * can still leave words out of it, and a party learns nothing between two letters. Which one it is,
 * and how many more there are, is not told. */
#include "app/complaints/party_view.h"
#include "app/party/case_view.h"
#include "app/query/list.h"
#include "store/case.h"

#include <string.h>

enum {
    SHOWN_MAX = 50,  /* each is opened and read whole */
    LOOKED_AT = 1000 /* links for one answer, shown or not */
};

struct listing {
    struct query_call *call;
    const struct casefile *file;
    int64_t told_at; /* when the last letter went out */
    json_t *list;
    size_t looked;
    bool more;
};

static int64_t last_letter(const struct casefile *file)
{
    int64_t at = 0;
    for (size_t i = 0; i < file->event_count; i++) {
        if (file->events[i].type == CASE_NOTICE_SENT)
            at = file->events[i].at;
    }
    return at;
}

/* 1 when it is there for the party. */
static int is_told(const struct listing *at, const struct complaint_record *record)
{
    struct query_call *call = at->call;
    struct store_complaint_event *events;
    int64_t decided_at = 0;
    size_t count;
    bool in_scope =
        record->state == COMPLAINT_IN_SCOPE_STATE || record->state == COMPLAINT_IN_SCOPE_MORE_STATE;
    if (!in_scope || strcmp(record->row.case_id, at->file->record.id) != 0)
        return 0;
    int result = store_complaint_event_list(call->app->store, record->row.reference, call->arena,
                                            &events, &count);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "events of a complaint");
    for (size_t i = 0; i < count; i++) {
        if (record_event_is(&events[i], COMPLAINT_EVENT_IN_SCOPE))
            decided_at = events[i].at;
    }
    return decided_at <= at->told_at;
}

/* What a person linked that was never filed here is passed over. */
static int add_complaint(struct listing *at, const char *reference)
{
    struct query_call *call = at->call;
    struct complaint_record record;
    struct error_detail reason = {0};
    bool consent;
    json_t *seen = NULL;
    int result = record_find(call->app, reference, call->arena, &record, &reason);
    if (result == ERR_SYNTAX || result == ERR_NOT_FOUND)
        return 0;
    if (result < 0)
        return error_pass(call->detail, result, &reason);
    result = is_told(at, &record);
    if (result <= 0)
        return result;
    at->more = json_array_size(at->list) == SHOWN_MAX;
    if (at->more)
        return 0;
    result = party_view_make(call, &record, &consent, &seen);
    return result < 0 ? result : json_array_append_new(at->list, seen) < 0 ? ERR_NO_MEMORY : 0;
}

static int walk(struct listing *at)
{
    struct query_call *call = at->call;
    const struct store_link_page page = {
        .case_id = at->file->record.id, .kind = "complaint", .after = "", .limit = LOOKED_AT + 1};
    struct store_link *links;
    size_t count;
    int result = store_link_list_page(call->app->store, &page, call->arena, &links, &count);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "links of a case");
    for (size_t i = 0; result >= 0 && i < count && i < LOOKED_AT && !at->more; i++)
        result = add_complaint(at, links[i].object);
    at->more = at->more || count > LOOKED_AT;
    return result;
}

int query_own_complaints(struct query_call *call)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    struct listing at = {.call = call, .file = &file, .list = json_array()};
    const char *id;
    json_object_set_new(call->result, "complaints", at.list);
    int result = query_need_text(call, "case", &id);
    if (result >= 0)
        result = case_view_open(call->app, json_text(call->arguments, "user"), id, PARTY_RIGHT_READ,
                                &file, call->detail);
    if (result < 0)
        return result;
    at.told_at = last_letter(&file);
    result = walk(&at);
    return json_object_set_new(call->result, "more", json_boolean(at.more)) < 0 ? ERR_NO_MEMORY
                                                                                : result;
}
