/* Public keys and signatures of DNSSEC in OpenSSL's terms; for dnssec.c only. */
#ifndef BAILIWICK_PROTO_DNS_DNSSEC_KEY_H
#define BAILIWICK_PROTO_DNS_DNSSEC_KEY_H

#include "proto/dns/rdata.h"

/* 1: `signature` is one over `data` by `key`; 0: it is not, or key or signature are malformed.
 * ERR_NO_MEMORY: nobody knows; our own lack of memory must not make a signature bad. */
int dnssec_signature_check(const struct dns_dnskey *key, const void *data, size_t size,
                           const struct bytes *signature);

#endif
