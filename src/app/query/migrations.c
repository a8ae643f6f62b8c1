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
