/* A TLS server on loopback for tests, with certificates that are made on the spot. It runs in a
 * thread, takes a number of connections one after the other and gives each the same answer, or the
 * one for its path. */
#ifndef BAILIWICK_TESTS_TLS_SERVER_H
#define BAILIWICK_TESTS_TLS_SERVER_H

#include "testing.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct authority {
    EVP_PKEY *key;
    X509 *certificate;
};

static void add_extension(X509 *certificate, int nid, const char *value)
{
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
    assert_non_null(extension);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

/* A certificate for `name`, signed by `issuer` or by itself; valid for a day around now. */
static void make_certificate(const char *name, const struct authority *issuer,
                             struct authority *ret_made)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = X509_new();
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), issuer ? 2 : 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 86400);
    X509_set_pubkey(certificate, key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                               (const unsigned char *)name, -1, -1, 0);
    X509_set_issuer_name(certificate,
                         X509_get_subject_name(issuer ? issuer->certificate : certificate));
    if (issuer) {
        char names[300];
        struct in_addr literal;
        bool is_address = inet_pton(AF_INET, name, &literal) == 1;
        snprintf(names, sizeof names, "%s:%s", is_address ? "IP" : "DNS", name);
        add_extension(certificate, NID_subject_alt_name, names);
    } else {
        add_extension(certificate, NID_basic_constraints, "critical,CA:TRUE");
    }
    X509_sign(certificate, issuer ? issuer->key : key, EVP_sha256());
    *ret_made = (struct authority){key, certificate};
}

static void free_authority(struct authority *authority)
{
    EVP_PKEY_free(authority->key);
    X509_free(authority->certificate);
}

struct tls_server {
    struct authority authority, leaf;
    uint16_t port; /* on 127.0.0.1 */
    int listener;
    const char *answer; /* NULL: close after the request */
    /* Paths that get an answer of their own, up to a NULL path. */
    struct {
        const char *path, *answer;
    } paths[4];
    size_t filler; /* bytes of 'x' after the answer */
    bool silent;   /* accepts and says nothing */
    int connections;
    char request[4097]; /* the last one, with its body */
    pthread_t thread;
};

static SSL_CTX *make_context(struct tls_server *server)
{
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    SSL_CTX_use_certificate(context, server->leaf.certificate);
    SSL_CTX_use_PrivateKey(context, server->leaf.key);
    SSL_CTX_add1_chain_cert(context, server->authority.certificate);
    return context;
}

static const char *answer_for(const struct tls_server *server, const char *request)
{
    for (size_t i = 0; i < 4 && server->paths[i].path; i++) {
        size_t size = strlen(server->paths[i].path);
        const char *path = strchr(request, ' ');
        if (path && strncmp(path + 1, server->paths[i].path, size) == 0 && path[1 + size] == ' ')
            return server->paths[i].answer;
    }
    return server->answer;
}

/* The body of a POST ends with its first bytes: tests send it in one piece. */
static int read_request(SSL *ssl, char *request, int room)
{
    int size = 0, more;
    do {
        more = SSL_read(ssl, request + size, room - size - 1);
        size += more > 0 ? more : 0;
        request[size] = '\0';
        const char *end = strstr(request, "\r\n\r\n");
        if (end && (end[4] || strncmp(request, "POST ", 5) != 0))
            break;
    } while (more > 0 && size < room - 1);
    return size;
}

static void serve(struct tls_server *server, SSL_CTX *context, int fd)
{
    int size = 0;
    char *request = server->request;
    SSL *ssl = SSL_new(context);
    SSL_set_fd(ssl, fd);
    if (SSL_accept(ssl) == 1)
        size = read_request(ssl, request, sizeof server->request);
    const char *answer = answer_for(server, request);
    if (size > 0 && answer) {
        SSL_write(ssl, answer, (int)strlen(answer));
        char filler[1024];
        memset(filler, 'x', sizeof filler);
        for (size_t i = 0; i < server->filler / sizeof filler; i++) {
            if (SSL_write(ssl, filler, sizeof filler) <= 0)
                break;
        }
        SSL_shutdown(ssl);
    }
    SSL_free(ssl);
}

static void *run_tls_server(void *user)
{
    struct tls_server *server = user;
    SSL_CTX *context = make_context(server);
    for (int i = 0; i < server->connections; i++) {
        int fd = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC);
        if (fd < 0)
            break;
        char byte;
        if (server->silent)
            while (read(fd, &byte, 1) > 0)
                continue;
        else
            serve(server, context, fd);
        close(fd);
    }
    SSL_CTX_free(context);
    return NULL;
}

static void tls_server_init(struct tls_server *server, const char *name)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    memset(server, 0, sizeof *server);
    signal(SIGPIPE, SIG_IGN);
    make_certificate("Test authority", NULL, &server->authority);
    make_certificate(name, &server->authority, &server->leaf);
    server->connections = 1;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(server->listener, (struct sockaddr *)&address, size), 0);
    assert_int_equal(getsockname(server->listener, (struct sockaddr *)&address, &size), 0);
    assert_int_equal(listen(server->listener, 5), 0);
    server->port = ntohs(address.sin_port);
}

static void tls_server_start(struct tls_server *server)
{
    assert_int_equal(pthread_create(&server->thread, NULL, run_tls_server, server), 0);
}

static void tls_server_stop(struct tls_server *server)
{
    shutdown(server->listener, SHUT_RDWR);
    pthread_join(server->thread, NULL);
    close(server->listener);
    free_authority(&server->leaf);
    free_authority(&server->authority);
}

/* The certificate as PEM, terminated. */
static void write_pem(X509 *certificate, char *pem, size_t room)
{
    char *data;
    BIO *bio = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(bio, certificate);
    long size = BIO_get_mem_data(bio, &data);
    assert_true(size > 0 && (size_t)size < room);
    memcpy(pem, data, (size_t)size);
    pem[size] = '\0';
    BIO_free(bio);
}

#endif
