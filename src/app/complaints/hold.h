/* The legal hold: while a complaint is on hold it is not erased, whoever asks. A person with a
 * reason puts it there and takes it off; each is an event, and whether it is on hold is what the
 * last of them says. Only the staff is told. */
#ifndef BAILIWICK_APP_COMPLAINTS_HOLD_H
#define BAILIWICK_APP_COMPLAINTS_HOLD_H

#include "app/complaints/record.h"

/* ERR_REFUSED, naming the reason, for a complaint that is on hold. */
int hold_check(struct app *app, const struct complaint_record *record, struct error_detail *detail);

#endif
