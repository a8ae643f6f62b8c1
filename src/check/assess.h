/* Assessment: results of a window and the obligations in force in, findings out. Pure; the same
 * input gives the same findings, now and years later.
 *
 * For each duty with a profile, each vantage point says one of three things about the failure that
 * the profile describes (model/profile.h):
 *   seen      the failing codes were seen `repeats` times in a row up to the latest measurement
 *             that could tell, with the spread that the profile wants; a code may say that it is
 *             not the same failure any more (check.h, `persists`);
 *   not seen  in its latest measurement every code of the profile was looked for, and none was
 *             there on any subject;
 *   unknown   everything else: our outage, an unconfirmed failure, a code that nothing looked for.
 * Then k of n (model/verdict.h) gives the verdict; vantage points that a quorum wants and that are
 * not there count as unknown. Duties without a profile (document requests,
 * audits, not tested yet) yield nothing. No results at all: undetermined. */
#ifndef BAILIWICK_CHECK_ASSESS_H
#define BAILIWICK_CHECK_ASSESS_H

#include "base/arena.h"
#include "model/finding.h"
#include "model/obligation.h"
#include "model/profile.h"
#include "model/result.h"

#include <stddef.h>

enum {
    ASSESS_SETS_MAX = 100000, /* measurements of one window: 1,000 vantage points, 100 each */
    ASSESS_DUTIES_MAX = 10000,
};

/* One obligation that binds the party for the subject on the day in question. */
struct duty {
    const struct obligation *obligation;
    const struct profile *profile; /* NULL: not tested by checks */
    const char *party;             /* id; "" when nobody is known for the subject */
};

struct assess_input {
    const char *subject;  /* TLD or name that was measured */
    const char *rulebook; /* digest, hexadecimal; "" without one */
    const struct duty *duties;
    size_t duty_count;
    const struct result_set *sets; /* in any order; the order never matters */
    size_t set_count;
};

/* Findings sorted by obligation, clause and party. Everything new comes from the arena; texts of
 * obligations and results are borrowed. ERR_LIMIT, ERR_NO_MEMORY. */
int assess(const struct assess_input *input, struct arena *arena, struct finding **ret_findings,
           size_t *ret_count);

#endif
