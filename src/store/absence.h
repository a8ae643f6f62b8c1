/* When people of the staff are away, and who stands in: each thing that was said of it, in the
 * order in which it was said. What was said last of a person is in force; nothing is overwritten.
 */
#ifndef BAILIWICK_STORE_ABSENCE_H
#define BAILIWICK_STORE_ABSENCE_H

#include "store/store.h"

struct store_absence {
    const char *person;
    int32_t from, until; /* civil days, away on from <= day < until */
    const char *deputy;
    int64_t said_at; /* 0 and "" where an older program did not keep it */
    const char *said_by;
};

/* ERR_CONFLICT for a person that is not there. */
int store_absence_append(struct store *store, const struct store_absence *absence);
/* What was said last. ERR_NOT_FOUND. */
int store_absence_last(struct store *store, const char *person, struct arena *arena,
                       struct store_absence *ret_absence);
/* In the order in which it was said. */
int store_absence_list(struct store *store, const char *person, struct arena *arena,
                       struct store_absence **ret_absences, size_t *ret_count);

#endif
