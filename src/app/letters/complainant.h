/* Who complained, and telling them how the case ended (invariant 19 of casework).
 *
 * The effect `tell-complainant` tells each complaint that is linked to the case (case_ended.h).
 * Beside them a person may have typed an address in, of somebody whose complaint is not in the
 * store: that gets a message written from letters/complainant in their language, handed over like a
 * letter; it takes no step of the case, which notes what came of it. Where neither is there, or
 * that address does not take it, a person has to tell, or to say why that is not done (`outbox
 * settle`). */
#ifndef BAILIWICK_APP_LETTERS_COMPLAINANT_H
#define BAILIWICK_APP_LETTERS_COMPLAINANT_H

#include "app/letters/dispatch.h"

/* The kind of letter that such a message is. */
#define COMPLAINANT_LETTER "complainant"

/* Takes up a claimed `tell-complainant` task inside the open transaction. Returns 1 with a dispatch
 * to carry out after the commit, 0 when a person has to do it, or it is done by the complaints. */
int complainant_tell(struct app *app, const struct store_task *task, struct dispatch **ret_dispatch,
                     struct error_detail *detail);

bool complainant_is_message(const struct store_letter *letter);

/* The mail server took the message or refused it: letter, task, and a note in the case. */
int complainant_told(struct app *app, const struct dispatch *dispatch, struct error_detail *detail);

#endif
