/* keyed_hash() against the vectors of the paper's reference implementation. */
#include "base/keyed_hash.h"
#include "testing.h"

/* Key 00 01 .. 0f, message 00 01 .. 0e: the worked example of appendix A. */
static void it_is_siphash(void **state)
{
    struct hash_key key, other;
    uint8_t message[15];
    (void)state;
    for (size_t i = 0; i < HASH_KEY_SIZE; i++)
        key.bytes[i] = (uint8_t)i;
    for (size_t i = 0; i < sizeof message; i++)
        message[i] = (uint8_t)i;
    assert_true(keyed_hash(&key, message, sizeof message) == UINT64_C(0xa129ca6149be45e5));
    assert_true(keyed_hash(&key, message, 0) == UINT64_C(0x726fdb47dd0e0e31));
    other = key;
    other.bytes[15] ^= 1;
    assert_true(keyed_hash(&other, message, sizeof message) !=
                keyed_hash(&key, message, sizeof message));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(it_is_siphash)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
