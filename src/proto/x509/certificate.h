/* Facts of one certificate (RFC 5280) as a server sent it, for judging at the time of observation.
 */
#ifndef BAILIWICK_PROTO_X509_CERTIFICATE_H
#define BAILIWICK_PROTO_X509_CERTIFICATE_H

#include "base/digest.h"
#include "model/measurement.h"

#include <stdbool.h>
#include <stdint.h>

struct certificate {
    int64_t not_before, not_after; /* microseconds UTC, RFC 5280 4.1.2.5 */
    bool matches_host;             /* subjectAltName has the host (RFC 6125 6.4, RFC 9110 4.3.4) */
};

/* `host` is a name or an address without brackets. ERR_SYNTAX: not a certificate.
 * ERR_NO_MEMORY. */
int certificate_read(const struct bytes *der, const char *host,
                     struct certificate *ret_certificate);

/* One that a program shows at a door of ours, read from a PEM file: the first in it. */
struct client_certificate {
    struct digest sha256; /* of its DER: the thumbprint of RFC 8705 3.1 */
    int64_t not_before, not_after;
    bool key_taken; /* base/client_key.h */
};

/* ERR_SYNTAX: no certificate in it. ERR_NO_MEMORY. */
int certificate_read_client(const char *pem, size_t size,
                            struct client_certificate *ret_certificate);

/* Error numbers of OpenSSL's verification, as exchanges have them, that are not about trust. */
enum {
    CERTIFICATE_OK = 0,
    CERTIFICATE_NOT_YET_VALID = 9,
    CERTIFICATE_EXPIRED = 10,
    CERTIFICATE_WRONG_HOST = 62,
    CERTIFICATE_WRONG_ADDRESS = 64,
};

/* OpenSSL's words for such a number. */
const char *certificate_error_text(int32_t error);

#endif
