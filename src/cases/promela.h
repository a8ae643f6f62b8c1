/* A process as Promela, so that Spin can verify what the engine runs.
 *
 * Printed are the data of one rulebook: constants, macros about stages and letters, and the choice
 * of an edge with its guard, by the tree that the engine evaluates. What no rulebook changes, the
 * frame of `step.c`, `apply.c` and `letter.c`, is written by hand in tests/model/frame.pml and goes
 * after it; docs/decisions/0013-model.md tells how the two are held against the engine. */
#ifndef BAILIWICK_CASES_PROMELA_H
#define BAILIWICK_CASES_PROMELA_H

#include "base/buffer.h"
#include "rulebook/process.h"

enum {
    PROMELA_MAX = 4 << 20,
    PROMELA_APPROVALS_MAX = 3, /* of one edge; the model counts no further */
    PROMELA_LETTERS_MAX = 31,
};

/* Facts that a state of the model holds: those of the frame and those that some guard reads; bit
 * per enum case_fact. A fact that is read only in the event that sets it is none of them. */
uint32_t promela_facts(const struct process *process);

/* Number of a letter in the model, from 1; 0 for "". */
int promela_letter(const struct process *process, const char *id);

/* As many approvals of this letter as any edge asks for, 0 for none: the model counts to there. */
int promela_approvals(const struct process *process, const char *letter);

/* Whether some edge of this event wants a second person. */
bool promela_asks_second(const struct process *process, enum case_event_type event);

/* Appends the process. ERR_UNSUPPORTED, with what the model does not know: approvals on an edge
 * that stays in its stage, more of anything than fits; else buffer_error(). */
int promela_print(const struct process *process, struct buffer *out, struct error_detail *detail);

#endif
