/* The allegations of a case: how events tell of them, and reading them back (invariants 6 and 20).
 *
 * The state machine counts them and knows the outcome of each (`struct case_state`); what each says
 * stands in the event that added it. Whether the obligation bound the party is asked before the
 * event is written, where agreements are known (app/casework/allegation.h). */
#ifndef BAILIWICK_CASES_ALLEGATION_H
#define BAILIWICK_CASES_ALLEGATION_H

#include "base/arena.h"
#include "base/json.h"
#include "cases/case.h"

/* May this step add or decide one, and does it decide what has to be decided. */
int allegation_check(const struct case_state *state, const struct case_step *step,
                     struct error_detail *detail);

/* The step's change of the allegations; after the stage was entered. */
void allegation_apply(struct case_state *next, const struct case_step *step);

/* One object: obligation, version, rulebook, subjects, from, to. */
void allegation_print(struct json_out *out, const struct case_allegation *allegation);

/* All of a case in the order of their numbers: what its events say, with the outcomes of the state
 * that they fold to. Texts are in the arena. ERR_DAMAGED when events and state do not belong
 * together. */
int allegation_list(const struct case_state *state, const struct case_event *events, size_t count,
                    struct arena *arena, struct case_allegation **ret_list, size_t *ret_count);

#endif
