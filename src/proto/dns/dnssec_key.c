#include "proto/dns/dnssec_key.h"

#include "proto/crypto/failure.h"
#include "proto/dns/dnssec.h"

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <string.h>

enum {
    RSA_BITS_MIN = 512,   /* RFC 5702 2.1 */
    RSA_BITS_MAX = 4096,  /* RFC 3110 2, RFC 5702 2 */
    RSA_EXPONENT_MAX = 8, /* bytes; a longer public exponent only makes verifying slow */
    POINT_MAX = 1 + 2 * 48,
    ATTEMPTS =
        2, /* one allocation that fails alone, of which OpenSSL says nothing, makes none bad */
};

/* How one algorithm is used (IANA "DNS Security Algorithm Numbers"). */
struct scheme {
    uint8_t algorithm;
    const char *digest; /* NULL: the algorithm hashes itself */
    const char *curve;  /* ECDSA */
    size_t coordinate;  /* ECDSA: bytes */
};

static const struct scheme schemes[] = {
    {.algorithm = 8, .digest = "SHA256"},                                      /* RFC 5702 */
    {.algorithm = 10, .digest = "SHA512"},                                     /* RFC 5702 */
    {.algorithm = 13, .digest = "SHA256", .curve = "P-256", .coordinate = 32}, /* RFC 6605 */
    {.algorithm = 14, .digest = "SHA384", .curve = "P-384", .coordinate = 48}, /* RFC 6605 */
    {.algorithm = 15},                                                         /* RFC 8080 */
};

static const struct scheme *scheme_find(uint8_t algorithm)
{
    for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
        if (schemes[i].algorithm == algorithm)
            return &schemes[i];
    }
    return NULL;
}

bool dnssec_algorithm_supported(uint8_t algorithm)
{
    return scheme_find(algorithm) != NULL;
}

static EVP_PKEY *key_from_parameters(const char *type, OSSL_PARAM_BLD *builder)
{
    EVP_PKEY *key = NULL;
    OSSL_PARAM *parameters = OSSL_PARAM_BLD_to_param(builder);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    if (parameters != NULL && context != NULL && EVP_PKEY_fromdata_init(context) == 1 &&
        EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters) != 1)
        key = NULL;
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(parameters);
    return key;
}

/* RFC 3110 2: exponent length (one byte, or zero and two), exponent, modulus. */
static EVP_PKEY *rsa_key(const struct dns_dnskey *key)
{
    size_t at = 1, length = key->key[0];
    if (length == 0) {
        if (key->key_size < 3)
            return NULL;
        length = (size_t)key->key[1] << 8 | key->key[2];
        at = 3;
    }
    if (length == 0 || length > RSA_EXPONENT_MAX || at + length >= key->key_size)
        return NULL;
    size_t modulus_size = key->key_size - at - length;
    if (modulus_size > RSA_BITS_MAX / 8)
        return NULL;
    EVP_PKEY *result = NULL;
    BIGNUM *exponent = BN_bin2bn(key->key + at, (int)length, NULL);
    BIGNUM *modulus = BN_bin2bn(key->key + at + length, (int)modulus_size, NULL);
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    if (exponent != NULL && modulus != NULL && builder != NULL &&
        BN_num_bits(modulus) >= RSA_BITS_MIN &&
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, modulus) == 1 &&
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, exponent) == 1)
        result = key_from_parameters("RSA", builder);
    OSSL_PARAM_BLD_free(builder);
    BN_free(modulus);
    BN_free(exponent);
    return result;
}

/* RFC 6605 4: the point without its leading 4. */
static EVP_PKEY *ecdsa_key(const struct scheme *scheme, const struct dns_dnskey *key)
{
    uint8_t point[POINT_MAX] = {POINT_CONVERSION_UNCOMPRESSED};
    size_t size = 2 * scheme->coordinate;
    if (key->key_size != size)
        return NULL;
    memcpy(point + 1, key->key, size);
    EVP_PKEY *result = NULL;
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    if (builder != NULL &&
        OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, scheme->curve, 0) ==
            1 &&
        OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point, size + 1) == 1)
        result = key_from_parameters("EC", builder);
    OSSL_PARAM_BLD_free(builder);
    return result;
}

static EVP_PKEY *key_load(const struct scheme *scheme, const struct dns_dnskey *key)
{
    if (scheme->curve != NULL)
        return ecdsa_key(scheme, key);
    if (scheme->digest != NULL)
        return rsa_key(key);
    return EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key->key, key->key_size);
}

/* RFC 6605 4: r and s side by side; OpenSSL wants them as DER. The caller frees. */
static int ecdsa_signature_der(const struct scheme *scheme, const struct bytes *signature,
                               uint8_t **ret_der)
{
    size_t half = scheme->coordinate;
    if (signature->size != 2 * half)
        return 0;
    int size = 0;
    ECDSA_SIG *pair = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(signature->data, (int)half, NULL);
    BIGNUM *s = BN_bin2bn(signature->data + half, (int)half, NULL);
    if (pair != NULL && r != NULL && s != NULL && ECDSA_SIG_set0(pair, r, s) == 1) {
        size = i2d_ECDSA_SIG(pair, ret_der);
    } else {
        BN_free(r);
        BN_free(s);
    }
    ECDSA_SIG_free(pair);
    return size > 0 ? size : 0;
}

static bool verify(const struct scheme *scheme, EVP_PKEY *key, const struct bytes *data,
                   const struct bytes *signature)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool good =
        context != NULL &&
        EVP_DigestVerifyInit_ex(context, NULL, scheme->digest, NULL, NULL, key, NULL) == 1 &&
        EVP_DigestVerify(context, signature->data, signature->size, data->data, data->size) == 1;
    EVP_MD_CTX_free(context);
    return good;
}

static bool check(const struct scheme *scheme, const struct dns_dnskey *key,
                  const struct bytes *message, const struct bytes *signature)
{
    struct bytes der = *signature;
    uint8_t *converted = NULL;
    EVP_PKEY *public = key_load(scheme, key);
    if (public == NULL)
        return false;
    if (scheme->curve != NULL) {
        der.size = (size_t)ecdsa_signature_der(scheme, signature, &converted);
        der.data = converted;
    }
    bool good = der.size > 0 && verify(scheme, public, message, &der);
    OPENSSL_free(converted);
    EVP_PKEY_free(public);
    return good;
}

int dnssec_signature_check(const struct dns_dnskey *key, const void *data, size_t size,
                           const struct bytes *signature)
{
    const struct scheme *scheme = scheme_find(key->algorithm);
    struct bytes message = {.data = data, .size = size};
    if (scheme == NULL)
        return 0;
    int failure = 0;
    for (int i = 0; i < ATTEMPTS && failure == 0; i++) {
        crypto_begin();
        if (check(scheme, key, &message, signature))
            return 1;
        failure = crypto_failure();
    }
    return failure;
}
