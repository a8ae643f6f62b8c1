#include "store/statement.h"

#include <string.h>

struct value value_text(const char *text)
{
    if (!text)
        text = "";
    return (struct value){.kind = VALUE_TEXT, .data = text, .size = strlen(text)};
}

struct value value_optional(const char *text)
{
    return text && *text ? value_text(text) : value_null();
}

struct value value_bytes(const void *data, size_t size)
{
    /* An empty blob needs an address too, else it would be NULL. */
    return (struct value){.kind = VALUE_BYTES, .data = size ? data : "", .size = size};
}

struct value value_digest(const struct digest *digest)
{
    return value_bytes(digest->bytes, DIGEST_SIZE);
}

struct value value_entry(const struct digest *entry)
{
    static const struct digest zero;
    return digest_equal(entry, &zero) ? value_null() : value_digest(entry);
}

struct value value_limit(size_t limit)
{
    return value_int(limit == 0 || limit > STORE_PAGE_MAX ? STORE_PAGE_MAX : (int64_t)limit);
}

static int write_with(struct store *store, enum statement_name name, const struct value *values,
                      size_t count, int64_t *ret_number)
{
    if (!store_in_transaction(store))
        return store_fail(store, ERR_USAGE, "%s: no transaction is open", statement_names[name]);
    struct query *query;
    int result = query_start(store, name, values, count, &query);
    if (result < 0)
        return result;
    do
        result = query_step(query);
    while (result > 0);
    if (result >= 0)
        result = query_changes(query);
    if (result >= 0)
        *ret_number = query_inserted(query);
    query_end(query);
    return result;
}

int store_run(struct store *store, enum statement_name name, const struct value *values,
              size_t count)
{
    int64_t number;
    return write_with(store, name, values, count, &number);
}

int store_insert(struct store *store, enum statement_name name, const struct value *values,
                 size_t count, int64_t *ret_number)
{
    int result = write_with(store, name, values, count, ret_number);
    return result < 0 ? result : 0;
}

int store_change(struct store *store, enum statement_name name, const struct value *values,
                 size_t count)
{
    int result = store_run(store, name, values, count);
    if (result == 0)
        return store_fail(store, ERR_NOT_FOUND, "%s: no such row", statement_names[name]);
    return result < 0 ? result : 0;
}

int store_read_one(struct store *store, const struct reading *reading, struct arena *arena,
                   void *ret_item)
{
    void *item = arena_alloc(arena, reading->size);
    struct query *query;
    if (!item)
        return ERR_NO_MEMORY;
    int result = query_start(store, reading->name, reading->values, reading->value_count, &query);
    if (result < 0)
        return result;
    result = query_step(query);
    if (result > 0) {
        reading->row(query, arena, item);
        result = query_failure(query);
        if (result >= 0)
            memcpy(ret_item, item, reading->size);
    } else if (result == 0) {
        result = store_fail(store, ERR_NOT_FOUND, "%s: not found", statement_names[reading->name]);
    }
    query_end(query);
    return result < 0 ? result : 0;
}

int store_read_number(struct store *store, enum statement_name name, const struct value *values,
                      size_t count, int64_t *ret_number)
{
    struct query *query;
    int64_t number = 0;
    int result = query_start(store, name, values, count, &query);
    if (result < 0)
        return result;
    result = query_step(query);
    bool found = result > 0;
    if (found)
        number = query_int(query, 0);
    while (result > 0)
        result = query_step(query);
    query_end(query);
    if (result < 0)
        return result;
    if (!found)
        return store_fail(store, ERR_NOT_FOUND, "%s: not found", statement_names[name]);
    *ret_number = number;
    return 0;
}

/* arena_push() knows an array by the address of its pointer; the items have no type here, so the
 * pointer is kept as one to bytes and copied out at the end. */
static int read_rows(struct query *query, const struct reading *reading, struct arena *arena,
                     uint8_t **items, size_t *count)
{
    int result;
    while ((result = query_step(query)) > 0) {
        void *item =
            *count < STORE_LIST_MAX ? arena_push(arena, items, count, reading->size) : NULL;
        if (!item)
            return *count < STORE_LIST_MAX ? ERR_NO_MEMORY : ERR_LIMIT;
        reading->row(query, arena, item);
        if (query_failure(query) < 0)
            return query_failure(query);
    }
    return result;
}

int store_read_all(struct store *store, const struct reading *reading, struct arena *arena,
                   void *ret_items, size_t *ret_count)
{
    struct query *query;
    int result = query_start(store, reading->name, reading->values, reading->value_count, &query);
    if (result < 0)
        return result;
    uint8_t *items = NULL;
    size_t count = 0;
    result = read_rows(query, reading, arena, &items, &count);
    query_end(query);
    if (result < 0)
        return result;
    memcpy(ret_items, &items, sizeof items);
    *ret_count = count;
    return 0;
}

int texts_encode(const char *const *texts, size_t count, struct buffer *out)
{
    struct json_out json;
    json_out_init(&json, out, /* indent= */ false);
    json_out_array(&json);
    for (size_t i = 0; i < count; i++)
        json_out_text(&json, texts[i]);
    json_out_end(&json);
    return buffer_error(out);
}

int texts_decode(const char *text, size_t limit, struct arena *arena, const char ***ret_texts,
                 size_t *ret_count)
{
    static const char *none[] = {NULL};
    json_t *json JSON_CLEANUP = NULL;
    /* Most events have no evidence: no parser is wanted for that. */
    if (strcmp(text, "[]") == 0) {
        *ret_texts = none;
        *ret_count = 0;
        return 0;
    }
    if (json_parse(text, strlen(text), &json, /* detail= */ NULL) < 0 || !json_is_array(json))
        return ERR_DAMAGED;
    size_t count = json_array_size(json);
    if (count > limit)
        return ERR_LIMIT;
    const char **texts = arena_array(arena, count + 1, sizeof *texts);
    for (size_t i = 0; texts && i < count; i++) {
        const char *item = json_string_value(json_array_get(json, i));
        if (!item)
            return ERR_DAMAGED;
        texts[i] = arena_copy_text(arena, item);
        if (!texts[i])
            return ERR_NO_MEMORY;
    }
    if (!texts)
        return ERR_NO_MEMORY;
    *ret_texts = texts;
    *ret_count = count;
    return 0;
}
