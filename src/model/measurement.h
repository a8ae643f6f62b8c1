/* A measurement: one round of questions about one target from one vantage point.
 *
 * It is the unit of evidence and the only thing that a check ever sees: the exchanges as raw bytes,
 * when, with whom, how long, and what went wrong. Measuring never judges; judging never asks. The
 * same bytes go over the prober's pipe, into the store, into a file (`--save`) and through
 * `replay`.
 *
 * Encoded form (version 1; all integers big endian):
 *
 *   "BWM1" | u32 size | manifest (deterministic CBOR, RFC 8949 4.2.1) | SHA-256 of all bytes so far
 * | for each exchange: u32 size | SHA-256 of the block | block (zstd of `sent` then `received`)
 *
 * The manifest holds every field below but the bytes, and for each exchange the SHA-256 and sizes
 * of its bytes. Blocks stand alone, so that a damaged one can be named and healthy measurements can
 * later be thinned to their manifests. The evidence id of a measurement is the SHA-256 of its
 * manifest. Same content, same manifest, same id; the compressed bytes may differ between versions
 * of zstd and are not part of the id. */
#ifndef BAILIWICK_MODEL_MEASUREMENT_H
#define BAILIWICK_MODEL_MEASUREMENT_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/digest.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    MEASUREMENT_EXCHANGES_MAX = 20000, /* thirteen servers, dual stack, all questions: ~500 */
    MEASUREMENT_SERVERS_MAX = 1000,    /* addresses of one zone's name servers */
    EXCHANGE_BYTES_MAX = 1 << 20,      /* an RDAP answer is a few KB, a DNS message 64 KB */
    MEASUREMENT_ENCODED_MAX = 64 * 1024 * 1024, /* what a pipe, store or file may hand us */
};

enum address_family {
    ADDRESS_NONE = 0, /* nothing was sent anywhere: no address was known */
    ADDRESS_IPV4 = 4,
    ADDRESS_IPV6 = 6,
};

struct net_address {
    enum address_family family;
    uint8_t bytes[16]; /* IPv4 uses the first four */
    uint16_t port;
};

enum { NET_ADDRESS_TEXT = 64 };

/* "192.0.2.1#53", "2001:db8::1#53"; "-" for ADDRESS_NONE. */
char *net_address_format(const struct net_address *address, char text[NET_ADDRESS_TEXT]);
/* The same; without "#port" `default_port` is taken. ERR_SYNTAX. */
int net_address_parse(const char *text, uint16_t default_port, struct net_address *ret_address);
bool net_address_equal(const struct net_address *a, const struct net_address *b);

enum exchange_kind { EXCHANGE_DNS_UDP, EXCHANGE_DNS_TCP, EXCHANGE_HTTPS };

/* Why the question was asked; tells a check which exchanges are its own. */
enum exchange_purpose {
    PURPOSE_PARENT,    /* the delegation as the parent's servers give it: NS, DS, glue */
    PURPOSE_APEX,      /* the target's own servers: SOA, NS, DNSKEY */
    PURPOSE_NXNAME,    /* a name that cannot exist, at the target's own servers */
    PURPOSE_RESOLVE,   /* finding addresses of name servers and hosts */
    PURPOSE_REFERENCE, /* others that must answer if our own network is well */
    PURPOSE_RDAP_HELP,
    PURPOSE_RDAP_DOMAIN,
};

enum exchange_outcome {
    OUTCOME_ANSWERED,
    OUTCOME_TIMED_OUT,
    OUTCOME_REFUSED,     /* ICMP port unreachable, TCP reset on connect */
    OUTCOME_UNREACHABLE, /* no route, network or host unreachable */
    OUTCOME_CLOSED,      /* connected, then closed before a whole answer */
    OUTCOME_TLS_FAILED,  /* handshake or certificate; see tls_verify */
    OUTCOME_UNMATCHED,   /* something came, nothing that answers our question (`received` has the
                            last) */
    OUTCOME_TOO_LARGE,   /* more than EXCHANGE_BYTES_MAX */
    OUTCOME_NO_ADDRESS,  /* the host name has no address, or none could be found */
    OUTCOME_OWN_FAILURE, /* our side: no socket, no CA file, no resolver */
};

struct bytes {
    const uint8_t *data;
    size_t size;
};

struct exchange {
    uint32_t id; /* from 1, in the order of the plan; results cite it */
    enum exchange_kind kind;
    enum exchange_purpose purpose;
    enum exchange_outcome outcome;
    const char *server; /* name server or host name as asked, lower case, no final dot */
    struct net_address address;
    int64_t started_us; /* after observed_at */
    int64_t elapsed_us; /* answered: round trip of the answered try; else time until we gave up */
    uint32_t tries;     /* datagrams or connections used, >= 1 when anything was sent */
    struct bytes sent;
    struct bytes received; /* DNS: one message without the TCP length; HTTPS: status line to body */
    /* HTTPS only */
    const char *url;
    const char *tls_version; /* "TLSv1.3", NULL before a handshake */
    int32_t tls_verify;      /* X509_V_OK (0) or OpenSSL's verification error */
    struct bytes *chain;     /* certificates as the server sent them, DER, leaf first */
    size_t chain_count;
};

/* One address of one name server of the target. */
struct measured_server {
    const char *name;
    struct net_address address;
    bool from_glue; /* given by the parent; else resolved or given by the caller */
};

struct measurement {
    const char *target; /* "example", lower-case A-labels, no final dot; "." for the root */
    const char *vantage;
    const char *tool;         /* program and version that measured */
    int64_t observed_at;      /* real time, microseconds UTC: signatures are judged at it */
    const char *trust_anchor; /* DS or DNSKEY records of the root, one a line; NULL when none */
    const char *rdap_url;     /* base URL, NULL when no RDAP was asked for */
    const char *rdap_domain;  /* the domain asked for, NULL for none */
    struct measured_server *servers;
    size_t server_count;
    struct exchange *exchanges;
    size_t exchange_count;
};

const char *exchange_kind_text(enum exchange_kind kind);
const char *exchange_purpose_text(enum exchange_purpose purpose);
const char *exchange_outcome_text(enum exchange_outcome outcome);

/* Appends the encoded form. */
int measurement_encode(const struct measurement *measurement, struct buffer *out);

/* Decodes and checks every digest. All memory comes from the arena. ERR_DAMAGED names the exchange
 * ("exchange 17: ...") or the manifest; ERR_LIMIT, ERR_SYNTAX. */
int measurement_decode(const void *data, size_t size, struct arena *arena,
                       struct measurement *ret_measurement, struct error_detail *detail);

/* The evidence id of encoded bytes, without decoding the blocks. ERR_DAMAGED, ERR_SYNTAX. */
int measurement_id(const void *data, size_t size, struct digest *ret_id);

#endif
