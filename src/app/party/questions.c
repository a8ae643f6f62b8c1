/* What users of a contracted party ask, by the API: their parties, the duties of one, its findings
 * and cases, and what was granted for it. Where the argument "user" says who asks, nothing is there
 * but what a grant lets them see (people/grant.h, case_view.h); without it the house itself looks
 * at what the party sees. */
#include "access/access.h"
#include "app/known.h"
#include "app/party/case_view.h"
#include "app/people/grant.h"
#include "app/query/list.h"
#include "base/civil.h"
#include "base/text.h"
#include "store/party.h"

#include <string.h>

enum { PAGE_CASES = 50 /* each is read whole */ };

/* The argument "party", where who asks may do that much for it. */
static int need_party(struct query_call *call, enum party_right right, const char **ret_party)
{
    const char *user = json_text(call->arguments, "user");
    struct store_grant grant;
    struct party party;
    int result = query_need_text(call, "party", ret_party);
    if (result < 0)
        return result;
    const struct grant_wanted wanted = {user, *ret_party, NULL, right};
    return user ? grant_need(call->app, &wanted, call->arena, &grant, call->detail)
                : app_find_party(call->app, *ret_party, call->arena, &party, call->detail);
}

/* --- parties and grants --- */

static int add_party(struct query_call *call, const struct store_grant *grant, json_t *list)
{
    struct party party;
    json_t *seen = NULL;
    int result = grant_in_force(call->app, grant, call->arena, call->detail);
    if (result <= 0)
        return result;
    result = app_find_party(call->app, grant->party, call->arena, &party, call->detail);
    if (result >= 0)
        result = query_grant_seen(call, grant, &seen);
    if (result < 0)
        return result;
    json_object_set_new(seen, "name", json_string(party.name));
    json_object_set_new(seen, "kind", json_string(party_kind_text(party.kind)));
    return json_array_append_new(list, seen) < 0 ? ERR_NO_MEMORY : 0;
}

/* own.parties {user}: for whom one may see or do something today. */
int query_own_parties(struct query_call *call)
{
    const char *user;
    struct store_grant *grants;
    size_t count;
    json_t *list = json_array();
    json_object_set_new(call->result, "parties", list);
    int result = query_need_text(call, "user", &user);
    if (result < 0)
        return result;
    result = store_grant_list(call->app->store, user, call->arena, &grants, &count);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "grants");
    for (size_t i = 0; result >= 0 && i < count; i++)
        result = add_party(call, &grants[i], list);
    return result;
}

/* own.party {party}: whether it is there for who asks, before something is changed for it. */
int query_own_party(struct query_call *call)
{
    const char *party;
    int result = need_party(call, PARTY_RIGHT_READ, &party);
    return result < 0 ? result : json_object_set_new(call->result, "party", json_string(party));
}

/* own.grants {party}: what was given for the party, for who may delegate. */
int query_own_grants(struct query_call *call)
{
    const char *party;
    struct store_grant *grants;
    size_t count;
    json_t *list = json_array();
    json_object_set_new(call->result, "grants", list);
    int result = need_party(call, PARTY_RIGHT_DELEGATE, &party);
    if (result < 0)
        return result;
    result = store_grant_list_of_party(call->app->store, party, call->arena, &grants, &count);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "grants");
    for (size_t i = 0; result >= 0 && i < count; i++) {
        json_t *seen = NULL;
        result = query_grant_seen(call, &grants[i], &seen);
        if (result >= 0 && json_array_append_new(list, seen) < 0)
            result = ERR_NO_MEMORY;
    }
    return result;
}

/* own.duties {party, as_of, subject}: what binds the party on a day, by the law that is public. */
int query_own_duties(struct query_call *call)
{
    const char *party;
    int result = need_party(call, PARTY_RIGHT_READ, &party);
    return result < 0 ? result : query_obligation_list(call);
}

/* --- cases --- */

/* Calls `take` for the cases that a party was told of, by id from the one after the argument
 * "after" on, PAGE_CASES at most. Sets "next": where to go on after; null at the end. */
typedef int case_taker(struct query_call *call, struct casefile *file, json_t *list);

static int take_told(struct query_call *call, const char *id, case_taker *take, json_t *list)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    int result = casefile_open(call->app, id, &file, call->detail);
    return result < 0 ? result : take(call, &file, list);
}

static int walk_cases(struct query_call *call, const char *party, case_taker *take, json_t *list)
{
    /* One more than a page shows whether there is another. */
    const struct store_case_query query = {.party = party,
                                           .told_only = true,
                                           .after = json_text(call->arguments, "after"),
                                           .limit = PAGE_CASES + 1};
    struct store_case *cases;
    size_t count;
    int result = store_case_list(call->app->store, &query, call->arena, &cases, &count);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "cases of a party");
    for (size_t i = 0; result >= 0 && i < count && i < PAGE_CASES; i++)
        result = take_told(call, cases[i].id, take, list);
    return json_object_set_new(call->result, "next",
                               count > PAGE_CASES ? json_string(cases[PAGE_CASES - 1].id)
                                                  : json_null()) < 0
               ? ERR_NO_MEMORY
               : result;
}

/* The same for who may see some of its cases alone (G8 of people/grant.h). ERR_NOT_FOUND, as for
 * who has no grant at all. */
static int walk_granted(struct query_call *call, const char *party, case_taker *take, json_t *list)
{
    const char *user = json_text(call->arguments, "user"),
               *after = json_text(call->arguments, "after"), *last = NULL;
    const char **cases = NULL;
    size_t count = 0, taken = 0, i = 0;
    int result =
        user ? grant_cases(call->app, user, party, call->arena, &cases, &count, call->detail) : 0;
    if (result >= 0 && count == 0)
        result = ERR_NOT_FOUND;
    while (i < count && after && strcmp(cases[i], after) <= 0)
        i++;
    for (; result >= 0 && i < count && taken < PAGE_CASES; i++, taken++) {
        last = cases[i];
        result = take_told(call, last, take, list);
    }
    if (result < 0)
        return result;
    call->detail->text[0] = '\0'; /* that there is nothing of the whole party */
    return json_object_set_new(call->result, "next", i < count ? json_string(last) : json_null()) <
                   0
               ? ERR_NO_MEMORY
               : 0;
}

static int take_head(struct query_call *call, struct casefile *file, json_t *list)
{
    json_t *seen = NULL;
    int result = case_view_head(call, file, &seen);
    return result < 0 ? result : json_array_append_new(list, seen) < 0 ? ERR_NO_MEMORY : 0;
}

static int take_findings(struct query_call *call, struct casefile *file, json_t *list)
{
    return case_view_findings(call, file, list);
}

static int list_of_cases(struct query_call *call, const char *name, case_taker *take)
{
    const char *party;
    json_t *list = json_array();
    json_object_set_new(call->result, name, list);
    int result = need_party(call, PARTY_RIGHT_READ, &party);
    if (result == ERR_NOT_FOUND)
        return walk_granted(call, party, take, list);
    return result < 0 ? result : walk_cases(call, party, take, list);
}

/* own.cases {party, after} */
int query_own_cases(struct query_call *call)
{
    return list_of_cases(call, "cases", take_head);
}

/* own.findings {party, after}: those of its cases, case by case; `after` is a case. */
int query_own_findings(struct query_call *call)
{
    return list_of_cases(call, "findings", take_findings);
}

/* own.case {case} */
int query_own_case(struct query_call *call)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    char version[CASE_VIEW_VERSION_TEXT];
    json_t *seen = NULL;
    const char *id;
    int result = query_need_text(call, "case", &id);
    if (result >= 0)
        result = case_view_open(call->app, json_text(call->arguments, "user"), id, PARTY_RIGHT_READ,
                                &file, call->detail);
    if (result >= 0)
        result = case_view_make(call, &file, &seen);
    if (result < 0)
        return result;
    json_object_set_new(call->result, "case", seen);
    result = case_view_version(seen, version);
    return result < 0 ? result : json_object_set_new(call->result, "version", json_string(version));
}

/* --- one finding --- */

/* The case that a finding's name begins with; of what is no such name, a case that is not there. */
static const char *case_of(const char *name, struct arena *arena)
{
    const char *dash = strrchr(name, '-');
    return dash ? arena_printf(arena, "%.*s", (int)(dash - name), name) : "";
}

static int see_finding(struct query_call *call, const char *name, const struct casefile *file)
{
    json_t *list JSON_CLEANUP = json_array(), *row;
    size_t index;
    int result = case_view_findings(call, file, list);
    json_array_foreach(list, index, row)
    {
        if (result >= 0 && strcmp(json_text(row, "id"), name) == 0)
            return json_object_set(call->result, "finding", row);
    }
    return result < 0 ? result : ERR_NOT_FOUND;
}

/* own.finding {finding} */
int query_own_finding(struct query_call *call)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    struct error_detail quiet = {0};
    const char *name;
    int result = query_need_text(call, "finding", &name);
    if (result < 0)
        return result;
    const char *id = case_of(name, call->arena);
    result = id ? case_view_open(call->app, json_text(call->arguments, "user"), id,
                                 PARTY_RIGHT_READ, &file, &quiet)
                : ERR_LIMIT;
    if (result >= 0)
        result = see_finding(call, name, &file);
    if (result == ERR_NOT_FOUND)
        return error_set(call->detail, result, "there is no such finding, or none for you");
    return result < 0 ? error_pass(call->detail, result, &quiet) : 0;
}
