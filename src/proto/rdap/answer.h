/* RDAP answers (RFC 9083): what stands in a help or domain answer, and what is missing.
 *
 * Reading never fails on what the server wrote; each finding of fact has its own member. */
#ifndef BAILIWICK_PROTO_RDAP_ANSWER_H
#define BAILIWICK_PROTO_RDAP_ANSWER_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    RDAP_NAME_TEXT = 1024,
    RDAP_CLASS_TEXT = 64,
    RDAP_CONFORMANCE_MAX = 200, /* extensions one server claims; more are not looked at */
};

#define RDAP_MEDIA_TYPE "application/rdap+json" /* RFC 9083 10.1 */

struct rdap_answer {
    bool json;                          /* a JSON object (RFC 9083 3) */
    struct error_detail fault;          /* why it is not JSON */
    bool conformance;                   /* rdapConformance is an array of strings (RFC 9083 4.1) */
    bool level_0;                       /* and has "rdap_level_0" */
    char object_class[RDAP_CLASS_TEXT]; /* objectClassName (RFC 9083 4.9); "" when absent */
    char ldh_name[RDAP_NAME_TEXT];      /* ldhName (RFC 9083 5.3), normalised; "" when absent or
                                           not a domain name */
    bool notices;                       /* a notices array (RFC 9083 4.3) */
};

void rdap_answer_read(const void *body, size_t size, struct rdap_answer *ret_answer);

#endif
