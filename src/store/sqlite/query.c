#include "store/sqlite/connection.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int store_fail(struct store *store, int code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(store->words.text, sizeof store->words.text, format, arguments);
    va_end(arguments);
    return code;
}

struct error_detail *store_detail(struct store *store)
{
    store->words.text[0] = '\0';
    return &store->words;
}

const char *store_words(const struct store *store)
{
    return store->words.text;
}

static int code_of(int code)
{
    switch (code & 0xff) {
    case SQLITE_CONSTRAINT:
        return code == SQLITE_CONSTRAINT_TRIGGER || code == SQLITE_CONSTRAINT_CHECK ? ERR_REFUSED
                                                                                    : ERR_CONFLICT;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return ERR_UNAVAILABLE;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return ERR_DAMAGED;
    case SQLITE_TOOBIG:
        return ERR_LIMIT;
    case SQLITE_NOMEM:
        return ERR_NO_MEMORY;
    default:
        return ERR_STORE;
    }
}

int sqlite_failure(struct store *store, int code)
{
    /* A store to write becomes one to read when SQLite cannot make its shared memory. */
    bool refused = (code & 0xff) == SQLITE_READONLY && store->read_only;
    return store_fail(store, refused ? ERR_REFUSED : code_of(code), "%s",
                      sqlite3_errmsg(store->db));
}

static int prepare(struct store *store, enum statement_name name, struct query *query)
{
    int code = sqlite3_prepare_v3(store->db, statement_texts[name], -1, SQLITE_PREPARE_PERSISTENT,
                                  &query->statement, NULL);
    if (code != SQLITE_OK)
        return sqlite_failure(store, code);
    for (int i = 0; i < QUERY_PARAMETERS_MAX; i++) {
        char place[8];
        snprintf(place, sizeof place, "$%d", i + 1);
        query->places[i] = sqlite3_bind_parameter_index(query->statement, place);
    }
    query->store = store;
    return 0;
}

static int bind(struct query *query, int place, const struct value *value)
{
    switch (value->kind) {
    case VALUE_INT:
        return sqlite3_bind_int64(query->statement, place, value->number);
    case VALUE_TEXT:
        return sqlite3_bind_text64(query->statement, place, value->data, value->size, SQLITE_STATIC,
                                   SQLITE_UTF8);
    case VALUE_BYTES:
        return sqlite3_bind_blob64(query->statement, place, value->data, value->size,
                                   SQLITE_STATIC);
    case VALUE_NULL:
        break;
    }
    return sqlite3_bind_null(query->statement, place);
}

int query_start(struct store *store, enum statement_name name, const struct value *values,
                size_t count, struct query **ret_query)
{
    struct query *query = &store->queries[name];
    if (!query->statement) {
        int result = prepare(store, name, query);
        if (result < 0)
            return result;
    }
    assert(!query->running && count <= QUERY_PARAMETERS_MAX);
    for (size_t i = 0; i < count; i++) {
        int code = query->places[i] ? bind(query, query->places[i], &values[i]) : SQLITE_OK;
        if (code != SQLITE_OK)
            return sqlite_failure(store, code);
    }
    query->failure = 0;
    query->running = true;
    *ret_query = query;
    return 0;
}

int query_step(struct query *query)
{
    int code = sqlite3_step(query->statement);
    if (code == SQLITE_ROW || code == SQLITE_DONE)
        return code == SQLITE_ROW;
    return sqlite_failure(query->store, code);
}

int query_changes(struct query *query)
{
    return sqlite3_changes(query->store->db);
}

int64_t query_inserted(struct query *query)
{
    return sqlite3_last_insert_rowid(query->store->db);
}

void query_end(struct query *query)
{
    sqlite3_reset(query->statement); /* a failure was told by the step */
    sqlite3_clear_bindings(query->statement);
    query->running = false;
}

void query_fail(struct query *query, int failure)
{
    if (!query->failure)
        query->failure = store_fail(query->store, failure, "%s", error_text(failure));
}

int query_failure(const struct query *query)
{
    return query->failure;
}

int64_t query_int(struct query *query, int column)
{
    return sqlite3_column_int64(query->statement, column);
}

bool query_is_null(struct query *query, int column)
{
    return sqlite3_column_type(query->statement, column) == SQLITE_NULL;
}

const char *query_text(struct query *query, int column, struct arena *arena)
{
    const void *text = sqlite3_column_text(query->statement, column);
    size_t size = (size_t)sqlite3_column_bytes(query->statement, column);
    const char *copy = arena_copy_slice(arena, text ? text : "", size);
    if (!copy)
        query_fail(query, ERR_NO_MEMORY);
    return copy ? copy : "";
}

struct bytes query_bytes(struct query *query, int column, struct arena *arena)
{
    const void *data = sqlite3_column_blob(query->statement, column);
    size_t size = (size_t)sqlite3_column_bytes(query->statement, column);
    if (size == 0)
        return (struct bytes){0};
    struct bytes bytes = {.data = data ? arena_copy(arena, data, size) : NULL, .size = size};
    if (!bytes.data) {
        query_fail(query, ERR_NO_MEMORY);
        return (struct bytes){0};
    }
    return bytes;
}

struct digest query_digest(struct query *query, int column)
{
    struct digest digest = {0};
    const void *data = sqlite3_column_blob(query->statement, column);
    size_t size = (size_t)sqlite3_column_bytes(query->statement, column);
    if (data && size == DIGEST_SIZE)
        memcpy(digest.bytes, data, DIGEST_SIZE);
    else if (data)
        query_fail(query, ERR_DAMAGED);
    return digest;
}
