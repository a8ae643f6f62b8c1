/* What a person of the staff writes about a complaint, for who filed it: sealed as the words of the
 * complaint are, and erased with them; the log has its salted digest. */
#ifndef BAILIWICK_APP_COMPLAINTS_WORDS_H
#define BAILIWICK_APP_COMPLAINTS_WORDS_H

#include "app/complaints/record.h"

/* `data`, of an event, gets the number of their item, and their digest. ERR_SYNTAX for none,
 * ERR_LIMIT. */
int words_keep(struct call *call, const char *reference, const char *text, json_t *data);

#endif
