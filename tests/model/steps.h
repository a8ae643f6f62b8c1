/* What may be tried on a case, as the engine takes it and as the model calls it. Shared by the
 * search and by the random traces. */
#ifndef BAILIWICK_TESTS_MODEL_STEPS_H
#define BAILIWICK_TESTS_MODEL_STEPS_H

#include "cases/case.h"
#include "cases/promela.h"

#include "record.h"

/* A state and a step in the words of frame.pml. */
struct model_state {
#define F(name, bits) int name;
    RECORD_FIELDS(F)
#undef F
};

struct model_step {
#define F(name, bits) int name;
    RECORD_STEP_FIELDS(F)
#undef F
};

/* Before anything else here. `every_code`: every ground and closure code is tried, not one of each
 * kind. */
void steps_know(const struct process *process, bool every_code);

struct model_state model_state_of(const struct case_state *state);
uint64_t model_key(const struct model_state *state);
uint64_t model_step_code(const struct model_step *step);

/* Approvals of the proposal that count: by no drafter, by nobody who is recused. */
int model_valid_approvals(const struct case_state *state, const char **ret_last);

typedef void steps_visit(void *context, const struct case_step *step,
                         const struct model_step *called);

/* Every step worth trying, those that will be refused included. The time is a second after the last
 * event, or the due moment for `deadline-passed`. */
void steps_each(const struct case_state *state, steps_visit *visit, void *context);

#endif
