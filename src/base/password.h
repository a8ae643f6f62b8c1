/* A password becomes a key: Argon2id (RFC 9106) with one lane. libsodium does the work.
 *
 * The key is what proves the password: who stretches it may be another process than the one that
 * checks it, which then never has the password, and spends nothing on guesses. */
#ifndef BAILIWICK_BASE_PASSWORD_H
#define BAILIWICK_BASE_PASSWORD_H

#include "base/digest.h"

enum {
    PASSWORD_SALT_SIZE = 16,
    PASSWORD_LEAST = 12,  /* bytes */
    PASSWORD_MOST = 1024, /* a longer one would only be work */
    /* RFC 9106 4, second recommended choice: 64 MiB, 3 passes (there with 4 lanes). */
    PASSWORD_PASSES = 3,
    PASSWORD_MEMORY_KIB = 64 << 10,
};

struct password_cost {
    uint32_t passes, memory_kib;
};

/* ERR_LIMIT for a cost outside of 1 to 16 passes and 8 MiB to 1 GiB, or a password that is too
 * long; ERR_NO_MEMORY. */
int password_stretch(const char *password, const uint8_t salt[PASSWORD_SALT_SIZE],
                     const struct password_cost *cost, struct digest *ret_key);

/* Overwrites a secret that is not needed any more. */
void password_forget(void *secret, size_t size);

#endif
