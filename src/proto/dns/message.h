/* DNS messages: our own zero-copy reader (RFC 1035 4, RFC 6891, RFC 3597).
 *
 * dns_message_parse() walks the whole message once and refuses what is malformed anywhere; after
 * that, walking a section cannot fail. The message borrows the bytes. Records of unknown type are
 * kept as type and bytes (RFC 3597). Nothing is allocated.
 *
 *   struct dns_cursor cursor = dns_section(&message, DNS_ANSWER);
 *   struct dns_record record;
 *   while (dns_record_next(&cursor, &record)) ...
 */
#ifndef BAILIWICK_PROTO_DNS_MESSAGE_H
#define BAILIWICK_PROTO_DNS_MESSAGE_H

#include "proto/dns/name.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    DNS_HEADER = 12,         /* bytes, RFC 1035 4.1.1 */
    DNS_MESSAGE_MAX = 65535, /* RFC 1035 4.2.2: the length over TCP has two bytes */
    DNS_RECORDS_MAX = 6000,  /* of one message: 65,535 bytes hold 5,957 records of 11 bytes */
};

enum dns_section { DNS_ANSWER, DNS_AUTHORITY, DNS_ADDITIONAL, DNS_SECTIONS };

/* IANA "Resource Record (RR) TYPEs", those that we speak of. */
enum dns_type {
    DNS_A = 1,
    DNS_NS = 2,
    DNS_CNAME = 5,
    DNS_SOA = 6,
    DNS_PTR = 12,
    DNS_MX = 15,
    DNS_TXT = 16,
    DNS_AAAA = 28,
    DNS_SRV = 33,
    DNS_DNAME = 39,
    DNS_OPT = 41,
    DNS_DS = 43,
    DNS_RRSIG = 46,
    DNS_NSEC = 47,
    DNS_DNSKEY = 48,
    DNS_NSEC3 = 50,
    DNS_NXNAME = 128, /* only in the bitmap of an NSEC record: the name does not exist (RFC 9824) */
};

enum { DNS_CLASS_IN = 1 };

/* IANA "DNS RCODEs". */
enum dns_rcode {
    DNS_NOERROR = 0,
    DNS_FORMERR = 1,
    DNS_SERVFAIL = 2,
    DNS_NXDOMAIN = 3,
    DNS_NOTIMP = 4,
    DNS_REFUSED = 5,
    DNS_NOTAUTH = 9,
    DNS_BADVERS = 16,
};

struct dns_message {
    const uint8_t *data; /* borrowed */
    size_t size;
    uint16_t id;
    bool response, authoritative, truncated, recursion_desired, recursion_available;
    uint8_t opcode;
    uint16_t rcode; /* with the upper bits of EDNS (RFC 6891 6.1.3) */
    bool has_question;
    char name[DNS_NAME_TEXT]; /* of the question; "" without one */
    uint16_t type, rr_class;
    bool edns, dnssec_ok;
    uint8_t edns_version;
    uint16_t edns_size; /* UDP payload size of the sender */
    uint16_t counts[DNS_SECTIONS];
    size_t starts[DNS_SECTIONS];
};

struct dns_record {
    char name[DNS_NAME_TEXT];
    uint16_t type, rr_class;
    uint32_t ttl;
    const struct dns_message *message; /* names inside the data may point into it */
    size_t data_at;                    /* offset in the message */
    const uint8_t *data;
    uint16_t size;
};

struct dns_cursor {
    const struct dns_message *message;
    size_t at;
    unsigned left;
};

/* ERR_SYNTAX: too short, a record or name that leaves the message, more than one question, an OPT
 * record outside the additional section or twice. Bytes behind the last record are ignored. */
int dns_message_parse(const uint8_t *data, size_t size, struct dns_message *ret_message);

struct dns_cursor dns_section(const struct dns_message *message, enum dns_section section);
bool dns_record_next(struct dns_cursor *cursor, struct dns_record *ret_record);

/* The next record of this name (NULL: any) and type. */
bool dns_record_next_of(struct dns_cursor *cursor, const char *name, uint16_t type,
                        struct dns_record *ret_record);

/* How many records of that name (NULL: any) and type a section has. */
size_t dns_section_count(const struct dns_message *message, enum dns_section section,
                         const char *name, uint16_t type);

/* "NXDOMAIN"; "another RCODE" for those that enum dns_rcode does not have. */
const char *dns_rcode_text(uint16_t rcode);
/* "SOA"; "TYPE65280" (RFC 3597 5) into `text` for the others. Returns the text. */
enum { DNS_TYPE_TEXT = 12 };
const char *dns_type_text(uint16_t type, char text[DNS_TYPE_TEXT]);

#endif
