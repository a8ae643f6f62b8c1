/* How alike two complaints are, by their sketches, and what of them is alike. A suggestion with its
 * reasons, for a person: nothing is decided by it.
 *
 * Invariants
 *  L1. The same either way round.
 *  L2. Of two complaints that each name something, only those that name the same may repeat each
 *      other: the same words about another name are another matter. */
#ifndef BAILIWICK_CASES_LIKENESS_H
#define BAILIWICK_CASES_LIKENESS_H

#include "cases/sketch.h"

#include <stdbool.h>

enum likeness_kind {
    LIKENESS_NONE,   /* not worth a look */
    LIKENESS_ALIKE,  /* the same words about another name, or the same name and little else */
    LIKENESS_REPEAT, /* may be the same incident */
};

struct likeness {
    enum likeness_kind kind;
    int score;          /* 0 to 100 */
    bool exact;         /* type, names and exhibits are the same */
    bool same_reporter; /* as far as both are known */
    size_t same_names;  /* names that both have */
    bool same_domain;   /* names below one domain, where none is the same */
    /* Of the samples of the words, and of the details of the one that has fewer; 0 of 0: nothing to
     * compare. */
    int samples_alike, samples;
    int details_alike, details;
    int words; /* how much of the shorter text the longer one holds, in percent */
};

const char *likeness_text(enum likeness_kind kind); /* "none", "alike", "repeat" */

struct likeness likeness_compare(const struct sketch *a, const struct sketch *b);

/* Whether whoever has read one of the two knows most of what the other says: as a repetition, or by
 * its words. Of words about other names there must be so many that they do not agree by chance. */
bool likeness_is_near(const struct sketch *a, const struct sketch *b,
                      const struct likeness *likeness);

#endif
