/* The milestones of a case's plan as deadlines of the store: one row for each, which the timer
 * finds due like any other. */
#ifndef BAILIWICK_APP_CASEWORK_MILESTONES_H
#define BAILIWICK_APP_CASEWORK_MILESTONES_H

#include "app/casework/casefile.h"

/* Brings the rows in line with the case's state, in the open transaction. */
int milestones_write(struct casefile *file, struct error_detail *detail);

/* The rows that the store should hold of all milestones that ever were agreed, those of plans that
 * others replaced too: worked out from the events, in the arena. ERR_LIMIT, ERR_NO_MEMORY, and as
 * case_fold(). */
int milestones_rows(const struct casefile *file, struct arena *arena,
                    struct store_deadline **ret_rows, size_t *ret_count,
                    struct error_detail *detail);

/* The milestones of a case as JSON: `{name, date, state}` each, with whose zone ends the day. New
 * reference; NULL without memory. */
json_t *milestones_describe(const struct casefile *file);

#endif
