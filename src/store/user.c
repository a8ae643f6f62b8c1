#include "store/user.h"

#include "store/statement.h"

enum { ROLES_TEXT_MAX = 4096 };

int store_user_put(struct store *store, const struct store_user *user)
{
    struct buffer roles BUFFER_CLEANUP;
    buffer_init(&roles, ROLES_TEXT_MAX);
    int result = texts_encode(user->roles, user->role_count, &roles);
    if (result < 0 || user->role_count > STORE_ROLES_MAX)
        return store_fail(store, ERR_LIMIT, "user %s: too many roles", user->id);
    return store_change(store, STATEMENT_PERSON_PUT,
                        VALUES(value_text(user->id), value_text(user->name),
                               value_text(buffer_text(&roles)), value_text(user->party),
                               value_int(user->created_at), value_int(user->disabled_at)));
}

static void read_user(struct query *query, struct arena *arena, void *item)
{
    struct store_user *user = item;
    *user = (struct store_user){.id = query_text(query, 0, arena),
                                .name = query_text(query, 1, arena),
                                .party = query_text(query, 3, arena),
                                .created_at = query_int(query, 4),
                                .disabled_at = query_int(query, 5)};
    int result = texts_decode(query_text(query, 2, arena), STORE_ROLES_MAX, arena, &user->roles,
                              &user->role_count);
    if (result < 0)
        query_fail(query, result);
}

int store_user_find(struct store *store, const char *id, struct arena *arena,
                    struct store_user *ret_user)
{
    const struct reading reading = {STATEMENT_PERSON_FIND, read_user, sizeof *ret_user,
                                    VALUES(value_text(id))};
    return store_read_one(store, &reading, arena, ret_user);
}

int store_user_list(struct store *store, const char *after, size_t limit, struct arena *arena,
                    struct store_user **ret_users, size_t *ret_count)
{
    const struct reading reading = {STATEMENT_PERSON_LIST, read_user, sizeof **ret_users,
                                    VALUES(value_text(after), value_limit(limit))};
    return store_read_all(store, &reading, arena, ret_users, ret_count);
}
