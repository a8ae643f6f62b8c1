/* Looking up, comparing, counting. */
#include "rulebook/rulebook.h"

#include "base/civil.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* --- clauses of one id stand together, ascending by `from` --- */

static size_t first_of(const struct rulebook *rulebook, const char *id)
{
    size_t low = 0, high = rulebook->clause_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(rulebook->clauses[middle].obligation.id, id) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool is_of(const struct rulebook *rulebook, size_t at, const char *id)
{
    return at < rulebook->clause_count && strcmp(rulebook->clauses[at].obligation.id, id) == 0;
}

void rulebook_clauses_of(const struct rulebook *rulebook, const char *obligation,
                         const struct rulebook_clause **ret_clauses, size_t *ret_count)
{
    size_t first = first_of(rulebook, obligation), after = first;
    while (is_of(rulebook, after, obligation))
        after++;
    *ret_clauses = rulebook->clauses + first;
    *ret_count = after - first;
}

enum obligation_state rulebook_state_on(const struct obligation *obligation, int32_t day)
{
    if (obligation->state == OBLIGATION_PROPOSED)
        return OBLIGATION_PROPOSED;
    if (day < obligation->from)
        return OBLIGATION_ADOPTED;
    if (day >= obligation->until)
        return OBLIGATION_SUPERSEDED;
    return obligation->state == OBLIGATION_TRANSITION ? OBLIGATION_TRANSITION : OBLIGATION_IN_FORCE;
}

/* The higher, the better the version answers "what does this id say on that day". What only those
 * have who sign it comes after what everybody has. */
static int rank_on(const struct obligation *obligation, int32_t day)
{
    switch (rulebook_state_on(obligation, day)) {
    case OBLIGATION_IN_FORCE:
    case OBLIGATION_TRANSITION:
        return obligation->from_signature ? 3 : 4;
    case OBLIGATION_SUPERSEDED:
        return 2;
    case OBLIGATION_ADOPTED:
        return 1;
    case OBLIGATION_PROPOSED:
        break;
    }
    return 0;
}

const struct obligation *rulebook_obligation_find(const struct rulebook *rulebook, const char *id,
                                                  int32_t day)
{
    const struct obligation *best = NULL;
    int best_rank = -1;
    for (size_t at = first_of(rulebook, id); is_of(rulebook, at, id); at++) {
        const struct obligation *candidate = &rulebook->clauses[at].obligation;
        int rank = rank_on(candidate, day);
        /* Of those that have begun the newest, of those to come the first. */
        if (rank > best_rank || (rank == best_rank && rank >= 2)) {
            best = candidate;
            best_rank = rank;
        }
    }
    return best;
}

const struct rulebook_clause *rulebook_clause_of(const struct obligation *obligation)
{
    return (const struct rulebook_clause *)((const char *)obligation -
                                            offsetof(struct rulebook_clause, obligation));
}

/* --- the other lists: few, so one after the other --- */

const struct rulebook_document *rulebook_document_find(const struct rulebook *rulebook,
                                                       const char *id)
{
    for (size_t i = 0; i < rulebook->document_count; i++) {
        if (strcmp(rulebook->documents[i].id, id) == 0)
            return &rulebook->documents[i];
    }
    return NULL;
}

const struct agreement_family *rulebook_family_find(const struct rulebook *rulebook, const char *id)
{
    for (size_t i = 0; i < rulebook->family_count; i++) {
        if (strcmp(rulebook->families[i].id, id) == 0)
            return &rulebook->families[i];
    }
    return NULL;
}

const struct profile *rulebook_profile_find(const struct rulebook *rulebook, const char *obligation)
{
    for (size_t i = 0; i < rulebook->profile_count; i++) {
        if (strcmp(rulebook->profiles[i].obligation, obligation) == 0)
            return &rulebook->profiles[i];
    }
    return NULL;
}

static const struct rulebook_letter *find_letter(const struct rulebook *rulebook, const char *id,
                                                 const char *language)
{
    for (size_t i = 0; i < rulebook->letter_count; i++) {
        if (strcmp(rulebook->letters[i].id, id) == 0 &&
            strcmp(rulebook->letters[i].language, language) == 0)
            return &rulebook->letters[i];
    }
    return NULL;
}

const struct rulebook_letter *rulebook_letter_find(const struct rulebook *rulebook, const char *id,
                                                   const char *language)
{
    const struct rulebook_letter *found = find_letter(rulebook, id, language);
    return found || !rulebook->language_count ? found
                                              : find_letter(rulebook, id, rulebook->languages[0]);
}

const struct complaint_type *rulebook_complaint_find(const struct rulebook *rulebook,
                                                     const char *id)
{
    for (size_t i = 0; i < rulebook->complaint_count; i++) {
        if (strcmp(rulebook->complaints[i].id, id) == 0)
            return &rulebook->complaints[i];
    }
    return NULL;
}

static const struct complaint_type *find_taking(const struct rulebook *rulebook, const char *report,
                                                const struct complaint_take **ret_take)
{
    for (size_t i = 0; i < rulebook->complaint_count; i++) {
        const struct complaint_intake *intake = &rulebook->complaints[i].intake;
        for (size_t j = 0; j < intake->take_count; j++) {
            if (strcmp(intake->takes[j].report, report) == 0) {
                *ret_take = &intake->takes[j];
                return &rulebook->complaints[i];
            }
        }
    }
    return NULL;
}

const struct complaint_type *rulebook_complaint_taking(const struct rulebook *rulebook,
                                                       const char *report,
                                                       const struct complaint_take **ret_take)
{
    const struct complaint_type *type = find_taking(rulebook, report, ret_take);
    return type || strcmp(report, COMPLAINT_TAKE_MAIL) == 0
               ? type
               : find_taking(rulebook, COMPLAINT_TAKE_OTHER, ret_take);
}

const char *rulebook_complaint_text(const struct rulebook *rulebook,
                                    const struct complaint_text *text, const char *language)
{
    for (size_t i = 0; text->others && i < rulebook->complainant_language_count; i++) {
        if (text->others[i] && strcmp(rulebook->complainant_languages[i], language) == 0)
            return text->others[i];
    }
    return text->official;
}

const char *rulebook_outcome_text(const struct rulebook *rulebook, const char *id,
                                  const char *language)
{
    for (size_t i = 0; i < rulebook->outcome_count; i++) {
        if (strcmp(rulebook->outcomes[i].id, id) == 0)
            return rulebook_complaint_text(rulebook, &rulebook->outcomes[i].words, language);
    }
    return "";
}

const struct audit_questionnaire *rulebook_audit_find(const struct rulebook *rulebook,
                                                      const char *id)
{
    for (size_t i = 0; i < rulebook->audit_count; i++) {
        if (strcmp(rulebook->audits[i].id, id) == 0)
            return &rulebook->audits[i];
    }
    return NULL;
}

/* --- comparing --- */

static bool holds_on(const struct obligation *obligation, int32_t day)
{
    return obligation->state != OBLIGATION_PROPOSED && day >= obligation->from &&
           day < obligation->until;
}

/* The version that ends where `next` begins, for the same agreement versions. */
static const struct obligation *counterpart(const struct rulebook *rulebook,
                                            const struct rulebook_clause *clause, int32_t day)
{
    const char *id = clause->obligation.id;
    for (size_t at = first_of(rulebook, id); is_of(rulebook, at, id); at++) {
        const struct rulebook_clause *other = &rulebook->clauses[at];
        if (other != clause && (other->versions & clause->versions) &&
            holds_on(&other->obligation, day))
            return &other->obligation;
    }
    return NULL;
}

static int add_change(struct arena *arena, struct rulebook_change **changes, size_t *count,
                      struct rulebook_change change)
{
    struct rulebook_change *slot = arena_push(arena, changes, count, sizeof *slot);
    if (!slot)
        return ERR_NO_MEMORY;
    *slot = change;
    return 0;
}

int rulebook_diff(const struct rulebook *rulebook, int32_t before, int32_t after,
                  struct arena *arena, const struct rulebook_change **ret_changes,
                  size_t *ret_count)
{
    struct rulebook_change *changes = NULL;
    size_t count = 0;
    int r = 0;
    for (size_t i = 0; i < rulebook->clause_count && r >= 0; i++) {
        const struct rulebook_clause *clause = &rulebook->clauses[i];
        const struct obligation *obligation = &clause->obligation;
        bool held = holds_on(obligation, before), holds = holds_on(obligation, after);
        if (held == holds)
            continue;
        const struct obligation *other = counterpart(rulebook, clause, holds ? before : after);
        /* A pair is reported once, at the version that begins. */
        if (holds)
            r = add_change(arena, &changes, &count, (struct rulebook_change){other, obligation});
        else if (!other)
            r = add_change(arena, &changes, &count, (struct rulebook_change){obligation, NULL});
    }
    if (r < 0)
        return r;
    *ret_changes = changes;
    *ret_count = count;
    return 0;
}

int rulebook_answer_diff(const struct rulebook_answer *before, const struct rulebook_answer *after,
                         struct arena *arena, const struct rulebook_change **ret_changes,
                         size_t *ret_count)
{
    struct rulebook_change *changes = NULL;
    size_t count = 0, b = 0, a = 0;
    int r = 0;
    while (r >= 0 && (b < before->count || a < after->count)) {
        struct rulebook_change change = {
            .before = b < before->count ? before->bindings[b].obligation : NULL,
            .after = a < after->count ? after->bindings[a].obligation : NULL};
        /* Both lists are sorted, so the smaller id of the two has no other side. */
        int order = !change.before  ? 1
                    : !change.after ? -1
                                    : strcmp(change.before->id, change.after->id);
        if (order < 0)
            change.after = NULL;
        if (order > 0)
            change.before = NULL;
        b += order <= 0;
        a += order >= 0;
        if (change.before != change.after)
            r = add_change(arena, &changes, &count, change);
    }
    if (r < 0)
        return r;
    *ret_changes = changes;
    *ret_count = count;
    return 0;
}

/* --- counting --- */

void rulebook_coverage_count(const struct rulebook *rulebook, int32_t day,
                             struct rulebook_coverage *ret_coverage)
{
    struct rulebook_coverage coverage = {0};
    for (size_t i = 0; i < rulebook->clause_count; i++) {
        const char *id = rulebook->clauses[i].obligation.id;
        if (i > 0 && strcmp(rulebook->clauses[i - 1].obligation.id, id) == 0)
            continue;
        const struct obligation *obligation = rulebook_obligation_find(rulebook, id, day);
        coverage.obligations++;
        coverage.unconfirmed += !obligation->confirmed;
        coverage.by_test[obligation->test]++;
        coverage.by_kind[obligation->kind]++;
        coverage.by_theme[obligation->theme]++;
        coverage.by_state[rulebook_state_on(obligation, day)]++;
    }
    *ret_coverage = coverage;
}
