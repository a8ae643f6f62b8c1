/* Who may act: users are added, get another token for all others, and are disabled. */
#include "store/user.h"
#include "app/command_list.h"
#include "app/hooks/hook.h"
#include "app/known.h"
#include "app/people/credential.h"
#include "app/people/token.h"
#include "app/publish/ledger.h"
#include "store/party.h"

#include <string.h>

enum { NAME_MAX_SIZE = 63, ARENA_MAX = 16 << 20 };

/* Ids of users appear in events for ever: short, plain, without personal data beyond what the
 * operator chooses. */
static bool id_is_plain(const char *id)
{
    size_t size = strlen(id);
    return size >= 1 && size <= NAME_MAX_SIZE && strcmp(id, "machine") != 0 &&
           strcmp(id, "founder") != 0 && strcmp(id, ACTOR_COMPLAINANT) != 0 &&
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
                             "administrator, mail, party)",
                             text ? text : "");
        roles[index] = text;
        bits |= (unsigned)role;
    }
    *ret_bits = bits;
    return 0;
}

/* Where a user of a contracted party works; "" for everybody else. It gives no right: that is what
 * grants are for (people/grant.h). It says whom colleagues may delegate to. */
static int read_party(struct call *call, unsigned bits, struct arena *arena, const char **ret_party)
{
    const char *id = json_text(call->arguments, "party");
    struct party party;
    *ret_party = "";
    if (!(bits & ROLE_PARTY))
        return id ? error_set(call->detail, ERR_SYNTAX, "only the role party is of a party") : 0;
    if (bits != ROLE_PARTY)
        return error_set(call->detail, ERR_REFUSED,
                         "a user of a contracted party has no other role");
    int result = call_need_text(call, "party", &id);
    if (result >= 0)
        result = app_find_party(call->app, id, arena, &party, call->detail);
    if (result >= 0)
        *ret_party = party.id;
    return result;
}

/* Without an administrator nobody could ever make a second user. */
static bool founds_without_administrator(const struct call *call, unsigned bits)
{
    return (call->actor.roles & ROLE_FOUNDER) && !(bits & ROLE_ADMINISTRATOR);
}

/* --- tokens --- */

/* One for everything that the user's roles let. */
static int hand_out(struct call *call, const char *person)
{
    const struct store_token token = {.person = person, .scope = SCOPE_WHOLE, .note = ""};
    return token_hand_out(call, &token);
}

/* Keeps a user that changed and tells the log who did what to whom. */
static int keep(struct call *call, const struct store_user *user, const char *kind)
{
    json_t *roles JSON_CLEANUP = json_array();
    int result = store_user_put(call->app->store, user);
    if (result < 0)
        return app_store_failed(call->app, result, call->detail, "user");
    for (size_t i = 0; i < user->role_count; i++)
        json_array_append_new(roles, json_string(user->roles[i]));
    json_t *event = json_pack("{s:s, s:O, s:s, s:I}", "user", user->id, "roles", roles, "actor",
                              call->actor.id, "at", (json_int_t)clock_wall(&call->app->clock));
    json_object_set_new(call->result, "id", json_string(user->id));
    return ledger_tell(call->app, kind, event, call->detail);
}

/* --- commands --- */

/* user.add {id, roles, party, token_sha256} */
int user_add(struct call *call)
{
    const char *id, *party = "", *roles[STORE_ROLES_MAX];
    unsigned bits = 0;
    struct store_user user = {0};
    struct arena arena ARENA_CLEANUP = {0};
    arena_init(&arena, ARENA_MAX);
    int result = call_need_text(call, "id", &id);
    if (result >= 0 && !id_is_plain(id))
        result = error_set(call->detail, ERR_SYNTAX,
                           "'%s': an id has 1 to %d of a-z, 0-9 and '-', and is none of "
                           "'machine', 'founder' and 'complainant'",
                           id, NAME_MAX_SIZE);
    if (result >= 0)
        result = read_roles(call, roles, &bits);
    if (result >= 0)
        result = read_party(call, bits, &arena, &party);
    if (result >= 0 && founds_without_administrator(call, bits))
        result = error_set(call->detail, ERR_REFUSED, "the first user has to be an administrator");
    if (result < 0)
        return result;
    if (store_user_find(call->app->store, id, &arena, &user) >= 0)
        return error_set(call->detail, ERR_CONFLICT, "the user '%s' is there already", id);
    user = (struct store_user){.id = id,
                               .name = id,
                               .roles = roles,
                               .role_count =
                                   json_array_size(json_object_get(call->arguments, "roles")),
                               .party = party,
                               .created_at = clock_wall(&call->app->clock)};
    result = keep(call, &user, "user-added");
    return result < 0 ? result : hand_out(call, id);
}

/* The argument "id": a user who is active. */
static int find_active(struct call *call, struct arena *arena, struct store_user *ret_user)
{
    const char *id;
    int result = call_need_text(call, "id", &id);
    if (result < 0)
        return result;
    result = app_find_user(call->app, id, arena, ret_user, call->detail);
    if (result < 0)
        return result;
    return ret_user->disabled_at
               ? error_set(call->detail, ERR_REFUSED, "the user '%s' is disabled already", id)
               : 0;
}

/* 1 when somebody else is an active administrator, else 0. */
static int other_administrator(struct call *call, const char *id)
{
    struct arena arena ARENA_CLEANUP = {0};
    const char *after = NULL;
    struct store_user *users;
    size_t count;
    arena_init(&arena, ARENA_MAX);
    do {
        int result =
            store_user_list(call->app->store, after, STORE_PAGE_MAX, &arena, &users, &count);
        if (result < 0)
            return app_store_failed(call->app, result, call->detail, "users");
        for (size_t i = 0; i < count; i++) {
            const struct actor actor = command_actor_of(&users[i]);
            if (!users[i].disabled_at && (actor.roles & ROLE_ADMINISTRATOR) &&
                strcmp(users[i].id, id) != 0)
                return 1;
        }
        after = count ? users[count - 1].id : NULL;
    } while (count == STORE_PAGE_MAX);
    return 0;
}

/* user.disable {id}: their tokens are nobody's from now on. For ever, since what the user did stays
 * theirs: who comes back gets another id. */
int user_disable(struct call *call)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct store_user user;
    arena_init(&arena, ARENA_MAX);
    int result = find_active(call, &arena, &user);
    if (result >= 0)
        result = other_administrator(call, user.id);
    if (result < 0)
        return result;
    if (result == 0)
        return error_set(call->detail, ERR_REFUSED,
                         "'%s' would leave nobody who is an administrator", user.id);
    user.disabled_at = clock_wall(&call->app->clock);
    result = token_revoke_all(call, user.id);
    if (result >= 0)
        result = credential_forget(call->app, user.id, call->detail);
    if (result >= 0)
        result = hook_revoke_all(call->app, user.id, call->actor.id, call->detail);
    return result < 0 ? result : keep(call, &user, "user-disabled");
}

/* user.renew {id, token_sha256}: another token, and all old ones are nobody's at once. */
int user_renew(struct call *call)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct store_user user;
    arena_init(&arena, ARENA_MAX);
    int result = find_active(call, &arena, &user);
    if (result >= 0)
        result = token_revoke_all(call, user.id);
    if (result >= 0)
        result = credential_forget(call->app, user.id, call->detail);
    if (result >= 0)
        result = hand_out(call, user.id);
    return result < 0 ? result : keep(call, &user, "user-renewed");
}
