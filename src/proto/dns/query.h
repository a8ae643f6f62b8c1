/* Builds one DNS query (RFC 1035 4.1, RFC 6891 6.1) into a fixed buffer. */
#ifndef BAILIWICK_PROTO_DNS_QUERY_H
#define BAILIWICK_PROTO_DNS_QUERY_H

#include "proto/dns/message.h"

enum { DNS_QUERY_MAX = DNS_HEADER + DNS_NAME_WIRE + 4 + 11 };

struct dns_question {
    const char *name; /* presentation form */
    uint16_t type;    /* class IN always */
    uint16_t id;
    bool recursion_desired;
    uint16_t edns_size; /* UDP payload size we take; 0: no EDNS */
    bool dnssec_ok;     /* with EDNS only */
};

struct dns_query {
    uint8_t data[DNS_QUERY_MAX];
    size_t size;
};

/* ERR_SYNTAX: not a domain name. */
int dns_query_build(const struct dns_question *question, struct dns_query *ret_query);

#endif
