/* People and programs that may act. A token is kept as its SHA-256 alone. */
#ifndef BAILIWICK_STORE_USER_H
#define BAILIWICK_STORE_USER_H

#include "base/digest.h"
#include "store/store.h"

enum { STORE_ROLES_MAX = 32 };

struct store_user {
    const char *id;
    const char *name;
    const char **roles; /* as the rulebook names them */
    size_t role_count;
    const char *party; /* "" for staff */
    struct digest token_sha256;
    int64_t created_at;  /* when the present token was handed out */
    int64_t disabled_at; /* 0 while active */
};

/* Makes or replaces. ERR_CONFLICT when the token is another user's. */
int store_user_put(struct store *store, const struct store_user *user);
int store_user_find(struct store *store, const char *id, struct arena *arena,
                    struct store_user *ret_user);
/* By the SHA-256 of the token shown; disabled users are ERR_NOT_FOUND. */
int store_user_find_token(struct store *store, const struct digest *token_sha256,
                          struct arena *arena, struct store_user *ret_user);
int store_user_list(struct store *store, const char *after, size_t limit, struct arena *arena,
                    struct store_user **ret_users, size_t *ret_count);

#endif
