/* From results to findings: which obligations bind the party on this day, what the window of
 * measurements says about each, what is new, and what that means for cases. */
#ifndef BAILIWICK_APP_MONITOR_APPRAISE_H
#define BAILIWICK_APP_MONITOR_APPRAISE_H

#include "app/app.h"
#include "check/assess.h"
#include "model/measurement.h"
#include "model/party.h"
#include "model/result.h"

#include <stdbool.h>

struct appraisal {
    const char *target;
    struct bytes measurement; /* encoded */
    const struct result_set *results;
};

/* Stores measurement and results, assesses, stores findings that changed, tells cases; everything
 * in the open transaction, without a mark of its own open. A finding that its case cannot take is
 * left out and logged; it is news again at the next measurement. *ret_look_again: something failed
 * and is not confirmed yet, or could not be told or kept. */
int appraise(struct app *app, const struct appraisal *appraisal, bool *ret_look_again,
             struct error_detail *detail);

/* The duties of a party for a subject on a day. */
int appraise_duties(const struct rulebook *rulebook, const struct rulebook_question *question,
                    const char *party, struct arena *arena, struct duty **ret_duties,
                    size_t *ret_count);

/* The same of who answers for a TLD, which has a party, by the rulebook in force, today. */
int appraise_duties_now(struct app *app, const struct tld *tld, struct arena *arena,
                        struct duty **ret_duties, size_t *ret_count, struct error_detail *detail);

/* How often to measure: the shortest time that a profile asks for, else `fallback_us`. */
int64_t appraise_every_us(const struct app *app, int64_t fallback_us);

#endif
