#include "store/statement.h"

struct text_item {
    const char *text;
};

static void read_text(struct query *query, struct arena *arena, void *item)
{
    ((struct text_item *)item)->text = query_text(query, 0, arena);
}

int store_meta_get(struct store *store, const char *key, struct arena *arena,
                   const char **ret_value)
{
    struct text_item item;
    const struct reading reading = {STATEMENT_META_GET, read_text, sizeof item,
                                    VALUES(value_text(key))};
    int result = store_read_one(store, &reading, arena, &item);
    if (result >= 0)
        *ret_value = item.text;
    return result;
}

int store_meta_set(struct store *store, const char *key, const char *value)
{
    return store_change(store, STATEMENT_META_SET, VALUES(value_text(key), value_text(value)));
}

int store_number_next(struct store *store, const char *name, int64_t *ret_number)
{
    if (!store_in_transaction(store))
        return store_fail(store, ERR_USAGE, "number: no transaction is open");
    return store_read_number(store, STATEMENT_NUMBER_NEXT, VALUES(value_text(name)), ret_number);
}
