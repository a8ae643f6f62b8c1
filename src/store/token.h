/* Tokens of users. A token is kept as its SHA-256 alone; what was handed out stays told after it
 * was taken away. */
#ifndef BAILIWICK_STORE_TOKEN_H
#define BAILIWICK_STORE_TOKEN_H

#include "base/digest.h"
#include "store/store.h"

struct store_token {
    const char *person;
    uint32_t number; /* of this person's tokens, from 1 */
    struct digest sha256;
    const char *scope; /* what it may be used for (access/scope.h) */
    const char *note;
    int64_t made_at;
    const char *made_by; /* "" where an older program did not keep it */
    int32_t until;       /* civil day on which it is void; 0 for none */
    int64_t revoked_at;  /* 0 while it was not */
    const char *revoked_by;
    /* Of the certificate with which alone it is worth something; all zero for none. */
    struct digest certificate;
};

/* Gives it the person's next number; what is said of revocation does not count. ERR_CONFLICT when
 * the token is there already, or the person is not. */
int store_token_append(struct store *store, const struct store_token *token);
/* By the SHA-256 of the token shown, also when it was revoked. ERR_NOT_FOUND. */
int store_token_find(struct store *store, const struct digest *sha256, struct arena *arena,
                     struct store_token *ret_token);
/* Of a person, in the order in which they were handed out. */
int store_token_list(struct store *store, const char *person, struct arena *arena,
                     struct store_token **ret_tokens, size_t *ret_count);
/* ERR_NOT_FOUND when there is none of that number that was not revoked before. */
int store_token_revoke(struct store *store, const char *person, uint32_t number, int64_t at,
                       const char *by);
/* All of a person. Returns how many. */
int store_token_revoke_all(struct store *store, const char *person, int64_t at, const char *by);

#endif
