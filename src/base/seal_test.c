/* What is sealed opens with its key, as what it is, and in no other way. */
#include "base/seal.h"

#include "base/error.h"
#include "testing.h"

#include <string.h>

#define WORDS "what somebody said"
enum { SIZE = sizeof WORDS, SEALED = SIZE + SEAL_OVERHEAD };

static void opens_as_what_it_is(void **state)
{
    struct digest key, other;
    uint8_t sealed[SEALED], again[SEALED], data[SIZE];
    (void)state;
    random_bytes(key.bytes, sizeof key.bytes);
    random_bytes(other.bytes, sizeof other.bytes);
    seal_close(&key, "k-1/0", WORDS, SIZE, sealed);
    seal_close(&key, "k-1/0", WORDS, SIZE, again);
    assert_memory_not_equal(sealed, again, SEALED);
    assert_int_equal(seal_open(&key, "k-1/0", sealed, SEALED, data), 0);
    assert_memory_equal(data, WORDS, SIZE);
    assert_int_equal(seal_open(&other, "k-1/0", sealed, SEALED, data), ERR_DAMAGED);
    assert_int_equal(seal_open(&key, "k-1/1", sealed, SEALED, data), ERR_DAMAGED);
}

static void any_changed_byte_is_seen(void **state)
{
    const struct digest key = {{1}};
    uint8_t sealed[SEALED], data[SIZE];
    (void)state;
    seal_close(&key, "", WORDS, SIZE, sealed);
    for (size_t i = 0; i < SEALED; i++) {
        sealed[i] ^= 1;
        assert_int_equal(seal_open(&key, "", sealed, SEALED, data), ERR_DAMAGED);
        sealed[i] ^= 1;
    }
    for (size_t size = 0; size < SEALED; size++)
        assert_int_equal(seal_open(&key, "", sealed, size, data), ERR_DAMAGED);
    assert_int_equal(seal_open(&key, "", sealed, SEALED, data), 0);
}

static void nothing_can_be_sealed(void **state)
{
    const struct digest key = {{2}};
    uint8_t sealed[SEAL_OVERHEAD], data[1];
    (void)state;
    seal_close(&key, "", "", 0, sealed);
    assert_int_equal(seal_open(&key, "", sealed, sizeof sealed, data), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(opens_as_what_it_is),
                                       cmocka_unit_test(any_changed_byte_is_seen),
                                       cmocka_unit_test(nothing_can_be_sealed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
