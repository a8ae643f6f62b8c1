#include "app/casework/migration.h"
#include "app/query/list.h"

static int add_row(void *context, struct casefile *file, struct error_detail *detail)
{
    json_t *row;
    int result = migration_preview(file, &row, detail);
    if (result >= 0)
        json_array_append_new(context, row);
    return result;
}

/* rulebook.preview {case}: what going over to the version in force would change, for one case or
 * all that run under another version. */
int query_rulebook_preview(struct query_call *call)
{
    struct casefile file CASEFILE_CLEANUP = {0};
    const char *id = json_text(call->arguments, "case");
    json_t *list = json_array();
    json_object_set_new(call->result, "cases", list);
    int result = app_need_rulebook(call->app, call->detail);
    if (result < 0)
        return result;
    json_object_set_new(call->result, "version", json_string(call->app->rulebook->digest_text));
    if (!id)
        return migration_each(call->app, add_row, list, call->detail);
    result = casefile_open(call->app, id, &file, call->detail);
    return result < 0 || !migration_is_due(&file) ? result : add_row(list, &file, call->detail);
}

/* case.migrations {stale}: the proposals to go over that wait, or only those that grew stale. */
int query_case_migrations(struct query_call *call)
{
    const struct store_proposal_query query = {.waiting_only = true};
    bool stale_only = json_is_true(json_object_get(call->arguments, "stale"));
    struct store_proposal *proposals;
    size_t count;
    json_t *list = json_array(), *row;
    json_object_set_new(call->result, "proposals", list);
    int result = store_proposal_list(call->app->store, &query, call->arena, &proposals, &count);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "proposals");
    for (size_t i = 0; i < count; i++) {
        if (proposals[i].event.type != CASE_RULES_MIGRATED)
            continue;
        result = migration_waiting(call->app, &proposals[i], &row, call->detail);
        if (result < 0)
            return result;
        if (!stale_only || json_is_true(json_object_get(row, "stale")))
            json_array_append_new(list, row);
        else
            json_decref(row);
    }
    return 0;
}
