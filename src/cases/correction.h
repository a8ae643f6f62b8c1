/* Taking back a mistaken event by another one, `corrected`.
 *
 * Nothing is deleted: the event stays, and what it had set is set right where that is safe. Safe
 * are notes, which set nothing, a call that was none, and a recusal of the wrong person. What moved
 * the case, turned its clock or was told to a party is taken back by a decision of its own kind,
 * never by a correction; the refusal says by which. */
#ifndef BAILIWICK_CASES_CORRECTION_H
#define BAILIWICK_CASES_CORRECTION_H

#include "cases/case.h"

/* Fills what `step` (a `corrected` about event `seq` of this history) takes back. ERR_NOT_FOUND, or
 * ERR_REFUSED with the way that is open instead. */
int correction_fill(const struct case_explanation *rows, size_t count, uint32_t seq,
                    struct case_step *step, struct error_detail *detail);

#endif
