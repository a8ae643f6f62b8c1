/* What was read and folded of cases before, so that a case that is opened often is not folded from
 * its first event each time.
 *
 * A history holds nothing but what the store's rows said: events are read and folded on, never put
 * in by who took a step. Events are append-only, so what was read stays true unless it is taken
 * back: whenever the store says that (store_taken_back()), everything here is forgotten.
 *
 * Histories are kept up to a number of bytes, then all of them go and the next cases are read
 * anew. One that somebody borrowed lives until it is given back; it may grow meanwhile, beyond
 * what its borrower knows. */
#ifndef BAILIWICK_APP_CASEWORK_HISTORY_H
#define BAILIWICK_APP_CASEWORK_HISTORY_H

#include "app/app.h"
#include "cases/case.h"
#include "store/case.h"

struct history {
    const struct case_event *events;
    const struct case_explanation *rows; /* one for each event */
    size_t event_count;
    struct case_state state; /* after them */
};

/* All events of a case as they are now. To be given back. Errors as case_fold(), and of the
 * store. */
int history_borrow(struct app *app, const struct store_case *record, const struct process *process,
                   const struct history **ret_history, struct error_detail *detail);
void history_give_back(const struct history *history); /* takes NULL */

/* Forgets all. At the end of the app, and before a comparison that must not rest on them. */
void histories_forget(struct app *app);

#endif
