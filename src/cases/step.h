/* Whether an event may happen to a case at all, before the process is asked: the part of the frame
 * that depends on people and time. Used by the engine of this room only. */
#ifndef BAILIWICK_CASES_STEP_H
#define BAILIWICK_CASES_STEP_H

#include "cases/case.h"

/* What the state and the time alone say; all refusals are ERR_REFUSED. */
int step_allowed(const struct case_state *state, enum case_event_type type, int64_t at,
                 struct error_detail *detail);

/* What the step itself must carry: a person, a reason, a letter with its bytes, a date. */
int step_complete(const struct case_state *state, const struct case_step *step,
                  struct error_detail *detail);

/* What the event does to the facts before its guard is read. */
void step_overlay(const struct case_state *state, const struct case_step *step,
                  struct case_facts *facts);

/* Facts that a step of this type brings along, as bits: what case_next() may choose freely. */
uint32_t step_inputs(enum case_event_type type);

#endif
