/* Where a case stands, as far as its party was told.
 *
 * T1. A stage is told by the first letter that was served in it, and an end at once: what is over
 * keeps nothing hidden, and nobody shall work on it in vain. T2. As long as the case is in a stage
 * that no letter told of, as after it was escalated or reopened, its party sees it as it was in the
 * last moment of the stage before: with its date and what its letter asks for. So whatever is
 * decided between two letters shows in nothing. */
#ifndef BAILIWICK_APP_PARTY_TOLD_H
#define BAILIWICK_APP_PARTY_TOLD_H

#include "app/casework/casefile.h"

/* The case at that moment: its events up to it, and the state after them. It borrows from `file`
 * and is not closed. Takes as long whatever came since. ERR_DAMAGED when nothing told the
 * party; errors as case_fold(). */
int told_take(struct casefile *file, struct casefile *ret_told, struct error_detail *detail);

/* Whether the case went on to where its party was not told of. */
bool told_is_past(const struct casefile *file, const struct casefile *told);

#endif
