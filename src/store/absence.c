#include "store/absence.h"

#include "store/statement.h"

int store_absence_append(struct store *store, const struct store_absence *absence)
{
    return store_change(store, STATEMENT_ABSENCE_APPEND,
                        VALUES(value_text(absence->person), value_int(absence->from),
                               value_int(absence->until), value_text(absence->deputy),
                               value_int(absence->said_at), value_text(absence->said_by)));
}

static void read_absence(struct query *query, struct arena *arena, void *item)
{
    *(struct store_absence *)item = (struct store_absence){.person = query_text(query, 0, arena),
                                                           .from = (int32_t)query_int(query, 1),
                                                           .until = (int32_t)query_int(query, 2),
                                                           .deputy = query_text(query, 3, arena),
                                                           .said_at = query_int(query, 4),
                                                           .said_by = query_text(query, 5, arena)};
}

int store_absence_last(struct store *store, const char *person, struct arena *arena,
                       struct store_absence *ret_absence)
{
    const struct reading reading = {STATEMENT_ABSENCE_LAST, read_absence, sizeof *ret_absence,
                                    VALUES(value_text(person))};
    return store_read_one(store, &reading, arena, ret_absence);
}

int store_absence_list(struct store *store, const char *person, struct arena *arena,
                       struct store_absence **ret_absences, size_t *ret_count)
{
    const struct reading reading = {STATEMENT_ABSENCE_LIST, read_absence, sizeof **ret_absences,
                                    VALUES(value_text(person), value_int(STORE_LIST_MAX))};
    return store_read_all(store, &reading, arena, ret_absences, ret_count);
}
