/* Rows that neither a case nor a complaint leads to. */
#include "app/query/comparison.h"

#include "store/lost.h"

static const struct {
    const char *table, *field;
} kinds[STORE_LOST_KINDS] = {
    [STORE_LOST_CASE] = {"case_file", "row"},
    [STORE_LOST_DEADLINE] = {"deadline", "case_id"},
    [STORE_LOST_LINK] = {"case_link", "case_id"},
    [STORE_LOST_COMPLAINT] = {"complaint", "row"},
    [STORE_LOST_JOIN] = {"complaint_join", "reference"},
    [STORE_LOST_LOOK] = {"complaint_second_look", "reference"},
};

static int compare_kind(struct comparison *at, enum store_lost_kind kind)
{
    struct query_call *call = at->call;
    struct store_lost *rows;
    size_t count;
    int result = store_lost_list(call->app->store, kind, 0, call->arena, &rows, &count);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, kinds[kind].table);
    bool missing = kind == STORE_LOST_CASE || kind == STORE_LOST_COMPLAINT;
    at->table = kinds[kind].table;
    for (size_t i = 0; i < count; i++) {
        at->key = rows[i].key;
        comparison_differ(at, kinds[kind].field,
                          missing ? json_null() : json_string(rows[i].parent),
                          missing ? json_string(rows[i].parent) : json_null());
    }
    return 0;
}

int comparison_lost(struct comparison *at)
{
    int result = 0;
    for (int kind = 0; result >= 0 && kind < STORE_LOST_KINDS; kind++)
        result = compare_kind(at, (enum store_lost_kind)kind);
    return result;
}
