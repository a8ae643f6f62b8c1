/* Ed25519 signatures (RFC 8032). Only the signer process ever holds a secret key. */
#ifndef BAILIWICK_BASE_SIGN_H
#define BAILIWICK_BASE_SIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SIGN_PUBLIC_SIZE = 32, SIGN_SEED_SIZE = 32, SIGN_SIGNATURE_SIZE = 64 };

struct sign_key {
    uint8_t seed[SIGN_SEED_SIZE];
    uint8_t public[SIGN_PUBLIC_SIZE];
};

void sign_key_new(struct sign_key *ret_key);
void sign_key_from_seed(const uint8_t seed[SIGN_SEED_SIZE], struct sign_key *ret_key);
void sign_key_wipe(struct sign_key *key);

void sign_message(const struct sign_key *key, const void *data, size_t size,
                  uint8_t ret_signature[SIGN_SIGNATURE_SIZE]);
bool sign_verify(const uint8_t public[SIGN_PUBLIC_SIZE], const void *data, size_t size,
                 const uint8_t signature[SIGN_SIGNATURE_SIZE]);

#endif
