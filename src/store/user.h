/* People and programs that may act. What proves that somebody is one of them stands in token.h. */
#ifndef BAILIWICK_STORE_USER_H
#define BAILIWICK_STORE_USER_H

#include "store/store.h"

enum { STORE_ROLES_MAX = 32 };

struct store_user {
    const char *id;
    const char *name;
    const char **roles; /* as the rulebook names them */
    size_t role_count;
    const char *party; /* "" for staff */
    int64_t created_at;
    int64_t disabled_at; /* 0 while active */
};

/* Makes or replaces. */
int store_user_put(struct store *store, const struct store_user *user);
int store_user_find(struct store *store, const char *id, struct arena *arena,
                    struct store_user *ret_user);
int store_user_list(struct store *store, const char *after, size_t limit, struct arena *arena,
                    struct store_user **ret_users, size_t *ret_count);

#endif
