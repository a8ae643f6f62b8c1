/* Parts of a message, as GMime gives them. Used by this room only. */
#ifndef BAILIWICK_PROTO_MAIL_PART_H
#define BAILIWICK_PROTO_MAIL_PART_H

#include <gmime/gmime.h>
#include <stdbool.h>
#include <stddef.h>

bool part_has_type(GMimeObject *part, const char *type, const char *subtype);

/* The content of a leaf without its transfer encoding; the caller unrefs the array. */
GByteArray *part_content(GMimeObject *part);

/* Reads a message. Only as many bytes are looked at as hold `dashes` lines that may begin a part
 * and MAIL_COLONS_MAX colons. NULL when they are none; the caller unrefs it. */
GMimeMessage *part_read_message(const void *bytes, size_t size, size_t dashes);

#endif
