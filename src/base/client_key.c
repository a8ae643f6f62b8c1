#include "base/client_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <string.h>

/* With a large exponent a signature costs as much to check as to make. */
static bool is_usual_rsa(const EVP_PKEY *key)
{
    BIGNUM *exponent = NULL;
    int bits = EVP_PKEY_get_bits(key);
    if (bits < CLIENT_KEY_RSA_LEAST || bits > CLIENT_KEY_RSA_MOST ||
        EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &exponent) != 1)
        return false;
    bool usual = BN_num_bits(exponent) <= CLIENT_KEY_RSA_EXPONENT_BITS;
    BN_free(exponent);
    return usual;
}

static bool is_usual_curve(const EVP_PKEY *key)
{
    static const int curves[] = {NID_X9_62_prime256v1, NID_secp384r1, NID_secp521r1};
    char name[64];
    size_t size = 0;
    if (EVP_PKEY_get_group_name(key, name, sizeof name, &size) != 1)
        return false;
    for (size_t i = 0; i < sizeof curves / sizeof *curves; i++) {
        if (strcmp(name, OBJ_nid2sn(curves[i])) == 0)
            return true;
    }
    return false;
}

bool client_key_is_taken(const EVP_PKEY *key)
{
    if (!key)
        return false;
    switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA:
    case EVP_PKEY_RSA_PSS:
        return is_usual_rsa(key);
    case EVP_PKEY_EC:
        return is_usual_curve(key);
    case EVP_PKEY_ED25519:
    case EVP_PKEY_ED448:
        return true;
    default:
        return false;
    }
}
