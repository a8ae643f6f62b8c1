/* complaint.restrictions {before, limit}: whose filings are read last, for staff, newest first; by
 * the complaint by which they were named. `next` is where to go on before. */
#include "app/law.h"
#include "app/query/list.h"
#include "base/civil.h"
#include "base/text.h"
#include "store/restriction.h"

enum { RESTRICTIONS_PAGE = 100 };

static const char *state_of(const struct store_restriction *restriction, int32_t today)
{
    if (restriction->ended_at)
        return "ended";
    if (restriction->until <= today)
        return "over";
    return restriction->agreed_at ? "in-force" : "proposed";
}

static int add_row(struct query_call *call, const struct store_restriction *restriction,
                   json_t *list)
{
    char until[CIVIL_DATE_TEXT];
    json_t *row = json_pack(
        "{s:I, s:s, s:s, s:s, s:s, s:s, s:o, s:s, s:o, s:s, s:o}", "number",
        (json_int_t)restriction->number, "complaint", restriction->reference, "state",
        state_of(restriction, law_today(call->app)), "reason", restriction->reason, "until",
        civil_format_date(restriction->until, until), "proposed_by", restriction->proposed_by,
        "proposed_at", query_instant(restriction->proposed_at), "agreed_by", restriction->agreed_by,
        "agreed_at", query_instant(restriction->agreed_at), "ended_by", restriction->ended_by,
        "ended_at", query_instant(restriction->ended_at));
    return json_array_append_new(list, row) < 0 ? ERR_NO_MEMORY : 0;
}

int query_complaint_restrictions(struct query_call *call)
{
    struct store_restriction *rows;
    const char *from = json_text(call->arguments, "before");
    int64_t before = 0;
    size_t limit, count;
    json_t *list = json_array();
    json_object_set_new(call->result, "restrictions", list);
    if (from && text_parse_int(from, 1, INT64_MAX, &before) < 0)
        return error_set(call->detail, ERR_SYNTAX, "'%.32s' is no number of a restriction", from);
    int result = query_limit(call, RESTRICTIONS_PAGE, &limit);
    if (result < 0)
        return result;
    result = store_restriction_list(call->app->store, before, limit, call->arena, &rows, &count);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "restrictions");
    for (size_t i = 0; i < count && result >= 0; i++)
        result = add_row(call, &rows[i], list);
    json_object_set_new(call->result, "next",
                        count == limit ? json_integer((json_int_t)rows[count - 1].number)
                                       : json_null());
    return result;
}
