/* Who is bound by what on a day. */
#include "rulebook/rulebook.h"

#include "base/civil.h"

#include <string.h>

static bool within(int32_t day, int32_t from, int32_t until)
{
    return day >= from && day < until;
}

/* An agreement, a waiver or an override of subject "" is for all subjects. */
static bool covers(const char *subject, const char *asked)
{
    return !*subject || strcmp(subject, asked) == 0;
}

/* Bit of the version that an agreement has on a day, 0 when the rulebook does not know it. */
static uint32_t version_bit(const struct agreement_family *family,
                            const struct agreement *agreement, int32_t day)
{
    uint32_t current = 0;
    bool is_current = strcmp(agreement->version, RULEBOOK_VERSION_CURRENT) == 0;
    for (size_t i = 0; i < family->version_count; i++) {
        const struct agreement_version *version = &family->versions[i];
        uint32_t bit = UINT32_C(1) << i;
        if (!is_current && strcmp(version->id, agreement->version) == 0)
            return bit;
        if (is_current && !version->on_signature && version->from <= day)
            current = bit;
    }
    return current;
}

/* Whether this agreement makes the clause bind on the day. */
static bool agreement_binds(const struct rulebook_clause *clause, const struct agreement *agreement,
                            const struct rulebook_question *question)
{
    const struct agreement_family *family = clause->document->family;
    if (!covers(agreement->subject, question->subject) ||
        !within(question->day, agreement->from, agreement->until))
        return false;
    if (!family)
        return true;
    return family->kind == question->kind && strcmp(family->id, agreement->family) == 0 &&
           (version_bit(family, agreement, question->day) & clause->versions);
}

static const struct agreement *binding_agreement(const struct rulebook_clause *clause,
                                                 const struct rulebook_question *question)
{
    for (size_t i = 0; i < question->agreement_count; i++) {
        if (agreement_binds(clause, &question->agreements[i], question))
            return &question->agreements[i];
    }
    return NULL;
}

static bool is_waived(const struct obligation *obligation, const struct rulebook_question *question)
{
    for (size_t i = 0; i < question->waiver_count; i++) {
        const struct rulebook_waiver *waiver = &question->waivers[i];
        if (strcmp(waiver->obligation, obligation->id) == 0 &&
            covers(waiver->subject, question->subject) &&
            within(question->day, waiver->from, waiver->until))
            return true;
    }
    return false;
}

static const char *parameters_for(const struct obligation *obligation,
                                  const struct rulebook_question *question)
{
    for (size_t i = 0; i < question->override_count; i++) {
        const struct rulebook_override *override = &question->overrides[i];
        if (strcmp(override->obligation, obligation->id) == 0 &&
            covers(override->subject, question->subject) &&
            within(question->day, override->from, override->until))
            return override->parameters;
    }
    return obligation->parameters;
}

/* Everything but the agreements. */
static bool may_bind(const struct obligation *obligation, const struct rulebook_question *question)
{
    unsigned bit = question->kind == PARTY_REGISTRAR ? BINDS_REGISTRAR : BINDS_REGISTRY;
    return obligation->state != OBLIGATION_PROPOSED && (obligation->binds & bit) &&
           within(question->day, obligation->from, obligation->until) &&
           !is_waived(obligation, question);
}

/* A list of TLDs may give an operator who has signed nothing with this authority. */
static bool is_uncontracted(const struct rulebook *rulebook,
                            const struct rulebook_question *question)
{
    for (size_t i = 0; i < rulebook->uncontracted_count; i++) {
        if (question->kind == PARTY_REGISTRY &&
            strcmp(rulebook->uncontracted[i], question->subject) == 0)
            return true;
    }
    return false;
}

int rulebook_in_force(const struct rulebook *rulebook, const struct rulebook_question *question,
                      struct arena *arena, const struct rulebook_binding **ret_bindings,
                      size_t *ret_count)
{
    struct rulebook_binding *bindings = NULL;
    size_t count = 0;
    const struct rulebook_clause *clauses = rulebook->clauses;
    size_t clause_count = rulebook->clause_count;
    if (question->obligation)
        rulebook_clauses_of(rulebook, question->obligation, &clauses, &clause_count);
    bool bound = !is_uncontracted(rulebook, question);
    for (size_t i = 0; bound && i < clause_count; i++) {
        const struct rulebook_clause *clause = &clauses[i];
        const struct obligation *obligation = &clause->obligation;
        const struct agreement *agreement =
            may_bind(obligation, question) ? binding_agreement(clause, question) : NULL;
        if (!agreement)
            continue;
        struct rulebook_binding *slot = arena_push(arena, &bindings, &count, sizeof *slot);
        if (!slot)
            return ERR_NO_MEMORY;
        *slot = (struct rulebook_binding){.obligation = obligation,
                                          .profile = clause->profile,
                                          .agreement = agreement,
                                          .parameters = parameters_for(obligation, question),
                                          .comply_later = question->day < obligation->comply_by};
    }
    *ret_bindings = bindings;
    *ret_count = count;
    return 0;
}
