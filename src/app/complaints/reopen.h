/* A decision is taken back, and the complaint waits for another. */
#ifndef BAILIWICK_APP_COMPLAINTS_REOPEN_H
#define BAILIWICK_APP_COMPLAINTS_REOPEN_H

#include "app/complaints/record.h"

/* The last decision, with words for who filed it; of the argument "decision", where there is one,
 * it must be the number (ERR_CONFLICT). ERR_REFUSED where a person has to look: after a review, and
 * once a letter of its case was served. `record` follows. */
int reopen_decision(struct call *call, struct complaint_record *record, const char *reason);

#endif
