/* The numbered items of a letter: what was asked, what the party says to each, how each answer was
 * judged. The fact `answer` of the case is derived from them: adequate when all are, inadequate
 * when all are, else partial. A letter without items is judged as a whole.
 *
 *   asked -> answered (a position) -> judged; a new answer to an item takes its judgement back */
#ifndef BAILIWICK_CASES_DEMAND_H
#define BAILIWICK_CASES_DEMAND_H

#include "base/arena.h"
#include "base/json.h"
#include "base/json_flat.h"
#include "cases/case.h"

/* Do positions and judgements of the step name items of the served letter. */
int demand_check(const struct case_state *state, const struct case_step *step,
                 struct error_detail *detail);

/* The step's change of the items of the present stage's letter. */
void demand_apply(struct case_state *next, const struct case_step *step);

/* What all items together say when those that nobody judged get `rest`. */
enum fact_answer demand_answer(const struct case_state *state, enum fact_answer rest);

/* Whether every item of the letter is judged; never so for a letter without items. */
bool demand_all_judged(const struct case_state *state);

/* The members "demands" and "items" of an event. */
void demand_print(struct json_out *out, const struct case_step *step);

/* Takes them back from an event's data; a step keeps the number of demands alone. ERR_SYNTAX. */
int demand_take(const struct json_item *data, struct case_step *step);

/* The items of the letter `letter` as it was last drafted: at most DEMANDS_MAX. ERR_DAMAGED. */
int demand_list(const struct case_event *events, size_t count, const char *letter,
                struct demand ret_list[DEMANDS_MAX], size_t *ret_count);

/* The digest of what was last filed as answer to an item, "" for none: the mail of the last event
 * `answered` that spoke of the item, or of no item in particular. Borrowed from the events. */
const char *demand_answer_evidence(const struct case_event *events, size_t count, uint8_t number);

#endif
