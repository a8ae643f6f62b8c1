/* Public keys and signatures of DNSSEC in OpenSSL's terms; for dnssec.c only. */
#ifndef BAILIWICK_PROTO_DNS_DNSSEC_KEY_H
#define BAILIWICK_PROTO_DNS_DNSSEC_KEY_H

#include "proto/dns/rdata.h"

#include <stdbool.h>

/* Is `signature` a signature over `data` by `key`? False also for malformed keys and signatures. */
bool dnssec_signature_good(const struct dns_dnskey *key, const void *data, size_t size,
                           const struct bytes *signature);

#endif
