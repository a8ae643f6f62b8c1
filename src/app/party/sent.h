/* How much a contracted party sends in a day, over all of its cases: words and exhibits are kept
 * for ever, and a case alone bounds only how often. */
#ifndef BAILIWICK_APP_PARTY_SENT_H
#define BAILIWICK_APP_PARTY_SENT_H

#include "app/app.h"

/* Words and exhibits of a party within a civil day in UTC: more than a dozen answers with all the
 * exhibits that one may have. */
#define SENT_DAY_BYTES_MAX (INT64_C(256) << 20)

/* Counts so many bytes of today. ERR_TIMED_OUT when that would be too many, and nothing is counted;
 * ERR_DAMAGED. */
int sent_count(struct app *app, const char *party, uint64_t bytes, struct error_detail *detail);

#endif
