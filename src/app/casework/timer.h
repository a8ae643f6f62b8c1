/* The due moment: no deadline is missed silently (invariant 4). */
#ifndef BAILIWICK_APP_CASEWORK_TIMER_H
#define BAILIWICK_APP_CASEWORK_TIMER_H

#include "app/app.h"

/* Takes the step `deadline-passed` for every running deadline that is due, inside the open
 * transaction. Returns how many. */
int timer_pass_deadlines(struct app *app, struct error_detail *detail);

#endif
