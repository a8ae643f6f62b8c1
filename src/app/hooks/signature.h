/* How a delivery is signed: HTTP Message Signatures (RFC 9421) with `hmac-sha256` under the hook's
 * secret, over method, address, media type and the digest of the body (RFC 9530). `nonce` is the
 * id of the delivery, `keyid` is made of the secret, so that a receiver of several hooks finds the
 * right one and nobody else learns whose it is. */
#ifndef BAILIWICK_APP_HOOKS_SIGNATURE_H
#define BAILIWICK_APP_HOOKS_SIGNATURE_H

#include "base/buffer.h"
#include "base/digest.h"

#define SIGNATURE_MEDIA_TYPE "application/json"

enum { SIGNATURE_KEY_ID = 17, SIGNATURE_FIELD_MAX = 512 };

/* The first 64 bits of the SHA-256 of the secret. */
char *signature_key_id(const struct digest *secret, char text[SIGNATURE_KEY_ID]);

struct signature_request {
    const struct digest *secret;
    const char *url;
    const void *body;
    size_t size;
    const char *nonce;
    int64_t created_s; /* seconds since 1970 */
};

/* Header lines ("Name: value"). */
struct signature_fields {
    char digest[SIGNATURE_FIELD_MAX], input[SIGNATURE_FIELD_MAX], signature[SIGNATURE_FIELD_MAX];
};

/* ERR_LIMIT for an address of more bytes than a hook may have. */
int signature_make(const struct signature_request *request, struct signature_fields *ret_fields);

#endif
