/* The due moment: no deadline is missed silently (invariant 4). */
#ifndef BAILIWICK_APP_CASEWORK_TIMER_H
#define BAILIWICK_APP_CASEWORK_TIMER_H

#include "app/app.h"

/* Takes the step `deadline-passed` for every running deadline that is due, inside the open
 * transaction, each between a mark and a keep: a case that fails is said and stops no other.
 * Returns how many are still due. */
int timer_pass_deadlines(struct app *app, struct error_detail *detail);

#endif
