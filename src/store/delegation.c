/* Delegations: one row for each record, gathered on the way out. */
#include "store/party.h"
#include "store/statement.h"

#include <string.h>

static int put_records(struct store *store, const char *tld, const char *kind,
                       const char *const *records, size_t count)
{
    if (count > STORE_DELEGATION_RECORDS_MAX)
        return store_fail(store, ERR_LIMIT, "%s: more than %d %s records", tld,
                          STORE_DELEGATION_RECORDS_MAX, kind);
    for (size_t i = 0; i < count; i++) {
        int result = store_run(store, STATEMENT_DELEGATION_PUT,
                               VALUES(value_text(tld), value_text(kind), value_text(records[i])));
        if (result < 0)
            return result;
    }
    return 0;
}

int store_delegation_put(struct store *store, const struct store_delegation *delegation)
{
    const char *tld = delegation->tld;
    int result = store_run(store, STATEMENT_DELEGATION_REMOVE, VALUES(value_text(tld)));
    if (result >= 0)
        result = put_records(store, tld, "ns", delegation->ns, delegation->ns_count);
    if (result >= 0)
        result = put_records(store, tld, "ds", delegation->ds, delegation->ds_count);
    if (result >= 0)
        result = put_records(store, tld, "glue", delegation->glue, delegation->glue_count);
    return result;
}

struct record {
    const char *tld, *kind, *data;
};

static void read_record(struct query *query, struct arena *arena, void *item)
{
    *(struct record *)item = (struct record){.tld = query_text(query, 0, arena),
                                             .kind = query_text(query, 1, arena),
                                             .data = query_text(query, 2, arena)};
}

/* False without memory. */
static bool gather(const struct record *records, size_t count, struct arena *arena,
                   struct store_delegation *delegation)
{
    for (size_t i = 0; i < count; i++) {
        const char *kind = records[i].kind;
        const char **place =
            strcmp(kind, "ns") == 0
                ? arena_push(arena, &delegation->ns, &delegation->ns_count, sizeof *place)
            : strcmp(kind, "ds") == 0
                ? arena_push(arena, &delegation->ds, &delegation->ds_count, sizeof *place)
                : arena_push(arena, &delegation->glue, &delegation->glue_count, sizeof *place);
        if (!place)
            return false;
        *place = records[i].data;
    }
    return true;
}

int store_delegation_find(struct store *store, const char *tld, struct arena *arena,
                          struct store_delegation *ret_delegation)
{
    struct record *records;
    size_t count;
    const struct reading reading = {STATEMENT_DELEGATION_FIND, read_record, sizeof *records,
                                    VALUES(value_text(tld), value_int(STORE_LIST_MAX))};
    int result = store_read_all(store, &reading, arena, &records, &count);
    if (result < 0)
        return result;
    if (count == 0)
        return store_fail(store, ERR_NOT_FOUND, "%s has no delegation", tld);
    struct store_delegation delegation = {.tld = records[0].tld};
    if (!gather(records, count, arena, &delegation))
        return ERR_NO_MEMORY;
    *ret_delegation = delegation;
    return 0;
}
