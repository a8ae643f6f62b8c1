/* How often a party was given notice of breach lately, by us or, as imported, before: what the
 * record shows for a ground of repetition. */
#ifndef BAILIWICK_APP_CASEWORK_REPETITION_H
#define BAILIWICK_APP_CASEWORK_REPETITION_H

#include "app/casework/casefile.h"

/* Counts the served notices of breach of the file's party within the last `months` before now,
 * those of this case and imported ones among them; one that was taken back does not count. */
int repetition_count(struct casefile *file, unsigned months, uint32_t *ret_count,
                     struct error_detail *detail);

#endif
