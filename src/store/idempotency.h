/* Answers that are given again when the same request comes again, sealed under a key that only who
 * asks has. */
#ifndef BAILIWICK_STORE_IDEMPOTENCY_H
#define BAILIWICK_STORE_IDEMPOTENCY_H

#include "base/digest.h"
#include "model/measurement.h"
#include "store/store.h"

struct store_idempotency {
    struct digest key_sha256, request_sha256;
    const char *object;  /* what the request made */
    struct bytes sealed; /* the answer */
    int64_t at;          /* real time */
};

/* ERR_CONFLICT for a key that is there. */
int store_idempotency_put(struct store *store, const struct store_idempotency *row);
int store_idempotency_find(struct store *store, const struct digest *key_sha256,
                           struct arena *arena, struct store_idempotency *ret_row);
/* Each returns how many there were. */
int store_idempotency_delete_object(struct store *store, const char *object);
int store_idempotency_delete_until(struct store *store, int64_t at);

#endif
