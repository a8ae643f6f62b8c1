/* What the signatures over one set of records are worth.
 *
 * A set is judged by its best signature (RFC 4035 5.3.3): one that verifies and is in time is
 * enough. Signatures that verify but are out of time are expired or early, never bogus. Algorithms
 * that we do not know are no fault. */
#ifndef BAILIWICK_CHECK_QUALITY_H
#define BAILIWICK_CHECK_QUALITY_H

#include "check/report.h"
#include "check/view.h"
#include "proto/dns/dnssec.h"

#include <stdbool.h>

enum quality {
    QUALITY_NONE, /* no records, no signatures, none that we could verify */
    QUALITY_GOOD,
    QUALITY_EARLY,
    QUALITY_EXPIRED,
    QUALITY_BOGUS, /* also: records or signatures that cannot be read */
};

/* Verifies the set that an answer is about with these keys, at the time of observation. Running out
 * of memory fails the report; a used-up budget is QUALITY_NONE. */
enum quality quality_verify(struct report *report, const struct heard *heard,
                            const struct dnssec_keys *keys, struct dnssec_tally *ret_tally);

/* The zone keys of a DNSKEY answer; false when there are none that can be read. */
bool quality_keys(struct report *report, const struct heard *heard, struct dnssec_keys *ret_keys);

/* Cites what every server of the zone says of its keys. */
void quality_cite_keys(struct report *report);

/* Does the answer have a signature over what it was asked for? */
bool quality_signed(const struct heard *heard);

#endif
