/* The heap goes on as it did, whether or not the kernel backs it as it was asked to. */
#include "base/large_pages.h"
#include "base/poison.h"
#include "testing.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { HEAP = 64 << 20, COUNT = 1000, SIZE = 20000 };

/* Sanitizers bring a malloc() of their own, which has no heap there. */
#if ADDRESSES_SANITIZED || defined __SANITIZE_THREAD__
#define HAS_HEAP 0
#else
#define HAS_HEAP 1
#endif

static char *reserved_from, *reserved_to;

static int reserve(void **state)
{
    (void)state;
    reserved_from = sbrk(0);
    large_pages_for_heap(HEAP);
    reserved_to = sbrk(0);
    return 0;
}

static void the_heap_is_reserved_at_once(void **state)
{
    (void)state;
    if (HAS_HEAP)
        assert_true(reserved_to - reserved_from >= HEAP);
}

static void what_is_taken_lies_there_and_is_kept(void **state)
{
    (void)state;
    static unsigned char *pieces[COUNT];
    for (int i = 0; i < COUNT; i++) {
        pieces[i] = malloc(SIZE);
        assert_non_null(pieces[i]);
        memset(pieces[i], i % 251, SIZE);
    }
    for (int i = 0; i < COUNT; i++) {
        assert_int_equal(pieces[i][0], i % 251);
        assert_int_equal(pieces[i][SIZE - 1], i % 251);
        if (HAS_HEAP)
            assert_true((char *)pieces[i] < reserved_to);
        free(pieces[i]);
    }
    if (HAS_HEAP)
        assert_ptr_equal(sbrk(0), reserved_to);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_heap_is_reserved_at_once),
        cmocka_unit_test(what_is_taken_lies_there_and_is_kept),
    };
    return cmocka_run_group_tests(tests, reserve, NULL);
}
