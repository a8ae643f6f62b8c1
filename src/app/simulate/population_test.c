#include "app/simulate/population.h"

#include "testing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void the_population_that_ships_is_read(void **state)
{
    (void)state;
    struct arena arena ARENA_CLEANUP = {0};
    struct population population;
    struct error_detail detail = {0};
    arena_init(&arena, 1 << 20);
    if (population_load(POPULATION_SOURCE, &arena, &population, &detail) < 0)
        fail_msg("%s", detail.text);
    assert_true(population.kinds[PARTY_REGISTRAR].received[0] > 0);
    assert_true(population.kinds[PARTY_REGISTRY].received[3] >
                population.kinds[PARTY_REGISTRY].received[0]);
    assert_int_equal(population.kinds[PARTY_REGISTRAR].harm[0],
                     population.kinds[PARTY_REGISTRAR].harm[11]);
    assert_true(population.holiday_count > 1 &&
                population.holidays[0].told < population.holidays[0].day);
    assert_true(population_weight_of(&population, "transfer") > 1);
    assert_int_equal(population_weight_of(&population, "nothing"), 1);
}

static void expect_faults(const char *text, const char *const *faults)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct population population;
    struct error_detail detail = {0};
    char path[] = "/tmp/bailiwick-population-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_true(dprintf(fd, "%s", text) > 0);
    close(fd);
    arena_init(&arena, 1 << 20);
    int result = population_load(path, &arena, &population, &detail);
    unlink(path);
    assert_int_equal(result, ERR_SYNTAX);
    for (; *faults; faults++) {
        if (!strstr(detail.text, *faults))
            fail_msg("no '%s' in '%s'", *faults, detail.text);
    }
}

/* A fault is told with its place, and what is missing is a fault. */
static void what_is_wrong_is_told_with_its_place(void **state)
{
    (void)state;
    struct arena arena ARENA_CLEANUP = {0};
    struct population population;
    static const char *const of_staff[] = {":2:19: ", "approvers", NULL};
    static const char *const of_lists[] = {":1:23: 'received' is a list of 12 numbers", NULL};
    static const char *const of_holidays[] = {":2:5: key 'day' is missing", NULL};
    expect_faults("start: 2022-06-01\nstaff: {analysts: 0}\n", of_staff);
    expect_faults("registrar: {received: [1, 2]}\n", of_lists);
    expect_faults("late-holidays:\n  - {told: 2022-06-01}\n", of_holidays);
    arena_init(&arena, 1 << 20);
    assert_int_equal(population_load("/nowhere", &arena, &population, NULL), -2);
}

TEST_MAIN(cmocka_unit_test(the_population_that_ships_is_read),
          cmocka_unit_test(what_is_wrong_is_told_with_its_place))
