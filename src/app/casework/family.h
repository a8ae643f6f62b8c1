/* Families of parties: contracted parties under common control, such as several accreditations of
 * one group (affiliates, RAA 3.21). Who belongs together is what a person recorded, from a day to a
 * day; a party belongs to one family at a time, and changes it by a change of control.
 *
 * A family is the staff's own knowledge: no letter, notice, feed or page of the public or of
 * another party names it. Each look-back over conduct is of the party alone, unless a rule of the
 * rulebook says `family`. */
#ifndef BAILIWICK_APP_CASEWORK_FAMILY_H
#define BAILIWICK_APP_CASEWORK_FAMILY_H

#include "app/app.h"
#include "store/family.h"

enum { FAMILY_NAME_MAX = 64 };

/* The family that the party belongs to on a day: 1, or 0 for none. Lives in the arena. */
int family_find(struct app *app, const char *party, int32_t day, struct arena *arena,
                struct store_family_member *ret_member, struct error_detail *detail);

/* The others whose days in the family meet those of `member`, one row for each, cut to the days on
 * which both belonged to it. By party. Lives in the arena. */
int family_list_others(struct app *app, const struct store_family_member *member,
                       struct arena *arena, struct store_family_member **ret_others,
                       size_t *ret_count, struct error_detail *detail);

#endif
