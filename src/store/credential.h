/* What a user's password and second factor are checked by: nothing that opens anything by itself.
 */
#ifndef BAILIWICK_STORE_CREDENTIAL_H
#define BAILIWICK_STORE_CREDENTIAL_H

#include "base/digest.h"
#include "model/measurement.h"
#include "store/store.h"

struct store_credential {
    const char *person;
    struct bytes salt; /* 16 bytes */
    uint32_t passes, memory_kib;
    struct digest verifier;
    struct bytes factor; /* sealed */
    int64_t used_step;   /* of the last one-time password that was taken; -1 before the first */
    int64_t set_at;
};

/* Makes or replaces. ERR_CONFLICT for a person that is not there. */
int store_credential_put(struct store *store, const struct store_credential *credential);
int store_credential_find(struct store *store, const char *person, struct arena *arena,
                          struct store_credential *ret_credential);
/* Notes that the one-time password of a step was taken. ERR_NOT_FOUND when that step, or a later
 * one, was taken before. */
int store_credential_use(struct store *store, const char *person, int64_t step);
/* Returns how many there were, 0 or 1. */
int store_credential_delete(struct store *store, const char *person);

#endif
