/* Milestones of a remediation plan: each has its own date, and is met or missed by an event of its
 * own. Used by the engine of this room only.
 *
 * The plan is agreed first (`remediation-agreed`), its milestones lie between that day and its end.
 * They end in the zone of the rule whose clock runs, stand still while it is stopped, and go with
 * the plan: another plan, another stage or a letter that came back leaves none. */
#ifndef BAILIWICK_CASES_MILESTONE_H
#define BAILIWICK_CASES_MILESTONE_H

#include "cases/case.h"

/* What the state and the time alone say of the events about milestones. ERR_REFUSED. */
int milestone_allowed(const struct case_state *state, enum case_event_type type, int64_t at,
                      struct error_detail *detail);

/* What such a step must carry. ERR_REFUSED. */
int milestone_complete(const struct case_state *state, const struct case_step *step,
                       struct error_detail *detail);

/* The fact `plan` after such a step. */
enum fact_plan milestone_plan(const struct case_state *state, const struct case_step *step);

/* Adds, marks or drops milestones; `state` has the new facts and stage, and its clock turned by
 * `days`. */
void milestone_turn(struct case_state *state, const struct case_step *step, int32_t days);

bool milestone_event(enum case_event_type type);

#endif
