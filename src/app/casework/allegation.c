#include "app/casework/allegation.h"

#include "app/known.h"
#include "app/law.h"
#include "base/civil.h"
#include "cases/allegation.h"
#include "rulebook/rulebook.h"
#include "store/party.h"

#include <stdlib.h>
#include <string.h>

/* --- which version bound the party (invariant 6) --- */

enum { DAYS_MAX = 4096 }; /* versions and agreements begin and end on fewer days */

struct pinning {
    const struct rulebook *rulebook;
    struct rulebook_question question;
    const struct case_allegation *allegation;
    int32_t wanted;
    struct arena *arena;
    int32_t days[DAYS_MAX];
    size_t day_count;
};

static void add_day(struct pinning *pinning, int32_t day)
{
    const struct case_allegation *allegation = pinning->allegation;
    if (day >= allegation->from && day <= allegation->to && pinning->day_count < DAYS_MAX)
        pinning->days[pinning->day_count++] = day;
}

static int compare_days(const void *a, const void *b)
{
    int32_t one = *(const int32_t *)a, other = *(const int32_t *)b;
    return (one > other) - (one < other);
}

/* What binds changes only where a version, an agreement or a version of the agreement's text begins
 * or ends; so these days and the first one of the conduct tell for all days of it. */
static void list_days(struct pinning *pinning)
{
    const struct rulebook *rulebook = pinning->rulebook;
    const struct rulebook_clause *clauses;
    size_t clause_count;
    add_day(pinning, pinning->allegation->from);
    rulebook_clauses_of(rulebook, pinning->allegation->obligation, &clauses, &clause_count);
    for (size_t i = 0; i < clause_count; i++)
        add_day(pinning, clauses[i].obligation.from);
    for (size_t i = 0; i < pinning->question.agreement_count; i++)
        add_day(pinning, pinning->question.agreements[i].from);
    for (size_t i = 0; i < rulebook->family_count; i++) {
        const struct agreement_family *family = &rulebook->families[i];
        for (size_t n = 0; n < family->version_count; n++)
            add_day(pinning, family->versions[n].from);
    }
    qsort(pinning->days, pinning->day_count, sizeof *pinning->days, compare_days);
}

/* The version that binds for one subject on one day; NULL for none. */
static int find_binding(struct pinning *pinning, int32_t day, const char *subject,
                        const struct obligation **ret_obligation)
{
    const struct rulebook_binding *bindings;
    size_t count;
    pinning->question.day = day;
    pinning->question.subject = subject;
    int result =
        rulebook_in_force(pinning->rulebook, &pinning->question, pinning->arena, &bindings, &count);
    *ret_obligation = NULL;
    for (size_t i = 0; result >= 0 && i < count; i++) {
        const struct obligation *o = bindings[i].obligation;
        if (pinning->wanted == CIVIL_FAR_PAST || o->from == pinning->wanted)
            *ret_obligation = o;
    }
    return result;
}

/* Returns 1 with the version that bound all subjects on that day, else 0. */
static int try_day(struct pinning *pinning, int32_t day, const struct obligation **ret_obligation)
{
    const struct obligation *first = NULL;
    for (size_t i = 0; i < pinning->allegation->subject_count; i++) {
        const struct obligation *found;
        int result = find_binding(pinning, day, pinning->allegation->subjects[i], &found);
        if (result < 0 || !found || (first && found != first))
            return result < 0 ? result : 0;
        first = found;
    }
    *ret_obligation = first;
    return first != NULL;
}

static int refuse(const struct pinning *pinning, const char *party, struct error_detail *detail)
{
    const struct case_allegation *allegation = pinning->allegation;
    char from[CIVIL_DATE_TEXT], to[CIVIL_DATE_TEXT];
    const struct rulebook_clause *clauses;
    size_t clause_count;
    bool overlaps = false;
    civil_format_date(allegation->from, from);
    civil_format_date(allegation->to, to);
    rulebook_clauses_of(pinning->rulebook, allegation->obligation, &clauses, &clause_count);
    for (size_t i = 0; i < clause_count; i++) {
        const struct obligation *o = &clauses[i].obligation;
        overlaps = overlaps || ((pinning->wanted == CIVIL_FAR_PAST || o->from == pinning->wanted) &&
                                o->from <= allegation->to && o->until > allegation->from);
    }
    if (clause_count == 0)
        return error_set(detail, ERR_NOT_FOUND, "the rulebook knows no obligation '%s'",
                         allegation->obligation);
    if (!overlaps)
        return error_set(detail, ERR_REFUSED, "no such version of '%s' was in force from %s to %s",
                         allegation->obligation, from, to);
    return error_set(detail, ERR_REFUSED,
                     "'%s' did not bind %s for '%s' from %s to %s: no agreement of the party then "
                     "in force says so",
                     allegation->obligation, party, allegation->subjects[0], from, to);
}

static int load_party(struct app *app, const char *id, struct pinning *pinning,
                      struct error_detail *detail)
{
    struct party party;
    struct agreement *agreements;
    int result = app_find_party(app, id, pinning->arena, &party, detail);
    if (result < 0)
        return result;
    result = store_agreement_list(app->store, id, pinning->arena, &agreements,
                                  &pinning->question.agreement_count);
    if (result < 0)
        return app_store_failed(app, result, detail, "agreements of a party");
    pinning->question.kind = party.kind;
    pinning->question.obligation = pinning->allegation->obligation;
    pinning->question.agreements = agreements;
    return 0;
}

int allegation_pin(struct app *app, const char *party, int32_t wanted, struct arena *arena,
                   struct case_allegation *allegation, struct error_detail *detail)
{
    struct pinning *pinning = arena_alloc(arena, sizeof *pinning);
    const struct obligation *found = NULL;
    int result = app_need_rulebook(app, detail);
    if (result < 0)
        return result;
    if (!pinning)
        return ERR_LIMIT;
    *pinning = (struct pinning){
        .rulebook = app->rulebook, .allegation = allegation, .wanted = wanted, .arena = arena};
    result = load_party(app, party, pinning, detail);
    if (result < 0)
        return result;
    list_days(pinning);
    for (size_t i = 0; i < pinning->day_count && result == 0; i++)
        result = try_day(pinning, pinning->days[i], &found);
    if (result < 0)
        return result;
    if (!found)
        return refuse(pinning, party, detail);
    allegation->version = found->from;
    allegation->rulebook = app->rulebook->digest_text;
    return 0;
}

/* --- what findings allege --- */

int allegation_of_finding(struct app *app, const struct store_finding *finding, struct arena *arena,
                          struct case_allegation *ret_allegation, struct error_detail *detail)
{
    const struct finding *f = &finding->finding;
    const struct rulebook *rulebook;
    const struct process *process;
    const char **subject = arena_array(arena, 1, sizeof *subject);
    int result = app_version_of(app, f->rulebook, &rulebook, &process, detail);
    if (result < 0 || !subject)
        return result < 0 ? result : ERR_LIMIT;
    int32_t to = law_day(rulebook, finding->decided_at);
    int32_t days = (int32_t)((f->period_until - f->period_from) / CIVIL_DAY_US);
    const struct obligation *o = rulebook_obligation_find(rulebook, f->obligation, to);
    *subject = f->subject;
    *ret_allegation = (struct case_allegation){.obligation = f->obligation,
                                               .version = o ? o->from : to,
                                               .rulebook = f->rulebook,
                                               .subjects = subject,
                                               .subject_count = 1,
                                               .from = to - days,
                                               .to = to};
    return 0;
}

static bool says_the_same(const struct case_allegation *one, const struct case_allegation *other)
{
    if (one->outcome != ALLEGATION_OPEN || one->version != other->version ||
        strcmp(one->obligation, other->obligation) != 0)
        return false;
    for (size_t i = 0; i < one->subject_count; i++) {
        if (strcmp(one->subjects[i], other->subjects[0]) == 0)
            return true;
    }
    return false;
}

int allegation_join(struct casefile *file, const struct store_finding *finding,
                    const struct actor *actor, struct error_detail *detail)
{
    struct case_allegation added, *list;
    size_t count;
    int result = allegation_of_finding(file->app, finding, &file->arena, &added, detail);
    if (result >= 0)
        result = casefile_allegations(file, &file->arena, &list, &count, detail);
    if (result < 0)
        return result;
    for (size_t i = 0; i < count; i++) {
        if (says_the_same(&list[i], &added))
            return 0;
    }
    const struct casefile_step request = {
        .step = {.type = CASE_ALLEGATION_ADDED, .alleges = true, .allegation = &added},
        .actor = actor,
        .evidence = &finding->id,
        .evidence_count = 1};
    result = casefile_step(file, &request, detail);
    return result < 0 ? result : 1;
}

int casefile_allegations(const struct casefile *file, struct arena *arena,
                         struct case_allegation **ret_list, size_t *ret_count,
                         struct error_detail *detail)
{
    int result =
        allegation_list(&file->state, file->events, file->event_count, arena, ret_list, ret_count);
    return result < 0 ? error_set(detail, result, "allegations of case %s: %s", file->record.id,
                                  error_text(result))
                      : 0;
}
