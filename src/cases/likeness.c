#include "cases/likeness.h"

/* Chosen on seeds 1 to 8 of tests/complaints/generator.py; tests measure on others. */
enum {
    REPEAT_SCORE = 54,
    ALIKE_WORDS = 70,     /* about another name */
    NEAR_GROUPS = 12,     /* the least of them: a sentence or two */
    SAME_NAME_SCORE = 40, /* where nothing else can be compared */
    LEAST_SCORE = 20,
};

const char *likeness_text(enum likeness_kind kind)
{
    static const char *const texts[] = {
        [LIKENESS_NONE] = "none", [LIKENESS_ALIKE] = "alike", [LIKENESS_REPEAT] = "repeat"};
    return texts[kind];
}

/* Names are in order. */
static void compare_names(const struct sketch *a, const struct sketch *b, struct likeness *found)
{
    for (size_t i = 0, j = 0; i < a->name_count && j < b->name_count;) {
        uint64_t own = a->names[i].name, other = b->names[j].name;
        found->same_names += own == other;
        i += own <= other;
        j += other <= own;
    }
    for (size_t i = 0; !found->same_names && !found->same_domain && i < a->name_count; i++) {
        for (size_t j = 0; j < b->name_count; j++)
            found->same_domain = found->same_domain || a->names[i].domain == b->names[j].domain;
    }
}

/* Both lists hold their smallest: up to the end of the shorter view all is there. */
static void compare_details(const struct sketch *a, const struct sketch *b, struct likeness *found)
{
    uint32_t seen = UINT32_MAX;
    int own = 0, other = 0;
    if (a->detail_count == SKETCH_DETAILS_MAX)
        seen = a->details[SKETCH_DETAILS_MAX - 1];
    if (b->detail_count == SKETCH_DETAILS_MAX && b->details[SKETCH_DETAILS_MAX - 1] < seen)
        seen = b->details[SKETCH_DETAILS_MAX - 1];
    for (size_t j = 0; j < b->detail_count; j++)
        other += b->details[j] <= seen;
    for (size_t i = 0; i < a->detail_count && a->details[i] <= seen; i++) {
        own++;
        for (size_t j = 0; j < b->detail_count; j++)
            found->details_alike += a->details[i] == b->details[j];
    }
    found->details = own < other ? own : other;
}

static void compare_words(const struct sketch *a, const struct sketch *b, struct likeness *found)
{
    if (a->group_count == 0 || b->group_count == 0)
        return;
    found->samples = SKETCH_SAMPLES;
    for (size_t i = 0; i < SKETCH_SAMPLES; i++)
        found->samples_alike += a->samples[i] == b->samples[i];
}

/* How much of the shorter text the longer one holds, in percent: what was added counts for nothing.
 */
static int words_held(const struct sketch *a, const struct sketch *b, const struct likeness *found)
{
    uint64_t both = (uint64_t)a->group_count + b->group_count;
    uint64_t less = a->group_count < b->group_count ? a->group_count : b->group_count;
    uint64_t alike = (uint64_t)found->samples_alike;
    if (less == 0)
        return 0;
    uint64_t percent = 100 * alike * both / ((SKETCH_SAMPLES + alike) * less);
    return percent > 100 ? 100 : (int)percent;
}

static int score_of(const struct likeness *found)
{
    int words = found->words;
    if (found->exact)
        return 100;
    if (found->samples == 0 && found->details == 0)
        return SAME_NAME_SCORE;
    if (found->details == 0)
        return words;
    int details = 100 * found->details_alike / found->details;
    return found->samples == 0 ? details : (words + details) / 2;
}

struct likeness likeness_compare(const struct sketch *a, const struct sketch *b)
{
    struct likeness found = {.exact = a->exact == b->exact,
                             .same_reporter = a->reporter && a->reporter == b->reporter};
    compare_names(a, b, &found);
    compare_details(a, b, &found);
    compare_words(a, b, &found);
    bool named = a->name_count > 0 || b->name_count > 0;
    found.words = words_held(a, b, &found);
    found.score = score_of(&found);
    if (!named || found.same_names || found.same_domain)
        found.kind = found.score >= REPEAT_SCORE  ? LIKENESS_REPEAT
                     : found.score >= LEAST_SCORE ? LIKENESS_ALIKE
                                                  : LIKENESS_NONE;
    else
        found.kind = found.words >= ALIKE_WORDS ? LIKENESS_ALIKE : LIKENESS_NONE;
    return found;
}

bool likeness_is_near(const struct sketch *a, const struct sketch *b,
                      const struct likeness *likeness)
{
    bool same = likeness->same_names || likeness->same_domain;
    bool told = a->group_count >= NEAR_GROUPS && b->group_count >= NEAR_GROUPS;
    return likeness->kind == LIKENESS_REPEAT ||
           (likeness->kind == LIKENESS_ALIKE && likeness->words >= ALIKE_WORDS && (same || told));
}
