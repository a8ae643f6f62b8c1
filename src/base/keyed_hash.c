#include "base/keyed_hash.h"

#include <sodium.h>

_Static_assert(HASH_KEY_SIZE == crypto_shorthash_KEYBYTES &&
                   sizeof(uint64_t) == crypto_shorthash_BYTES,
               "sizes of the hash");

/* The value does not depend on the machine: it is kept in stores. */
uint64_t keyed_hash(const struct hash_key *key, const void *data, size_t size)
{
    uint8_t bytes[crypto_shorthash_BYTES];
    uint64_t value = 0;
    crypto_shorthash(bytes, data, size, key->bytes);
    for (size_t i = sizeof bytes; i > 0; i--)
        value = value << 8 | bytes[i - 1];
    return value;
}
