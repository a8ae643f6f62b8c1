/* Certificates: RFC 5280 4.1.2.5, RFC 6125 6.4. */
#include "proto/x509/certificate.h"

#include "base/civil.h"
#include "base/error.h"
#include "testing.h"

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

static struct bytes make(const char *names)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *x509 = X509_new();
    uint8_t *der = NULL;
    X509_set_version(x509, X509_VERSION_3);
    ASN1_TIME_set_string_X509(X509_getm_notBefore(x509), "20260101000000Z");
    ASN1_TIME_set_string_X509(X509_getm_notAfter(x509), "20260401120000Z");
    X509_NAME_add_entry_by_txt(X509_get_subject_name(x509), "CN", MBSTRING_ASC,
                               (const unsigned char *)"subject.example", -1, -1, 0);
    X509_set_pubkey(x509, key);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, names);
    X509_add_ext(x509, extension, -1);
    assert_true(X509_sign(x509, key, EVP_sha256()) > 0);
    int size = i2d_X509(x509, &der);
    assert_true(size > 0);
    X509_EXTENSION_free(extension);
    X509_free(x509);
    EVP_PKEY_free(key);
    return (struct bytes){.data = der, .size = (size_t)size};
}

static void facts_are_read(void **state)
{
    (void)state;
    struct bytes der = make("DNS:rdap.example,DNS:*.wild.example,IP:192.0.2.1");
    struct certificate certificate;
    int64_t from, until;
    assert_int_equal(civil_parse_instant("2026-01-01T00:00:00Z", &from), 0);
    assert_int_equal(civil_parse_instant("2026-04-01T12:00:00Z", &until), 0);
    assert_int_equal(certificate_read(&der, "rdap.example", &certificate), 0);
    assert_true(certificate.not_before == from && certificate.not_after == until);
    assert_true(certificate.matches_host);
    assert_int_equal(certificate_read(&der, "a.wild.example", &certificate), 0);
    assert_true(certificate.matches_host);
    assert_int_equal(certificate_read(&der, "192.0.2.1", &certificate), 0);
    assert_true(certificate.matches_host);
    assert_int_equal(certificate_read(&der, "subject.example", &certificate), 0);
    assert_false(certificate.matches_host); /* the common name no longer counts */
    OPENSSL_free((void *)(uintptr_t)der.data);
}

static void torn_certificates_are_refused(void **state)
{
    (void)state;
    struct bytes der = make("DNS:rdap.example");
    struct certificate certificate;
    for (size_t size = 0; size < der.size; size++) {
        struct bytes part = {.data = der.data, .size = size};
        assert_int_equal(certificate_read(&part, "rdap.example", &certificate), ERR_SYNTAX);
    }
    OPENSSL_free((void *)(uintptr_t)der.data);
}

TEST_MAIN(cmocka_unit_test(facts_are_read), cmocka_unit_test(torn_certificates_are_refused))
