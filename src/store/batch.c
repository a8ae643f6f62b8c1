#include "store/batch.h"

#include "store/statement.h"

int store_batch_put(struct store *store, const struct store_batch_item *item)
{
    return store_change(
        store, STATEMENT_BATCH_PUT,
        VALUES(value_digest(&item->batch), value_text(item->reference), value_int(item->seq)));
}

static void read_item(struct query *query, struct arena *arena, void *item)
{
    *(struct store_batch_item *)item =
        (struct store_batch_item){.batch = query_digest(query, 0),
                                  .reference = query_text(query, 1, arena),
                                  .seq = (uint32_t)query_int(query, 2)};
}

int store_batch_list(struct store *store, const struct digest *batch, const char *after,
                     size_t limit, struct arena *arena, struct store_batch_item **ret_items,
                     size_t *ret_count)
{
    const struct reading reading = {
        STATEMENT_BATCH_LIST, read_item, sizeof **ret_items,
        VALUES(value_digest(batch), value_text(after), value_limit(limit))};
    return store_read_all(store, &reading, arena, ret_items, ret_count);
}
