/* Allegations where agreements and findings are known: pinning the version of the obligation that
 * bound the party when it acted (invariant 6), and adding to a case what a finding says. */
#ifndef BAILIWICK_APP_CASEWORK_ALLEGATION_H
#define BAILIWICK_APP_CASEWORK_ALLEGATION_H

#include "app/casework/casefile.h"
#include "store/evidence.h"

/* Fills `version` and `rulebook` of an allegation that says obligation, subjects and conduct. The
 * version is one that bound the party for each subject on a day of the conduct, by an agreement of
 * that day: the earliest such, or the one from `wanted` when that is not CIVIL_FAR_PAST.
 * ERR_REFUSED with words when there is none; ERR_NOT_FOUND for an unknown obligation or party. */
int allegation_pin(struct app *app, const char *party, int32_t wanted, struct arena *arena,
                   struct case_allegation *allegation, struct error_detail *detail);

/* What a finding alleges. It was judged by what bound the party, so nothing is asked again; its
 * conduct ends on the day on which it was decided, by the clock of the house. */
int allegation_of_finding(struct app *app, const struct store_finding *finding,
                          struct arena *arena, struct case_allegation *ret_allegation,
                          struct error_detail *detail);

/* Adds it, with the finding as evidence, unless an open one says the same of the same version and
 * subject. Returns 1 when it was added, else 0. */
int allegation_join(struct casefile *file, const struct store_finding *finding,
                    const struct actor *actor, struct error_detail *detail);

/* All allegations of a case, in the arena. */
int casefile_allegations(const struct casefile *file, struct arena *arena,
                         struct case_allegation **ret_list, size_t *ret_count,
                         struct error_detail *detail);

#endif
