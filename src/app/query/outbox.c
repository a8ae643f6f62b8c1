/* outbox.list: what is still to do outside the store, what is left to a person, what is done. */
#include "app/query/list.h"

#include "store/outbox.h"

#include <string.h>

json_t *query_task(const struct store_task *task)
{
    json_t *payload JSON_CLEANUP = NULL;
    const char *id = NULL, *letter = NULL;
    if (json_parse(task->payload, strlen(task->payload), &payload, NULL) >= 0) {
        id = json_text(payload, "case");
        letter = json_text(payload, "letter");
    }
    json_t *row = json_pack("{s:s, s:s, s:s, s:s, s:s, s:i, s:s}", "key", task->key, "kind",
                            task->kind, "case", id ? id : "", "letter", letter ? letter : "",
                            "state", outbox_state_text(task->state), "attempts",
                            (int)task->attempts, "error", task->error);
    json_object_set_new(row, "due_at", query_instant(task->due_at));
    return row;
}

/* {state, after}: those that wait for a person when no state is named. */
int query_outbox_list(struct query_call *call)
{
    const char *word = json_text(call->arguments, "state"),
               *after = json_text(call->arguments, "after");
    enum outbox_state state = OUTBOX_DEAD;
    struct store_task *tasks;
    size_t count;
    json_t *list = json_array();
    json_object_set_new(call->result, "tasks", list);
    if (word && outbox_state_parse(word, &state) < 0)
        return error_set(call->detail, ERR_SYNTAX,
                         "'%s' is no state of a task: pending, claimed, done or dead", word);
    int result = store_outbox_list(call->app->store, state, after, /* limit= */ 0, call->arena,
                                   &tasks, &count);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "outbox");
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, query_task(&tasks[i]));
    return 0;
}
