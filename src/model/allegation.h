/* What a case says against a party: one failure each, with an outcome of its own.
 *
 * The version of the obligation is pinned: the rulebook's digest and the day from which that
 * version is in force. The conduct is alleged for civil days of the rulebook's zone. */
#ifndef BAILIWICK_MODEL_ALLEGATION_H
#define BAILIWICK_MODEL_ALLEGATION_H

#include <stddef.h>
#include <stdint.h>

#define ALLEGATION_OUTCOME_LIST(E)                                                                 \
    E(OPEN, "open")                           /* not decided */                                    \
    E(SUBSTANTIATED, "substantiated")         /* it was so, and was not put right */               \
    E(NOT_SUBSTANTIATED, "not-substantiated") /* nothing showed that it was so */                  \
    E(CORRECTED, "corrected")                 /* it was so, and was put right */                   \
    E(WITHDRAWN, "withdrawn")                 /* should not have been raised */

enum allegation_outcome {
#define E(name, text) ALLEGATION_##name,
    ALLEGATION_OUTCOME_LIST(E)
#undef E
        ALLEGATION_OUTCOME_COUNT
};

const char *allegation_outcome_text(enum allegation_outcome outcome);
int allegation_outcome_parse(const char *text, enum allegation_outcome *ret_outcome);

enum { ALLEGATION_SUBJECTS_MAX = 20 };

struct case_allegation {
    unsigned number; /* in its case, from 1 */
    const char *obligation;
    int32_t version;      /* the day from which this version of the obligation is in force */
    const char *rulebook; /* digest of the rulebook that says so, hexadecimal */
    const char *const *subjects;
    size_t subject_count;
    int32_t from, to; /* conduct: first and last day */
    enum allegation_outcome outcome;
    const char *reason; /* of the outcome; "" while it is open */
};

#endif
