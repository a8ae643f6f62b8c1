/* What the commands on cases share: reading their arguments, taking the step, saying where the case
 * stands then. */
#ifndef BAILIWICK_APP_CASEWORK_ARGUMENTS_H
#define BAILIWICK_APP_CASEWORK_ARGUMENTS_H

#include "app/casework/casefile.h"

/* The argument "case", for its actor: who is recused is refused. */
int arguments_open_case(struct call *call, struct casefile *ret_file);

/* Takes an argument, when there is one, into a field of a step. What somebody said is never
 * dropped or cut in silence: ERR_LIMIT. */
int arguments_take_text(struct call *call, const char *name, char *field, size_t size);
#define TAKE_TEXT(call, name, field) arguments_take_text((call), (name), (field), sizeof(field))

/* A number from 1 to 255, as a number or as digits. ERR_SYNTAX, also without the argument. */
int arguments_take_number(struct call *call, const char *name, uint8_t *ret_number);

/* The argument "outcome" of allegations, when there is one. */
int arguments_take_outcome(struct call *call, struct case_step *step);

/* Takes the step as it is, or with the actor of the call and the argument "reason"; the result says
 * {case, stage, seq}. */
int arguments_step(struct call *call, struct casefile *file, const struct casefile_step *request);
int arguments_finish(struct call *call, struct casefile *file, struct casefile_step *request);

/* The same for what may need a second person: then it is only proposed. */
int arguments_propose(struct call *call, struct casefile *file, struct casefile_step *request);

/* What the arguments obligation, subject, from, to and version allege of a party. */
int allegation_take(struct call *call, const char *party, struct arena *arena,
                    struct case_allegation *ret_allegation);

#endif
