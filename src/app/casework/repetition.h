/* How often a party was given notice of breach lately, by us or, as imported, before: what the
 * record shows for a ground of repetition. */
#ifndef BAILIWICK_APP_CASEWORK_REPETITION_H
#define BAILIWICK_APP_CASEWORK_REPETITION_H

#include "app/casework/casefile.h"

struct ground;

/* Counts the served notices of breach of the file's party within the ground's months before now,
 * those of this case and imported ones among them; one that was taken back does not count. Where
 * the ground says `of: family`, those to parties of its present family too, on the days on which
 * both belonged to it (casework/family.h). */
int repetition_count(struct casefile *file, const struct ground *ground, uint32_t *ret_count,
                     struct error_detail *detail);

/* Whether, as a case begins, the record shows enough for a ground of repetition of its process that
 * is for this kind of party: the fact `repeated`. */
int repetition_stands(struct casefile *file, enum party_kind kind, bool *ret_stands,
                      struct error_detail *detail);

#endif
