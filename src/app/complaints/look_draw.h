/* The draw of closures as out of scope that another person looks at again, once a week: what cannot
 * be appealed by whom nobody told is seen at least by chance, and how often it was wrong is known.
 *
 * A draw takes from the decisions of its time, from Monday to Monday (UTC), or of more weeks when
 * nothing ran meanwhile: those that stand, were not made on a review, and whose complaint is there
 * and was never drawn. `second-looks` of the process says how many a week. Which ones follows from
 * a seed alone: those whose HMAC-SHA-256 under it, of "REFERENCE/EVENT", is smallest.
 *
 * The SHA-256 of a seed is in the log before the first decision of its time, the seed itself with
 * what was chosen, and a digest of all it could choose from: so nobody can know beforehand what
 * will be looked at, and anybody who has the store can draw again. */
#ifndef BAILIWICK_APP_COMPLAINTS_LOOK_DRAW_H
#define BAILIWICK_APP_COMPLAINTS_LOOK_DRAW_H

#include "app/app.h"

/* Whether it is time: 1 or 0. */
int look_draw_is_due(struct app *app, struct error_detail *detail);

/* Ends the draw that is due, which gives its events and rows, and begins the next; in a transaction
 * of the caller. */
int look_draw_take(struct app *app, struct error_detail *detail);

#endif
