/* What a complaint lacks, and whether it is in scope: two pure functions of its type and of what is
 * known about it. Neither decides: a person reads every complaint before a party hears of it.
 *
 * Invariants
 *  K1. What is not known never puts a complaint out of scope; it makes the answer undetermined.
 *  K2. To learn one more fact never turns in scope or out of scope into anything else. */
#ifndef BAILIWICK_CASES_COMPLAINT_H
#define BAILIWICK_CASES_COMPLAINT_H

#include "base/arena.h"
#include "rulebook/complaint.h"

/* --- what is missing --- */

struct complaint_answer {
    const char *question,
        *value; /* a choice by its id; "yes", "no"; for a file it is not looked at */
};

struct complaint_exhibit {
    const char *evidence, *media_type;
};

enum complaint_lack_kind {
    COMPLAINT_LACKS_ANSWER,   /* required, and nothing or only blanks was said */
    COMPLAINT_LACKS_FORM,     /* no date, name, address, or not one of the choices */
    COMPLAINT_LACKS_EVIDENCE, /* required and not there */
    COMPLAINT_LACKS_SCOPE,    /* a scope test fails, or nobody said what it asks; not told by
                                 complaint_missing() */
    COMPLAINT_LACKS_MEDIA,    /* there, but nothing of it in an accepted media type */
};

struct complaint_lack {
    enum complaint_lack_kind kind;
    const char *id;                     /* of the question or the evidence */
    const struct complaint_text *words; /* what was asked for */
};

/* Questions in their order, then evidence. Only what was asked counts; of two answers to a question
 * the first. A question of kind file is answered by its evidence. ERR_NO_MEMORY, ERR_LIMIT for more
 * than COMPLAINT_ITEMS_MAX questions. */
int complaint_missing(const struct complaint_type *type, const struct complaint_answer *answers,
                      size_t answer_count, const struct complaint_exhibit *exhibits,
                      size_t exhibit_count, struct arena *arena,
                      const struct complaint_lack **ret_lacks, size_t *ret_count);

/* What the type says of how soon one is read of which that was answered; NULL: nothing. */
const struct complaint_urgency *complaint_urgency_find(const struct complaint_type *type,
                                                       const struct complaint_answer *answers,
                                                       size_t answer_count);

/* --- scope --- */

enum complaint_fact { COMPLAINT_UNKNOWN, COMPLAINT_SO, COMPLAINT_NOT_SO };

/* All zero: nothing is known. */
struct complaint_facts {
    enum complaint_fact is[COMPLAINT_TEST_COUNT]; /* by test; not of COMPLAINT_TEST_COMPLAINANT */
    bool told_days_known;
    int64_t told_days; /* working days since the party was told, when TOLD_FIRST is so */
    bool role_known;
    enum complaint_role role;
};

enum complaint_reach { COMPLAINT_IN_SCOPE, COMPLAINT_OUT_OF_SCOPE, COMPLAINT_UNDETERMINED };

struct complaint_scope_answer {
    enum complaint_reach reach;
    const struct complaint_scope *test; /* out of scope: the first that failed, with obligation,
                                           closure and words; undetermined: the first that cannot be
                                           told, whose fact to find out; in scope: NULL */
};

struct complaint_scope_answer complaint_scope(const struct complaint_type *type,
                                              const struct complaint_facts *facts);

#endif
