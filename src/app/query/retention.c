/* Complaints whose time of retention is over, for staff: a person erases them. What is on legal
 * hold or belongs to an open case is not among them. */
#include "store/retention.h"
#include "access/access.h"
#include "app/query/list.h"
#include "base/civil.h"
#include "base/text.h"
#include "model/complaint.h"
#include "rulebook/rulebook.h"
#include "store/complaint.h"

#include <stdio.h>

enum {
    RETENTION_PAGE = 100,
    LOOKED_AT = 1000, /* complaints for one answer, due or not */
};

/* Where a complaint may rest, in the order of the list. */
static const enum complaint_state rests[] = {COMPLAINT_HELD_STATE, COMPLAINT_OUT_OF_SCOPE_STATE,
                                             COMPLAINT_WITHDRAWN_STATE, COMPLAINT_IN_SCOPE_STATE};
enum { REST_COUNT = sizeof rests / sizeof *rests };

struct walk {
    struct query_call *call;
    json_t *list;
    size_t limit;
    size_t looked; /* at so many so far */
    size_t state;  /* in `rests` */
    char last[REFERENCE_TEXT];
};

/* --- one of them --- */

static int32_t due_day(const struct store_rest *rest, const struct complaint_retention *retention)
{
    return (int32_t)(rest->since / CIVIL_DAY_US + retention->keep_days);
}

static int add_due(struct walk *walk, const struct store_rest *rest,
                   const struct complaint_retention *retention)
{
    char day[CIVIL_DATE_TEXT];
    json_t *row = NULL;
    json_t *full JSON_CLEANUP =
        json_pack("{s:s, s:s, s:s, s:s, s:o, s:s, s:s}", "reference", rest->reference, "type",
                  rest->type, "state", rest->state, "case", rest->case_id, "received_at",
                  query_instant(rest->received_at), "retention", retention->id, "due",
                  civil_format_date(due_day(rest, retention), day));
    int result =
        full ? access_project(OBJECT_COMPLAINT, full, AUDIENCE_STAFF, &row) : ERR_NO_MEMORY;
    return result < 0 ? result : json_array_append_new(walk->list, row) < 0 ? ERR_NO_MEMORY : 0;
}

/* --- all of them --- */

/* The fewest days that any class keeps what rests in that state; 0: none does. */
static int64_t least_days(const struct rulebook *rulebook, const char *state)
{
    int64_t least = 0;
    for (size_t i = 0; i < rulebook->retention_count; i++) {
        const struct complaint_retention *retention = &rulebook->retentions[i];
        if (text_index(retention->ended, retention->ended_count, state) >= 0 &&
            (!least || retention->keep_days < least))
            least = retention->keep_days;
    }
    return least;
}

static bool is_full(const struct walk *walk)
{
    return json_array_size(walk->list) == walk->limit || walk->looked == LOOKED_AT;
}

/* Of the state where the walk is, from after `last`. */
static int look_at(struct walk *walk, int64_t days)
{
    struct app *app = walk->call->app;
    const int64_t now = clock_wall(&app->clock);
    const struct store_rest_query query = {.state = complaint_state_text(rests[walk->state]),
                                           .after = walk->last,
                                           .until_at = now - days * CIVIL_DAY_US,
                                           .limit = LOOKED_AT - walk->looked};
    struct store_rest *list;
    size_t count;
    int result = store_rest_list(app->store, &query, walk->call->arena, &list, &count);
    if (result < 0)
        return app_store_failed(app, result, walk->call->detail, "complaints that rest");
    for (size_t i = 0; i < count && result >= 0 && !is_full(walk); i++) {
        const struct complaint_retention *retention =
            rulebook_retention_find(app->rulebook, list[i].state, list[i].type);
        if (retention && now >= ((int64_t)due_day(&list[i], retention) + 1) * CIVIL_DAY_US)
            result = add_due(walk, &list[i], retention);
        walk->looked++;
        snprintf(walk->last, sizeof walk->last, "%s", list[i].reference);
    }
    return result;
}

static int walk_states(struct walk *walk)
{
    int result = 0;
    while (result >= 0 && walk->state < REST_COUNT && !is_full(walk)) {
        int64_t days =
            least_days(walk->call->app->rulebook, complaint_state_text(rests[walk->state]));
        result = days ? look_at(walk, days) : 0;
        if (result >= 0 && !is_full(walk)) {
            walk->state++;
            walk->last[0] = '\0';
        }
    }
    return result;
}

/* --- which page --- */

/* One goes on behind a complaint that was listed, in the state in which it still is; the erasing
 * that comes between two pages does not change it. */
static int begin_after(struct walk *walk, const char *from)
{
    struct query_call *call = walk->call;
    struct store_complaint row;
    enum complaint_state state = COMPLAINT_STATE_COUNT;
    if (reference_parse(from, walk->last) < 0)
        return error_set(call->detail, ERR_SYNTAX, "'%.64s' is no reference of a complaint", from);
    int result = store_complaint_find(call->app->store, walk->last, call->arena, &row);
    if (result < 0)
        return result == ERR_NOT_FOUND
                   ? error_set(call->detail, result, "there is no complaint %s", walk->last)
                   : app_store_failed(call->app, result, call->detail, "complaint");
    if (complaint_state_parse(row.state, &state) < 0)
        return error_set(call->detail, ERR_DAMAGED, "complaint %s is in an unknown state",
                         row.reference);
    while (walk->state < REST_COUNT && rests[walk->state] != state)
        walk->state++;
    return walk->state < REST_COUNT
               ? 0
               : error_set(call->detail, ERR_CONFLICT,
                           "complaint %s is taken up again: begin with the first page",
                           row.reference);
}

static int begin(struct walk *walk)
{
    const char *from = json_text(walk->call->arguments, "after");
    int result = query_limit(walk->call, RETENTION_PAGE, &walk->limit);
    return result < 0 || !from ? result : begin_after(walk, from);
}

/* complaint.retention {after, limit}: by state, then oldest first, by the classes of the rulebook
 * in force. `next` is where to go on after; a page may have fewer than its limit, or none. */
int query_complaint_retention(struct query_call *call)
{
    struct walk walk = {.call = call, .list = json_array()};
    json_object_set_new(call->result, "due", walk.list);
    int result = begin(&walk);
    if (result >= 0 && call->app->rulebook)
        result = walk_states(&walk);
    json_object_set_new(call->result, "next",
                        is_full(&walk) ? json_string(walk.last) : json_null());
    return result;
}
