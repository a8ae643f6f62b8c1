/* Which contracted parties are under common control (affiliates; in the gTLD world often many
 * accreditations of one group), and on which days.
 *
 * History stays: who leaves one family for another (change of control) has an interval in each. An
 * interval of no day (until == from) says that the record was a mistake. */
#ifndef BAILIWICK_STORE_FAMILY_H
#define BAILIWICK_STORE_FAMILY_H

#include "store/store.h"

struct store_family_member {
    const char *family, *party;
    int32_t from, until; /* civil days, from <= day < until; CIVIL_FAR_FUTURE while it lasts */
};

/* Key: party, from. ERR_CONFLICT for a party that is not there. */
int store_family_put(struct store *store, const struct store_family_member *member);
/* By first day, also intervals of no day. */
int store_family_list_of_party(struct store *store, const char *party, struct arena *arena,
                               struct store_family_member **ret_members, size_t *ret_count);
/* By party, then first day. */
int store_family_list(struct store *store, const char *family, struct arena *arena,
                      struct store_family_member **ret_members, size_t *ret_count);

#endif
