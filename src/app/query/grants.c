/* user.grants {id | party}: what users of contracted parties were given, of one user or for one
 * party. */
#include "app/query/list.h"

#include "access/access.h"
#include "app/known.h"
#include "app/people/grant.h"
#include "base/civil.h"
#include "store/party.h"
#include "store/user.h"

static json_t *day(int32_t day)
{
    char text[CIVIL_DATE_TEXT];
    return day ? json_string(civil_format_date(day, text)) : json_null();
}

static int make_row(struct query_call *call, const struct store_grant *grant, json_t **ret_row)
{
    int in_force = grant_in_force(call->app, grant, call->arena, call->detail);
    if (in_force < 0)
        return in_force;
    json_t *row = json_pack(
        "{s:s, s:I, s:s, s:s, s:o, s:o, s:b, s:s, s:s, s:b}", "id", grant->person, "number",
        (json_int_t)grant->number, "party", grant->party, "may", party_right_text(grant->may),
        "from", day(grant->from), "until", day(grant->until), "delegated", grant->of_number != 0,
        "made_by", grant->made_by, "revoked_by", grant->revoked_by, "in_force", in_force > 0);
    json_object_set_new(row, "case", grant->case_id[0] ? json_string(grant->case_id) : json_null());
    json_object_set_new(row, "made_at", query_instant(grant->made_at));
    json_object_set_new(row, "revoked_at", query_instant(grant->revoked_at));
    *ret_row = row;
    return row ? 0 : ERR_NO_MEMORY;
}

int query_grant_seen(struct query_call *call, const struct store_grant *grant, json_t **ret_seen)
{
    json_t *row JSON_CLEANUP = NULL;
    uint32_t number = 0;
    int result = make_row(call, grant, &row);
    if (result >= 0)
        result = grant_told_number(call->app, grant, call->arena, &number, call->detail);
    if (result >= 0)
        json_object_set_new(row, "number", json_integer((json_int_t)number));
    return result < 0 ? result : access_project(OBJECT_PARTY_GRANT, row, AUDIENCE_PARTY, ret_seen);
}

static int find(struct query_call *call, struct store_grant **ret_grants, size_t *ret_count)
{
    const char *id = json_text(call->arguments, "id"), *party = json_text(call->arguments, "party");
    struct store *store = call->app->store;
    struct store_user user;
    struct party known;
    int result;
    if ((id != NULL) == (party != NULL))
        return error_set(call->detail, ERR_SYNTAX, "grants are of one user, or for one party");
    result = id ? app_find_user(call->app, id, call->arena, &user, call->detail)
                : app_find_party(call->app, party, call->arena, &known, call->detail);
    if (result < 0)
        return result;
    result = id ? store_grant_list(store, id, call->arena, ret_grants, ret_count)
                : store_grant_list_of_party(store, party, call->arena, ret_grants, ret_count);
    return result < 0 ? app_store_failed(call->app, result, call->detail, "grants") : 0;
}

int query_user_grants(struct query_call *call)
{
    struct store_grant *grants;
    size_t count = 0;
    json_t *list = json_array();
    json_object_set_new(call->result, "grants", list);
    int result = find(call, &grants, &count);
    for (size_t i = 0; result >= 0 && i < count; i++) {
        json_t *row = NULL;
        result = make_row(call, &grants[i], &row);
        if (result >= 0 && json_array_append_new(list, row) < 0)
            result = ERR_NO_MEMORY;
    }
    return result;
}
