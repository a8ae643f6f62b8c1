/* Steps that the process lets nobody take alone (invariant 5): one person proposes, a second one
 * agrees, each with a token of their own.
 *
 *   case.record on such an edge -> proposal_make(): nothing happens to the case yet
 *   case.agree                  -> the step is tried anew, by the rules and at the time of then;
 * its event names both persons and, as evidence, the proposal case.withdraw               -> it
 * does not wait any more
 *
 * A proposal is named by the SHA-256 of what the log knows of it: case, event, inputs, who and
 * when. If the case moved on meanwhile, the rules decide whether the step is still possible. */
#ifndef BAILIWICK_APP_CASEWORK_PROPOSAL_H
#define BAILIWICK_APP_CASEWORK_PROPOSAL_H

#include "app/casework/casefile.h"

/* Keeps a step that casefile_weigh() found to need a second person, and says so in the call's
 * result. ERR_CONFLICT when a step of this kind waits already in the case. */
struct proposed_step {
    const struct case_step *step; /* whole: with actor, role and time */
    const struct case_outcome *outcome;
};
int proposal_make(struct call *call, const struct casefile *file,
                  const struct proposed_step *proposed);

/* The step as it was proposed, with `second` as the one who agrees; "" for nobody yet. */
int proposal_step(const struct store_proposal *proposal, const char *second,
                  struct case_step *ret_step, struct error_detail *detail);

/* Whether it could be taken now: 0, or why it is refused. With `second` "" it is asked as if
 * somebody had agreed. */
int proposal_try(const struct casefile *file, const struct store_proposal *proposal,
                 const char *second, struct error_detail *detail);

/* What is proposed, for people: the event with its date, closure code, judgement or dispute. Lives
 * in the arena. */
const char *proposal_words(const struct store_proposal *proposal, struct arena *arena);

/* Writes how it ended. */
int proposal_settle(struct app *app, const struct store_proposal *proposal,
                    enum proposal_state state, const struct actor *actor,
                    struct error_detail *detail);

#endif
