/* Complaints to which nothing happens any more, and since when: for what is due to be erased. How
 * long one is kept is not known here. */
#ifndef BAILIWICK_STORE_RETENTION_H
#define BAILIWICK_STORE_RETENTION_H

#include "store/store.h"

struct store_rest {
    const char *reference;
    int64_t received_at;
    const char *type, *state, *case_id;
    int64_t since; /* the last thing that happened to it or to its case */
};

/* Those of a state that came by `until_at`, were not erased, are on no legal hold and belong to no
 * open case; oldest first, from after `after` ("": from the first). */
struct store_rest_query {
    const char *state, *after;
    int64_t until_at;
    size_t limit;
};
int store_rest_list(struct store *store, const struct store_rest_query *query, struct arena *arena,
                    struct store_rest **ret_rests, size_t *ret_count);

#endif
