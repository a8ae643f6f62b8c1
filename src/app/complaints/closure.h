/* Why a complaint was closed, in the plain words of the rulebook of its day. */
#ifndef BAILIWICK_APP_COMPLAINTS_CLOSURE_H
#define BAILIWICK_APP_COMPLAINTS_CLOSURE_H

#include "app/complaints/record.h"

/* Those of the scope test that closes with its code, else those of outcomes.yaml, in the
 * complaint's language; else the label of the code; "" for one that is not closed. They live as
 * long as the rulebook. */
int closure_words(struct app *app, const struct complaint_record *record, const char **ret_words,
                  struct error_detail *detail);

#endif
