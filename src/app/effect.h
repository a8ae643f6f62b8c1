/* Carrying out what a step decided: drafts, publications, what a person has to be told.
 *
 * The daemon's loop claims a task, opens a transaction, calls effect_carry_out() and commits; then
 * it hands over the letter, if there is one. The simulator does all of that in one transaction and
 * needs no claim. */
#ifndef BAILIWICK_APP_EFFECT_H
#define BAILIWICK_APP_EFFECT_H

#include "app/app.h"
#include "app/letters/dispatch.h"
#include "store/outbox.h"

struct effect_done {
    struct dispatch *dispatch; /* to hand over after the commit; the caller's. NULL for none */
    bool public_changed;       /* the files of public/ are behind the store */
};

/* One task, inside the open transaction. A failure leaves *ret_done as it was. */
int effect_carry_out(struct app *app, const struct store_task *task, struct effect_done *ret_done,
                     struct error_detail *detail);

#endif
