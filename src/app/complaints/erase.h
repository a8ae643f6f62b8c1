/* The erasure of one complaint, by a person (the command complaint.erase) or again by the program,
 * where an older store brought it back. */
#ifndef BAILIWICK_APP_COMPLAINTS_ERASE_H
#define BAILIWICK_APP_COMPLAINTS_ERASE_H

#include "app/app.h"

/* In a transaction of the caller; the list of erasures (erasures.h) names it already. Also of one
 * that an older store shows on legal hold: it was lifted before the erasure. */
int complaint_erase_again(struct app *app, const char *reference, struct error_detail *detail);

#endif
