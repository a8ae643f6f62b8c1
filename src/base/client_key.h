/* Keys of programs that show a certificate at a door of ours: the usual ones, and none that would
 * cost us much to check a signature of. */
#ifndef BAILIWICK_BASE_CLIENT_KEY_H
#define BAILIWICK_BASE_CLIENT_KEY_H

#include <stdbool.h>

struct evp_pkey_st; /* EVP_PKEY of OpenSSL */

enum {
    CLIENT_KEY_RSA_LEAST = 2048,
    CLIENT_KEY_RSA_MOST = 4096,
    CLIENT_KEY_RSA_EXPONENT_BITS = 32,
};

/* RSA of 2048 to 4096 bits with a small exponent, P-256, P-384, P-521, Ed25519 or Ed448. NULL is
 * none. */
bool client_key_is_taken(const struct evp_pkey_st *key);

#endif
