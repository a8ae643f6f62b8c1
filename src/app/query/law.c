/* Questions about the adopted rulebook: obligations, differences, deadlines. */
#include "app/query/list.h"

#include "app/argument.h"
#include "app/known.h"
#include "app/law.h"
#include "base/civil.h"
#include "cases/deadline.h"
#include "store/calendar.h"
#include "store/evidence.h"
#include "store/party.h"

#include <string.h>

/* The day that the argument names, else today. */
static int read_day(struct query_call *call, const char *name, int32_t *ret_day)
{
    return argument_day(call->arguments, name, law_today(call->app), ret_day, call->detail);
}

static json_t *date(int32_t days)
{
    char text[CIVIL_DATE_TEXT];
    return days == CIVIL_FAR_PAST || days == CIVIL_FAR_FUTURE
               ? json_null()
               : json_string(civil_format_date(days, text));
}

static json_t *obligation_row(const struct obligation *o, int32_t day)
{
    json_t *binds = json_array(), *parameters = NULL;
    if (o->binds & BINDS_REGISTRY)
        json_array_append_new(binds, json_string("registry"));
    if (o->binds & BINDS_REGISTRAR)
        json_array_append_new(binds, json_string("registrar"));
    if (json_parse(o->parameters, strlen(o->parameters), &parameters, NULL) < 0)
        parameters = json_object();
    json_t *row =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:s, s:s}", "id", o->id, "row", o->row, "kind",
                  obligation_kind_text(o->kind), "theme", obligation_theme_text(o->theme), "state",
                  obligation_state_text(rulebook_state_on(o, day)), "binds", binds, "document",
                  o->document, "clause", o->clause);
    json_object_set_new(row, "from",
                        o->from_signature ? json_string("on-signature") : date(o->from));
    json_object_set_new(row, "until", date(o->until));
    json_object_set_new(row, "comply_by", date(o->comply_by));
    json_object_set_new(row, "statement", json_string(o->statement));
    json_object_set_new(row, "test", json_string(obligation_test_text(o->test)));
    json_object_set_new(row, "parameters", parameters);
    json_object_set_new(row, "severity", json_string(o->severity));
    json_object_set_new(row, "guidance", json_string(o->guidance));
    json_object_set_new(row, "cure", json_string(o->cure));
    json_object_set_new(row, "confirmed", json_boolean(o->confirmed));
    return row;
}

/* What binds a party on a day, for the subject that was named or else its first. */
static int ask_for_party(struct query_call *call, const char *party, int32_t day,
                         struct rulebook_answer *ret_answer)
{
    struct party record;
    struct agreement *agreements;
    size_t count;
    int result = app_find_party(call->app, party, call->arena, &record, call->detail);
    if (result < 0)
        return result;
    result = store_agreement_list(call->app->store, party, call->arena, &agreements, &count);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "agreements");
    const char *subject = json_text(call->arguments, "subject");
    const struct rulebook_question question = {.kind = record.kind,
                                               .agreements = agreements,
                                               .agreement_count = count,
                                               .subject = subject ? subject
                                                          : count ? agreements[0].subject
                                                                  : "",
                                               .day = day};
    return rulebook_in_force(call->app->rulebook, &question, call->arena, &ret_answer->bindings,
                             &ret_answer->count);
}

static int list_of_party(struct query_call *call, const char *party, int32_t day, json_t *list)
{
    struct rulebook_answer answer = {0};
    int result = ask_for_party(call, party, day, &answer);
    for (size_t i = 0; result >= 0 && i < answer.count; i++)
        json_array_append_new(list, obligation_row(answer.bindings[i].obligation, day));
    return result;
}

int query_obligation_list(struct query_call *call)
{
    int32_t day;
    json_t *list = json_array();
    const char *party = json_text(call->arguments, "party");
    json_object_set_new(call->result, "obligations", list);
    int result = app_need_rulebook(call->app, call->detail);
    if (result >= 0)
        result = read_day(call, "as_of", &day);
    if (result < 0)
        return result;
    if (party)
        return list_of_party(call, party, day, list);
    const struct rulebook *rulebook = call->app->rulebook;
    for (size_t i = 0; i < rulebook->clause_count; i++)
        json_array_append_new(list, obligation_row(&rulebook->clauses[i].obligation, day));
    return 0;
}

int query_obligation_show(struct query_call *call)
{
    const char *id;
    int32_t day;
    int result = app_need_rulebook(call->app, call->detail);
    if (result >= 0)
        result = query_need_text(call, "obligation", &id);
    if (result >= 0)
        result = read_day(call, "as_of", &day);
    if (result < 0)
        return result;
    const struct obligation *o = rulebook_obligation_find(call->app->rulebook, id, day);
    if (!o)
        return error_set(call->detail, ERR_NOT_FOUND, "the rulebook has no obligation '%s'", id);
    json_t *row = obligation_row(o, day);
    json_object_update(call->result, row);
    json_decref(row);
    return 0;
}

/* For whoever it binds, or for the party that was named. */
static int compare_days(struct query_call *call, int32_t before, int32_t after,
                        const struct rulebook_change **ret_changes, size_t *ret_count)
{
    struct rulebook_answer old = {0}, new = {0};
    const char *party = json_text(call->arguments, "party");
    if (!party)
        return rulebook_diff(call->app->rulebook, before, after, call->arena, ret_changes,
                             ret_count);
    int result = ask_for_party(call, party, before, &old);
    if (result >= 0)
        result = ask_for_party(call, party, after, &new);
    if (result >= 0)
        result = rulebook_answer_diff(&old, &new, call->arena, ret_changes, ret_count);
    return result;
}

int query_obligation_diff(struct query_call *call)
{
    int32_t before = 0, after = 0;
    const struct rulebook_change *changes;
    size_t count;
    json_t *list = json_array();
    json_object_set_new(call->result, "changes", list);
    int result = app_need_rulebook(call->app, call->detail);
    if (result >= 0)
        result = read_day(call, "from", &before);
    if (result >= 0)
        result = read_day(call, "to", &after);
    if (result >= 0)
        result = compare_days(call, before, after, &changes, &count);
    for (size_t i = 0; result >= 0 && i < count; i++) {
        const struct rulebook_change *c = &changes[i];
        const char *what = !c->before ? "begins" : !c->after ? "ends" : "changes";
        const struct obligation *o = c->after ? c->after : c->before;
        /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): a change has one side at least. */
        json_t *row = json_pack("{s:s, s:s}", "id", o->id, "what", what);
        json_object_set_new(row, "before",
                            c->before ? obligation_row(c->before, before) : json_null());
        json_object_set_new(row, "after", c->after ? obligation_row(c->after, after) : json_null());
        json_array_append_new(list, row);
    }
    return result;
}

int query_obligation_coverage(struct query_call *call)
{
    struct rulebook_coverage coverage;
    int32_t day;
    int result = app_need_rulebook(call->app, call->detail);
    if (result >= 0)
        result = read_day(call, "as_of", &day);
    if (result < 0)
        return result;
    rulebook_coverage_count(call->app->rulebook, day, &coverage);
    json_object_set_new(call->result, "obligations",
                        json_integer((json_int_t)coverage.obligations));
    json_object_set_new(call->result, "unconfirmed",
                        json_integer((json_int_t)coverage.unconfirmed));
    for (int t = 0; t <= TEST_NONE_YET; t++)
        json_object_set_new(call->result, obligation_test_text((enum obligation_test)t),
                            json_integer((json_int_t)coverage.by_test[t]));
    return 0;
}

int query_rulebook_list(struct query_call *call)
{
    struct store_rulebook *rulebooks;
    size_t count;
    json_t *list = json_array();
    json_object_set_new(call->result, "rulebooks", list);
    int result = store_rulebook_list(call->app->store, call->arena, &rulebooks, &count);
    for (size_t i = 0; result >= 0 && i < count; i++) {
        json_t *row = json_pack("{s:s, s:s, s:s, s:s, s:s}", "version", rulebooks[i].digest, "name",
                                rulebooks[i].name, "label", rulebooks[i].version, "proposed_by",
                                rulebooks[i].proposed_by, "adopted_by", rulebooks[i].adopted_by);
        json_object_set_new(row, "adopted_at", query_instant(rulebooks[i].adopted_at));
        json_array_append_new(list, row);
    }
    return result < 0 ? app_store_failed(call->app, result, call->detail, "rulebooks") : 0;
}

int query_calendar_list(struct query_call *call)
{
    struct store_calendar *calendars;
    size_t count;
    char hex[DIGEST_HEX];
    json_t *list = json_array();
    json_object_set_new(call->result, "calendars", list);
    int result = store_calendar_list(call->app->store, /* adopted_only= */ false, call->arena,
                                     &calendars, &count);
    for (size_t i = 0; result >= 0 && i < count; i++) {
        const struct store_calendar *c = &calendars[i];
        json_t *row = json_pack("{s:s, s:s, s:s, s:s, s:s}", "name", c->name, "version",
                                digest_format(&c->sha256, hex), "proposed_by", c->proposed_by,
                                "adopted_by", c->adopted_by, "withdrawn_by", c->withdrawn_by);
        json_object_set_new(row, "proposed_at", query_instant(c->proposed_at));
        json_object_set_new(row, "adopted_at",
                            c->adopted_at ? query_instant(c->adopted_at) : json_null());
        json_object_set_new(row, "withdrawn_at", query_instant(c->withdrawn_at));
        json_array_append_new(list, row);
    }
    return result < 0 ? app_store_failed(call->app, result, call->detail, "calendars") : 0;
}

/* deadline.compute {rule, service}: the pure function and its day-by-day trace. */
int query_deadline_compute(struct query_call *call)
{
    const char *id, *text;
    const struct rulebook *rulebook;
    const struct process *process;
    struct deadline due;
    int64_t service;
    struct buffer json BUFFER_CLEANUP = {0};
    json_t *parsed JSON_CLEANUP = NULL;
    buffer_init(&json, 1 << 20);
    int result = query_need_text(call, "rule", &id);
    if (result >= 0)
        result = query_need_text(call, "service", &text);
    if (result >= 0 && civil_parse_instant(text, &service) < 0)
        result = error_set(call->detail, ERR_SYNTAX, "'%s' is no RFC 3339 time", text);
    if (result >= 0)
        result = app_need_rulebook(call->app, call->detail);
    if (result >= 0)
        result = app_version_of(call->app, call->app->rulebook->digest_text, &rulebook, &process,
                                call->detail);
    if (result < 0)
        return result;
    const struct deadline_rule *rule = process_rule_find(process, id);
    if (!rule)
        return error_set(call->detail, ERR_NOT_FOUND, "the process has no rule '%s'", id);
    result = deadline_compute(rule, service, /* trace= */ NULL, NULL, &due);
    if (result < 0)
        return deadline_refuse(rule, result, call->detail);
    result = deadline_print_json(&due, &json);
    if (result >= 0)
        result = json_parse(buffer_text(&json), json.size, &parsed, call->detail);
    if (result < 0)
        return error_set(call->detail, result, "deadline: %s", error_text(result));
    json_object_update(call->result, parsed);
    return 0;
}
