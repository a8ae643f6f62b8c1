#include "store/restriction.h"

#include "store/statement.h"

int store_restriction_put(struct store *store, const struct store_restriction *restriction,
                          int64_t *ret_number)
{
    return store_insert(store, STATEMENT_RESTRICTION_PUT,
                        VALUES(value_int(restriction->reporter), value_text(restriction->reference),
                               value_text(restriction->reason), value_int(restriction->until),
                               value_text(restriction->proposed_by),
                               value_int(restriction->proposed_at)),
                        ret_number);
}

static void read_restriction(struct query *query, struct arena *arena, void *item)
{
    *(struct store_restriction *)item =
        (struct store_restriction){.number = query_int(query, 0),
                                   .reporter = query_int(query, 1),
                                   .reference = query_text(query, 2, arena),
                                   .reason = query_text(query, 3, arena),
                                   .until = (int32_t)query_int(query, 4),
                                   .proposed_by = query_text(query, 5, arena),
                                   .proposed_at = query_int(query, 6),
                                   .agreed_by = query_text(query, 7, arena),
                                   .agreed_at = query_int(query, 8),
                                   .ended_by = query_text(query, 9, arena),
                                   .ended_at = query_int(query, 10)};
}

int store_restriction_find(struct store *store, int64_t number, struct arena *arena,
                           struct store_restriction *ret_restriction)
{
    const struct reading reading = {STATEMENT_RESTRICTION_FIND, read_restriction,
                                    sizeof *ret_restriction, VALUES(value_int(number))};
    return store_read_one(store, &reading, arena, ret_restriction);
}

int store_restriction_find_of(struct store *store, int64_t reporter, int32_t day,
                              struct arena *arena, struct store_restriction *ret_restriction)
{
    const struct reading reading = {STATEMENT_RESTRICTION_FIND_OF, read_restriction,
                                    sizeof *ret_restriction,
                                    VALUES(value_int(reporter), value_int(day))};
    return store_read_one(store, &reading, arena, ret_restriction);
}

int store_restriction_list(struct store *store, int64_t before, size_t limit, struct arena *arena,
                           struct store_restriction **ret_list, size_t *ret_count)
{
    const struct reading reading = {
        STATEMENT_RESTRICTION_LIST, read_restriction, sizeof **ret_list,
        VALUES(value_int(before ? before : INT64_MAX), value_limit(limit))};
    return store_read_all(store, &reading, arena, ret_list, ret_count);
}

int store_restriction_agree(struct store *store, int64_t number, const char *by, int64_t at)
{
    return store_change(store, STATEMENT_RESTRICTION_AGREE,
                        VALUES(value_int(number), value_text(by), value_int(at)));
}

int store_restriction_end(struct store *store, int64_t number, const char *by, int64_t at)
{
    return store_change(store, STATEMENT_RESTRICTION_END,
                        VALUES(value_int(number), value_text(by), value_int(at)));
}

int store_restriction_forget(struct store *store, int32_t day)
{
    return store_run(store, STATEMENT_RESTRICTION_FORGET, VALUES(value_int(day)));
}
