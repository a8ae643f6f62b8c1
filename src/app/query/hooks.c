/* user.hooks {id}: the hooks of a user and how they do, never what signs. */
#include "app/query/list.h"

#include "app/hooks/hook.h"
#include "app/hooks/signature.h"
#include "app/known.h"
#include "store/user.h"

static json_t *row_of(const struct store_hook *hook, int64_t waiting)
{
    bool failing = hook->state == HOOK_ACTIVE && hook->failing_since;
    char key[SIGNATURE_KEY_ID];
    json_t *row = json_pack(
        "{s:s, s:I, s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:s}", "id", hook->person, "number",
        (json_int_t)hook->number, "url", hook->url, "for", hook->kinds, "state",
        failing ? "failing" : hook_state_text(hook->state), "made_by", hook->made_by, "state_by",
        hook->state_by, "waiting", (json_int_t)waiting, "delivered", (json_int_t)hook->delivered,
        "failed", (json_int_t)hook->failed, "last_words", hook->last_words);
    bool over = hook->state == HOOK_GONE || hook->state == HOOK_REVOKED;
    json_object_set_new(row, "key_id",
                        over ? json_null() : json_string(signature_key_id(&hook->secret, key)));
    json_object_set_new(row, "made_at", query_instant(hook->made_at));
    json_object_set_new(row, "state_at", query_instant(hook->state_at));
    json_object_set_new(row, "failing_since", query_instant(hook->failing_since));
    json_object_set_new(row, "next_at", query_instant(hook->due_at));
    json_object_set_new(row, "last_at", query_instant(hook->last_at));
    return row;
}

int query_user_hooks(struct query_call *call)
{
    struct store_user user;
    struct store_hook *hooks;
    const char *id;
    size_t count = 0;
    json_t *list = json_array();
    json_object_set_new(call->result, "hooks", list);
    int result = query_need_text(call, "id", &id);
    if (result >= 0)
        result = app_find_user(call->app, id, call->arena, &user, call->detail);
    if (result < 0)
        return result;
    result = store_hook_list(call->app->store, user.id, call->arena, &hooks, &count);
    for (size_t i = 0; result >= 0 && i < count; i++) {
        int64_t waiting = 0;
        result = store_delivery_count(call->app->store, user.id, hooks[i].number, &waiting);
        if (result >= 0)
            json_array_append_new(list, row_of(&hooks[i], waiting));
    }
    return result < 0 ? app_store_failed(call->app, result, call->detail, "hooks") : 0;
}
