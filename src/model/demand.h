/* What a letter asks for, point by point, and what a party says to each. */
#ifndef BAILIWICK_MODEL_DEMAND_H
#define BAILIWICK_MODEL_DEMAND_H

#include "base/digest.h"

#include <stdint.h>

#define DEMAND_KIND_LIST(E)                                                                        \
    E(CURE, "cure")         /* what puts it right */                                               \
    E(EVIDENCE, "evidence") /* what shows it */                                                    \
    E(EXPLAIN, "explain")   /* what happened, and what keeps it from coming back */

enum demand_kind {
#define E(name, text) DEMAND_##name,
    DEMAND_KIND_LIST(E)
#undef E
        DEMAND_KIND_COUNT
};

#define DEMAND_POSITION_LIST(E)                                                                    \
    E(NONE, "none") /* not answered */                                                             \
    E(COMPLY, "comply")                                                                            \
    E(DISPUTE, "dispute")                                                                          \
    E(NEED_TIME, "need-time")                                                                      \
    E(NOT_APPLICABLE, "not-applicable")

enum demand_position {
#define E(name, text) POSITION_##name,
    DEMAND_POSITION_LIST(E)
#undef E
        POSITION_COUNT
};

enum { DEMANDS_MAX = 64 }; /* of one letter */

/* One item of a letter, as its event keeps it: never the text, which the letter has. */
struct demand {
    uint8_t number;     /* as printed, from 1 */
    uint8_t allegation; /* which one it is about; 0: the whole matter */
    enum demand_kind kind;
    struct digest sha256; /* of the text */
};

const char *demand_kind_text(enum demand_kind kind);
int demand_kind_parse(const char *text, enum demand_kind *ret_kind);
const char *demand_position_text(enum demand_position position);
/* "none" is no position that somebody takes: ERR_SYNTAX. */
int demand_position_parse(const char *text, enum demand_position *ret_position);

#endif
