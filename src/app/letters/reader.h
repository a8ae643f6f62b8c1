/* What is known of a party as a reader: its language, and the time zone it works in. */
#ifndef BAILIWICK_APP_LETTERS_READER_H
#define BAILIWICK_APP_LETTERS_READER_H

#include "app/app.h"
#include "base/zone.h"

/* The zone that the party works in, for the caller to free with zone_free(). Returns 1, or 0 when
 * none is known or this machine's time-zone database has it no more: whoever asks takes another. */
int reader_zone(struct app *app, const char *party, struct zone **ret_zone,
                struct error_detail *detail);

#endif
