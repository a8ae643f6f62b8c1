#include "proto/x509/certificate.h"

#include "base/civil.h"
#include "base/client_key.h"
#include "base/error.h"
#include "proto/crypto/failure.h"

#include <assert.h>
#include <limits.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <time.h>

static_assert((int)CERTIFICATE_NOT_YET_VALID == X509_V_ERR_CERT_NOT_YET_VALID, "as OpenSSL");
static_assert((int)CERTIFICATE_EXPIRED == X509_V_ERR_CERT_HAS_EXPIRED, "as OpenSSL");
static_assert((int)CERTIFICATE_WRONG_HOST == X509_V_ERR_HOSTNAME_MISMATCH, "as OpenSSL");
static_assert((int)CERTIFICATE_WRONG_ADDRESS == X509_V_ERR_IP_ADDRESS_MISMATCH, "as OpenSSL");

/* A password would have to be asked for by somebody: there is none. */
static int no_password(char *room, int size, int writing, void *unused)
{
    (void)room, (void)size, (void)writing, (void)unused;
    return -1;
}

static int read_time(const ASN1_TIME *time, int64_t *ret_instant)
{
    struct tm parts;
    if (time == NULL || ASN1_TIME_to_tm(time, &parts) != 1)
        return ERR_SYNTAX;
    *ret_instant = civil_to_instant(&(struct civil){.year = parts.tm_year + 1900,
                                                    .month = parts.tm_mon + 1,
                                                    .day = parts.tm_mday,
                                                    .hour = parts.tm_hour,
                                                    .minute = parts.tm_min,
                                                    .second = parts.tm_sec});
    return 0;
}

/* The common name has not counted for long (RFC 9525 1.2). */
static bool matches_host(X509 *x509, const char *host)
{
    return X509_check_host(x509, host, /* length= */ 0, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT,
                           /* name= */ NULL) == 1 ||
           X509_check_ip_asc(x509, host, /* flags= */ 0) == 1;
}

int certificate_read(const struct bytes *der, const char *host, struct certificate *ret_certificate)
{
    struct certificate facts = {.matches_host = false};
    const unsigned char *at = der->data;
    if (der->size > LONG_MAX)
        return ERR_SYNTAX;
    crypto_begin();
    X509 *x509 = d2i_X509(NULL, &at, (long)der->size);
    int result = x509 != NULL ? 0 : ERR_SYNTAX;
    if (result >= 0)
        result = read_time(X509_get0_notBefore(x509), &facts.not_before);
    if (result >= 0)
        result = read_time(X509_get0_notAfter(x509), &facts.not_after);
    if (result >= 0)
        facts.matches_host = matches_host(x509, host);
    X509_free(x509);
    if ((result < 0 || !facts.matches_host) && crypto_failure() < 0)
        return ERR_NO_MEMORY;
    if (result >= 0)
        *ret_certificate = facts;
    return result;
}

static int read_client(X509 *x509, struct client_certificate *ret_certificate)
{
    struct client_certificate facts = {.key_taken = client_key_is_taken(X509_get0_pubkey(x509))};
    unsigned char *der = NULL;
    int size = i2d_X509(x509, &der);
    if (size < 0)
        return ERR_SYNTAX;
    facts.sha256 = digest_of(der, (size_t)size);
    OPENSSL_free(der);
    int result = read_time(X509_get0_notBefore(x509), &facts.not_before);
    if (result >= 0)
        result = read_time(X509_get0_notAfter(x509), &facts.not_after);
    if (result >= 0)
        *ret_certificate = facts;
    return result;
}

int certificate_read_client(const char *pem, size_t size,
                            struct client_certificate *ret_certificate)
{
    if (size > INT_MAX)
        return ERR_SYNTAX;
    crypto_begin();
    BIO *text = BIO_new_mem_buf(pem, (int)size);
    X509 *x509 = text ? PEM_read_bio_X509(text, NULL, no_password, NULL) : NULL;
    int result = x509 ? read_client(x509, ret_certificate) : ERR_SYNTAX;
    X509_free(x509);
    BIO_free(text);
    if (result < 0 && crypto_failure() < 0)
        return ERR_NO_MEMORY;
    return result;
}

const char *certificate_error_text(int32_t error)
{
    return X509_verify_cert_error_string(error);
}
