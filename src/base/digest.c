#include "base/digest.h"

#include "base/error.h"

#include <assert.h>
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>
#include <sodium.h>
#include <string.h>

/* SHA-256 is asked of libcrypto's plain functions, which use what the CPU has for it: a fifth of
 * the time that libsodium takes. They are called deprecated, for EVP; EVP reads files when it is
 * first used, which most of our processes may not do. */
static_assert(sizeof(SHA256_CTX) <= sizeof(struct digest_state), "room for the state");

void digest_begin(struct digest_state *state)
{
    SHA256_Init((void *)state->opaque);
}

void digest_add(struct digest_state *state, const void *data, size_t size)
{
    SHA256_Update((void *)state->opaque, data, size);
}

struct digest digest_end(struct digest_state *state)
{
    struct digest digest;
    SHA256_Final(digest.bytes, (void *)state->opaque);
    return digest;
}

struct digest digest_of(const void *data, size_t size)
{
    struct digest_state state;
    digest_begin(&state);
    digest_add(&state, data, size);
    return digest_end(&state);
}

/* One pass of HMAC: the key, padded and mixed with `mask`, then the data (RFC 2104, 2). */
static struct digest keyed(const uint8_t key[DIGEST_SIZE], uint8_t mask, const void *data,
                           size_t size)
{
    uint8_t block[SHA256_CBLOCK];
    struct digest_state state;
    memset(block, mask, sizeof block);
    for (size_t i = 0; i < DIGEST_SIZE; i++)
        block[i] ^= key[i];
    digest_begin(&state);
    digest_add(&state, block, sizeof block);
    digest_add(&state, data, size);
    struct digest digest = digest_end(&state);
    sodium_memzero(block, sizeof block);
    sodium_memzero(&state, sizeof state);
    return digest;
}

struct digest digest_hmac(const uint8_t key[DIGEST_SIZE], const void *data, size_t size)
{
    struct digest inner = keyed(key, 0x36, data, size);
    return keyed(key, 0x5c, inner.bytes, sizeof inner.bytes);
}

bool digest_equal(const struct digest *a, const struct digest *b)
{
    return sodium_memcmp(a->bytes, b->bytes, DIGEST_SIZE) == 0;
}

int digest_compare(const struct digest *a, const struct digest *b)
{
    return memcmp(a->bytes, b->bytes, DIGEST_SIZE);
}

char *digest_format(const struct digest *digest, char text[DIGEST_HEX])
{
    return hex_format(digest->bytes, DIGEST_SIZE, text);
}

int digest_parse(const char *text, struct digest *ret_digest)
{
    return hex_parse(text, ret_digest->bytes, DIGEST_SIZE);
}

char *hex_format(const void *data, size_t size, char *text)
{
    return sodium_bin2hex(text, size * 2 + 1, data, size);
}

int hex_parse(const char *text, void *data, size_t size)
{
    uint8_t parsed[64];
    size_t got;
    const char *end;
    if (size > sizeof parsed || strlen(text) != size * 2 ||
        sodium_hex2bin(parsed, sizeof parsed, text, size * 2, NULL, &got, &end) != 0 ||
        got != size || *end)
        return ERR_SYNTAX;
    memcpy(data, parsed, size);
    return 0;
}

char *base64_format(const void *data, size_t size, char *text, size_t room)
{
    return sodium_bin2base64(text, room, data, size, sodium_base64_VARIANT_ORIGINAL);
}

int base64_parse(const char *text, void *data, size_t room, size_t *ret_size)
{
    const char *end;
    size_t size = strlen(text), got;
    if (sodium_base642bin(data, room, text, size, NULL, &got, &end,
                          sodium_base64_VARIANT_ORIGINAL) != 0 ||
        end != text + size)
        return ERR_SYNTAX;
    *ret_size = got;
    return 0;
}
