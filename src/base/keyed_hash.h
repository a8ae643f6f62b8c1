/* Short hashes that nobody can make, or try words against, without the key: SipHash-2-4
 * (Aumasson, Bernstein, "SipHash: a fast short-input PRF", 2012). libsodium does the work.
 *
 * For indexes of what must not be told by the index itself. 64 bits: two of a million different
 * values agree by chance once in some forty million millions. */
#ifndef BAILIWICK_BASE_KEYED_HASH_H
#define BAILIWICK_BASE_KEYED_HASH_H

#include <stddef.h>
#include <stdint.h>

enum { HASH_KEY_SIZE = 16 };

struct hash_key {
    uint8_t bytes[HASH_KEY_SIZE];
};

uint64_t keyed_hash(const struct hash_key *key, const void *data, size_t size);

#endif
