#include "store/lost.h"

#include "store/statement.h"

static const enum statement_name statements[STORE_LOST_KINDS] = {
    [STORE_LOST_CASE] = STATEMENT_LOST_CASE, [STORE_LOST_DEADLINE] = STATEMENT_LOST_DEADLINE,
    [STORE_LOST_LINK] = STATEMENT_LOST_LINK, [STORE_LOST_COMPLAINT] = STATEMENT_LOST_COMPLAINT,
    [STORE_LOST_JOIN] = STATEMENT_LOST_JOIN, [STORE_LOST_LOOK] = STATEMENT_LOST_LOOK,
};

static void read_lost(struct query *query, struct arena *arena, void *item)
{
    *(struct store_lost *)item =
        (struct store_lost){query_text(query, 0, arena), query_text(query, 1, arena)};
}

int store_lost_list(struct store *store, enum store_lost_kind kind, size_t limit,
                    struct arena *arena, struct store_lost **ret_rows, size_t *ret_count)
{
    const struct reading reading = {statements[kind], read_lost, sizeof **ret_rows,
                                    VALUES(value_limit(limit))};
    return store_read_all(store, &reading, arena, ret_rows, ret_count);
}
