/* How a party behaved in a case, derived from its events alone, so that it can be told again years
 * later (look-back clauses, the recital of a formal notice).
 *
 * One row for each letter that set a clock: when it was served and due, whether the party answered
 * and in time, whether it could be reached, and how the letter ended. Every served letter ends with
 * one of the words of CONDUCT_END_LIST (invariant 25 of casework); only an open case has one that
 * waits. */
#ifndef BAILIWICK_CASES_CONDUCT_H
#define BAILIWICK_CASES_CONDUCT_H

#include "base/arena.h"
#include "cases/case.h"

enum { CONDUCT_LOOK_BACK_DAYS = 365 };

#define CONDUCT_END_LIST(E)                                                                        \
    E(WAITS, "waits")           /* the clock runs, or an answer waits to be judged */              \
    E(ANSWERED, "answered")     /* answered and judged, or measured as met */                      \
    E(EXPIRED, "expired")       /* the due moment passed; the next step was chosen */              \
    E(UNDELIVERED, "came-back") /* it came back after all */                                       \
    E(RESCINDED, "rescinded")                                                                      \
    E(SUPERSEDED, "superseded") /* another letter took its place before it was due */              \
    E(CLOSED, "closed")         /* the case ended first */

enum conduct_end {
#define E(name, text) CONDUCT_##name,
    CONDUCT_END_LIST(E)
#undef E
        CONDUCT_END_COUNT
};
const char *conduct_end_text(enum conduct_end end);

struct conduct_notice {
    const struct stage *stage;
    int64_t served_at, due_at; /* due_at as it stood last; 0 for a letter without a clock */
    int64_t answered_at;       /* the first answer; 0 for none */
    bool late;                 /* answered at or after the due moment */
    bool overdue;              /* due without an answer */
    enum conduct_end end;
};

struct conduct {
    struct conduct_notice *notices;
    size_t count;
    unsigned unreachable; /* letters that came back */
    bool put_right;       /* measured or judged as met, or cured */
    bool cured_late;      /* put right after a due moment had passed */
    bool counts;          /* for look-back: an allegation was substantiated or corrected */
};

/* Of one case: its explained events and its state after them. The notices are in the arena.
 * ERR_LIMIT. */
int conduct_of(const struct case_explanation *rows, size_t count, const struct case_state *state,
               struct arena *arena, struct conduct *ret_conduct);

#endif
