/* Verdicts and how several become one.
 *
 * Combination is by rank, never by a matrix (plan of the house, "Measure, judge, act"):
 *   all of: not applicable < met < undetermined < not met, the highest wins;
 *   any of: met > undetermined > not met > not applicable, the highest wins;
 *   k of n: not met when k saw the failure, met when k failures have become impossible, else
 *           undetermined.
 * A party is never accused because our own network was down: nothing seen is undetermined. */
#ifndef BAILIWICK_MODEL_VERDICT_H
#define BAILIWICK_MODEL_VERDICT_H

#include <stddef.h>

enum verdict {
    VERDICT_NOT_APPLICABLE,
    VERDICT_MET,
    VERDICT_UNDETERMINED,
    VERDICT_NOT_MET,
};

/* Whether a check saw what its code names. */
enum sight {
    SIGHT_UNKNOWN,  /* could not look: no answer of ours to judge */
    SIGHT_NOT_SEEN, /* looked, and it was not there */
    SIGHT_SEEN,     /* looked, and it was there */
};

const char *verdict_text(enum verdict verdict); /* "met", "not met", ... */
int verdict_parse(const char *text, enum verdict *ret_verdict);

const char *sight_text(enum sight sight); /* "seen", "not seen", "unknown" */

enum verdict verdict_all_of(const enum verdict *verdicts, size_t count);
enum verdict verdict_any_of(const enum verdict *verdicts, size_t count);

/* `seen` of `count` observers saw the failure, `not_seen` saw that it was absent, the rest could
 * not tell. `quorum` >= 1 observers must see it. No observers at all: undetermined. */
enum verdict verdict_k_of_n(size_t quorum, size_t count, size_t seen, size_t not_seen);

/* Exit code of the command line: 0 met or not applicable, 1 not met, 3 undetermined. */
int verdict_exit_code(enum verdict verdict);

#endif
