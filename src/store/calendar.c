#include "store/calendar.h"

#include "store/statement.h"

int store_calendar_put(struct store *store, const struct store_calendar *calendar)
{
    return store_change(store, STATEMENT_CALENDAR_PUT,
                        VALUES(value_text(calendar->name), value_digest(&calendar->sha256),
                               value_int(calendar->proposed_at), value_text(calendar->proposed_by),
                               value_bytes(calendar->bytes.data, calendar->bytes.size)));
}

int store_calendar_adopt(struct store *store, const struct store_calendar *calendar)
{
    store_outdate(store);
    return store_change(store, STATEMENT_CALENDAR_ADOPT,
                        VALUES(value_text(calendar->name), value_digest(&calendar->sha256),
                               value_int(calendar->adopted_at), value_text(calendar->adopted_by)));
}

int store_calendar_withdraw(struct store *store, const struct store_calendar *calendar)
{
    return store_change(store, STATEMENT_CALENDAR_WITHDRAW,
                        VALUES(value_text(calendar->name), value_digest(&calendar->sha256),
                               value_int(calendar->withdrawn_at),
                               value_text(calendar->withdrawn_by)));
}

static void read_calendar(struct query *query, struct arena *arena, void *item)
{
    *(struct store_calendar *)item =
        (struct store_calendar){.name = query_text(query, 0, arena),
                                .sha256 = query_digest(query, 1),
                                .proposed_at = query_int(query, 2),
                                .proposed_by = query_text(query, 3, arena),
                                .number = query_int(query, 4),
                                .adopted_at = query_int(query, 5),
                                .adopted_by = query_text(query, 6, arena),
                                .bytes = query_bytes(query, 7, arena),
                                .withdrawn_at = query_int(query, 8),
                                .withdrawn_by = query_text(query, 9, arena)};
}

int store_calendar_find(struct store *store, const char *name, const struct digest *sha256,
                        struct arena *arena, struct store_calendar *ret_calendar)
{
    const struct reading reading = {STATEMENT_CALENDAR_FIND, read_calendar, sizeof *ret_calendar,
                                    VALUES(value_text(name), value_digest(sha256))};
    return store_read_one(store, &reading, arena, ret_calendar);
}

int store_calendar_list(struct store *store, bool adopted_only, struct arena *arena,
                        struct store_calendar **ret_calendars, size_t *ret_count)
{
    const struct reading reading = {STATEMENT_CALENDAR_LIST, read_calendar, sizeof **ret_calendars,
                                    VALUES(value_int(adopted_only), value_limit(0))};
    return store_read_all(store, &reading, arena, ret_calendars, ret_count);
}

int store_calendar_last(struct store *store, int64_t *ret_number)
{
    return store_read_number(store, STATEMENT_CALENDAR_LAST, NO_VALUES, ret_number);
}
