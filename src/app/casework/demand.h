/* What a letter of a case asks for: from the obligations that are alleged, in the words of the
 * rulebook version that each allegation pins. */
#ifndef BAILIWICK_APP_CASEWORK_DEMAND_H
#define BAILIWICK_APP_CASEWORK_DEMAND_H

#include "app/casework/casefile.h"
#include "cases/demand.h"

struct demand_texts {
    struct demand items[DEMANDS_MAX];
    const char *texts[DEMANDS_MAX]; /* in the arena of the call */
    size_t count;
};

/* The items of a letter that would be written now: for each open allegation its cure and, where the
 * rulebook asks for evidence of the obligation (audits/), that; at last, what happened. What does
 * not fit any more is refused: ERR_LIMIT. */
int demand_make(const struct casefile *file, struct arena *arena, struct demand_texts *ret_demands,
                struct error_detail *detail);

/* The items of the present stage's letter as it was drafted. A text that the rulebook's version
 * does not give any more with the same digest is "". */
int demand_recall(const struct casefile *file, struct arena *arena,
                  struct demand_texts *ret_demands, struct error_detail *detail);

#endif
