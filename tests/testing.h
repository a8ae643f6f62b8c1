/* Thin layer over cmocka: the includes it wants, in the order it wants, and one main for all.
 *
 *   static void date_of_leap_day_is_parsed(void **state) { ... assert_int_equal(...); }
 *   TEST_MAIN(cmocka_unit_test(date_of_leap_day_is_parsed), ...)
 *
 * One program per file; the exit code is the number of failures. */
#ifndef BAILIWICK_TESTS_TESTING_H
#define BAILIWICK_TESTS_TESTING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* The app starts its own program again for a child's role: a test that has none must not run its
 * tests in there, which would start the next. */
#define TEST_MAIN(...)                                                                             \
    int main(int argc, char **argv)                                                                \
    {                                                                                              \
        if (argc > 1 && strcmp(argv[1], "--child") == 0)                                           \
            return 1;                                                                              \
        const struct CMUnitTest tests[] = {__VA_ARGS__};                                           \
        return cmocka_run_group_tests(tests, NULL, NULL);                                          \
    }

#endif
