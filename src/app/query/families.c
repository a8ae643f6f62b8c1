/* party.families {party}: to which families a party belonged and belongs, and who else did then. */
#include "app/query/case_parts.h"
#include "app/query/desk.h"
#include "app/query/list.h"

#include "app/casework/family.h"
#include "app/known.h"
#include "app/law.h"
#include "base/civil.h"
#include "store/party.h"

static void put_days(json_t *row, const struct store_family_member *member)
{
    char text[CIVIL_DATE_TEXT];
    desk_put(row, "from_day", civil_format_date(member->from, text));
    json_object_set_new(row, "until_day",
                        member->until == CIVIL_FAR_FUTURE
                            ? json_null()
                            : json_string(civil_format_date(member->until, text)));
}

/* {family, from_day, until_day, members: [{party, name, from_day, until_day}]}, half-open; null for
 * no end. New reference. */
static int describe(struct query_call *call, const struct store_family_member *member,
                    json_t **ret_row)
{
    struct store_family_member *others;
    size_t count;
    int result = family_list_others(call->app, member, call->arena, &others, &count, call->detail);
    if (result < 0)
        return result;
    json_t *row = json_object(), *members = json_array();
    desk_put(row, "family", member->family);
    put_days(row, member);
    json_object_set_new(row, "members", members);
    for (size_t i = 0; i < count; i++) {
        json_t *other = json_object();
        desk_put(other, "party", others[i].party);
        desk_put(other, "name", desk_party_name(call, others[i].party));
        put_days(other, &others[i]);
        json_array_append_new(members, other);
    }
    *ret_row = row;
    return 0;
}

int query_put_family(struct query_call *call, const char *party)
{
    struct store_family_member member;
    json_t *row = json_null();
    int result =
        family_find(call->app, party, law_today(call->app), call->arena, &member, call->detail);
    if (result > 0)
        result = describe(call, &member, &row);
    if (result >= 0)
        json_object_set_new(call->result, "family", row);
    return result < 0 ? result : 0;
}

int query_party_families(struct query_call *call)
{
    struct party party;
    struct store_family_member *members;
    size_t count;
    const char *id;
    json_t *list = json_array(), *row;
    json_object_set_new(call->result, "families", list);
    int result = query_need_text(call, "party", &id);
    if (result >= 0)
        result = app_find_party(call->app, id, call->arena, &party, call->detail);
    if (result < 0)
        return result;
    json_object_set_new(call->result, "party", json_string(id));
    result = store_family_list_of_party(call->app->store, id, call->arena, &members, &count);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "families of a party");
    for (size_t i = 0; i < count; i++) {
        if (members[i].from == members[i].until)
            continue; /* a mistake that was taken back */
        result = describe(call, &members[i], &row);
        if (result < 0)
            return result;
        json_array_append_new(list, row);
    }
    return 0;
}
