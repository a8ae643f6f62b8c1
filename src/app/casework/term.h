/* The term of a party's agreement, as far as the store knows it. */
#ifndef BAILIWICK_APP_CASEWORK_TERM_H
#define BAILIWICK_APP_CASEWORK_TERM_H

#include "app/casework/casefile.h"

/* Whether `last_day` is the last day of an agreement of the file's party that is in force today.
 * ERR_REFUSED names the day that the store knows. Where one of them has no known end, as with those
 * that an import took from the IANA's lists, the store cannot tell, and 0 is returned. */
int term_check(const struct casefile *file, int32_t last_day, struct error_detail *detail);

#endif
