#include "cases/error_rate.h"
#include "testing.h"

/* Values of the interval that textbooks give: 0 of 10, 1 of 10, 5 of 10, 10 of 10, 15 of 148. */
static void the_interval_is_wilsons(void **state)
{
    static const struct {
        int64_t wrong, of;
        struct error_rate rate;
    } rows[] = {{0, 10, {0, 0, 278}},        {1, 10, {18, 100, 404}},   {5, 10, {237, 500, 763}},
                {10, 10, {722, 1000, 1000}}, {15, 148, {62, 101, 160}}, {81, 263, {255, 308, 366}}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error_rate rate;
        assert_true(error_rate_of(rows[i].wrong, rows[i].of, &rate));
        assert_int_equal(rate.low, rows[i].rate.low);
        assert_int_equal(rate.is, rows[i].rate.is);
        assert_int_equal(rate.high, rows[i].rate.high);
    }
}

static void a_sample_of_none_says_nothing(void **state)
{
    struct error_rate rate;
    (void)state;
    assert_false(error_rate_of(0, 0, &rate));
}

TEST_MAIN(cmocka_unit_test(the_interval_is_wilsons),
          cmocka_unit_test(a_sample_of_none_says_nothing))
