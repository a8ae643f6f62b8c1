/* Who a door of ours is to whoever connects by TLS: a chain of certificates and the key of the
 * first. TLS 1.3 alone (RFC 8446), HTTP/1.1 as the protocol inside (RFC 7301).
 *
 * Nothing is remembered from one connection for the next: no tickets, no early data. */
#ifndef BAILIWICK_NET_TLS_IDENTITY_H
#define BAILIWICK_NET_TLS_IDENTITY_H

#include "base/error.h"

struct ssl_ctx_st; /* SSL_CTX of OpenSSL, whose headers stay in this room */

struct tls_files {
    const char *certificate; /* PEM, the door's own first, then those that lead to its CA */
    const char *key;         /* PEM without a password; readable by its owner alone */
};

/* Reads both files. The caller frees *ret_context with tls_identity_free(). ERR_DENIED for a key
 * that others may read, ERR_SYNTAX for what cannot be read as PEM, ERR_CONFLICT for a key that is
 * not the certificate's. */
int tls_identity_load(const struct tls_files *files, struct ssl_ctx_st **ret_context,
                      struct error_detail *detail);

/* Whoever connects is asked for a certificate, and may have none (RFC 8446 4.3.2). Any will do that
 * is of a usual key (base/client_key.h), whoever signed it: what it is worth is not known here. */
void tls_identity_ask(struct ssl_ctx_st *context);

void tls_identity_free(struct ssl_ctx_st *context); /* takes NULL */

/* The same, to tell at once what would fail later. */
int tls_identity_check(const struct tls_files *files, struct error_detail *detail);

#endif
