/* What stands inside records: addresses, names, SOA, DS, DNSKEY, RRSIG, NSEC.
 *
 * Each reader takes a record of the right type and refuses data that is too short, too long or
 * leaves the record: ERR_SYNTAX. Pointers are borrowed from the message. */
#ifndef BAILIWICK_PROTO_DNS_RDATA_H
#define BAILIWICK_PROTO_DNS_RDATA_H

#include "model/measurement.h"
#include "proto/dns/message.h"

#include <stddef.h>
#include <stdint.h>

enum {
    DNS_PORT = 53,
    DNSKEY_ZONE = 0x0100,   /* RFC 4034 2.1.1 */
    DNSKEY_REVOKE = 0x0080, /* RFC 5011 3 */
    DNSKEY_SEP = 0x0001,    /* RFC 4034 2.1.1 */
    RRSIG_HEAD = 18,        /* bytes before the signer's name, RFC 4034 3.1 */
};

struct dns_soa { /* RFC 1035 3.3.13 */
    char mname[DNS_NAME_TEXT], rname[DNS_NAME_TEXT];
    uint32_t serial, refresh, retry, expire, minimum;
};

struct dns_ds { /* RFC 4034 5.1 */
    uint16_t key_tag;
    uint8_t algorithm, digest_type;
    const uint8_t *digest;
    size_t digest_size;
};

struct dns_dnskey { /* RFC 4034 2.1 */
    uint16_t flags;
    uint8_t protocol, algorithm;
    const uint8_t *key; /* the public key */
    size_t key_size;
    uint16_t key_tag;    /* RFC 4034 appendix B */
    const uint8_t *data; /* the whole record data, what a DS digests */
    size_t size;
};

struct dns_rrsig { /* RFC 4034 3.1 */
    uint16_t type_covered;
    uint8_t algorithm, labels;
    uint32_t original_ttl, expiration, inception;
    uint16_t key_tag;
    char signer[DNS_NAME_TEXT];
    const uint8_t *head; /* the first RRSIG_HEAD bytes, what is signed before the signer's name */
    const uint8_t *signature;
    size_t signature_size;
};

/* A or AAAA; the port is 53. */
int dns_rdata_address(const struct dns_record *record, struct net_address *ret_address);
/* The one name of NS, CNAME, PTR and DNAME. */
int dns_rdata_name(const struct dns_record *record, char text[DNS_NAME_TEXT]);
int dns_rdata_soa(const struct dns_record *record, struct dns_soa *ret_soa);
int dns_rdata_ds(const struct dns_record *record, struct dns_ds *ret_ds);
int dns_rdata_dnskey(const struct dns_record *record, struct dns_dnskey *ret_key);
int dns_rdata_rrsig(const struct dns_record *record, struct dns_rrsig *ret_rrsig);
/* Does an NSEC record list that type (RFC 4034 4.1.2)? False also when it cannot be read. */
bool dns_rdata_nsec_has(const struct dns_record *record, uint16_t type);

/* The same from bare record data, as trust anchors have it. */
int dns_ds_decode(const uint8_t *data, size_t size, struct dns_ds *ret_ds);
int dns_dnskey_decode(const uint8_t *data, size_t size, struct dns_dnskey *ret_key);

/* RRSIG times are serial numbers (RFC 4034 3.1.5, RFC 1982): the instant nearest to `near`. Both in
 * microseconds UTC. */
int64_t dns_rrsig_instant(uint32_t time, int64_t near);

#endif
