/* Questions about published notices, and about what people wrote for them. */
#include "app/query/list.h"

#include "app/argument.h"
#include "app/publish/formal_notice.h"
#include "app/publish/notice_record.h"
#include "app/publish/past_read.h"
#include "base/civil.h"
#include "store/publication.h"

#include <string.h>

static json_t *notice_row(const struct store_publication *publication)
{
    json_t *row = json_pack("{s:s, s:s, s:s}", "notice", publication->notice, "case",
                            publication->case_id, "state", publication->state);
    json_object_set_new(row, "published_at", query_instant(publication->published_at));
    json_object_set_new(row, "updated_at", query_instant(publication->updated_at));
    json_object_set_new(row, "next_update_due", query_instant(publication->next_update_due));
    json_object_set_new(row, "overdue_since", query_instant(publication->overdue_since));
    return row;
}

json_t *query_notice_item(const struct store_notice_item *item)
{
    char hex[DIGEST_HEX], notice[NOTICE_ID_MAX];
    notice_id(item->case_id, notice);
    json_t *row = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "item",
                            item->id, "notice", notice, "case", item->case_id, "kind",
                            notice_item_kind_text(item->kind), "about", item->about, "text",
                            item->text, "ranges", item->ranges, "reason", item->reason, "actor",
                            item->actor, "sha256", digest_format(&item->sha256, hex), "state",
                            notice_item_state_text(item->state), "settled_by", item->settled_by);
    json_object_set_new(row, "at", query_instant(item->at));
    json_object_set_new(row, "settled_at", query_instant(item->settled_at));
    return row;
}

static int put_items(struct query_call *call, const char *case_id, bool waiting_only)
{
    struct store_notice_item *items;
    size_t count;
    json_t *list = json_array();
    json_object_set_new(call->result, "items", list);
    int result = store_notice_item_list(call->app->store, case_id, waiting_only, call->arena,
                                        &items, &count);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "items of notices");
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, query_notice_item(&items[i]));
    return 0;
}

/* {}: what is published, and what waits for a second person. */
int query_notice_list(struct query_call *call)
{
    const char *after = "";
    struct store_publication *page;
    size_t count;
    json_t *list = json_array();
    json_object_set_new(call->result, "notices", list);
    do {
        int result = store_publication_list(call->app->store, after, /* limit= */ 0, call->arena,
                                            &page, &count);
        if (result < 0)
            return app_store_failed(call->app, result, call->detail, "publications");
        for (size_t i = 0; i < count; i++)
            json_array_append_new(list, notice_row(&page[i]));
        after = count ? page[count - 1].notice : "";
    } while (count == STORE_PAGE_MAX);
    return put_items(call, /* case_id= */ NULL, /* waiting_only= */ true);
}

static int put_updates(struct query_call *call, const char *notice)
{
    struct store_publication_update *updates;
    size_t count;
    char hex[DIGEST_HEX];
    json_t *list = json_array();
    json_object_set_new(call->result, "updates", list);
    int result =
        store_publication_update_list(call->app->store, notice, call->arena, &updates, &count);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "updates of a notice");
    for (size_t i = 0; i < count; i++) {
        const char *id = arena_printf(call->arena, "%s-u%u", notice, updates[i].seq);
        json_t *row = json_pack("{s:s, s:s, s:s, s:s, s:s}", "id", id ? id : "", "kind",
                                updates[i].kind, "text", updates[i].text, "item", updates[i].item,
                                "record_sha256", digest_format(&updates[i].record_sha256, hex));
        json_object_set_new(row, "at", query_instant(updates[i].at));
        json_array_append_new(list, row);
    }
    return 0;
}

/* {notice}: one of them, with its updates and everything that was written for it. */
int query_notice_show(struct query_call *call)
{
    struct store_publication publication;
    const char *notice;
    int result = query_need_text(call, "notice", &notice);
    if (result < 0)
        return result;
    result = store_publication_find(call->app->store, notice, call->arena, &publication);
    if (result == ERR_NOT_FOUND)
        return error_set(call->detail, result, "no notice '%s' is published", notice);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "publication");
    json_object_set_new(call->result, "notice", notice_row(&publication));
    result = put_updates(call, notice);
    return result < 0 ? result : put_items(call, publication.case_id, /* waiting_only= */ false);
}

/* --- history --- */

static json_t *day_json(int32_t day)
{
    char text[CIVIL_DATE_TEXT];
    return day == CIVIL_FAR_FUTURE ? json_null() : json_string(civil_format_date(day, text));
}

static json_t *history_row(const struct formal_notice *notice)
{
    json_t *clauses = json_array();
    for (size_t i = 0; i < notice->clause_count; i++)
        json_array_append_new(clauses, json_string(notice->clauses[i]));
    return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:s}", "id", notice->id, "kind",
                     notice->kind, "notice", day_json(notice->day), "cure_due",
                     day_json(notice->cure_due), "cured", day_json(notice->cured), "suspended",
                     day_json(notice->suspended), "terminated", day_json(notice->terminated),
                     "clauses", clauses, "imported", (int)notice->imported, "source",
                     notice->source);
}

/* How many breaches lie in the twelve months that end with a day. */
static json_int_t count_breaches(const struct formal_notice *notices, size_t count, int32_t day)
{
    json_int_t breaches = 0;
    int32_t from = civil_add_months(day, -12);
    for (size_t i = 0; i < count; i++)
        breaches += strcmp(notices[i].kind, "breach") == 0 && notices[i].day > from &&
                    notices[i].day <= day;
    return breaches;
}

/* {party, from?, until?, as_of?}: the formal notices of a party, ours and imported ones. */
int query_notice_history(struct query_call *call)
{
    struct formal_notice_query query = {.party = NULL};
    struct formal_notice *notices;
    const char *text;
    int32_t as_of;
    size_t count;
    json_t *list = json_array();
    json_object_set_new(call->result, "notices", list);
    int result = query_need_text(call, "party", &text);
    if (result >= 0)
        result = argument_day(call->arguments, "from", CIVIL_FAR_PAST, &query.from, call->detail);
    if (result >= 0)
        result =
            argument_day(call->arguments, "until", CIVIL_FAR_FUTURE, &query.until, call->detail);
    if (result >= 0)
        result = argument_day(call->arguments, "as_of", civil_day_of(clock_wall(&call->app->clock)),
                              &as_of, call->detail);
    if (result >= 0)
        result = past_party(call->app, text, call->arena, &query.party, call->detail);
    if (result == 0 || result == ERR_CONFLICT)
        return error_set(call->detail, ERR_NOT_FOUND, "'%s' names no party, or several", text);
    if (result < 0)
        return result;
    result = formal_notice_list(call->app, &query, call->arena, &notices, &count, call->detail);
    if (result < 0)
        return result;
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, history_row(&notices[i]));
    json_object_set_new(call->result, "schema", json_string("bailiwick.notice-history.v1"));
    json_object_set_new(call->result, "party", json_string(query.party));
    json_object_set_new(call->result, "as_of", day_json(as_of));
    json_object_set_new(call->result, "breaches_in_twelve_months",
                        json_integer(count_breaches(notices, count, as_of)));
    return 0;
}
