/* A recorded HTTP response: status line, fields, body (RFC 9110, RFC 9112).
 *
 * The bytes are those that the client kept: header section as received, body after transfer
 * decoding. Interim responses (1xx) before the final one are passed over. Everything is borrowed
 * from the bytes. */
#ifndef BAILIWICK_PROTO_HTTP_RESPONSE_H
#define BAILIWICK_PROTO_HTTP_RESPONSE_H

#include "model/measurement.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    HTTP_FIELDS_MAX = 500,    /* far above any server's; more is not looked at */
    HTTP_INTERIM_MAX = 8,     /* 1xx responses before the final one */
    HTTP_HEAD_MAX = 64 << 10, /* bytes of one header section */
    HTTP_MEDIA_TYPE_TEXT = 128,
};

struct http_response {
    int status;        /* 200..599 */
    struct bytes head; /* the fields, without status line and empty line */
    struct bytes body;
};

/* ERR_SYNTAX: no status line, or no empty line within HTTP_HEAD_MAX. */
int http_response_parse(const uint8_t *data, size_t size, struct http_response *ret_response);

/* Value of the first field of that name (any case), without blanks around it; not terminated. */
bool http_field_find(const struct http_response *response, const char *name,
                     struct bytes *ret_value);

/* Content-Type without parameters, lower case; "" when there is none (RFC 9110 8.3). */
const char *http_media_type(const struct http_response *response, char text[HTTP_MEDIA_TYPE_TEXT]);

/* The Date field in its one form that servers may send, IMF-fixdate (RFC 9110 5.6.7):
 * "Sun, 06 Nov 1994 08:49:37 GMT". Microseconds UTC. ERR_NOT_FOUND, ERR_SYNTAX. */
int http_date(const struct http_response *response, int64_t *ret_instant);

#endif
