#include "app/monitor/appraise.h"

#include "app/casework/opening.h"
#include "app/law.h"
#include "app/publish/ledger.h"
#include "base/log.h"
#include "store/evidence.h"
#include "store/party.h"

#include <stdio.h>
#include <string.h>

enum {
    WINDOW_MAX = 200, /* newest measurements of one target that an assessment looks back on */
    ARENA_MAX = 512 << 20,
};
#define WINDOW_US (INT64_C(24) * 3600 * 1000000)

int64_t appraise_every_us(const struct app *app, int64_t fallback_us)
{
    int64_t every = 0;
    for (size_t i = 0; app->rulebook && i < app->rulebook->profile_count; i++) {
        int64_t wanted = app->rulebook->profiles[i].every_us;
        if (wanted > 0 && (every == 0 || wanted < every))
            every = wanted;
    }
    return every ? every : fallback_us;
}

int appraise_duties(const struct rulebook *rulebook, const struct rulebook_question *question,
                    const char *party, struct arena *arena, struct duty **ret_duties,
                    size_t *ret_count)
{
    const struct rulebook_binding *bindings;
    size_t count;
    int result = rulebook_in_force(rulebook, question, arena, &bindings, &count);
    if (result < 0)
        return result;
    struct duty *duties = arena_array(arena, count ? count : 1, sizeof *duties);
    if (!duties)
        return ERR_NO_MEMORY;
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        /* Bound, but not yet held to it. */
        if (bindings[i].comply_later)
            continue;
        duties[used++] = (struct duty){bindings[i].obligation, bindings[i].profile, party};
    }
    *ret_duties = duties;
    *ret_count = used;
    return 0;
}

/* --- storing what was seen --- */

static int keep_measurement(struct app *app, const struct appraisal *appraisal,
                            struct error_detail *detail)
{
    const struct result_set *set = appraisal->results;
    struct buffer encoded BUFFER_CLEANUP = {0};
    buffer_init(&encoded, 64 << 20);
    int result = result_set_encode(set, &encoded);
    if (result < 0)
        return error_set(detail, result, "results: %s", error_text(result));
    const struct store_measurement record = {.id = set->evidence,
                                             .target = appraisal->target,
                                             .vantage = set->vantage,
                                             .observed_at = set->observed_at,
                                             .stored_at = clock_wall(&app->clock),
                                             .bytes = appraisal->measurement,
                                             .results = {encoded.data, encoded.size}};
    result = store_measurement_put(app->store, &record);
    if (result < 0)
        return app_store_failed(app, result, detail, "measurement");
    json_t *event =
        json_pack("{s:s, s:s, s:s, s:I}", "measurement", set->evidence, "target", appraisal->target,
                  "vantage", set->vantage, "observed_at", (json_int_t)set->observed_at);
    return ledger_tell(app, "measurement", event, detail);
}

static int load_window(struct app *app, const struct appraisal *appraisal, struct arena *arena,
                       struct result_set **ret_sets, size_t *ret_count, struct error_detail *detail)
{
    const struct store_window window = {.target = appraisal->target,
                                        .from = appraisal->results->observed_at - WINDOW_US,
                                        .until = appraisal->results->observed_at + 1,
                                        .limit = WINDOW_MAX};
    struct store_measurement *list;
    size_t count, used = 0;
    int result = store_measurement_window(app->store, &window, arena, &list, &count);
    if (result < 0)
        return app_store_failed(app, result, detail, "window of measurements");
    struct result_set *sets = arena_array(arena, count + 1, sizeof *sets);
    if (!sets)
        return ERR_LIMIT;
    for (size_t i = 0; i < count; i++) {
        if (list[i].results.size == 0)
            continue;
        result =
            result_set_decode(list[i].results.data, list[i].results.size, arena, &sets[used++]);
        if (result < 0)
            return error_set(detail, ERR_DAMAGED, "results of measurement %s", list[i].id);
    }
    *ret_sets = sets;
    *ret_count = used;
    return 0;
}

/* --- findings --- */

static bool same_finding(const struct finding *a, const struct finding *b)
{
    if (a->verdict != b->verdict || a->code_count != b->code_count ||
        strcmp(a->rulebook, b->rulebook) != 0)
        return false;
    for (size_t i = 0; i < a->code_count; i++) {
        if (strcmp(a->codes[i], b->codes[i]) != 0)
            return false;
    }
    return true;
}

/* Whether the latest finding of the same matter says the same already. */
static bool is_news(struct app *app, const struct finding *finding, struct arena *arena)
{
    const struct store_finding_query query = {.obligation = finding->obligation,
                                              .party = finding->party,
                                              .subject = finding->subject,
                                              .latest = true,
                                              .limit = 1};
    struct store_finding *latest;
    size_t count;
    if (store_finding_list(app->store, &query, arena, &latest, &count) < 0 || count == 0)
        return true;
    return !same_finding(&latest[0].finding, finding);
}

static int keep_finding(struct app *app, const struct finding *finding, struct arena *arena,
                        struct error_detail *detail)
{
    int64_t number;
    int result = store_number_next(app->store, "finding", &number);
    if (result < 0)
        return app_store_failed(app, result, detail, "number of a finding");
    struct store_finding record = {.id = arena_printf(arena, "f-%06lld", (long long)number),
                                   .finding = *finding,
                                   .decided_at = clock_wall(&app->clock)};
    json_t *event JSON_CLEANUP = json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:s, s:[]}", "finding", record.id, "obligation",
        finding->obligation, "party", finding->party, "subject", finding->subject, "verdict",
        verdict_text(finding->verdict), "rulebook", finding->rulebook, "measurements");
    if (!record.id || !event)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < finding->evidence_count; i++)
        json_array_append_new(json_object_get(event, "measurements"),
                              json_string(finding->evidence[i].measurement));
    result = ledger_commit(app, "finding", event, &record.entry, detail);
    if (result < 0)
        return result;
    result = store_finding_put(app->store, &record);
    if (result < 0)
        return app_store_failed(app, result, detail, "finding");
    return opening_take_finding(app, &record, detail);
}

/* A finding that cannot be told to its case (damaged, full) is taken back and logged; what was seen
 * and the other findings stay. It is still news at the next measurement. Returns whether it was
 * kept. */
static int try_finding(struct app *app, const struct finding *finding, struct arena *arena,
                       struct error_detail *detail)
{
    struct error_detail reason = {0};
    int result = store_mark(app->store);
    if (result < 0)
        return app_store_failed(app, result, detail, "finding");
    int kept = keep_finding(app, finding, arena, &reason);
    result = kept < 0 ? store_undo(app->store) : store_keep(app->store);
    if (result < 0)
        return app_store_failed(app, result, detail, "finding");
    /* Of whom and of what is informal. */
    if (kept < 0)
        log_error("a finding was not kept: %s", error_words(&reason, kept));
    return kept >= 0;
}

int appraise_duties_now(struct app *app, const struct tld *tld, struct arena *arena,
                        struct duty **ret_duties, size_t *ret_count, struct error_detail *detail)
{
    struct agreement *agreements;
    size_t count;
    int result = store_agreement_list(app->store, tld->party, arena, &agreements, &count);
    if (result < 0)
        return app_store_failed(app, result, detail, "agreements");
    const struct rulebook_question question = {.kind = PARTY_REGISTRY,
                                               .agreements = agreements,
                                               .agreement_count = count,
                                               .subject = tld->name,
                                               .day = law_today(app)};
    return appraise_duties(app->rulebook, &question, tld->party, arena, ret_duties, ret_count);
}

static int find_duties(struct app *app, const char *target, struct arena *arena,
                       struct assess_input *input, struct error_detail *detail)
{
    struct tld tld;
    struct duty *duties = NULL;
    int result = store_tld_find(app->store, target, arena, &tld);
    if (result < 0)
        return app_store_failed(app, result, detail, "agreements");
    result = appraise_duties_now(app, &tld, arena, &duties, &input->duty_count, detail);
    input->duties = duties;
    return result;
}

int appraise(struct app *app, const struct appraisal *appraisal, bool *ret_look_again,
             struct error_detail *detail)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct result_set *sets = NULL;
    struct finding *findings;
    size_t count;
    bool look_again = false;
    arena_init(&arena, ARENA_MAX);
    int result = app_need_rulebook(app, detail);
    struct assess_input input = {.subject = appraisal->target};
    if (result >= 0)
        result = keep_measurement(app, appraisal, detail);
    if (result >= 0)
        result = load_window(app, appraisal, &arena, &sets, &input.set_count, detail);
    if (result >= 0)
        result = find_duties(app, appraisal->target, &arena, &input, detail);
    if (result < 0)
        return result;
    input.rulebook = app->rulebook->digest_text;
    input.sets = sets;
    result = assess(&input, &arena, &findings, &count);
    if (result < 0)
        return error_set(detail, result, "assessment of '%s': %s", appraisal->target,
                         error_text(result));
    for (size_t i = 0; i < count && result >= 0; i++) {
        look_again |= findings[i].verdict == VERDICT_UNDETERMINED;
        if (!is_news(app, &findings[i], &arena))
            continue;
        result = try_finding(app, &findings[i], &arena, detail);
        look_again |= result == 0;
    }
    if (result < 0)
        return result;
    *ret_look_again = look_again;
    return 0;
}
