/* Which keys programs may come with. */
#include "base/client_key.h"

#include "testing.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

static bool takes(EVP_PKEY *key)
{
    assert_non_null(key);
    bool taken = client_key_is_taken(key);
    EVP_PKEY_free(key);
    return taken;
}

static void usual_keys_are_taken(void **state)
{
    (void)state;
    assert_true(takes(EVP_EC_gen("P-256")));
    assert_true(takes(EVP_EC_gen("P-384")));
    assert_true(takes(EVP_EC_gen("P-521")));
    assert_true(takes(EVP_PKEY_Q_keygen(NULL, NULL, "ED25519")));
    assert_true(takes(EVP_PKEY_Q_keygen(NULL, NULL, "ED448")));
    assert_true(takes(EVP_RSA_gen(2048)));
}

/* An RSA key that nobody made: numbers of that many bits. */
static EVP_PKEY *rsa_of(int bits, int exponent_bits)
{
    BIGNUM *modulus = BN_new(), *exponent = BN_new();
    EVP_PKEY *key = NULL;
    assert_int_equal(BN_rand(modulus, bits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ODD), 1);
    assert_int_equal(BN_rand(exponent, exponent_bits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ODD), 1);
    OSSL_PARAM_BLD *parts = OSSL_PARAM_BLD_new();
    OSSL_PARAM_BLD_push_BN(parts, OSSL_PKEY_PARAM_RSA_N, modulus);
    OSSL_PARAM_BLD_push_BN(parts, OSSL_PKEY_PARAM_RSA_E, exponent);
    OSSL_PARAM *made = OSSL_PARAM_BLD_to_param(parts);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    assert_int_equal(EVP_PKEY_fromdata_init(context), 1);
    assert_int_equal(EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, made), 1);
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(made);
    OSSL_PARAM_BLD_free(parts);
    BN_free(modulus);
    BN_free(exponent);
    return key;
}

static void what_is_weak_or_dear_is_not(void **state)
{
    (void)state;
    assert_true(takes(rsa_of(4096, 17)));
    assert_true(takes(rsa_of(3072, 32)));
    assert_false(takes(rsa_of(2047, 17)));
    assert_false(takes(rsa_of(4097, 17)));
    assert_false(takes(rsa_of(16384, 17)));
    assert_false(takes(rsa_of(2048, 33)));
    assert_false(takes(EVP_EC_gen("secp256k1")));
    assert_false(takes(EVP_PKEY_Q_keygen(NULL, NULL, "X25519")));
    assert_false(client_key_is_taken(NULL));
}

TEST_MAIN(cmocka_unit_test(usual_keys_are_taken), cmocka_unit_test(what_is_weak_or_dear_is_not))
