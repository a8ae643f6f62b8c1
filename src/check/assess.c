#include "check/assess.h"

#include "base/error.h"
#include "check/check.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* What one vantage point says about the failure of one profile. */
struct testimony {
    const char *vantage;
    enum sight sight;
    bool unconfirmed;   /* seen, but not often or long enough yet */
    size_t first, last; /* its sets: [first, last) of the ordered ones, newest first */
    size_t run;         /* how many of these, from `first`, hold the failure's run */
};

/* Everything about one window that all duties share: sets ordered by vantage point, then newest
 * first. */
struct window {
    const struct assess_input *input;
    struct arena *arena;
    const struct result_set **sets;
    int64_t from, until;
};

static int compare_sets(const void *left, const void *right)
{
    const struct result_set *a = *(const struct result_set *const *)left;
    const struct result_set *b = *(const struct result_set *const *)right;
    int order = strcmp(a->vantage, b->vantage);
    if (order == 0)
        order = (a->observed_at < b->observed_at) - (a->observed_at > b->observed_at);
    return order != 0 ? order : strcmp(a->evidence, b->evidence);
}

static int open_window(const struct assess_input *input, struct arena *arena,
                       struct window *ret_window)
{
    struct window window = {.input = input, .arena = arena};
    window.sets = arena_array(arena, input->set_count + 1, sizeof(const struct result_set *));
    if (window.sets == NULL)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < input->set_count; i++) {
        int64_t at = input->sets[i].observed_at;
        window.sets[i] = &input->sets[i];
        window.from = i == 0 || at < window.from ? at : window.from;
        window.until = i == 0 || at > window.until ? at : window.until;
    }
    qsort(window.sets, input->set_count, sizeof(const struct result_set *), compare_sets);
    *ret_window = window;
    return 0;
}

static bool has_code(const struct profile *profile, const char *code)
{
    for (size_t i = 0; i < profile->code_count; i++) {
        if (strcmp(profile->codes[i], code) == 0)
            return true;
    }
    return false;
}

/* Seen on any subject; else not told for one, or not looked for; else looked for and not there. */
static enum sight sight_of_code(const struct result_set *set, const char *code)
{
    enum sight sight = SIGHT_UNKNOWN;
    bool unknown = false;
    for (size_t i = 0; i < set->count; i++) {
        const struct result *result = &set->results[i];
        if (strcmp(result->code, code) != 0)
            continue;
        if (result->sight == SIGHT_SEEN)
            return SIGHT_SEEN;
        unknown |= result->sight == SIGHT_UNKNOWN;
        sight = SIGHT_NOT_SEEN;
    }
    return unknown ? SIGHT_UNKNOWN : sight;
}

static enum sight sight_of_set(const struct result_set *set, const struct profile *profile)
{
    enum sight sight = SIGHT_NOT_SEEN;
    for (size_t i = 0; i < profile->code_count; i++) {
        enum sight now = sight_of_code(set, profile->codes[i]);
        if (now == SIGHT_SEEN)
            return SIGHT_SEEN;
        if (now == SIGHT_UNKNOWN)
            sight = SIGHT_UNKNOWN;
    }
    return sight;
}

static const struct result *find_seen(const struct result_set *set, const char *code)
{
    for (size_t i = 0; i < set->count; i++) {
        if (set->results[i].sight == SIGHT_SEEN && strcmp(set->results[i].code, code) == 0)
            return &set->results[i];
    }
    return NULL;
}

/* Is what the newer set shows the failure that the older one showed? Other servers and other codes
 * of the profile count as the same; a code may know better (check.h). */
static bool same_failure(const struct result_set *older, const struct result_set *newer,
                         const struct profile *profile)
{
    if (older == newer)
        return true;
    for (size_t i = 0; i < profile->code_count; i++) {
        const struct result *now = find_seen(newer, profile->codes[i]);
        const struct result *before = find_seen(older, profile->codes[i]);
        const struct check_code *code = check_code_find(profile->codes[i], /* ret_check= */ NULL);
        if (now != NULL && (code == NULL || code->persists == NULL ||
                            (before != NULL && code->persists(before, now))))
            return true;
    }
    return false;
}

/* Walks from the newest set back, over those that could not tell, to the first that shows the
 * failure absent. */
static void read_run(const struct window *window, const struct profile *profile,
                     struct testimony *testimony)
{
    const struct result_set *newest = NULL;
    bool confirmed = false;
    uint32_t seen = 0;
    for (size_t i = testimony->first; i < testimony->last; i++) {
        enum sight sight = sight_of_set(window->sets[i], profile);
        if (i == testimony->first)
            testimony->sight = sight == SIGHT_NOT_SEEN ? SIGHT_NOT_SEEN : SIGHT_UNKNOWN;
        if (sight == SIGHT_NOT_SEEN)
            break;
        if (sight == SIGHT_UNKNOWN)
            continue;
        const struct result_set *set = window->sets[i];
        newest = newest != NULL ? newest : set;
        seen++;
        testimony->run = i + 1 - testimony->first;
        confirmed = confirmed || (seen >= profile->repeats &&
                                  newest->observed_at - set->observed_at >= profile->spread_us &&
                                  same_failure(set, newest, profile));
    }
    if (seen == 0)
        return;
    if (confirmed)
        testimony->sight = SIGHT_SEEN;
    else
        testimony->unconfirmed = true;
}

/* One testimony per vantage point. The array has room for as many as there are sets. */
static size_t hear(const struct window *window, const struct profile *profile,
                   struct testimony *testimonies)
{
    size_t count = 0;
    for (size_t i = 0; i < window->input->set_count;) {
        struct testimony *testimony = &testimonies[count++];
        size_t end = i + 1;
        while (end < window->input->set_count &&
               strcmp(window->sets[end]->vantage, window->sets[i]->vantage) == 0)
            end++;
        *testimony = (struct testimony){
            .vantage = window->sets[i]->vantage, .sight = SIGHT_UNKNOWN, .first = i, .last = end};
        read_run(window, profile, testimony);
        i = end;
    }
    return count;
}

static int compare_texts(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static int add_text(struct arena *arena, const char ***texts, size_t *count, const char *text)
{
    for (size_t i = 0; i < *count; i++) {
        if (strcmp((*texts)[i], text) == 0)
            return 0;
    }
    const char **slot = arena_push(arena, texts, count, sizeof(const char *));
    if (slot == NULL)
        return ERR_NO_MEMORY;
    *slot = text;
    return 0;
}

/* Which sets and which sight a verdict rests on: the runs of those who saw it; what could not be
 * told; or, for "met", the newest of everybody. */
struct basis {
    enum sight sight;
    bool whole_run;
};

static struct basis basis_of(enum verdict verdict)
{
    switch (verdict) {
    case VERDICT_NOT_MET:
        return (struct basis){SIGHT_SEEN, true};
    case VERDICT_MET:
        return (struct basis){SIGHT_NOT_SEEN, false};
    case VERDICT_UNDETERMINED:
    case VERDICT_NOT_APPLICABLE:
        break;
    }
    return (struct basis){SIGHT_UNKNOWN, false};
}

static int compare_ids(const void *left, const void *right)
{
    const uint32_t *a = left, *b = right;
    return (*a > *b) - (*a < *b);
}

static int add_exchanges(struct arena *arena, const struct result *result,
                         struct finding_evidence *evidence)
{
    for (size_t i = 0; i < result->exchange_count; i++) {
        uint32_t *slot =
            arena_push(arena, &evidence->exchanges, &evidence->count, sizeof(uint32_t));
        if (slot == NULL)
            return ERR_NO_MEMORY;
        *slot = result->exchanges[i];
    }
    return 0;
}

static void sort_exchanges(struct finding_evidence *evidence)
{
    size_t kept = 0;
    if (evidence->count == 0)
        return;
    qsort(evidence->exchanges, evidence->count, sizeof(uint32_t), compare_ids);
    for (size_t i = 1; i < evidence->count; i++) {
        if (evidence->exchanges[i] != evidence->exchanges[kept])
            evidence->exchanges[++kept] = evidence->exchanges[i];
    }
    evidence->count = kept + 1;
}

/* Takes codes and exchanges of one set that fit the basis. */
static int cite_set(const struct window *window, const struct result_set *set,
                    const struct profile *profile, enum sight sight, struct finding *finding)
{
    struct finding_evidence evidence = {.measurement = set->evidence};
    bool cited = false;
    for (size_t i = 0; i < set->count; i++) {
        const struct result *result = &set->results[i];
        if (result->sight != sight || !has_code(profile, result->code))
            continue;
        cited = true;
        if (add_exchanges(window->arena, result, &evidence) < 0)
            return ERR_NO_MEMORY;
        if (sight != SIGHT_NOT_SEEN &&
            add_text(window->arena, &finding->codes, &finding->code_count, result->code) < 0)
            return ERR_NO_MEMORY;
    }
    if (!cited)
        return 0;
    sort_exchanges(&evidence);
    struct finding_evidence *slot =
        arena_push(window->arena, &finding->evidence, &finding->evidence_count, sizeof(*slot));
    if (slot == NULL)
        return ERR_NO_MEMORY;
    *slot = evidence;
    return 0;
}

static int cite_testimony(const struct window *window, const struct testimony *testimony,
                          const struct profile *profile, const struct basis *basis,
                          struct finding *finding)
{
    size_t count = basis->whole_run || testimony->unconfirmed ? testimony->run : 1;
    enum sight sight = testimony->unconfirmed ? SIGHT_SEEN : basis->sight;
    for (size_t i = testimony->first; i < testimony->first + count; i++) {
        int result = cite_set(window, window->sets[i], profile, sight, finding);
        if (result < 0)
            return result;
    }
    return 0;
}

/* Codes that nothing looked for stand among those that could not be told. */
static int cite_missing(const struct window *window, const struct testimony *testimony,
                        const struct profile *profile, struct finding *finding)
{
    const struct result_set *newest = window->sets[testimony->first];
    for (size_t i = 0; i < profile->code_count; i++) {
        if (sight_of_code(newest, profile->codes[i]) == SIGHT_UNKNOWN &&
            add_text(window->arena, &finding->codes, &finding->code_count, profile->codes[i]) < 0)
            return ERR_NO_MEMORY;
    }
    return 0;
}

static int cite(const struct window *window, const struct profile *profile,
                const struct testimony *testimonies, size_t count, struct finding *finding)
{
    int result = 0;
    for (size_t i = 0; i < count && result >= 0; i++) {
        const struct testimony *testimony = &testimonies[i];
        bool seen = testimony->sight == SIGHT_SEEN;
        struct basis basis = basis_of(
            seen && finding->verdict == VERDICT_UNDETERMINED ? VERDICT_NOT_MET : finding->verdict);
        if (seen)
            result = add_text(window->arena, &finding->seen_by, &finding->seen_by_count,
                              testimony->vantage);
        if (result < 0 || testimony->sight != basis.sight)
            continue;
        result = cite_testimony(window, testimony, profile, &basis, finding);
        if (result >= 0 && basis.sight == SIGHT_UNKNOWN && !testimony->unconfirmed)
            result = cite_missing(window, testimony, profile, finding);
    }
    if (finding->code_count > 0)
        qsort(finding->codes, finding->code_count, sizeof(const char *), compare_texts);
    return result;
}

struct count {
    size_t all, seen, not_seen, unconfirmed;
};

static const char *reason_of(const struct window *window, const struct profile *profile,
                             const struct count *count, enum verdict verdict)
{
    struct arena *arena = window->arena;
    switch (verdict) {
    case VERDICT_NOT_MET:
        return arena_printf(arena, "The failure was seen from %zu of %zu vantage points; %u %s.",
                            count->seen, count->all, profile->quorum,
                            profile->quorum == 1 ? "is enough" : "are needed");
    case VERDICT_MET:
        return arena_printf(arena,
                            "Everything was looked for and no failure was there, from %zu of %zu "
                            "vantage points.",
                            count->not_seen, count->all);
    case VERDICT_UNDETERMINED:
    case VERDICT_NOT_APPLICABLE:
        break;
    }
    if (count->all == 0)
        return "Nothing was measured in this period.";
    if (count->unconfirmed > 0)
        return arena_printf(arena,
                            "A failure was seen from %zu of %zu vantage points, but not yet often "
                            "or long enough to count.",
                            count->unconfirmed, count->all);
    if (count->seen > 0)
        return arena_printf(arena,
                            "The failure was seen from %zu of %zu vantage points, but %u are "
                            "needed.",
                            count->seen, count->all, profile->quorum);
    return "Not everything that had to be looked at could be looked at.";
}

static struct count count_up(const struct testimony *testimonies, size_t all)
{
    struct count count = {.all = all};
    for (size_t i = 0; i < all; i++) {
        count.seen += testimonies[i].sight == SIGHT_SEEN;
        count.not_seen += testimonies[i].sight == SIGHT_NOT_SEEN;
        count.unconfirmed += testimonies[i].unconfirmed;
    }
    return count;
}

static int assess_duty(const struct window *window, const struct duty *duty,
                       struct testimony *testimonies, struct finding *ret_finding)
{
    const struct profile *profile = duty->profile;
    size_t all = hear(window, profile, testimonies);
    struct count count = count_up(testimonies, all);
    /* Fewer vantage points than the quorum: those that are missing could not tell. */
    size_t voters = all > 0 && all < profile->quorum ? profile->quorum : all;
    struct finding finding = {
        .obligation = duty->obligation->id,
        .clause = duty->obligation->clause,
        .party = duty->party,
        .subject = window->input->subject,
        .period_from = window->from,
        .period_until = window->until,
        .verdict = verdict_k_of_n(profile->quorum, voters, count.seen, count.not_seen),
        .rulebook = window->input->rulebook,
    };
    finding.reason = reason_of(window, profile, &count, finding.verdict);
    if (finding.reason == NULL)
        return ERR_NO_MEMORY;
    int result = cite(window, profile, testimonies, all, &finding);
    if (result >= 0)
        *ret_finding = finding;
    return result;
}

static int compare_findings(const void *left, const void *right)
{
    const struct finding *a = left, *b = right;
    int order = strcmp(a->obligation, b->obligation);
    if (order == 0)
        order = strcmp(a->clause, b->clause);
    return order != 0 ? order : strcmp(a->party, b->party);
}

int assess(const struct assess_input *input, struct arena *arena, struct finding **ret_findings,
           size_t *ret_count)
{
    struct window window;
    size_t count = 0;
    if (input->set_count > ASSESS_SETS_MAX || input->duty_count > ASSESS_DUTIES_MAX)
        return ERR_LIMIT;
    int result = open_window(input, arena, &window);
    if (result < 0)
        return result;
    struct finding *findings = arena_array(arena, input->duty_count + 1, sizeof(*findings));
    struct testimony *testimonies = arena_array(arena, input->set_count + 1, sizeof(*testimonies));
    if (findings == NULL || testimonies == NULL)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < input->duty_count; i++) {
        if (input->duties[i].profile == NULL)
            continue;
        result = assess_duty(&window, &input->duties[i], testimonies, &findings[count]);
        if (result < 0)
            return result;
        count++;
    }
    qsort(findings, count, sizeof(*findings), compare_findings);
    *ret_findings = findings;
    *ret_count = count;
    return 0;
}
