/* What the encoder and the decoder of measurements share; inside of this room. */
#ifndef BAILIWICK_MODEL_MEASUREMENT_FORMAT_H
#define BAILIWICK_MODEL_MEASUREMENT_FORMAT_H

#include "model/measurement.h"

enum {
    FORMAT_VERSION = 1,
    HEAD_SIZE = 8,                /* magic and size of the manifest */
    BLOCK_HEAD = 4 + DIGEST_SIZE, /* before each block */
    CHAIN_MAX = 32,               /* certificates of one handshake; real chains have 2 to 5 */
    MANIFEST_FIELDS = 10,
    SERVER_FIELDS = 4,
    EXCHANGE_FIELDS = 17,
};

#define MEASUREMENT_MAGIC "BWM1"

enum { MAGIC_SIZE = 4 };

/* SHA-256 of `sent` then `received`. */
struct digest measurement_content_digest(const struct exchange *exchange);

#endif
