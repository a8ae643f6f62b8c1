/* Bytes that only a key opens, so that to forget the key is to erase them: XChaCha20-Poly1305
 * (draft-irtf-cfrg-xchacha-03) with a random nonce in front. libsodium does the work. */
#ifndef BAILIWICK_BASE_SEAL_H
#define BAILIWICK_BASE_SEAL_H

#include "base/digest.h"

enum { SEAL_NONCE_SIZE = 24, SEAL_TAG_SIZE = 16, SEAL_OVERHEAD = SEAL_NONCE_SIZE + SEAL_TAG_SIZE };

/* `about` says what the bytes are: they open only as that. `sealed` has room for size +
 * SEAL_OVERHEAD bytes. */
void seal_close(const struct digest *key, const char *about, const void *data, size_t size,
                uint8_t *sealed);

/* `data` has room for size - SEAL_OVERHEAD bytes. ERR_DAMAGED for another key, other bytes, or
 * bytes that are about something else; then `data` holds nothing of them. */
int seal_open(const struct digest *key, const char *about, const uint8_t *sealed, size_t size,
              uint8_t *data);

#endif
