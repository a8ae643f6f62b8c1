#include "app/publish/ledger.h"

#include "store/log.h"
#include "tlog/entry.h"

static int put(struct app *app, const struct tlog_opening *opening, struct digest *ret_entry,
               struct error_detail *detail)
{
    int result = store_opening_put(app->store, opening, clock_wall(&app->clock));
    if (result < 0)
        return app_store_failed(app, result, detail, "ledger entry");
    if (ret_entry)
        *ret_entry = opening->entry;
    return 0;
}

int ledger_commit(struct app *app, const char *kind, json_t *event, struct digest *ret_entry,
                  struct error_detail *detail)
{
    struct buffer canonical BUFFER_CLEANUP = {0};
    struct tlog_opening opening;
    buffer_init(&canonical, TLOG_EVENT_MAX);
    if (json_object_set_new(event, "kind", json_string(kind)) < 0)
        return ERR_NO_MEMORY;
    int result = tlog_commit(event, &canonical, &opening, detail);
    if (result < 0)
        return error_context(detail, result, "ledger entry '%s'", kind);
    return put(app, &opening, ret_entry, detail);
}

int ledger_commit_text(struct app *app, const struct buffer *event, struct digest *ret_entry,
                       struct error_detail *detail)
{
    struct tlog_opening opening;
    int result = tlog_commit_text(event, &opening, detail);
    return result < 0 ? result : put(app, &opening, ret_entry, detail);
}

int ledger_tell(struct app *app, const char *kind, json_t *event, struct error_detail *detail)
{
    json_t *taken JSON_CLEANUP = event;
    return taken ? ledger_commit(app, kind, taken, /* ret_entry= */ NULL, detail) : ERR_NO_MEMORY;
}
