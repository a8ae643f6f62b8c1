/* One contracted party, and one finding about it. */
#include "app/query/desk.h"

#include "app/known.h"
#include "app/query/case_parts.h"
#include "app/query/list.h"
#include "check/check.h"
#include "store/evidence.h"
#include "store/party.h"

#include <stdio.h>
#include <string.h>

enum { EXCHANGES_SHOWN_MAX = 40 };

static int failed(struct query_call *call, int result, const char *what)
{
    return result < 0 ? app_store_failed(call->app, result, call->detail, what) : 0;
}

/* --- a party --- */

static int put_tlds(struct query_call *call, const char *party)
{
    struct tld *tlds;
    size_t count;
    json_t *list = json_array();
    json_object_set_new(call->result, "tlds", list);
    int result = store_tld_list_of_party(call->app->store, party, call->arena, &tlds, &count);
    for (size_t i = 0; result >= 0 && i < count; i++)
        json_array_append_new(list, json_string(tlds[i].name));
    return failed(call, result, "TLDs of a party");
}

static int put_contacts(struct query_call *call, const char *party)
{
    struct contact *contacts;
    size_t count;
    json_t *list = json_array();
    json_object_set_new(call->result, "contacts", list);
    int result = store_contact_list(call->app->store, party, call->arena, &contacts, &count);
    for (size_t i = 0; result >= 0 && i < count; i++) {
        json_t *row = json_object();
        desk_put(row, "role", contacts[i].role);
        desk_put(row, "name", contacts[i].name);
        desk_put(row, "email", contacts[i].email);
        json_array_append_new(list, row);
    }
    return failed(call, result, "contacts of a party");
}

static json_t *finding_row(struct query_call *call, const struct store_finding *finding)
{
    json_t *row = json_object();
    desk_put_obligation(row, desk_obligation(call->app, finding->finding.obligation));
    desk_put(row, "id", finding->id);
    desk_put(row, "obligation", finding->finding.obligation);
    desk_put(row, "subject", finding->finding.subject);
    desk_put(row, "verdict", verdict_text(finding->finding.verdict));
    json_object_set_new(row, "observed", query_instant(finding->finding.period_until));
    return row;
}

static int put_findings(struct query_call *call, const char *party)
{
    struct store_finding *findings;
    size_t count;
    json_t *list = json_array();
    const struct store_finding_query query = {
        .party = party, .latest = true, .limit = DESK_ROWS_MAX};
    json_object_set_new(call->result, "findings", list);
    int result = store_finding_list(call->app->store, &query, call->arena, &findings, &count);
    for (size_t i = 0; result >= 0 && i < count; i++)
        json_array_append_new(list, finding_row(call, &findings[i]));
    return failed(call, result, "findings of a party");
}

static int add_case(struct query_call *call, const struct store_case *record, json_t *list)
{
    json_t *row = json_object();
    json_array_append_new(list, row);
    desk_put(row, "id", record->id);
    desk_put(row, "subject", record->subject);
    desk_put(row, "obligation", record->obligation);
    return desk_put_standing(call, record, /* next_key= */ NULL, row);
}

static int put_cases(struct query_call *call, const char *party)
{
    struct store_case *cases;
    size_t count;
    json_t *list = json_array();
    const struct store_case_query query = {.party = party, .limit = DESK_ITEMS_MAX};
    json_object_set_new(call->result, "cases", list);
    int result = store_case_list(call->app->store, &query, call->arena, &cases, &count);
    if (result < 0)
        return failed(call, result, "cases of a party");
    for (size_t i = 0; result >= 0 && i < count; i++)
        result = add_case(call, &cases[i], list);
    return result;
}

static int show_party(struct query_call *call)
{
    const char *id;
    struct party party;
    int result = query_need_text(call, "party", &id);
    if (result < 0)
        return result;
    result = app_find_party(call->app, id, call->arena, &party, call->detail);
    if (result < 0)
        return result;
    desk_put(call->result, "id", party.id);
    desk_put(call->result, "name", party.name);
    desk_put(call->result, "kind", party_kind_text(party.kind));
    desk_put(call->result, "status", party.status);
    json_object_set_new(call->result, "iana_id",
                        party.iana_id ? json_integer(party.iana_id) : json_null());
    result = query_put_family(call, id);
    if (result >= 0)
        result = put_tlds(call, id);
    if (result >= 0)
        result = put_contacts(call, id);
    if (result >= 0)
        result = put_findings(call, id);
    return result < 0 ? result : put_cases(call, id);
}

int query_desk_party(struct query_call *call)
{
    return desk_at_one_moment(call, show_party);
}

/* --- a finding --- */

static void put_codes(json_t *result, const struct finding *finding)
{
    json_t *list = json_array();
    for (size_t i = 0; i < finding->code_count; i++) {
        const struct check_code *code = check_code_find(finding->codes[i], /* ret_check= */ NULL);
        json_t *row = json_object();
        desk_put(row, "code", finding->codes[i]);
        desk_put(row, "summary", code ? code->summary : "");
        json_array_append_new(list, row);
    }
    json_object_set_new(result, "codes", list);
}

/* "3, 4, 9", cut where nobody reads on. */
static const char *say_exchanges(const struct finding_evidence *evidence, struct arena *arena)
{
    struct buffer words BUFFER_CLEANUP = {0};
    buffer_init(&words, 4096);
    for (size_t i = 0; i < evidence->count && i < EXCHANGES_SHOWN_MAX; i++)
        buffer_printf(&words, "%s%u", i ? ", " : "", evidence->exchanges[i]);
    if (evidence->count > EXCHANGES_SHOWN_MAX)
        buffer_printf(&words, " and %zu more", evidence->count - EXCHANGES_SHOWN_MAX);
    return arena_copy_text(arena, buffer_text(&words));
}

static void put_evidence(struct query_call *call, const struct finding *finding)
{
    json_t *evidence = json_array(), *seen_by = json_array();
    for (size_t i = 0; i < finding->evidence_count; i++) {
        json_t *row = json_object();
        desk_put(row, "id", finding->evidence[i].measurement);
        desk_put(row, "exchanges", say_exchanges(&finding->evidence[i], call->arena));
        json_array_append_new(evidence, row);
    }
    for (size_t i = 0; i < finding->seen_by_count; i++)
        json_array_append_new(seen_by, json_string(finding->seen_by[i]));
    json_object_set_new(call->result, "evidence", evidence);
    json_object_set_new(call->result, "seen_by", seen_by);
}

/* The case that it is linked to, else the open one that it would join; null for none. */
static int put_case(struct query_call *call, const struct store_finding *finding)
{
    const struct finding *f = &finding->finding;
    const struct store_case_key key = {f->party, f->obligation, f->subject};
    struct store_link *links;
    struct store_case open;
    size_t count;
    const char *id = NULL;
    int result = store_link_list_of_object(call->app->store, "finding", finding->id, call->arena,
                                           &links, &count);
    if (result < 0)
        return failed(call, result, "case of a finding");
    for (size_t i = 0; i < count && !id; i++)
        id = links[i].unlinked_at ? NULL : links[i].case_id;
    if (!id && store_case_find_open(call->app->store, &key, call->arena, &open) >= 0)
        id = open.id;
    json_object_set_new(call->result, "case", id ? json_string(id) : json_null());
    return 0;
}

static void put_finding(struct query_call *call, const struct store_finding *finding)
{
    const struct finding *f = &finding->finding;
    const struct obligation *obligation = desk_obligation(call->app, f->obligation);
    json_t *result = call->result;
    desk_put(result, "id", finding->id);
    desk_put(result, "obligation", f->obligation);
    desk_put(result, "statement", obligation ? obligation->statement : "");
    desk_put(result, "clause", f->clause);
    desk_put(result, "guidance", obligation ? obligation->guidance : "");
    desk_put(result, "cure", obligation ? obligation->cure : "");
    desk_put(result, "party_id", f->party);
    desk_put(result, "party_name", desk_party_name(call, f->party));
    desk_put(result, "subject", f->subject);
    desk_put(result, "verdict", verdict_text(f->verdict));
    desk_put(result, "reason", f->reason);
    desk_put(result, "rulebook", f->rulebook);
    json_object_set_new(result, "from", query_instant(f->period_from));
    json_object_set_new(result, "until", query_instant(f->period_until));
}

static int show_finding(struct query_call *call)
{
    const char *id;
    struct store_finding finding;
    int result = query_need_text(call, "finding", &id);
    if (result < 0)
        return result;
    result = store_finding_find(call->app->store, id, call->arena, &finding);
    if (result == ERR_NOT_FOUND)
        return error_set(call->detail, result, "there is no finding '%s'", id);
    if (result < 0)
        return failed(call, result, "finding");
    put_finding(call, &finding);
    put_codes(call->result, &finding.finding);
    put_evidence(call, &finding.finding);
    return put_case(call, &finding);
}

int query_desk_finding(struct query_call *call)
{
    return desk_at_one_moment(call, show_finding);
}
