#include "base/sign.h"

#include <sodium.h>
#include <string.h>

void sign_key_from_seed(const uint8_t seed[SIGN_SEED_SIZE], struct sign_key *ret_key)
{
    uint8_t secret[crypto_sign_SECRETKEYBYTES];
    memmove(ret_key->seed, seed, SIGN_SEED_SIZE);
    crypto_sign_seed_keypair(ret_key->public, secret, ret_key->seed);
    sodium_memzero(secret, sizeof secret);
}

void sign_key_new(struct sign_key *ret_key)
{
    uint8_t seed[SIGN_SEED_SIZE];
    randombytes_buf(seed, sizeof seed);
    sign_key_from_seed(seed, ret_key);
    sodium_memzero(seed, sizeof seed);
}

void sign_key_wipe(struct sign_key *key)
{
    sodium_memzero(key, sizeof *key);
}

void sign_message(const struct sign_key *key, const void *data, size_t size,
                  uint8_t ret_signature[SIGN_SIGNATURE_SIZE])
{
    uint8_t public[crypto_sign_PUBLICKEYBYTES], secret[crypto_sign_SECRETKEYBYTES];
    crypto_sign_seed_keypair(public, secret, key->seed);
    crypto_sign_detached(ret_signature, NULL, data, size, secret);
    sodium_memzero(secret, sizeof secret);
}

bool sign_verify(const uint8_t public[SIGN_PUBLIC_SIZE], const void *data, size_t size,
                 const uint8_t signature[SIGN_SIGNATURE_SIZE])
{
    return crypto_sign_verify_detached(signature, data, size, public) == 0;
}
