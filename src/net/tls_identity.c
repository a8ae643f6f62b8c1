#include "net/tls_identity.h"

#include "base/client_key.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    CHAIN_MAX = 16,
    CLIENT_CHAIN_BYTES = 16 << 10, /* of what a client shows; the first alone counts */
};

/* A password would have to be asked for by somebody: there is none. */
static int no_password(char *room, int size, int writing, void *unused)
{
    (void)room, (void)size, (void)writing, (void)unused;
    return -1;
}

/* --- the files --- */

/* The file as a stream of OpenSSL's. `secret`: nobody but its owner may read it. */
static int open_pem(const char *path, bool secret, BIO **ret_pem, struct error_detail *detail)
{
    struct stat status;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &status) < 0) {
        int failure = -errno;
        if (fd >= 0)
            close(fd);
        return error_set(detail, failure, "%s: %s", path, error_text(failure));
    }
    int result = 0;
    if (!S_ISREG(status.st_mode))
        result = error_set(detail, ERR_SYNTAX, "%s: not a file", path);
    else if (secret && (status.st_mode & 077))
        result = error_set(detail, ERR_DENIED,
                           "%s: others than its owner may use this key (mode %03o); chmod 600",
                           path, (unsigned)status.st_mode & 0777);
    FILE *file = result < 0 ? NULL : fdopen(fd, "r");
    BIO *pem = file ? BIO_new_fp(file, BIO_CLOSE) : NULL;
    if (pem) {
        *ret_pem = pem;
        return 0;
    }
    if (file)
        fclose(file);
    else
        close(fd);
    return result < 0 ? result : ERR_NO_MEMORY;
}

/* After the last block there is no start of another one; anything else is a mistake. */
static bool is_at_end(void)
{
    unsigned long error = ERR_peek_last_error();
    ERR_clear_error();
    return ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
}

static int take_chain(SSL_CTX *context, BIO *pem, const char *path, struct error_detail *detail)
{
    for (int count = 0;; count++) {
        X509 *certificate = PEM_read_bio_X509(pem, NULL, no_password, NULL);
        if (!certificate)
            return is_at_end() && count
                       ? 0
                       : error_set(detail, ERR_SYNTAX, "%s: certificate number %d cannot be read",
                                   path, count + 1);
        bool taken = count == 0
                         ? SSL_CTX_use_certificate(context, certificate) == 1
                         : count < CHAIN_MAX && SSL_CTX_add1_chain_cert(context, certificate);
        X509_free(certificate);
        if (!taken) {
            ERR_clear_error();
            return error_set(detail, count < CHAIN_MAX ? ERR_CRYPTO : ERR_LIMIT,
                             "%s: certificate number %d is refused", path, count + 1);
        }
    }
}

static int take_key(SSL_CTX *context, BIO *pem, const struct tls_files *files,
                    struct error_detail *detail)
{
    EVP_PKEY *key = PEM_read_bio_PrivateKey(pem, NULL, no_password, NULL);
    if (!key) {
        ERR_clear_error();
        return error_set(detail, ERR_SYNTAX, "%s: no key that can be read without a password",
                         files->key);
    }
    bool fits = SSL_CTX_use_PrivateKey(context, key) == 1 && SSL_CTX_check_private_key(context);
    EVP_PKEY_free(key);
    ERR_clear_error();
    return fits ? 0
                : error_set(detail, ERR_CONFLICT, "%s: this is not the key of %s", files->key,
                            files->certificate);
}

static int read_files(SSL_CTX *context, const struct tls_files *files, struct error_detail *detail)
{
    BIO *pem = NULL;
    int result = open_pem(files->certificate, /* secret= */ false, &pem, detail);
    if (result < 0)
        return result;
    result = take_chain(context, pem, files->certificate, detail);
    BIO_free(pem);
    if (result >= 0)
        result = open_pem(files->key, /* secret= */ true, &pem, detail);
    if (result < 0)
        return result;
    result = take_key(context, pem, files, detail);
    BIO_free(pem);
    return result;
}

/* --- how it speaks --- */

/* Whoever names protocols and not ours is told so by an alert (RFC 7301 3.2). */
static int choose_protocol(SSL *tls, const unsigned char **out, unsigned char *out_size,
                           const unsigned char *in, unsigned in_size, void *unused)
{
    static const unsigned char ours[] = "\x08http/1.1";
    (void)tls, (void)unused;
    return SSL_select_next_proto((unsigned char **)(uintptr_t)out, out_size, ours, sizeof ours - 1,
                                 in, in_size) == OPENSSL_NPN_NEGOTIATED
               ? SSL_TLSEXT_ERR_OK
               : SSL_TLSEXT_ERR_ALERT_FATAL;
}

/* Whoever shows a certificate has its key, or the handshake fails; by whom it was signed says
 * nothing here. Others than usual keys would cost more than a handshake may. */
static int take_any(X509_STORE_CTX *shown, void *unused)
{
    (void)unused;
    const X509 *certificate = X509_STORE_CTX_get0_cert(shown);
    if (certificate && client_key_is_taken(X509_get0_pubkey(certificate)))
        return 1;
    X509_STORE_CTX_set_error(shown, X509_V_ERR_EE_KEY_TOO_SMALL);
    return 0;
}

static void set_rules(SSL_CTX *context)
{
    SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
    SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION);
    SSL_CTX_set_num_tickets(context, 0);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                  SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_alpn_select_cb(context, choose_protocol, NULL);
}

void tls_identity_ask(SSL_CTX *context)
{
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_cert_verify_callback(context, take_any, NULL);
    SSL_CTX_set_max_cert_list(context, CLIENT_CHAIN_BYTES);
}

int tls_identity_load(const struct tls_files *files, SSL_CTX **ret_context,
                      struct error_detail *detail)
{
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    if (!context)
        return ERR_NO_MEMORY;
    set_rules(context);
    int result = read_files(context, files, detail);
    if (result < 0) {
        SSL_CTX_free(context);
        return result;
    }
    *ret_context = context;
    return 0;
}

void tls_identity_free(SSL_CTX *context)
{
    SSL_CTX_free(context);
}

int tls_identity_check(const struct tls_files *files, struct error_detail *detail)
{
    SSL_CTX *context = NULL;
    int result = tls_identity_load(files, &context, detail);
    SSL_CTX_free(context);
    return result;
}
