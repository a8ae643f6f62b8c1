/* SHA-256, HMAC-SHA-256, random bytes, and their text forms (hexadecimal, base64).
 * Sources: FIPS 180-4, RFC 2104, RFC 4648. libcrypto digests, libsodium does the rest. */
#ifndef BAILIWICK_BASE_DIGEST_H
#define BAILIWICK_BASE_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DIGEST_SIZE = 32, DIGEST_HEX = 65, DIGEST_BASE64 = 45 };

struct digest {
    uint8_t bytes[DIGEST_SIZE];
};

struct digest digest_of(const void *data, size_t size);
struct digest digest_hmac(const uint8_t key[DIGEST_SIZE], const void *data, size_t size);

/* In pieces; the state is opaque and lives with the caller. */
struct digest_state {
    _Alignas(16) uint8_t opaque[128];
};
void digest_begin(struct digest_state *state);
void digest_add(struct digest_state *state, const void *data, size_t size);
struct digest digest_end(struct digest_state *state);

bool digest_equal(const struct digest *a, const struct digest *b);
int digest_compare(const struct digest *a, const struct digest *b);

char *digest_format(const struct digest *digest, char text[DIGEST_HEX]); /* lower case */
int digest_parse(const char *text, struct digest *ret_digest);           /* 64 digits; ERR_SYNTAX */

/* From the kernel, for keys as well; no two threads or processes get the same (random.c). */
void random_bytes(void *data, size_t size);

/* Lower case; `text` has room for 2 * size + 1. */
char *hex_format(const void *data, size_t size, char *text);
/* Exactly 2 * size digits of either case. ERR_SYNTAX. */
int hex_parse(const char *text, void *data, size_t size);

/* With padding; room for BASE64_ROOM(size). */
#define BASE64_ROOM(size) (((size) + 2) / 3 * 4 + 1)
char *base64_format(const void *data, size_t size, char *text, size_t room);
/* Strict. Returns 0 and the size, or ERR_SYNTAX (also when `room` is too small). */
int base64_parse(const char *text, void *data, size_t room, size_t *ret_size);

#endif
