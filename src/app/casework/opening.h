/* From findings to cases. A confirmed `not met` opens a case or joins the open one of the same
 * party, obligation and subject (invariant 9); `met` is told to the open case, which closes or
 * cures it. News that would change nothing but a fact are told at the pace of casework/news.h. */
#ifndef BAILIWICK_APP_CASEWORK_OPENING_H
#define BAILIWICK_APP_CASEWORK_OPENING_H

#include "app/app.h"
#include "store/evidence.h"

/* One finding that was just stored. Undetermined and not applicable change nothing. A repeat within
 * the look-back of 365 days of a closed case is marked. */
int opening_take_finding(struct app *app, const struct store_finding *finding,
                         struct error_detail *detail);

/* The outbox row "tell-finding": tells the case what its pace (casework/news.h) held back, if the
 * verdict is still another than the one it knows. */
int opening_tell_held(struct app *app, const char *case_id, struct error_detail *detail);

#endif
