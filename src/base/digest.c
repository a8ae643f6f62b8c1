#include "base/digest.h"

#include "base/error.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

static_assert(sizeof(crypto_hash_sha256_state) <= sizeof(struct digest_state),
              "room for the state");

struct digest digest_of(const void *data, size_t size)
{
    struct digest digest;
    crypto_hash_sha256(digest.bytes, data, size);
    return digest;
}

struct digest digest_hmac(const uint8_t key[DIGEST_SIZE], const void *data, size_t size)
{
    struct digest digest;
    crypto_auth_hmacsha256(digest.bytes, data, size, key);
    return digest;
}

void digest_begin(struct digest_state *state)
{
    crypto_hash_sha256_init((void *)state->opaque);
}

void digest_add(struct digest_state *state, const void *data, size_t size)
{
    crypto_hash_sha256_update((void *)state->opaque, data, size);
}

struct digest digest_end(struct digest_state *state)
{
    struct digest digest;
    crypto_hash_sha256_final((void *)state->opaque, digest.bytes);
    return digest;
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

void random_bytes(void *data, size_t size)
{
    randombytes_buf(data, size);
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
