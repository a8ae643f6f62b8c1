#include "store/retention.h"

#include "store/statement.h"

static void read_rest(struct query *query, struct arena *arena, void *item)
{
    *(struct store_rest *)item = (struct store_rest){.reference = query_text(query, 0, arena),
                                                     .received_at = query_int(query, 1),
                                                     .type = query_text(query, 2, arena),
                                                     .state = query_text(query, 3, arena),
                                                     .case_id = query_text(query, 4, arena),
                                                     .since = query_int(query, 5)};
}

int store_rest_list(struct store *store, const struct store_rest_query *query, struct arena *arena,
                    struct store_rest **ret_rests, size_t *ret_count)
{
    const struct reading reading = {STATEMENT_RETENTION_LIST, read_rest, sizeof **ret_rests,
                                    VALUES(value_text(query->state), value_text(query->after),
                                           value_int(query->until_at), value_limit(query->limit))};
    return store_read_all(store, &reading, arena, ret_rests, ret_count);
}
