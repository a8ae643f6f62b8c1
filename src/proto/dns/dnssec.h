/* DNSSEC: do these signatures hold (RFC 4034, 4035, 6840)?
 *
 * The canonical form is made here and goes straight into OpenSSL. Times are judged at an instant
 * that the caller gives; there is no clock. Nothing here decides what a result means: the caller
 * gets a tally of what each signature turned out to be.
 *
 * Work is counted: each signature verified with a key and each digest of a key takes one from the
 * budget. A zone that wants more (many keys with one tag, CVE-2023-50387) gets ERR_LIMIT. */
#ifndef BAILIWICK_PROTO_DNS_DNSSEC_H
#define BAILIWICK_PROTO_DNS_DNSSEC_H

#include "base/arena.h"
#include "base/error.h"
#include "proto/dns/rdata.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    DNSSEC_SIGNATURES_MAX = 32, /* over one set: two algorithms in the middle of a key change: 4 */
    DNSSEC_KEYS_MAX = 64,       /* of one zone; the largest seen in practice is about a dozen */
    DNSSEC_DS_MAX = 64,         /* of one delegation */
    DNSSEC_ANCHORS_MAX = 64,
    DNSSEC_ANCHOR_TEXT_MAX = 64 * 1024,
    DNSSEC_BUDGET = 4000, /* of one measurement: 26 addresses, 2 transports, 4 sets, 2 signatures,
                             and nearly as much again; 4,000 RSA verifications take 0.2 s */
};

struct dnssec_budget {
    unsigned left;
};

/* One RRset in canonical form and the signatures that came with it. */
struct dnssec_set {
    const char *name;
    uint16_t type;
    struct bytes *data; /* canonical (RFC 4034 6.2), in canonical order, without doubles (6.3) */
    size_t count;
    struct dns_rrsig *signatures;
    size_t signature_count;
};

struct dnssec_keys {
    const char *zone;
    struct dns_dnskey *keys; /* zone keys (RFC 4034 2.1.1) that are not revoked */
    size_t count;
};

/* What the signatures over one set turned out to be. The first three are cryptographically good. */
struct dnssec_tally {
    unsigned good;        /* and in time */
    unsigned expired;     /* expiration before the instant */
    unsigned early;       /* inception after the instant */
    unsigned bad;         /* does not verify, or its key is not there */
    unsigned unsupported; /* algorithm that we do not know: not a fault */
    int64_t expiration;   /* latest of the cryptographically good ones; 0 when none */
    int64_t inception;    /* earliest of them; 0 when none */
};

/* Collects the set of that name and type from a section. A set without records has count 0. The
 * arena holds the copies; signatures point into the message. Malformed signatures and records are
 * ERR_SYNTAX, too many ERR_LIMIT, ERR_NO_MEMORY. */
int dnssec_set_collect(const struct dns_message *message, enum dns_section section,
                       const char *name, uint16_t type, struct arena *arena,
                       struct dnssec_set *ret_set);

/* The zone keys among the DNSKEY records of the answer section. ERR_SYNTAX, ERR_LIMIT,
 * ERR_NO_MEMORY. */
int dnssec_keys_collect(const struct dns_message *message, const char *zone, struct arena *arena,
                        struct dnssec_keys *ret_keys);

/* Verifies every signature of the set with the keys of its zone, at an instant (microseconds UTC).
 * ERR_LIMIT when the budget is used up, ERR_NO_MEMORY. */
int dnssec_verify(const struct dnssec_set *set, const struct dnssec_keys *keys, int64_t at,
                  struct dnssec_budget *budget, struct dnssec_tally *ret_tally);

/* 8, 10 (RFC 5702), 13, 14 (RFC 6605), 15 (RFC 8080). */
bool dnssec_algorithm_supported(uint8_t algorithm);
/* 1 (RFC 4034), 2 (RFC 4509), 4 (RFC 6605). */
bool dnssec_digest_supported(uint8_t digest_type);

/* 1: this DS record names this key of `zone` (RFC 4034 5.1.4); 0: it does not. ERR_LIMIT without
 * budget, ERR_NO_MEMORY. */
int dnssec_ds_matches(const struct dns_ds *ds, const char *zone, const struct dns_dnskey *key,
                      struct dnssec_budget *budget);

/* One DS or DNSKEY record that is trusted without proof. */
struct dnssec_anchor {
    const char *zone;
    uint16_t type; /* DNS_DS or DNS_DNSKEY */
    struct bytes data;
};

/* Reads presentation form, one record a line: `owner [TTL] [IN] DS|DNSKEY fields`. Empty lines,
 * lines of other types and comments (;) are passed over. ERR_SYNTAX with the line, ERR_LIMIT. */
int dnssec_anchors_parse(const char *text, struct arena *arena, struct dnssec_anchor **ret_anchors,
                         size_t *ret_count, struct error_detail *detail);

/* 1: this key of `zone` is the anchor's own, or the one its digest names. Else as above. */
int dnssec_anchor_matches(const struct dnssec_anchor *anchor, const char *zone,
                          const struct dns_dnskey *key, struct dnssec_budget *budget);

/* Loads the algorithms, so that a sandbox may close the files afterwards. */
void dnssec_prepare(void);

#endif
