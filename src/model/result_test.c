/* Results survive the pipe between judge and core, and nothing malformed does. */
#include "model/result.h"

#include "base/error.h"
#include "testing.h"

static struct result_set sample(void)
{
    static uint32_t exchanges[] = {3, 17};
    static struct result results[] = {
        {"dns.soa", 1, SIGHT_SEEN, "dns.serial-differs", "example", "{\"serials\":[1,2]}",
         exchanges, 2},
        {"dns.soa", 1, SIGHT_UNKNOWN, "dns.lame", "ns1.example/192.0.2.1", "{}", exchanges, 0},
    };
    return (struct result_set){"ab", "local", 1234567, results, 2, "example"};
}

static void a_set_survives_the_round_trip(void **state)
{
    (void)state;
    struct result_set in = sample(), out;
    struct buffer bytes BUFFER_CLEANUP = {0};
    struct arena arena ARENA_CLEANUP = {0};
    buffer_init(&bytes, 4096);
    arena_init(&arena, 1 << 16);
    assert_int_equal(result_set_encode(&in, &bytes), 0);
    assert_int_equal(result_set_decode(bytes.data, bytes.size, &arena, &out), 0);
    assert_int_equal(out.count, 2);
    assert_string_equal(out.vantage, "local");
    assert_string_equal(out.target, "example");
    assert_string_equal(out.results[0].code, "dns.serial-differs");
    assert_int_equal(out.results[0].sight, SIGHT_SEEN);
    assert_int_equal(out.results[0].exchanges[1], 17);
    assert_string_equal(out.results[1].subject, "ns1.example/192.0.2.1");
}

static void every_cut_and_a_longer_tail_are_refused(void **state)
{
    (void)state;
    struct result_set in = sample(), out;
    struct buffer bytes BUFFER_CLEANUP = {0};
    buffer_init(&bytes, 4096);
    result_set_encode(&in, &bytes);
    buffer_append_byte(&bytes, 0);
    for (size_t size = 0; size <= bytes.size; size++) {
        struct arena arena ARENA_CLEANUP = {0};
        arena_init(&arena, 1 << 16);
        int result = result_set_decode(bytes.data, size, &arena, &out);
        if (size == bytes.size - 1)
            assert_int_equal(result, 0);
        else
            assert_true(result < 0);
    }
}

TEST_MAIN(cmocka_unit_test(a_set_survives_the_round_trip),
          cmocka_unit_test(every_cut_and_a_longer_tail_are_refused))
