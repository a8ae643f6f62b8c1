#include "app/simulate/draw.h"

#include "testing.h"

enum { DRAWS = 20000 };

static struct draw nth(uint64_t n)
{
    return (struct draw){DRAW_TIME, n, 0};
}

/* Every draw depends on seed, purpose, matter and number, and on nothing else. */
static void the_same_question_has_the_same_answer(void **state)
{
    (void)state;
    const struct draw one = {DRAW_TIME, 1, 2}, purpose = {DRAW_PLAN, 1, 2},
                      matter = {DRAW_TIME, 2, 2}, number = {DRAW_TIME, 1, 3};
    assert_true(draw_bits(7, one) == draw_bits(7, one));
    assert_false(draw_bits(7, one) == draw_bits(8, one));
    assert_false(draw_bits(7, one) == draw_bits(7, purpose));
    assert_false(draw_bits(7, one) == draw_bits(7, matter));
    assert_false(draw_bits(7, one) == draw_bits(7, number));
}

static void a_share_is_met(void **state)
{
    (void)state;
    int64_t hits = 0;
    for (uint64_t i = 0; i < DRAWS; i++) {
        hits += draw_share(1, nth(i), 2500);
        assert_false(draw_share(1, nth(i), 0));
        assert_true(draw_share(1, nth(i), DRAW_WHOLE));
    }
    assert_in_range(hits, DRAWS * 24 / 100, DRAWS * 26 / 100);
}

/* A triangle has its mean at a third of the sum of its corners, and its peak in the middle half. */
static void a_triangle_has_its_peak_and_ends(void **state)
{
    (void)state;
    const struct draw_triangle triangle = {100, 600, 1150}, point = {5, 5, 5};
    int64_t sum = 0, left = 0;
    for (uint64_t i = 0; i < DRAWS; i++) {
        int64_t at = draw_between(1, nth(i), &triangle);
        assert_in_range(at, triangle.least, triangle.most);
        sum += at;
        left += at < triangle.usual;
    }
    assert_in_range(sum / DRAWS, 610, 624);
    /* (600 - 100) of (1150 - 100) */
    assert_in_range(left, DRAWS * 46 / 100, DRAWS * 49 / 100);
    assert_int_equal(draw_between(1, nth(1), &point), 5);
}

TEST_MAIN(cmocka_unit_test(the_same_question_has_the_same_answer), cmocka_unit_test(a_share_is_met),
          cmocka_unit_test(a_triangle_has_its_peak_and_ends))
