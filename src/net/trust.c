#include "net/trust.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <stdlib.h>

struct trust {
    X509_STORE *store;
    unsigned owners;
};

/* Certificates read; stops at the end of the PEM blocks. */
static int read_certificates(BIO *pem, X509_STORE *store, struct error_detail *detail)
{
    for (int count = 0;; count++) {
        X509 *certificate = PEM_read_bio_X509(pem, NULL, /* password= */ NULL, NULL);
        if (!certificate) {
            unsigned long error = ERR_peek_last_error();
            ERR_clear_error();
            if (ERR_GET_REASON(error) == PEM_R_NO_START_LINE && count > 0)
                return 0;
            return error_set(detail, ERR_SYNTAX, "CA certificates: number %d cannot be read",
                             count + 1);
        }
        if (count == TRUST_CERTIFICATES_MAX) {
            X509_free(certificate);
            return error_set(detail, ERR_LIMIT, "CA certificates: more than %d", count);
        }
        int added = X509_STORE_add_cert(store, certificate);
        X509_free(certificate);
        if (!added)
            return error_set(detail, ERR_CRYPTO, "CA certificates: number %d is refused",
                             count + 1);
    }
}

int trust_new(const void *pem, size_t size, struct trust **ret_trust, struct error_detail *detail)
{
    if (size > INT_MAX)
        return ERR_LIMIT;
    struct trust *trust = calloc(1, sizeof *trust);
    BIO *bio = BIO_new_mem_buf(pem, (int)size);
    X509_STORE *store = X509_STORE_new();
    int result = trust && bio && store ? 0 : ERR_NO_MEMORY;
    if (result >= 0)
        result = read_certificates(bio, store, detail);
    BIO_free(bio);
    if (result < 0) {
        X509_STORE_free(store);
        free(trust);
        return result;
    }
    trust->store = store;
    trust->owners = 1;
    *ret_trust = trust;
    return 0;
}

struct trust *trust_share(struct trust *trust)
{
    if (trust)
        trust->owners++;
    return trust;
}

void trust_free(struct trust *trust)
{
    if (!trust || --trust->owners)
        return;
    X509_STORE_free(trust->store);
    free(trust);
}

void trust_prepare(void)
{
    OPENSSL_init_ssl(OPENSSL_INIT_LOAD_CONFIG, /* settings= */ NULL);
    /* A context fetches ciphers, digests and key types once for the process. */
    SSL_CTX_free(SSL_CTX_new(TLS_client_method()));
}

void *trust_store(const struct trust *trust)
{
    return trust->store;
}
