#include "base/sparse.h"

#include "base/error.h"
#include "testing.h"

#include <stdint.h>
#include <string.h>

/* Packs and unpacks; what it needed. */
static size_t round_trip(const void *value, size_t size)
{
    static uint8_t back[4096];
    struct buffer packed BUFFER_CLEANUP;
    buffer_init(&packed, sparse_size_max(size));
    assert_int_equal(sparse_pack(value, size, &packed), 0);
    memset(back, 0x5a, sizeof back);
    sparse_unpack(&packed, back, size);
    if (size > 0)
        assert_memory_equal(back, value, size);
    assert_int_equal(back[size], 0x5a);
    return packed.size;
}

static void values_come_back_as_they_were(void **state)
{
    (void)state;
    uint8_t value[4000] = {0};
    for (size_t size = 0; size < 700; size++)
        assert_true(round_trip(value, size) <= size / 512 + 1);
    memset(value, 7, sizeof value);
    for (size_t size = 0; size < 700; size++)
        assert_true(round_trip(value, size) <= sparse_size_max(size));
    for (size_t at = 0; at < 700; at++) {
        memset(value, 0, sizeof value);
        value[at] = 1;
        assert_true(round_trip(value, 700) <= 2 + 64);
    }
}

static void a_packed_value_takes_the_place_of_another(void **state)
{
    (void)state;
    const char first[200] = "first", second[200] = "second";
    char back[200];
    struct buffer packed BUFFER_CLEANUP;
    buffer_init(&packed, sparse_size_max(sizeof first));
    assert_int_equal(sparse_pack(first, sizeof first, &packed), 0);
    assert_int_equal(sparse_pack(second, sizeof second, &packed), 0);
    sparse_unpack(&packed, back, sizeof back);
    assert_string_equal(back, "second");
}

static void limits_are_told(void **state)
{
    (void)state;
    static const uint8_t large[SPARSE_VALUE_MAX + 1];
    const uint8_t full[100] = {1, [99] = 1};
    struct buffer packed BUFFER_CLEANUP;
    buffer_init(&packed, 100);
    assert_int_equal(sparse_pack(large, sizeof large, &packed), ERR_LIMIT);
    assert_int_equal(sparse_pack(full, sizeof full, &packed), ERR_LIMIT);
    struct buffer enough BUFFER_CLEANUP;
    buffer_init(&enough, sparse_size_max(SPARSE_VALUE_MAX));
    assert_int_equal(sparse_pack(large, SPARSE_VALUE_MAX, &enough), 0);
    assert_int_equal(enough.size, SPARSE_VALUE_MAX / 64 / 8);
}

TEST_MAIN(cmocka_unit_test(values_come_back_as_they_were),
          cmocka_unit_test(a_packed_value_takes_the_place_of_another),
          cmocka_unit_test(limits_are_told))
