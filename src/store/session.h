/* Who is signed in at the staff door. The cookie is kept as its SHA-256 alone; what has ended is
 * not kept. */
#ifndef BAILIWICK_STORE_SESSION_H
#define BAILIWICK_STORE_SESSION_H

#include "base/digest.h"
#include "store/store.h"

struct store_session {
    const char *id; /* to be named by; proves nothing */
    struct digest sha256;
    const char *person;
    uint32_t token;            /* number of the token that was shown; 0 for a password */
    int64_t begun_at, seen_at; /* real time */
    const char *address;       /* from which it was begun */
};

/* ERR_CONFLICT for an id or a cookie that is there already, or a person that is not. */
int store_session_append(struct store *store, const struct store_session *session);
/* By the SHA-256 of the cookie, whether it is over or not. */
int store_session_find(struct store *store, const struct digest *sha256, struct arena *arena,
                       struct store_session *ret_session);
int store_session_get(struct store *store, const char *id, struct arena *arena,
                      struct store_session *ret_session);
/* Of all, in the order of ids, from the one after `after` on. */
int store_session_list(struct store *store, const char *after, size_t limit, struct arena *arena,
                       struct store_session **ret_sessions, size_t *ret_count);
int store_session_list_person(struct store *store, const char *person, struct arena *arena,
                              struct store_session **ret_sessions, size_t *ret_count);
int store_session_seen(struct store *store, const char *id, int64_t at);
/* Each returns how many there were. */
int store_session_delete(struct store *store, const char *id);
int store_session_delete_person(struct store *store, const char *person);
/* Those that were begun, or seen last, by then. */
int store_session_delete_over(struct store *store, int64_t begun_by, int64_t seen_by);

#endif
