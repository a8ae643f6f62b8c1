/* The steps of a lookup: found, asked for, settled. */
#include "app/complaints/lookup.h"

#include "base/text.h"
#include "store/evidence.h"
#include "store/party.h"

#include <string.h>

#define SURVEY_LOOK_US INT64_C(3000000) /* how often it is looked whether a survey came back */

static int failed(struct app *app, int failure, struct error_detail *detail)
{
    return app_store_failed(app, failure, detail, "lookups");
}

/* --- settling --- */

static int tell_if_whole(struct app *app, const char *reference, struct arena *arena,
                         struct error_detail *detail)
{
    int waits = store_lookup_waits(app->store, reference);
    if (waits != 0)
        return waits < 0 ? failed(app, waits, detail) : 0;
    return lookup_tell(app, reference, arena, detail);
}

static int settle(struct app *app, const struct store_lookup *row, int64_t answer,
                  const char *measurement, struct arena *arena, struct error_detail *detail)
{
    struct store_lookup settled = *row;
    settled.answer = answer;
    settled.measurement = measurement;
    int result = store_lookup_settle(app->store, &settled);
    if (result < 0)
        return failed(app, result, detail);
    result = tell_if_whole(app, row->reference, arena, detail);
    return result < 0 ? result : LOOKUP_DONE;
}

static int put_off(struct app *app, const struct store_lookup *row, int64_t due_at, bool failed_try,
                   struct error_detail *detail)
{
    struct store_lookup later = *row;
    later.due_at = due_at;
    later.tries += failed_try;
    int result = store_lookup_put_off(app->store, &later);
    return result < 0 ? failed(app, result, detail) : LOOKUP_DONE;
}

/* The second pause is five times the first: a server that is restarted is there again by then. */
static int64_t pause_us(const struct app *app, uint32_t tries)
{
    int64_t first = app->config.repeat_after_s * 1000000;
    return tries == 0 ? first : 5 * first;
}

/* --- what there is to look up --- */

static int put_all(struct app *app, const struct store_lookup *find, const struct lookup_plan *plan)
{
    struct store_lookup row = {.reference = find->reference,
                               .what = LOOKUP_REGISTRATION,
                               .fresh_from = find->fresh_from,
                               .due_at = find->due_at};
    int result = 0;
    for (size_t i = 0; result >= 0 && i < plan->name_count; i++) {
        row.tld = plan->names[i].tld;
        row.name = plan->names[i].hash;
        result = store_lookup_put(app->store, &row);
    }
    row.what = LOOKUP_SERVICE;
    row.name = 0;
    if (row.fresh_from < find->due_at - LOOKUP_SURVEY_FRESH_US)
        row.fresh_from = find->due_at - LOOKUP_SURVEY_FRESH_US;
    for (size_t i = 0; result >= 0 && i < plan->tld_count; i++) {
        row.tld = plan->tlds[i];
        result = store_lookup_put(app->store, &row);
    }
    return result;
}

static int find_all(struct app *app, const struct store_lookup *find, struct arena *arena,
                    struct error_detail *detail)
{
    struct complaint_record record;
    struct lookup_plan plan = {.name_count = 0};
    int result = record_find(app, find->reference, arena, &record, detail);
    if (result >= 0)
        result = lookup_plan_make(app, &record, arena, &plan, detail);
    if (result < 0)
        return result;
    result = put_all(app, find, &plan);
    if (result < 0)
        return failed(app, result, detail);
    return settle(app, find, /* answer= */ 0, "", arena, detail);
}

/* --- a registration --- */

/* An answer that told nothing is a try of everybody who waits for one, once. */
static int count_try(struct app *app, const struct store_lookup *row,
                     const struct store_lookup_answer *answer, struct arena *arena,
                     struct error_detail *detail)
{
    struct store_lookup later = *row;
    if (row->tries + 1 >= LOOKUP_TRIES)
        return settle(app, row, answer->number, "", arena, detail);
    later.fresh_from = answer->asked_at + 1;
    return put_off(app, &later, answer->asked_at + pause_us(app, row->tries),
                   /* failed_try= */ true, detail);
}

static const struct lookup_name *find_name(const struct lookup_plan *plan, int64_t hash)
{
    for (size_t i = 0; i < plan->name_count; i++) {
        if (plan->names[i].hash == hash)
            return &plan->names[i];
    }
    return NULL;
}

/* The name stands in the words alone. What has no service, or no contract, any more is not asked.
 */
static int make_ask(struct app *app, const struct store_lookup *row, struct arena *arena,
                    struct lookup_ask *ret_ask, struct error_detail *detail)
{
    struct complaint_record record;
    struct lookup_plan plan;
    struct tld tld;
    int result = record_find(app, row->reference, arena, &record, detail);
    if (result >= 0)
        result = lookup_plan_names(app, &record, arena, &plan, detail);
    if (result < 0)
        return result;
    const struct lookup_name *name = find_name(&plan, row->name);
    if (!name)
        return settle(app, row, /* answer= */ 0, "", arena, detail);
    result = store_tld_find(app->store, row->tld, arena, &tld);
    if (result < 0)
        return app_store_failed(app, result, detail, "TLD");
    *ret_ask = (struct lookup_ask){.reference = row->reference,
                                   .number = row->number,
                                   .domain = name->domain,
                                   .rdap_url = tld.rdap_url,
                                   .name = row->name};
    return LOOKUP_ASK;
}

static int look_at_registration(struct app *app, const struct store_lookup *row,
                                struct arena *arena, struct lookup_ask *ret_ask,
                                struct error_detail *detail)
{
    struct store_lookup_answer answer;
    int result = store_lookup_answer_newest(app->store, row->name, row->fresh_from, arena, &answer);
    if (result == ERR_NOT_FOUND)
        return make_ask(app, row, arena, ret_ask, detail);
    if (result < 0)
        return failed(app, result, detail);
    return strcmp(answer.registered, LOOKUP_UNKNOWN) == 0
               ? count_try(app, row, &answer, arena, detail)
               : settle(app, row, answer.number, "", arena, detail);
}

/* --- a fault of a TLD --- */

static int look_at_service(struct app *app, const struct store_lookup *row, struct arena *arena,
                           struct error_detail *detail)
{
    int64_t now = clock_wall(&app->clock);
    struct store_measurement *list;
    size_t count;
    const struct store_window window = {
        .target = row->tld, .from = row->fresh_from, .until = INT64_MAX, .limit = 1};
    int result = store_measurement_window(app->store, &window, arena, &list, &count);
    if (result < 0)
        return app_store_failed(app, result, detail, "window of measurements");
    if (count > 0 && list[0].results.size > 0)
        return settle(app, row, /* answer= */ 0, list[0].id, arena, detail);
    if (now - row->fresh_from > LOOKUP_SURVEY_FRESH_US + LOOKUP_SURVEY_PATIENCE_US)
        return settle(app, row, /* answer= */ 0, "", arena, detail);
    result = put_off(app, row, now + SURVEY_LOOK_US, /* failed_try= */ false, detail);
    return result < 0 ? result : LOOKUP_MEASURE;
}

int lookup_look(struct app *app, const struct store_lookup *row, struct arena *arena,
                struct lookup_ask *ret_ask, struct error_detail *detail)
{
    switch (row->what) {
    case LOOKUP_FIND:
        return find_all(app, row, arena, detail);
    case LOOKUP_REGISTRATION:
        return look_at_registration(app, row, arena, ret_ask, detail);
    case LOOKUP_SERVICE:
    case LOOKUP_KIND_COUNT:
        break;
    }
    return look_at_service(app, row, arena, detail);
}

/* --- what came back --- */

static const struct result *find_code(const struct result_set *results, const char *code)
{
    for (size_t i = 0; i < results->count; i++) {
        if (strcmp(results->results[i].code, code) == 0)
            return &results->results[i];
    }
    return NULL;
}

/* What the check rdap.registration says. */
static void read_results(const struct result_set *results, struct store_lookup_answer *answer)
{
    const struct result *result = results ? find_code(results, "rdap.not-registered") : NULL;
    answer->registered = LOOKUP_UNKNOWN;
    answer->seen = "{}";
    if (!result || result->sight == SIGHT_UNKNOWN)
        return;
    answer->registered = result->sight == SIGHT_SEEN ? LOOKUP_NO : LOOKUP_YES;
    answer->seen = result->values;
}

int lookup_take(struct app *app, const struct lookup_reply *reply, struct arena *arena,
                struct error_detail *detail)
{
    const struct lookup_ask *ask = reply->ask;
    struct store_lookup row;
    struct store_lookup_answer answer = {.name = ask->name,
                                         .asked_at = reply->asked_at,
                                         .measurement =
                                             reply->results ? reply->results->evidence : "",
                                         .bytes = reply->measurement};
    int64_t number;
    int result = store_lookup_find(app->store, ask->reference, ask->number, arena, &row);
    if (result == ERR_NOT_FOUND || (result >= 0 && row.due_at == 0))
        return 0;
    read_results(reply->results, &answer);
    if (result >= 0)
        result = store_lookup_answer_put(app->store, &answer, &number);
    if (result >= 0)
        result = store_lookup_answer_tidy(app->store, ask->name, arena);
    return result < 0 ? failed(app, result, detail) : 0;
}
