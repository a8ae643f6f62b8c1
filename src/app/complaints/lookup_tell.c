/* What was looked up, told: the event `looked-up`, and facts for the scope tests. */
#include "app/complaints/lookup.h"

#include "app/complaints/addition.h"
#include "app/monitor/appraise.h"
#include "app/query.h"
#include "base/text.h"
#include "check/assess.h"
#include "proto/rdap/registration.h"
#include "store/evidence.h"
#include "store/party.h"

#include <string.h>

struct telling {
    struct app *app;
    struct arena *arena;
    struct error_detail *detail;
    struct complaint_record record;
    struct lookup_plan plan;
    const struct complaint_type *type;
    json_t *names;     /* sealed beside the event, in the order of `looked_up` */
    json_t *looked_up; /* of the event */
    json_t *services;  /* the same */
};

/* --- names --- */

static const char *domain_of(const struct telling *telling, int64_t hash)
{
    for (size_t i = 0; i < telling->plan.name_count; i++) {
        if (telling->plan.names[i].hash == hash)
            return telling->plan.names[i].domain;
    }
    return ""; /* not in the words any more */
}

/* Member by member, so that nothing else can come in (L4). */
static int put_seen(const struct store_lookup_answer *answer, json_t *row,
                    struct error_detail *detail)
{
    json_t *seen JSON_CLEANUP = NULL, *statuses = json_array();
    int result = json_parse(answer->seen, strlen(answer->seen), &seen, detail);
    int64_t registrar = json_number(seen, "registrar", RDAP_NO_REGISTRAR);
    const json_t *abuse = json_object_get(seen, "abuse_contact"),
                 *list = json_object_get(seen, "statuses");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *text = json_string_value(json_array_get(list, i));
        int status = text ? rdap_status_find(text) : -1;
        if (status >= 0)
            json_array_append_new(statuses, json_string(rdap_status_text((unsigned)status)));
    }
    if (registrar != RDAP_NO_REGISTRAR)
        json_object_set_new(row, "registrar", json_integer(registrar));
    if (json_is_boolean(abuse))
        json_object_set_new(row, "abuse_contact", json_boolean(json_is_true(abuse)));
    if (json_array_size(list) > 0)
        json_object_set(row, "statuses", statuses);
    json_decref(statuses);
    return result < 0 ? error_context(detail, result, "what was looked up") : 0;
}

static int tell_name(struct telling *telling, const struct store_lookup *row)
{
    struct store_lookup_answer answer = {.registered = LOOKUP_UNKNOWN, .measurement = ""};
    int result = row->answer ? store_lookup_answer_find(telling->app->store, row->answer,
                                                        telling->arena, &answer)
                             : 0;
    if (result < 0)
        return app_store_failed(telling->app, result, telling->detail, "what was looked up");
    json_t *told =
        json_pack("{s:s, s:s}", "registered", answer.registered, "measurement", answer.measurement);
    if (!told || json_array_append_new(telling->looked_up, told) < 0)
        return ERR_NO_MEMORY;
    json_array_append_new(telling->names, json_string(domain_of(telling, row->name)));
    if (answer.asked_at)
        json_object_set_new(told, "asked_at", json_integer(answer.asked_at));
    return strcmp(answer.registered, LOOKUP_YES) == 0 ? put_seen(&answer, told, telling->detail)
                                                      : 0;
}

/* --- faults of a TLD --- */

static int load_results(struct telling *telling, const struct store_lookup *row,
                        struct result_set *ret_results)
{
    struct store_measurement measurement;
    *ret_results = (struct result_set){.count = 0};
    if (!row->measurement[0])
        return 0;
    int result =
        store_measurement_find(telling->app->store, row->measurement, telling->arena, &measurement);
    if (result < 0)
        return app_store_failed(telling->app, result, telling->detail, "measurement");
    result = result_set_decode(measurement.results.data, measurement.results.size, telling->arena,
                               ret_results);
    return result < 0 ? error_set(telling->detail, ERR_DAMAGED, "results of measurement %s",
                                  row->measurement)
                      : 0;
}

/* Whose TLD it is no more has none. */
static int find_duties(struct telling *telling, const char *name, struct duty **ret_duties,
                       size_t *ret_count)
{
    struct tld tld;
    int result = store_tld_find(telling->app->store, name, telling->arena, &tld);
    if (result == ERR_NOT_FOUND || (result >= 0 && !tld.party)) {
        *ret_count = 0;
        return 0;
    }
    return result < 0 ? app_store_failed(telling->app, result, telling->detail, "TLD")
                      : appraise_duties_now(telling->app, &tld, telling->arena, ret_duties,
                                            ret_count, telling->detail);
}

/* Those that the type is about, as if one look confirmed what it sees: here nobody is accused. */
static int keep_own(struct telling *telling, struct duty *duties, size_t *count)
{
    size_t kept = 0;
    for (size_t i = 0; i < *count; i++) {
        if (!duties[i].profile ||
            text_index(telling->type->obligations, telling->type->obligation_count,
                       duties[i].obligation->id) < 0)
            continue;
        struct profile *once = arena_copy(telling->arena, duties[i].profile, sizeof *once);
        if (!once)
            return ERR_NO_MEMORY;
        once->quorum = once->repeats = 1;
        once->spread_us = 0;
        duties[kept] = duties[i];
        duties[kept++].profile = once;
    }
    *count = kept;
    return 0;
}

static const char *fault_text(enum verdict verdict)
{
    return verdict == VERDICT_MET ? "not-seen" : verdict == VERDICT_NOT_MET ? "seen" : "unknown";
}

static int put_service(struct telling *telling, const struct store_lookup *row,
                       const struct result_set *results, const struct finding *finding)
{
    json_t *told =
        json_pack("{s:s, s:s, s:s, s:s}", "tld", row->tld, "obligation", finding->obligation,
                  "fault", fault_text(finding->verdict), "measurement", row->measurement);
    if (!told || json_array_append_new(telling->services, told) < 0)
        return ERR_NO_MEMORY;
    if (row->measurement[0])
        json_object_set_new(told, "asked_at", json_integer(results->observed_at));
    return 0;
}

static int tell_service(struct telling *telling, const struct store_lookup *row)
{
    struct result_set results;
    struct duty *duties = NULL;
    struct finding *findings;
    size_t count = 0, found = 0;
    int result = load_results(telling, row, &results);
    if (result >= 0)
        result = find_duties(telling, row->tld, &duties, &count);
    if (result >= 0)
        result = keep_own(telling, duties, &count);
    if (result < 0)
        return result;
    const struct assess_input input = {.subject = row->tld,
                                       .rulebook = telling->app->rulebook->digest_text,
                                       .duties = duties,
                                       .duty_count = count,
                                       .sets = &results,
                                       .set_count = row->measurement[0] ? 1 : 0};
    result = assess(&input, telling->arena, &findings, &found);
    if (result < 0)
        return error_set(telling->detail, result, "assessment of '%s': %s", row->tld,
                         error_text(result));
    for (size_t i = 0; result >= 0 && i < found; i++)
        result = put_service(telling, row, &results, &findings[i]);
    return result;
}

/* --- the event --- */

static int begin(struct telling *telling, const char *reference)
{
    struct record_law law;
    int result =
        record_find(telling->app, reference, telling->arena, &telling->record, telling->detail);
    if (result >= 0)
        result = record_find_law(telling->app, &telling->record, &law, telling->detail);
    if (result < 0)
        return result;
    telling->type = law.type;
    return lookup_plan_names(telling->app, &telling->record, telling->arena, &telling->plan,
                             telling->detail);
}

/* What was found since it was wanted last. */
static int tell_rows(struct telling *telling)
{
    struct store_lookup *rows;
    size_t count, first = 0;
    int result = store_lookup_list(telling->app->store, telling->record.row.reference,
                                   telling->arena, &rows, &count);
    if (result < 0)
        return app_store_failed(telling->app, result, telling->detail, "lookups");
    for (size_t i = 0; i < count; i++)
        first = rows[i].what == LOOKUP_FIND ? i : first;
    for (size_t i = first; result >= 0 && i < count; i++) {
        if (rows[i].what == LOOKUP_REGISTRATION)
            result = tell_name(telling, &rows[i]);
        else if (rows[i].what == LOOKUP_SERVICE)
            result = tell_service(telling, &rows[i]);
    }
    return result;
}

static int write_event(struct telling *telling)
{
    struct call call = {.app = telling->app, .actor = command_machine(), .detail = telling->detail};
    json_t *data JSON_CLEANUP =
        json_pack("{s:O, s:O}", "looked_up", telling->looked_up, "services", telling->services);
    json_t *words = json_pack("{s:O}", "names", telling->names);
    if (!data || !words) {
        json_decref(words);
        return ERR_NO_MEMORY;
    }
    int result = record_keep_json(&call, telling->record.row.reference, words, data);
    return result < 0 ? result
                      : record_step(&call, &telling->record, COMPLAINT_EVENT_LOOKED_UP, data);
}

int lookup_tell(struct app *app, const char *reference, struct arena *arena,
                struct error_detail *detail)
{
    json_t *names JSON_CLEANUP = json_array(), *looked_up JSON_CLEANUP = json_array(),
                  *services JSON_CLEANUP = json_array();
    struct telling telling = {.app = app,
                              .arena = arena,
                              .detail = detail,
                              .names = names,
                              .looked_up = looked_up,
                              .services = services};
    if (!names || !looked_up || !services)
        return ERR_NO_MEMORY;
    int result = begin(&telling, reference);
    if (result >= 0)
        result = tell_rows(&telling);
    if (result < 0 || json_array_size(looked_up) + json_array_size(services) == 0)
        return result;
    return write_event(&telling);
}

static void show_instant(json_t *row)
{
    const json_t *at = json_object_get(row, "asked_at");
    if (json_is_integer(at))
        json_object_set_new(row, "asked_at", query_instant(json_integer_value(at)));
}

void lookup_show(json_t *row, const json_t *words)
{
    const json_t *names = json_object_get(words, "names");
    size_t i;
    json_t *told;
    json_array_foreach(json_object_get(row, "looked_up"), i, told)
    {
        if (json_array_get(names, i))
            json_object_set(told, "name", json_array_get(names, i));
        show_instant(told);
    }
    json_array_foreach(json_object_get(row, "services"), i, told)
    {
        show_instant(told);
    }
}

/* --- facts --- */

/* RFC 5731 2.3, RFC 3915 3.1: not in the DNS, or on its way out. */
static bool is_in_use(const json_t *seen)
{
    static const char *const out[] = {"client hold", "server hold", "pending delete",
                                      "redemption period"};
    const json_t *statuses = json_object_get(seen, "statuses");
    for (size_t i = 0; i < json_array_size(statuses); i++) {
        const char *status = json_string_value(json_array_get(statuses, i));
        if (status && text_index(out, sizeof out / sizeof *out, status) >= 0)
            return false;
    }
    return true;
}

int lookup_fact_find(struct app *app, const char *reference, const char *said, struct arena *arena,
                     struct lookup_fact *ret_fact, struct error_detail *detail)
{
    struct lookup_name name;
    struct store_lookup_answer answer;
    json_t *seen JSON_CLEANUP = NULL;
    *ret_fact = (struct lookup_fact){.known = false};
    if (!lookup_name_read(said, arena, &name))
        return 0;
    int result = lookup_name_hash(app, &name);
    if (result >= 0)
        result = store_lookup_answer_of(app->store, reference, name.hash, arena, &answer);
    if (result == ERR_NOT_FOUND)
        return 0;
    if (result < 0)
        return app_store_failed(app, result, detail, "what was looked up");
    bool registered = strcmp(answer.registered, LOOKUP_YES) == 0;
    if (!registered && name.deep)
        return 0;
    result = json_parse(answer.seen, strlen(answer.seen), &seen, detail);
    if (result < 0)
        return result;
    *ret_fact = (struct lookup_fact){.known = true,
                                     .registered = registered,
                                     .registrar = json_number(seen, "registrar", 0),
                                     .in_use = is_in_use(seen)};
    return 0;
}
