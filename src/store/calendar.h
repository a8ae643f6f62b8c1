/* Calendars that came on their own, not in a rulebook: each proposal is frozen, and adopted or
 * withdrawn once. Of the same bytes under the same name only one waits, the newest. */
#ifndef BAILIWICK_STORE_CALENDAR_H
#define BAILIWICK_STORE_CALENDAR_H

#include "base/digest.h"
#include "model/measurement.h"
#include "store/store.h"

struct store_calendar {
    const char *name;
    struct digest sha256;
    int64_t proposed_at;
    const char *proposed_by;
    int64_t number; /* 1, 2, 3 ... in the order of adoption; 0 while it waits */
    int64_t adopted_at;
    const char *adopted_by;
    struct bytes bytes;   /* iCalendar */
    int64_t withdrawn_at; /* 0 and "" unless somebody took the proposal back */
    const char *withdrawn_by;
};

/* As proposed. ERR_CONFLICT when these bytes wait under this name already. */
int store_calendar_put(struct store *store, const struct store_calendar *calendar);
/* Adopts it by `adopted_at` and `adopted_by`. ERR_REFUSED when it was adopted already, or
 * withdrawn. */
int store_calendar_adopt(struct store *store, const struct store_calendar *calendar);
/* Takes a proposal back by `withdrawn_at` and `withdrawn_by`. ERR_REFUSED when it was adopted, or
 * withdrawn before. */
int store_calendar_withdraw(struct store *store, const struct store_calendar *calendar);
/* The newest proposal of these bytes. */
int store_calendar_find(struct store *store, const char *name, const struct digest *sha256,
                        struct arena *arena, struct store_calendar *ret_calendar);
/* The adopted ones in their order, then those that wait or were withdrawn. */
int store_calendar_list(struct store *store, bool adopted_only, struct arena *arena,
                        struct store_calendar **ret_calendars, size_t *ret_count);
/* The number of the last one adopted, 0 for none. */
int store_calendar_last(struct store *store, int64_t *ret_number);

#endif
