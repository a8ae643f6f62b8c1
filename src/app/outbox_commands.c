/* outbox.retry: a person has put right what kept a task from being done. */
#include "app/command_list.h"
#include "app/publish/ledger.h"
#include "store/outbox.h"

int outbox_retry(struct call *call)
{
    const char *key;
    int result = call_need_text(call, "key", &key);
    if (result < 0)
        return result;
    result = store_outbox_retry(call->app->store, key, clock_wall(&call->app->clock));
    if (result == ERR_NOT_FOUND)
        return error_set(call->detail, result, "no task '%s' was given up", key);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "outbox");
    json_t *event JSON_CLEANUP = json_pack("{s:s, s:s}", "task", key, "actor", call->actor.id);
    json_object_set_new(call->result, "key", json_string(key));
    json_object_set_new(call->result, "state", json_string(outbox_state_text(OUTBOX_PENDING)));
    return event ? ledger_commit(call->app, "outbox-retried", event, NULL, call->detail)
                 : ERR_NO_MEMORY;
}
