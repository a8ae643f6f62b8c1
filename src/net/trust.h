/* Whom HTTPS trusts: certificates of authorities, parsed once and shared by all connections. */
#ifndef BAILIWICK_NET_TRUST_H
#define BAILIWICK_NET_TRUST_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

enum { TRUST_CERTIFICATES_MAX = 1000 }; /* public bundles hold about 150 */

struct trust;

/* Reads PEM certificates. ERR_SYNTAX when there is none or one cannot be read, ERR_LIMIT,
 * ERR_NO_MEMORY. */
int trust_new(const void *pem, size_t size, struct trust **ret_trust, struct error_detail *detail);
/* One more owner; each calls trust_free(). NULL is nothing. */
struct trust *trust_share(struct trust *trust);
void trust_free(struct trust *trust);

/* Loads what OpenSSL reads from files (its configuration, providers), before a sandbox. */
void trust_prepare(void);

/* X509_STORE of OpenSSL, for the HTTPS client. */
void *trust_store(const struct trust *trust);

#endif
