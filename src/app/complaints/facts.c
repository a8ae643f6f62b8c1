#include "app/complaints/facts.h"

#include "app/complaints/lookup.h"
#include "app/complaints/said.h"
#include "base/civil.h"
#include "rulebook/calendar.h"
#include "store/party.h"

#include <string.h>

enum { TOLD_DAYS_MAX = 3660 }; /* ten years: longer ago is long enough for every test */

struct finding_out {
    struct app *app;
    struct arena *arena;
    struct error_detail *detail;
    struct complaint_known *known;
};

static void know(struct finding_out *work, enum complaint_test test, enum complaint_fact fact,
                 const char *from)
{
    work->known->facts.is[test] = fact;
    work->known->from[test] = fact == COMPLAINT_UNKNOWN ? NULL : from;
}

/* --- names --- */

/* What one more name says together with those before it. */
static enum complaint_fact join(enum complaint_fact before, enum complaint_fact now, bool first)
{
    return first || before == now ? now : COMPLAINT_UNKNOWN;
}

static int look_at_name(struct finding_out *work, const char *name, bool first)
{
    const char *dot = strrchr(name, '.');
    struct tld tld = {.tld_class = TLD_UNCLASSIFIED};
    int result = store_tld_find(work->app->store, dot ? dot + 1 : name, work->arena, &tld);
    if (result < 0 && result != ERR_NOT_FOUND)
        return app_store_failed(work->app, result, work->detail, "TLD");
    bool known = tld.tld_class != TLD_UNCLASSIFIED;
    bool country = tld.tld_class == TLD_COUNTRY_CODE;
    bool contract = tld_class_contracted(tld.tld_class);
    const enum complaint_fact *is = work->known->facts.is;
    enum complaint_fact own = !known    ? COMPLAINT_UNKNOWN
                              : country ? COMPLAINT_NOT_SO
                                        : COMPLAINT_SO;
    know(work, COMPLAINT_TEST_NOT_COUNTRY_CODE,
         join(is[COMPLAINT_TEST_NOT_COUNTRY_CODE], own, first), "store");
    own = !known ? COMPLAINT_UNKNOWN : contract ? COMPLAINT_SO : COMPLAINT_NOT_SO;
    know(work, COMPLAINT_TEST_UNDER_CONTRACT, join(is[COMPLAINT_TEST_UNDER_CONTRACT], own, first),
         "store");
    return 0;
}

/* --- the party that the complainant names --- */

static int look_at_party(struct finding_out *work, const char *id)
{
    struct party party;
    if (!id || !id[0])
        return 0;
    int result = store_party_find(work->app->store, id, work->arena, &party);
    if (result == ERR_NOT_FOUND)
        return 0; /* misspelt, perhaps */
    if (result < 0)
        return app_store_failed(work->app, result, work->detail, "party");
    if (party.kind == PARTY_REGISTRAR) {
        bool accredited = strcmp(party.status, "accredited") == 0;
        bool ended = strcmp(party.status, "terminated") == 0;
        know(work, COMPLAINT_TEST_CONTRACTED_REGISTRAR,
             accredited ? COMPLAINT_SO
             : ended    ? COMPLAINT_NOT_SO
                        : COMPLAINT_UNKNOWN,
             "store");
    }
    return 0;
}

/* --- what was done before --- */

/* Working days since that day, where all calendars agree about them. */
static void count_days(struct finding_out *work, const struct process *process, int32_t told,
                       int32_t received)
{
    int64_t days = -1;
    if (told > received)
        return;
    if (received - told > TOLD_DAYS_MAX)
        told = received - TOLD_DAYS_MAX;
    for (size_t i = 0; i < process->calendar_count; i++) {
        const struct calendar *calendar = process->calendars[i];
        if (received > calendar_last_day(calendar))
            return;
        int64_t own = calendar_count_worked(calendar, told, received);
        if (days >= 0 && own != days)
            return;
        days = own;
    }
    if (days < 0)
        return;
    work->known->facts.told_days_known = true;
    work->known->facts.told_days = days;
}

static void look_at_told(struct finding_out *work, const struct process *process,
                         const json_t *told, int64_t received_at)
{
    const char *said = json_text(told, "told"), *on = json_text(told, "on");
    int32_t day;
    if (!said || !said[0])
        return;
    know(work, COMPLAINT_TEST_TOLD_FIRST,
         strcmp(said, "yes") == 0 ? COMPLAINT_SO : COMPLAINT_NOT_SO, "complainant");
    if (on && civil_parse_date(on, &day) >= 0)
        count_days(work, process, day, (int32_t)(received_at / INT64_C(86400000000)));
}

static void look_at_role(struct finding_out *work, const char *role)
{
    for (int i = 0; role && i < COMPLAINT_ROLE_COUNT; i++) {
        if (strcmp(complaint_role_text((enum complaint_role)i), role) != 0)
            continue;
        work->known->facts.role_known = true;
        work->known->facts.role = (enum complaint_role)i;
        work->known->from[COMPLAINT_TEST_COMPLAINANT] = "complainant";
    }
}

/* --- what was looked up --- */

static enum complaint_fact fact_of(bool known, bool so)
{
    return !known ? COMPLAINT_UNKNOWN : so ? COMPLAINT_SO : COMPLAINT_NOT_SO;
}

/* One that the store does not know may be accredited since. */
static int is_accredited(struct finding_out *work, int64_t registrar, enum complaint_fact *ret_fact)
{
    struct party party;
    *ret_fact = COMPLAINT_UNKNOWN;
    const char *id = arena_printf(work->arena, "registrar-%lld", (long long)registrar);
    int result = id ? store_party_find(work->app->store, id, work->arena, &party) : ERR_NO_MEMORY;
    if (result == ERR_NOT_FOUND)
        return 0;
    if (result < 0)
        return app_store_failed(work->app, result, work->detail, "party");
    if (strcmp(party.status, "accredited") == 0)
        *ret_fact = COMPLAINT_SO;
    else if (strcmp(party.status, "terminated") == 0)
        *ret_fact = COMPLAINT_NOT_SO;
    return 0;
}

struct names_seen {
    enum complaint_fact registered, contracted, in_use;
};

static int look_at_seen(struct finding_out *work, const char *reference, const char *name,
                        bool first, struct names_seen *seen)
{
    struct lookup_fact fact;
    enum complaint_fact contracted = COMPLAINT_UNKNOWN;
    int result = lookup_fact_find(work->app, reference, name, work->arena, &fact, work->detail);
    bool here = result >= 0 && fact.known && fact.registered;
    if (here && fact.registrar)
        result = is_accredited(work, fact.registrar, &contracted);
    if (result < 0)
        return result;
    seen->registered = join(seen->registered, fact_of(fact.known, fact.registered), first);
    seen->contracted = join(seen->contracted, contracted, first);
    seen->in_use = join(seen->in_use, fact_of(here, fact.in_use), first);
    return 0;
}

/* A fact of the store stays. */
static void learn(struct finding_out *work, enum complaint_test test, enum complaint_fact fact)
{
    if (work->known->facts.is[test] == COMPLAINT_UNKNOWN)
        know(work, test, fact, "lookup");
}

static int names_of(struct finding_out *work, const struct facts_question *question,
                    const char ***ret_names, size_t *ret_count)
{
    struct said said = {.names = NULL};
    int result = said_read(question->words, question->type, work->arena, &said);
    if (result < 0)
        return result;
    if (!question->type)
        said.answer_count = 0;
    return said_names(&said, work->arena, ret_names, ret_count);
}

static int look_at_lookups(struct finding_out *work, const struct facts_question *question)
{
    struct names_seen seen = {COMPLAINT_UNKNOWN, COMPLAINT_UNKNOWN, COMPLAINT_UNKNOWN};
    const char **names;
    size_t count;
    if (!question->record->row.reference)
        return 0;
    int result = names_of(work, question, &names, &count);
    for (size_t i = 0; result >= 0 && i < count; i++)
        result = look_at_seen(work, question->record->row.reference, names[i], i == 0, &seen);
    if (result < 0)
        return result;
    learn(work, COMPLAINT_TEST_REGISTERED, seen.registered);
    learn(work, COMPLAINT_TEST_CONTRACTED_REGISTRAR, seen.contracted);
    learn(work, COMPLAINT_TEST_NOT_SUSPENDED, seen.in_use);
    return 0;
}

int facts_find(struct app *app, const struct facts_question *question, struct arena *arena,
               struct complaint_known *ret_known, struct error_detail *detail)
{
    struct complaint_known known = {0};
    struct finding_out work = {app, arena, detail, &known};
    const json_t *words = question->words, *names = json_object_get(words, "names");
    int result = 0;
    for (size_t i = 0; result >= 0 && i < json_array_size(names); i++)
        result = look_at_name(&work, json_string_value(json_array_get(names, i)), i == 0);
    if (result >= 0)
        result = look_at_party(&work, json_text(words, "party"));
    if (result >= 0)
        result = look_at_lookups(&work, question);
    if (result < 0)
        return result;
    look_at_told(&work, question->process, json_object_get(words, "told_first"),
                 question->record->row.received_at);
    look_at_role(&work, json_text(words, "role"));
    *ret_known = known;
    return 0;
}
