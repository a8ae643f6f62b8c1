/* What was read and folded of cases before, so that a case that is opened often is not folded from
 * its first event each time.
 *
 * A history holds nothing but what the store's rows say: events are folded from the bytes that were
 * read, or written a moment ago; what a step made of them is never put in. Events are append-only,
 * so what is known stays true unless it is taken back: whenever the store says that
 * (store_taken_back()), everything here is forgotten.
 *
 * The row of a case is remembered too, as it was read or written, until somebody writes a row of a
 * case and does not say so here. Where others may write, it is remembered within a transaction
 * only.
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
};

/* All events of a case as they are now, and the state after them. To be given back. Errors as
 * case_fold(), and of the store; the state is of no use then. */
int history_borrow(struct app *app, const struct store_case *record, const struct process *process,
                   const struct history **ret_history, struct case_state *ret_state,
                   struct error_detail *detail);
void history_give_back(const struct history *history); /* takes NULL */

/* An event that was just appended, so that it need not be read. `process` is the one that the case
 * began under. What cannot be kept is read later. */
void history_add(struct app *app, const struct case_event *event, const struct process *process);

/* The row of a case: 1, or 0 when it is to be read. Its texts live in the arena. ERR_LIMIT. */
int history_find_row(struct app *app, const char *id, struct arena *arena,
                     struct store_case *ret_row);
/* A row as it was just read, or `written`. Of a case without history nothing is kept. */
void history_keep_row(struct app *app, const struct store_case *row, bool written);

/* Forgets all. At the end of the app, and before a comparison that must not rest on them. */
void histories_forget(struct app *app);

#endif
