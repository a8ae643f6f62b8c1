/* Combination of verdicts: properties over every list of up to five verdicts. */
#include "model/verdict.h"

#include "base/error.h"
#include "testing.h"

#include <stdbool.h>

/* Fills `list` with the `number`-th list of `count` verdicts. */
static void nth_list(unsigned number, size_t count, enum verdict *list)
{
    for (size_t i = 0; i < count; i++, number /= 4)
        list[i] = (enum verdict)(number % 4);
}

static bool holds(const enum verdict *list, size_t count, enum verdict verdict)
{
    for (size_t i = 0; i < count; i++) {
        if (list[i] == verdict)
            return true;
    }
    return false;
}

static void all_of_is_the_worst_that_is_there(void **state)
{
    (void)state;
    for (size_t count = 0; count <= 5; count++) {
        for (unsigned n = 0; n < 1u << (2 * count); n++) {
            enum verdict list[5];
            nth_list(n, count, list);
            enum verdict expected = holds(list, count, VERDICT_NOT_MET) ? VERDICT_NOT_MET
                                    : holds(list, count, VERDICT_UNDETERMINED)
                                        ? VERDICT_UNDETERMINED
                                    : holds(list, count, VERDICT_MET) ? VERDICT_MET
                                                                      : VERDICT_NOT_APPLICABLE;
            assert_int_equal(verdict_all_of(list, count), expected);
        }
    }
}

static void any_of_is_the_best_that_is_there(void **state)
{
    (void)state;
    for (size_t count = 0; count <= 5; count++) {
        for (unsigned n = 0; n < 1u << (2 * count); n++) {
            enum verdict list[5];
            nth_list(n, count, list);
            enum verdict expected = holds(list, count, VERDICT_MET) ? VERDICT_MET
                                    : holds(list, count, VERDICT_UNDETERMINED)
                                        ? VERDICT_UNDETERMINED
                                    : holds(list, count, VERDICT_NOT_MET) ? VERDICT_NOT_MET
                                                                          : VERDICT_NOT_APPLICABLE;
            assert_int_equal(verdict_any_of(list, count), expected);
        }
    }
}

/* The unknown observers may have seen anything: the verdict stands only if no outcome of theirs
 * could change it. */
static void k_of_n_is_settled_only_when_the_unknown_cannot_change_it(void **state)
{
    (void)state;
    for (size_t n = 1; n <= 6; n++) {
        for (size_t k = 1; k <= n; k++) {
            for (size_t seen = 0; seen <= n; seen++) {
                for (size_t not_seen = 0; seen + not_seen <= n; not_seen++) {
                    size_t most = n - not_seen;
                    enum verdict expected = seen >= k  ? VERDICT_NOT_MET
                                            : most < k ? VERDICT_MET
                                                       : VERDICT_UNDETERMINED;
                    assert_int_equal(verdict_k_of_n(k, n, seen, not_seen), expected);
                }
            }
        }
    }
    assert_int_equal(verdict_k_of_n(1, 0, 0, 0), VERDICT_UNDETERMINED);
}

static void texts_survive_the_round_trip(void **state)
{
    (void)state;
    for (int v = VERDICT_NOT_APPLICABLE; v <= VERDICT_NOT_MET; v++) {
        enum verdict parsed;
        assert_int_equal(verdict_parse(verdict_text((enum verdict)v), &parsed), 0);
        assert_int_equal(parsed, v);
    }
    enum verdict untouched = VERDICT_MET;
    assert_int_equal(verdict_parse("fine", &untouched), ERR_SYNTAX);
    assert_int_equal(untouched, VERDICT_MET);
}

TEST_MAIN(cmocka_unit_test(all_of_is_the_worst_that_is_there),
          cmocka_unit_test(any_of_is_the_best_that_is_there),
          cmocka_unit_test(k_of_n_is_settled_only_when_the_unknown_cannot_change_it),
          cmocka_unit_test(texts_survive_the_round_trip))
