/* What a person does about a task that the program gave up or leaves to a person. */
#include "app/casework/casefile.h"
#include "app/command_list.h"
#include "app/publish/ledger.h"
#include "base/json_flat.h"
#include "store/outbox.h"

#include <string.h>

enum { REASON_MAX = 200 };

/* The argument "key", whose task is of no case that the person is recused from. */
static int read_key(struct call *call, const char **ret_key)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct json_flat payload JSON_FLAT_CLEANUP = {0};
    struct store_task task;
    const char *key;
    arena_init(&arena, 1 << 20);
    int result = call_need_text(call, "key", &key);
    if (result < 0)
        return result;
    result = store_outbox_find(call->app->store, key, &arena, &task);
    if (result == ERR_NOT_FOUND)
        return error_set(call->detail, result, "no task '%s' waits for a person", key);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "outbox");
    result = json_flat_read(&payload, task.payload, strlen(task.payload), call->detail);
    const char *id = json_flat_text(payload.root, "case");
    if (result >= 0)
        result = casefile_admit(call->app, &call->actor, id ? id : "", call->detail);
    if (result >= 0)
        *ret_key = key;
    return result;
}

static int finish(struct call *call, int result, const char *key, enum outbox_state state)
{
    if (result == ERR_NOT_FOUND)
        return error_set(call->detail, result, "no task '%s' waits for a person", key);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "outbox");
    json_object_set_new(call->result, "key", json_string(key));
    json_object_set_new(call->result, "state", json_string(outbox_state_text(state)));
    return 0;
}

/* outbox.retry {key}: what kept it from being done is put right. */
int outbox_retry(struct call *call)
{
    const char *key;
    int result = read_key(call, &key);
    if (result < 0)
        return result;
    result = store_outbox_retry(call->app->store, key, clock_wall(&call->app->clock));
    result = finish(call, result, key, OUTBOX_PENDING);
    if (result < 0)
        return result;
    json_t *event = json_pack("{s:s, s:s}", "task", key, "actor", call->actor.id);
    return ledger_tell(call->app, "outbox-retried", event, call->detail);
}

/* outbox.settle {key, reason}: it was done by hand, or the reason why it is not done. */
int outbox_settle(struct call *call)
{
    const char *key, *reason;
    int result = read_key(call, &key);
    if (result >= 0)
        result = call_need_text(call, "reason", &reason);
    if (result >= 0 && (!reason[0] || strlen(reason) > REASON_MAX))
        result = error_set(call->detail, ERR_LIMIT, "a reason has 1 to %d bytes", REASON_MAX);
    if (result < 0)
        return result;
    result = finish(call, store_outbox_settle(call->app->store, key, reason), key, OUTBOX_DONE);
    if (result < 0)
        return result;
    json_t *event =
        json_pack("{s:s, s:s, s:s}", "task", key, "actor", call->actor.id, "reason", reason);
    return ledger_tell(call->app, "outbox-settled", event, call->detail);
}
