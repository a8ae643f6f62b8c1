/* Letters of a case on their way: who wrote which bytes, who approved them (invariants 7 and 8).
 * Used by the engine of this room only. */
#ifndef BAILIWICK_CASES_LETTER_H
#define BAILIWICK_CASES_LETTER_H

#include "cases/case.h"

bool actors_have(const struct case_actors *actors, const char *name);
int actors_add(struct case_actors *actors, const char *name, const char *role); /* ERR_LIMIT */

void actors_remove(struct case_actors *actors, const char *name);

/* "machine" is the role of the program itself. */
bool role_is_machine(const char *role);

/* The letter that a step speaks of: the stage's own or the proposal for a next stage. NULL when
 * its id is neither. */
struct case_letter *letter_of(struct case_state *state, const char *id);

/* Whether some edge that needs an approval leads from here to a stage with this letter. */
bool letter_is_proposable(const struct case_state *state, const char *id);

/* New bytes, an edit or an adoption: whoever drafted stays a drafter, other bytes void approvals.
 */
int letter_draft(struct case_letter *letter, const struct case_step *step);

/* Refuses: other bytes, a drafter, a second approval by the same person. */
int letter_approve(struct case_letter *letter, const struct case_step *step,
                   struct error_detail *detail);

/* Whether an edge has the approvals that it needs: one that moves the case is approved by the
 * letter that opens the next stage, one that stays by the stage's own. The refusal says what is
 * missing. */
int letter_check_edge(const struct case_state *state, const struct edge *edge,
                      struct error_detail *detail);

/* Whether a digest was given: it is not all zero. */
bool digest_given(const struct digest *digest);

#endif
