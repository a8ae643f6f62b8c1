/* Certificate and key of a door: what cannot be used is told, with the file and why. */
#include "net/tls_identity.h"

#include "refusal.h"
#include "testing.h"

#include <errno.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_ROOM = 64 };

struct files {
    char folder[PATH_ROOM], certificate[PATH_ROOM + 16], key[PATH_ROOM + 16];
    struct tls_files names;
};

static X509 *self_signed(EVP_PKEY *key)
{
    X509 *certificate = X509_new();
    X509_set_version(certificate, X509_VERSION_3);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 86400);
    X509_set_pubkey(certificate, key);
    X509_sign(certificate, key, EVP_sha256());
    return certificate;
}

static FILE *open_new(const char *path, mode_t mode)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fchmod(fileno(file), mode), 0);
    return file;
}

/* The certificate `copies` times, and its key. */
static void write_files(const struct files *files, int copies)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = self_signed(key);
    FILE *file = open_new(files->certificate, 0644);
    for (int i = 0; i < copies; i++)
        assert_int_equal(PEM_write_X509(file, certificate), 1);
    fclose(file);
    file = open_new(files->key, 0600);
    assert_int_equal(PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL), 1);
    fclose(file);
    X509_free(certificate);
    EVP_PKEY_free(key);
}

static void write_text(const char *path, const char *text)
{
    FILE *file = open_new(path, 0600);
    fputs(text, file);
    fclose(file);
}

static int make_files(void **state)
{
    struct files *files = calloc(1, sizeof *files);
    snprintf(files->folder, sizeof files->folder, "/tmp/bailiwick-tls-XXXXXX");
    assert_non_null(mkdtemp(files->folder));
    snprintf(files->certificate, sizeof files->certificate, "%s/door.pem", files->folder);
    snprintf(files->key, sizeof files->key, "%s/door.key", files->folder);
    files->names = (struct tls_files){.certificate = files->certificate, .key = files->key};
    write_files(files, /* copies= */ 1);
    *state = files;
    return 0;
}

static int remove_files(void **state)
{
    struct files *files = *state;
    unlink(files->certificate);
    unlink(files->key);
    rmdir(files->folder);
    free(files);
    return 0;
}

static void refuse(const struct files *files, int code, const char *words)
{
    struct error_detail detail = {0};
    SSL_CTX *context = NULL;
    assert_refused(tls_identity_load(&files->names, &context, &detail), code, &detail, words);
    assert_null(context);
    assert_refused(tls_identity_check(&files->names, &detail), code, &detail, words);
}

static void what_fits_is_taken(void **state)
{
    const struct files *files = *state;
    struct error_detail detail = {0};
    SSL_CTX *context = NULL;
    assert_int_equal(tls_identity_load(&files->names, &context, &detail), 0);
    assert_int_equal(SSL_CTX_get_min_proto_version(context), TLS1_3_VERSION);
    assert_int_equal(SSL_CTX_get_num_tickets(context), 0);
    tls_identity_free(context);
    write_files(files, /* copies= */ 16);
    assert_int_equal(tls_identity_check(&files->names, &detail), 0);
}

static void files_that_are_none_are_named(void **state)
{
    const struct files *files = *state;
    unlink(files->key);
    refuse(files, -ENOENT, "/door.key: No such file or directory");
    assert_int_equal(mkdir(files->key, 0700), 0);
    refuse(files, ERR_SYNTAX, "/door.key: not a file");
    rmdir(files->key);
    unlink(files->certificate);
    refuse(files, -ENOENT, "/door.pem: No such file or directory");
}

static void a_key_that_others_may_read_is_refused(void **state)
{
    const struct files *files = *state;
    static const struct {
        mode_t mode;
        const char *words;
    } rows[] = {{0640, "others than its owner may use this key (mode 640); chmod 600"},
                {0604, "(mode 604)"},
                {0610, "(mode 610)"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(chmod(files->key, rows[i].mode), 0);
        refuse(files, ERR_DENIED, rows[i].words);
    }
}

static void what_is_no_pem_is_refused(void **state)
{
    const struct files *files = *state;
    write_text(files->key, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
    refuse(files, ERR_SYNTAX, "/door.key: no key that can be read without a password");
    write_files(files, /* copies= */ 1);
    write_text(files->certificate, "nothing\n");
    refuse(files, ERR_SYNTAX, "/door.pem: certificate number 1 cannot be read");
    write_files(files, /* copies= */ 1);
    FILE *file = fopen(files->certificate, "a");
    fputs("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", file);
    fclose(file);
    refuse(files, ERR_SYNTAX, "/door.pem: certificate number 2 cannot be read");
    write_files(files, /* copies= */ 17);
    refuse(files, ERR_LIMIT, "/door.pem: certificate number 17 is refused");
}

static void another_certificates_key_is_refused(void **state)
{
    const struct files *files = *state;
    struct files other = *files;
    snprintf(other.certificate, sizeof other.certificate, "%s/other.pem", files->folder);
    write_files(&other, /* copies= */ 1); /* replaces the key */
    unlink(other.certificate);
    refuse(files, ERR_CONFLICT, "/door.key: this is not the key of ");
}

#define WITH_FILES(test) cmocka_unit_test_setup_teardown(test, make_files, remove_files)

TEST_MAIN(WITH_FILES(what_fits_is_taken), WITH_FILES(files_that_are_none_are_named),
          WITH_FILES(a_key_that_others_may_read_is_refused), WITH_FILES(what_is_no_pem_is_refused),
          WITH_FILES(another_certificates_key_is_refused))
