#include "base/seal.h"

#include "base/error.h"

#include <sodium.h>
#include <string.h>

_Static_assert(SEAL_NONCE_SIZE == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES &&
                   SEAL_TAG_SIZE == crypto_aead_xchacha20poly1305_ietf_ABYTES &&
                   DIGEST_SIZE == crypto_aead_xchacha20poly1305_ietf_KEYBYTES,
               "sizes of the cipher");

void seal_close(const struct digest *key, const char *about, const void *data, size_t size,
                uint8_t *sealed)
{
    randombytes_buf(sealed, SEAL_NONCE_SIZE);
    crypto_aead_xchacha20poly1305_ietf_encrypt(sealed + SEAL_NONCE_SIZE, /* clen_p= */ NULL, data,
                                               size, (const uint8_t *)about, strlen(about),
                                               /* nsec= */ NULL, sealed, key->bytes);
}

int seal_open(const struct digest *key, const char *about, const uint8_t *sealed, size_t size,
              uint8_t *data)
{
    if (size < SEAL_OVERHEAD)
        return ERR_DAMAGED;
    int failed = crypto_aead_xchacha20poly1305_ietf_decrypt(
        data, /* mlen_p= */ NULL, /* nsec= */ NULL, sealed + SEAL_NONCE_SIZE,
        size - SEAL_NONCE_SIZE, (const uint8_t *)about, strlen(about), sealed, key->bytes);
    return failed ? ERR_DAMAGED : 0;
}
