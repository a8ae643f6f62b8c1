/* Second looks, for staff: what waits for one, and what they found. */
#include "access/access.h"
#include "app/complaints/record.h"
#include "app/query/list.h"
#include "base/text.h"
#include "cases/error_rate.h"
#include "store/second_look.h"

enum { LOOKS_PAGE = 100, DRAWS_PAGE = 53 /* of a year */ };

static int failed(struct query_call *call, int result)
{
    return app_store_failed(call->app, result, call->detail, "second looks");
}

static int add_row(enum access_object object, json_t *full, json_t *list)
{
    json_t *owned JSON_CLEANUP = full, *row = NULL;
    int result = owned ? access_project(object, owned, AUDIENCE_STAFF, &row) : ERR_NO_MEMORY;
    return result < 0 ? result : json_array_append_new(list, row) < 0 ? ERR_NO_MEMORY : 0;
}

/* --- what waits --- */

static int look_json(struct query_call *call, const struct store_look *look, json_t *list)
{
    struct complaint_record record;
    int result = record_find(call->app, look->reference, call->arena, &record, call->detail);
    if (result < 0)
        return result;
    return add_row(OBJECT_COMPLAINT_LOOK,
                   json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:o}", "reference", look->reference,
                             "type", record.row.type, "state", record.row.state, "closure",
                             record.row.closure, "draw", (json_int_t)look->draw, "decision",
                             (json_int_t)look->decision, "received_at",
                             query_instant(record.row.received_at)),
                   list);
}

static int find_after(struct query_call *call, const char *after, struct store_look *ret_look)
{
    char reference[REFERENCE_TEXT];
    int result = reference_parse(after, reference);
    if (result >= 0)
        result = store_look_find(call->app->store, reference, call->arena, ret_look);
    if (result == ERR_SYNTAX || result == ERR_NOT_FOUND)
        return error_set(call->detail, ERR_SYNTAX, "'%.64s' was never drawn for a second look",
                         after);
    return result < 0 ? failed(call, result) : 0;
}

/* complaint.looks {after, limit}: drawn and not looked at yet, the oldest draw first; `next` is
 * where to go on after. */
int query_complaint_looks(struct query_call *call)
{
    const char *after = json_text(call->arguments, "after");
    struct store_look from, *looks;
    size_t limit = 0, count = 0;
    json_t *list = json_array();
    json_object_set_new(call->result, "looks", list);
    int result = query_limit(call, LOOKS_PAGE, &limit);
    if (result >= 0 && after)
        result = find_after(call, after, &from);
    if (result < 0)
        return result;
    result = store_look_list_waiting(call->app->store, after ? &from : NULL, limit, call->arena,
                                     &looks, &count);
    if (result < 0)
        return failed(call, result);
    for (size_t i = 0; i < count && result >= 0; i++)
        result = look_json(call, &looks[i], list);
    json_object_set_new(call->result, "next",
                        count == limit ? json_string(looks[count - 1].reference) : json_null());
    return result;
}

/* --- what was found --- */

static void put_rate(json_t *full, const struct store_look_counts *counts)
{
    struct error_rate rate;
    bool known = error_rate_of(counts->differs, counts->agrees + counts->differs, &rate);
    json_object_set_new(full, "error_per_mille", known ? json_integer(rate.is) : json_null());
    json_object_set_new(full, "error_low", known ? json_integer(rate.low) : json_null());
    json_object_set_new(full, "error_high", known ? json_integer(rate.high) : json_null());
}

/* The seed of one that is not drawn yet is told to nobody. */
static json_t *draw_json(const struct store_draw *draw, const struct store_look_counts *counts)
{
    const struct digest commitment = digest_of(draw->seed.bytes, sizeof draw->seed.bytes);
    char hex[DIGEST_HEX];
    json_t *full =
        json_pack("{s:I, s:I, s:I, s:I, s:I, s:I}", "draw", (json_int_t)draw->number, "population",
                  (json_int_t)draw->population, "chosen", (json_int_t)draw->chosen, "waiting",
                  (json_int_t)counts->waiting, "agrees", (json_int_t)counts->agrees, "differs",
                  (json_int_t)counts->differs);
    json_object_set_new(full, "from", query_instant(draw->from_at));
    json_object_set_new(full, "until", query_instant(draw->until_at));
    json_object_set_new(full, "seed_sha256", json_string(digest_format(&commitment, hex)));
    json_object_set_new(
        full, "seed", draw->until_at ? json_string(digest_format(&draw->seed, hex)) : json_null());
    put_rate(full, counts);
    return full;
}

static int put_total(struct query_call *call, const struct store_look_counts *total)
{
    json_t *owned JSON_CLEANUP =
        json_pack("{s:I, s:I, s:I}", "waiting", (json_int_t)total->waiting, "agrees",
                  (json_int_t)total->agrees, "differs", (json_int_t)total->differs);
    json_t *row = NULL;
    put_rate(owned, total);
    int result =
        owned ? access_project(OBJECT_COMPLAINT_DRAW, owned, AUDIENCE_STAFF, &row) : ERR_NO_MEMORY;
    return result < 0 ? result : (json_object_set_new(call->result, "total", row), 0);
}

static int list_draws(struct query_call *call, const struct store_draw *draws, size_t count,
                      json_t *list)
{
    struct store_look_counts total = {0};
    int result = 0;
    for (size_t i = 0; i < count && result >= 0; i++) {
        struct store_look_counts counts;
        result = store_look_count(call->app->store, draws[i].number, &counts);
        if (result < 0)
            return failed(call, result);
        total.waiting += counts.waiting;
        total.agrees += counts.agrees;
        total.differs += counts.differs;
        result = add_row(OBJECT_COMPLAINT_DRAW, draw_json(&draws[i], &counts), list);
    }
    return result < 0 ? result : put_total(call, &total);
}

/* complaint.draws {after, limit}: latest first, a year unless said, with `total` of those shown;
 * `next` is where to go on after. */
int query_complaint_draws(struct query_call *call)
{
    const char *after = json_text(call->arguments, "after");
    struct store_draw *draws;
    size_t limit = 0, count = 0;
    int64_t before = 0;
    json_t *list = json_array();
    json_object_set_new(call->result, "draws", list);
    int result = query_limit(call, DRAWS_PAGE, &limit);
    if (result >= 0 && after && text_parse_int(after, 1, INT64_MAX, &before) < 0)
        result = error_set(call->detail, ERR_SYNTAX, "'%.32s' is no number of a draw", after);
    if (result < 0)
        return result;
    result = store_draw_list(call->app->store, before, limit, call->arena, &draws, &count);
    if (result < 0)
        return failed(call, result);
    result = list_draws(call, draws, count, list);
    json_object_set_new(call->result, "next",
                        count == limit ? json_sprintf("%lld", (long long)draws[count - 1].number)
                                       : json_null());
    return result;
}
