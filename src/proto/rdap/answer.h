/* RDAP answers (RFC 9083): what stands in a help or domain answer, and what is missing.
 *
 * Reading never fails on what the server wrote; each finding of fact has its own member. Our limits
 * are no fault of the server: deep nesting, numbers that fit no type, "\u0000", half a surrogate
 * pair and equal names are JSON that we do not read. */
#ifndef BAILIWICK_PROTO_RDAP_ANSWER_H
#define BAILIWICK_PROTO_RDAP_ANSWER_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    RDAP_NAME_TEXT = 1024,
    RDAP_CLASS_TEXT = 64,
};

#define RDAP_MEDIA_TYPE "application/rdap+json" /* RFC 9083 10.1 */

enum rdap_body {
    RDAP_BODY_NOT_JSON, /* by RFC 8259, or not an object (RFC 9083 3) */
    RDAP_BODY_UNREAD,   /* JSON as far as it goes, but beyond what we read */
    RDAP_BODY_READ,
};

/* What follows `fault` is told of RDAP_BODY_READ only. */
struct rdap_answer {
    enum rdap_body body;
    struct error_detail fault;          /* why it was not read */
    bool conformance;                   /* rdapConformance is an array of strings (RFC 9083 4.1) */
    bool level_0;                       /* and has "rdap_level_0" */
    char object_class[RDAP_CLASS_TEXT]; /* objectClassName (RFC 9083 4.9); "" when absent */
    char ldh_name[RDAP_NAME_TEXT];      /* ldhName (RFC 9083 5.3), normalised; "" when absent or
                                           not a domain name */
    bool notices;                       /* a notices array (RFC 9083 4.3) */
};

void rdap_answer_read(const void *body, size_t size, struct rdap_answer *ret_answer);

#endif
