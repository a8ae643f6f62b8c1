/* Questions about parties, TLDs and users. */
#include "app/query/list.h"

#include "app/absence.h"
#include "base/civil.h"
#include "store/party.h"
#include "store/user.h"

#include <string.h>

/* Appends every page of a list: ROW makes one row of an item, KEY is what the next page follows. */
#define EACH_PAGE(call, type, list_call, row_of, key)                                              \
    do {                                                                                           \
        const char *after = "";                                                                    \
        for (;;) {                                                                                 \
            type *page;                                                                            \
            size_t count;                                                                          \
            int result = list_call((call)->app->store, after, 0, (call)->arena, &page, &count);    \
            if (result < 0)                                                                        \
                return app_store_failed((call)->app, result, (call)->detail, "list");              \
            for (size_t i = 0; i < count; i++)                                                     \
                json_array_append_new(list, row_of(&page[i]));                                     \
            if (count < STORE_PAGE_MAX)                                                            \
                return 0;                                                                          \
            after = page[count - 1].key;                                                           \
        }                                                                                          \
    } while (0)

static json_t *party_row(const struct party *p)
{
    return json_pack("{s:s, s:s, s:s, s:i, s:s, s:s}", "id", p->id, "kind",
                     party_kind_text(p->kind), "name", p->name, "iana_id", p->iana_id, "status",
                     p->status, "rdap_url", p->rdap_url ? p->rdap_url : "");
}

int query_party_list(struct query_call *call)
{
    json_t *list = json_array();
    json_object_set_new(call->result, "parties", list);
    EACH_PAGE(call, struct party, store_party_list, party_row, id);
}

static json_t *tld_row(const struct tld *t)
{
    return json_pack("{s:s, s:s, s:s, s:s}", "name", t->name, "class", tld_class_text(t->tld_class),
                     "party", t->party ? t->party : "", "rdap_url", t->rdap_url ? t->rdap_url : "");
}

int query_tld_list(struct query_call *call)
{
    json_t *list = json_array();
    json_object_set_new(call->result, "tlds", list);
    EACH_PAGE(call, struct tld, store_tld_list, tld_row, name);
}

static json_t *user_row(const struct store_user *u)
{
    json_t *roles = json_array();
    for (size_t i = 0; i < u->role_count; i++)
        json_array_append_new(roles, json_string(u->roles[i]));
    return json_pack("{s:s, s:o, s:b, s:s}", "id", u->id, "roles", roles, "active", !u->disabled_at,
                     "party", u->party);
}

static int list_users(struct query_call *call, json_t *list)
{
    EACH_PAGE(call, struct store_user, store_user_list, user_row, id);
}

/* The absence of each that is not over, null for none. */
int query_user_list(struct query_call *call)
{
    json_t *list = json_array(), *row;
    size_t index;
    json_object_set_new(call->result, "users", list);
    int result = list_users(call, list);
    json_array_foreach(list, index, row)
    {
        struct store_absence absence;
        char from[CIVIL_DATE_TEXT], until[CIVIL_DATE_TEXT];
        if (result >= 0)
            result =
                absence_find(call->app, json_text(row, "id"), call->arena, &absence, call->detail);
        if (result < 0)
            return result;
        json_object_set_new(
            row, "absent",
            result == 0
                ? json_null()
                : json_pack("{s:s, s:s, s:s, s:b}", "from", civil_format_date(absence.from, from),
                            "until", civil_format_date(absence.until, until), "deputy",
                            absence.deputy, "now", absence_is_now(call->app, &absence)));
    }
    return result < 0 ? result : 0;
}
