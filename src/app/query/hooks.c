/* user.hooks {id}: the hooks of a user and how they do, never what signs. own.hooks {user},
 * own.hook {user, number}: those, or one, of who asks, as they may see it. */
#include "app/query/list.h"

#include "access/access.h"
#include "app/hooks/hook.h"
#include "app/hooks/signature.h"
#include "app/known.h"
#include "base/text.h"
#include "store/user.h"

#include <string.h>

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

static int make_row(struct query_call *call, const struct store_hook *hook, json_t **ret_row)
{
    int64_t waiting = 0;
    int result = store_delivery_count(call->app->store, hook->person, hook->number, &waiting);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "hooks");
    *ret_row = row_of(hook, waiting);
    return 0;
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
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "hooks");
    for (size_t i = 0; result >= 0 && i < count; i++) {
        json_t *row;
        result = make_row(call, &hooks[i], &row);
        if (result >= 0)
            json_array_append_new(list, row);
    }
    return result;
}

/* --- one's own --- */

static int append_seen(struct query_call *call, const struct store_hook *hook, json_t *list)
{
    json_t *full JSON_CLEANUP = NULL, *seen = NULL;
    bool party = strcmp(hook->audience, HOOK_AUDIENCE_PARTY) == 0;
    int result = make_row(call, hook, &full);
    if (result >= 0)
        result = access_project(OBJECT_HOOK, full, party ? AUDIENCE_PARTY : AUDIENCE_STAFF, &seen);
    if (result < 0)
        return result;
    return json_array_append_new(list, seen) < 0 ? ERR_NO_MEMORY : 0;
}

int query_own_hooks(struct query_call *call)
{
    struct store_hook *hooks;
    const char *user;
    size_t count = 0;
    json_t *list = json_array();
    json_object_set_new(call->result, "hooks", list);
    int result = query_need_text(call, "user", &user);
    if (result < 0)
        return result;
    result = store_hook_list(call->app->store, user, call->arena, &hooks, &count);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "hooks");
    for (size_t i = 0; result >= 0 && i < count; i++)
        result = append_seen(call, &hooks[i], list);
    return result;
}

int query_own_hook(struct query_call *call)
{
    struct store_hook hook;
    const char *user, *text;
    int64_t number;
    json_t *list = json_array();
    json_object_set_new(call->result, "hooks", list);
    int result = query_need_text(call, "user", &user);
    if (result >= 0)
        result = query_need_text(call, "number", &text);
    if (result < 0)
        return result;
    if (text_parse_int(text, 1, UINT32_MAX, &number) < 0)
        return ERR_NOT_FOUND;
    result = store_hook_find(call->app->store, user, (uint32_t)number, call->arena, &hook);
    if (result == ERR_NOT_FOUND)
        return result;
    return result < 0 ? app_store_failed(call->app, result, call->detail, "hooks")
                      : append_seen(call, &hook, list);
}
