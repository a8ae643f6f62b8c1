/* Test support: writes DNS messages record by record, and signs them with Ed25519 (RFC 8080). */
#ifndef BAILIWICK_CHECK_FIXTURE_MESSAGE_H
#define BAILIWICK_CHECK_FIXTURE_MESSAGE_H

#include "base/arena.h"
#include "base/sign.h"
#include "model/measurement.h"
#include "proto/dns/message.h"

/* A zone's one key and when its signatures hold. */
struct fixture_key {
    const char *zone;
    struct sign_key key;
    uint8_t dnskey[4 + SIGN_PUBLIC_SIZE]; /* record data */
    uint16_t tag;
    uint32_t inception, expiration; /* seconds since 1970 */
};

void fixture_key_make(const char *zone, uint8_t seed, int64_t now, struct fixture_key *ret_key);

enum { FIXTURE_RECORDS_MAX = 64, FIXTURE_DATA_MAX = 600 };

struct fixture_record {
    const char *name;
    uint16_t type;
    uint8_t data[FIXTURE_DATA_MAX];
    size_t size;
};

struct fixture_message {
    uint16_t rcode;
    bool authoritative, truncated, edns;
    struct fixture_record records[DNS_SECTIONS][FIXTURE_RECORDS_MAX];
    size_t counts[DNS_SECTIONS];
};

void fixture_put(struct fixture_message *message, enum dns_section section, const char *name,
                 uint16_t type, const void *data, size_t size);
void fixture_put_name(struct fixture_message *message, enum dns_section section, const char *name,
                      uint16_t type, const char *target);
void fixture_put_soa(struct fixture_message *message, enum dns_section section, const char *zone,
                     uint32_t serial);
void fixture_put_address(struct fixture_message *message, enum dns_section section,
                         const char *name, const struct net_address *address);
void fixture_put_ds(struct fixture_message *message, enum dns_section section,
                    const struct fixture_key *key);

/* Adds an RRSIG over the records of that name and type in a section. With `broken` it is wrong. */
void fixture_sign(struct fixture_message *message, enum dns_section section, const char *name,
                  uint16_t type, const struct fixture_key *key, bool broken);

/* The bytes of the response to `query`. */
struct bytes fixture_encode(const struct fixture_message *message, const struct bytes *query,
                            struct arena *arena);

#endif
