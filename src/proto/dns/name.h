/* Domain names: wire form (RFC 1035 3.1, 4.1.4) <-> text.
 *
 * Text is presentation form with ASCII letters lower-cased and without the final dot; the root is
 * ".". Bytes that are not printable, and dots and backslashes inside a label, are written \DDD or
 * \c (RFC 1035 5.1). One name has one text, so that comparing names (RFC 4343) is strcmp(). */
#ifndef BAILIWICK_PROTO_DNS_NAME_H
#define BAILIWICK_PROTO_DNS_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    DNS_NAME_WIRE = 255,  /* RFC 1035 2.3.4 */
    DNS_LABEL_MAX = 63,   /* RFC 1035 2.3.4 */
    DNS_NAME_TEXT = 1024, /* 255 bytes, each at most "\255", and the NUL */
    DNS_NAME_HOPS = 64,   /* compression pointers followed in one name: every real encoder needs one
                             a label, and a name of more labels has no room for a longer chain */
};

/* Reads the name at `offset` of a message, following compression pointers, which must point
 * backwards. `*ret_end` is the offset behind the name where it stands. `text` is written also on
 * failure. ERR_SYNTAX. */
int dns_name_decode(const uint8_t *message, size_t size, size_t offset, char text[DNS_NAME_TEXT],
                    size_t *ret_end);

/* Text to uncompressed wire form. A final dot and upper case are accepted. ERR_SYNTAX. */
int dns_name_encode(const char *text, uint8_t wire[DNS_NAME_WIRE], size_t *ret_size);

/* Text in the one form of this header, whatever case and final dot were given. ERR_SYNTAX. */
int dns_name_normalise(const char *given, char text[DNS_NAME_TEXT]);

/* Both in the form of this header. A name is under itself; everything is under ".". */
bool dns_name_is_under(const char *name, const char *ancestor);

/* Number of labels; 0 for the root. */
unsigned dns_name_labels(const char *name);

/* The name without its first `count` labels ("." when none are left); borrowed from `name`. */
const char *dns_name_parent(const char *name, unsigned count);

#endif
