/* A profile says when an obligation that is tested by checks is not met: which codes fail it, how
 * many vantage points must see the failure, how often and over how long. It comes from the rulebook
 * (its folder `profiles`) and is used by the assessment (check/assess.h).
 *
 * A failure is any of the codes, seen on any subject of the target. A vantage point has seen it
 * when its measurements of the window show it `repeats` times in a row up to the latest, the first
 * and the last of these at least `spread_us` apart. */
#ifndef BAILIWICK_MODEL_PROFILE_H
#define BAILIWICK_MODEL_PROFILE_H

#include <stddef.h>
#include <stdint.h>

enum {
    PROFILE_CODES_MAX = 64,    /* more than all codes of one family */
    PROFILE_REPEATS_MAX = 100, /* a window holds no more measurements of one vantage point */
    PROFILE_QUORUM_MAX = 1000, /* vantage points */
};

struct profile {
    const char *obligation;   /* id, all versions of it */
    const char *const *codes; /* result codes; any of them fails the obligation */
    size_t code_count;
    uint32_t quorum;   /* vantage points that must have seen it, >= 1 */
    uint32_t repeats;  /* measurements in a row that must show it, >= 1 */
    int64_t spread_us; /* least time between the first and the last of them, >= 0 */
    int64_t every_us;  /* how often to measure; 0: the operator's choice */
};

#endif
