/* user.add: makes a user and hands out the token once; only its digest is kept. */
#include "store/user.h"
#include "app/command_list.h"
#include "app/publish/ledger.h"
#include "base/digest.h"

#include <stdio.h>
#include <string.h>

enum { TOKEN_BYTES = 24, NAME_MAX_SIZE = 63 };

/* Ids of users appear in events for ever: short, plain, without personal data beyond what the
 * operator chooses. */
static bool id_is_plain(const char *id)
{
    size_t size = strlen(id);
    return size >= 1 && size <= NAME_MAX_SIZE && strcmp(id, "machine") != 0 &&
           strcmp(id, "founder") != 0 &&
           strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-") == size;
}

static int read_roles(struct call *call, const char **roles, unsigned *ret_bits)
{
    const json_t *list = json_object_get(call->arguments, "roles");
    size_t index;
    json_t *value;
    unsigned bits = 0;
    if (!json_is_array(list) || json_array_size(list) == 0 ||
        json_array_size(list) > STORE_ROLES_MAX)
        return error_set(call->detail, ERR_SYNTAX, "a user has 1 to %d roles", STORE_ROLES_MAX);
    json_array_foreach(list, index, value)
    {
        enum role role;
        const char *text = json_string_value(value);
        if (!text || role_parse(text, &role) < 0)
            return error_set(call->detail, ERR_SYNTAX,
                             "unknown role '%s' (analyst, approver, publisher, auditor, "
                             "administrator, mail)",
                             text ? text : "");
        roles[index] = text;
        bits |= (unsigned)role;
    }
    *ret_bits = bits;
    return 0;
}

/* Without an administrator nobody could ever make a second user. */
static bool founds_without_administrator(const struct call *call, unsigned bits)
{
    return (call->actor.roles & ROLE_FOUNDER) && !(bits & ROLE_ADMINISTRATOR);
}

int user_add(struct call *call)
{
    const char *id, *roles[STORE_ROLES_MAX];
    unsigned bits = 0;
    struct store_user user = {0};
    struct arena arena ARENA_CLEANUP = {0};
    arena_init(&arena, 1 << 16);
    int result = call_need_text(call, "id", &id);
    if (result >= 0 && !id_is_plain(id))
        result = error_set(call->detail, ERR_SYNTAX,
                           "'%s': an id has 1 to %d of a-z, 0-9 and '-', and is neither 'machine' "
                           "nor 'founder'",
                           id, NAME_MAX_SIZE);
    if (result >= 0)
        result = read_roles(call, roles, &bits);
    if (result >= 0 && founds_without_administrator(call, bits))
        result = error_set(call->detail, ERR_REFUSED, "the first user has to be an administrator");
    if (result < 0)
        return result;
    if (store_user_find(call->app->store, id, &arena, &user) >= 0)
        return error_set(call->detail, ERR_CONFLICT, "the user '%s' is there already", id);
    uint8_t bytes[TOKEN_BYTES];
    char token[BASE64_ROOM(TOKEN_BYTES)];
    random_bytes(bytes, sizeof bytes);
    base64_format(bytes, sizeof bytes, token, sizeof token);
    user = (struct store_user){.id = id,
                               .name = id,
                               .roles = roles,
                               .role_count =
                                   json_array_size(json_object_get(call->arguments, "roles")),
                               .party = "",
                               .token_sha256 = digest_of(token, strlen(token)),
                               .created_at = clock_wall(&call->app->clock)};
    result = store_user_put(call->app->store, &user);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "new user");
    json_object_set_new(call->result, "id", json_string(id));
    json_object_set_new(call->result, "token", json_string(token));
    json_t *event JSON_CLEANUP =
        json_pack("{s:s, s:O}", "user", id, "roles", json_object_get(call->arguments, "roles"));
    return event ? ledger_commit(call->app, "user-added", event, NULL, call->detail)
                 : ERR_NO_MEMORY;
}
