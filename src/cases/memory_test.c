/* Allocation N fails, for every N: a clean error, nothing leaked, outputs untouched. */
#include "cases/story.h"

#include "rulebook/yaml.h"

#include <stdlib.h>
#include <string.h>

/* --- memory that fails on demand --- */

static long allocations_left = -1; /* negative: never fails */

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);

static bool allocation_fails(void)
{
    if (allocations_left < 0)
        return false;
    if (allocations_left == 0)
        return true;
    allocations_left--;
    return false;
}

void *__wrap_malloc(size_t size)
{
    return allocation_fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return allocation_fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
    return allocation_fails() ? NULL : __real_realloc(old, size);
}

/* Allocation N fails, for every N: a clean error, nothing leaked, the output untouched. */
static void every_allocation_may_fail(void **state)
{
    (void)state;
    struct story story;
    story_climb(&story, PARTY_REGISTRAR);
    struct case_step bad = story_step(&story, CASE_CLOSED, "ann");
    CASE_TEXT(bad.closure, "noncompliance-corrected");
    int result = ERR_NO_MEMORY;
    for (long n = 0; result == ERR_NO_MEMORY; n++) {
        struct case_outcome outcome, untouched;
        memset(&outcome, 0x5a, sizeof outcome);
        memset(&untouched, 0x5a, sizeof untouched);
        allocations_left = n;
        result = case_apply(&story.state, &bad, &outcome, NULL);
        allocations_left = -1;
        assert_true(result == ERR_NO_MEMORY || result == ERR_REFUSED);
        assert_memory_equal(&outcome, &untouched, sizeof outcome);
    }
    struct case_outcome outcome;
    struct case_step sent = story_letter(&story, CASE_NOTICE_SENT, "bailiwick", "breach", 2);
    assert_int_equal(case_apply(&story.state, &sent, &outcome, NULL), 0);
    result = ERR_NO_MEMORY;
    for (long n = 0; result == ERR_NO_MEMORY; n++) {
        BUFFER_CLEANUP struct buffer out;
        buffer_init(&out, CASE_DATA_MAX);
        allocations_left = n;
        result = case_data_encode(&sent, &outcome, &out);
        allocations_left = -1;
    }
    assert_int_equal(result, 0);
    story_end(&story);
}

static void loading_survives_every_failing_allocation(void **state)
{
    (void)state;
    int result = ERR_NO_MEMORY;
    long n = 0;
    for (; result == ERR_NO_MEMORY; n++) {
        YAML_FAULTS_CLEANUP struct yaml_faults faults;
        struct process *loaded = NULL;
        yaml_faults_init(&faults);
        allocations_left = n;
        result = process_load(PROJECT_ROOT "/rulebook/cctld-example", NULL, &faults, &loaded);
        allocations_left = -1;
        if (result < 0)
            assert_null(loaded);
        process_free(loaded);
    }
    assert_int_equal(result, 0);
    assert_true(n > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(loading_survives_every_failing_allocation),
    };
    return cmocka_run_group_tests(tests, story_setup, story_teardown);
}
