/* The milestones of a case's plan as deadlines of the store: one row for each, which the timer
 * finds due like any other. */
#ifndef BAILIWICK_APP_CASEWORK_MILESTONES_H
#define BAILIWICK_APP_CASEWORK_MILESTONES_H

#include "app/casework/casefile.h"

/* Brings the rows in line with the case's state, in the open transaction. */
int milestones_write(struct casefile *file, struct error_detail *detail);

/* Adds the rows that the store should hold of the plan's milestones, to a list that an arena holds
 * (arena_push()). ERR_LIMIT, ERR_NO_MEMORY. */
int milestones_rows(const struct casefile *file, struct arena *arena, struct store_deadline **rows,
                    size_t *count);

/* The milestones of a case as JSON: `{name, date, state}` each, with whose zone ends the day. New
 * reference; NULL without memory. */
json_t *milestones_describe(const struct casefile *file);

#endif
