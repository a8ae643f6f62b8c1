/* A running case goes over to another version of its process (`rules-migrated`): what stands in the
 * way, and what becomes of stage and clock. Events before it were judged by the old process, what
 * follows is judged by the new one. Used by the engine of this room only. */
#ifndef BAILIWICK_CASES_MIGRATION_H
#define BAILIWICK_CASES_MIGRATION_H

#include "cases/case.h"

/* Turns `state`, which is the state after the event but for this, to `step->process`. ERR_REFUSED
 * where the new process has no place for the case, or would take time from the party: no deadline
 * becomes earlier, no cure shorter (invariants 5 and 6). Otherwise errors as deadline_compute();
 * `state` is not to be used then. */
int migration_apply(struct case_state *state, const struct case_step *step,
                    struct error_detail *detail);

#endif
