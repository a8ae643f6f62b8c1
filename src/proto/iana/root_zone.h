/* The root zone as a master file (RFC 1035 5.1), read for its delegations.
 *
 * Only the form in which the root zone is published is read: one record a line, every owner name
 * written out in full, no $-directives. A file that may have been cut off is refused as a whole,
 * because TLDs missing from half a file would look like TLDs that left the root. Proof of
 * completeness is either a closing SOA record (as in a zone transfer) or, in a signed zone, an NSEC
 * chain (RFC 4034 4) that comes back to the root and visits every delegation. */
#ifndef BAILIWICK_PROTO_IANA_ROOT_ZONE_H
#define BAILIWICK_PROTO_IANA_ROOT_ZONE_H

#include "base/arena.h"
#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

enum {
    ROOT_ZONE_MAX = 64 << 20,    /* bytes; the real one has 2 MB */
    ROOT_ZONE_TLDS_MAX = 100000, /* the real one has 1,450 */
};

struct root_delegation {
    const char *tld; /* A-label, lower case, no dot */
    const char **ns; /* name servers, sorted, no final dot */
    size_t ns_count;
    const char **ds; /* RDATA in presentation form, sorted */
    size_t ds_count;
    const char **glue; /* "name address", sorted */
    size_t glue_count;
};

struct root_zone {
    uint32_t serial;
    struct root_delegation *delegations; /* sorted by TLD */
    size_t count;
};

/* ERR_SYNTAX with the line, ERR_DAMAGED when the file does not prove that it is whole. */
int root_zone_parse(const char *text, size_t size, struct arena *arena, struct root_zone *ret_zone,
                    struct error_detail *detail);

#endif
