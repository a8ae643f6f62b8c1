#include "store/idempotency.h"

#include "store/statement.h"

int store_idempotency_put(struct store *store, const struct store_idempotency *row)
{
    return store_change(store, STATEMENT_IDEMPOTENCY_PUT,
                        VALUES(value_digest(&row->key_sha256), value_digest(&row->request_sha256),
                               value_text(row->object),
                               value_bytes(row->sealed.data, row->sealed.size),
                               value_int(row->at)));
}

static void read_row(struct query *query, struct arena *arena, void *item)
{
    *(struct store_idempotency *)item =
        (struct store_idempotency){.key_sha256 = query_digest(query, 0),
                                   .request_sha256 = query_digest(query, 1),
                                   .object = query_text(query, 2, arena),
                                   .sealed = query_bytes(query, 3, arena),
                                   .at = query_int(query, 4)};
}

int store_idempotency_find(struct store *store, const struct digest *key_sha256,
                           struct arena *arena, struct store_idempotency *ret_row)
{
    const struct reading reading = {STATEMENT_IDEMPOTENCY_FIND, read_row, sizeof *ret_row,
                                    VALUES(value_digest(key_sha256))};
    return store_read_one(store, &reading, arena, ret_row);
}

int store_idempotency_delete_object(struct store *store, const char *object)
{
    return store_run(store, STATEMENT_IDEMPOTENCY_DELETE_OBJECT, VALUES(value_text(object)));
}

int store_idempotency_delete_until(struct store *store, int64_t at)
{
    return store_run(store, STATEMENT_IDEMPOTENCY_DELETE_UNTIL, VALUES(value_int(at)));
}
