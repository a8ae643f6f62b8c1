/* For tests: one line of tests/cases/scenarios-*.txt, read. */
#ifndef BAILIWICK_CASES_SCENARIO_H
#define BAILIWICK_CASES_SCENARIO_H

#include "cases/case.h"

#define SCENARIO_HOUR_US INT64_C(3600000000)

enum {
    SCENARIO_TEXT_MAX = 500,   /* of a line */
    SCENARIO_APPROVERS_MAX = 2 /* of one letter; no edge asks for more */
};

struct scenario_line {
    char kind;       /* '+' taken, '?' tried, '!' refused */
    char *words;     /* of the step */
    char signs[40];  /* a letter proposed before the step, */
    int approvers;   /* by how many approved, */
    bool by_machine; /* and drafted by no person */
    bool early;      /* deadline-passed: a second before it is due */
    char stage[40];  /* where it leads */
    char effects[PROCESS_EFFECTS_MAX][60];
    size_t effect_count;
    char due[12], ends[32]; /* "" for nothing said of the clock */
    bool no_clock, stopped;
    const char *family; /* NULL, or what the closure counts as */
    const char *says;   /* NULL, or words of the refusal */
};

/* Says what is wrong with the line that is tried now, and goes on. */
__attribute__((format(printf, 1, 2))) void scenario_wrong(const char *format, ...);

/* Reads line->words into the line and the step, which holds what is usual there. */
void scenario_read_step(struct scenario_line *line, struct case_step *step);

/* Reads what stands behind the arrow; the line borrows from it. */
void scenario_read_result(struct scenario_line *line, char *text);

#endif
