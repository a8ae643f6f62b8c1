/* Pieces of SQLite's memory: what was given back is taken again, with what it held as long as it is
 * taken, whatever thread gives it back. */
#include "store/sqlite/pieces.h"
#include "testing.h"

#include <pthread.h>
#include <stdint.h>
#include <string.h>

static const sqlite3_mem_methods *const pieces = &pieces_methods;

static int begin(void **state)
{
    (void)state;
    return pieces->xInit(NULL);
}

static int end(void **state)
{
    (void)state;
    pieces->xShutdown(NULL);
    return 0;
}

static void sizes_are_rounded_and_told(void **state)
{
    (void)state;
    static const int sizes[] = {1,    8,    32,   33,   1000, 1024, 1025,
                                4095, 4096, 4380, 4472, 4473, 70000};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        void *piece = pieces->xMalloc(sizes[i]);
        assert_non_null(piece);
        assert_int_equal((uintptr_t)piece % 8, 0);
        assert_int_equal(pieces->xSize(piece), pieces->xRoundup(sizes[i]));
        assert_true(pieces->xSize(piece) >= sizes[i]);
        memset(piece, 0xff, (size_t)pieces->xSize(piece));
        pieces->xFree(piece);
    }
    assert_int_equal(pieces->xSize(NULL), 0);
}

static void what_was_given_back_is_taken_again(void **state)
{
    (void)state;
    void *first = pieces->xMalloc(200), *second = pieces->xMalloc(200);
    assert_ptr_not_equal(first, second);
    pieces->xFree(first);
    assert_ptr_equal(pieces->xMalloc(193), first);
    pieces->xFree(first);
    pieces->xFree(second);
}

static void a_piece_keeps_what_it_held_when_it_is_resized(void **state)
{
    (void)state;
    char *piece = pieces->xMalloc(40);
    memcpy(piece, "kept", sizeof "kept");
    piece = pieces->xRealloc(piece, 4300); /* a page of the cache */
    assert_string_equal(piece, "kept");
    piece = pieces->xRealloc(piece, 5000);
    assert_string_equal(piece, "kept");
    piece = pieces->xRealloc(piece, 5);
    assert_string_equal(piece, "kept");
    pieces->xFree(piece);
}

static void *give_back(void *piece)
{
    pieces->xFree(piece);
    return NULL;
}

/* The thread keeps it, and its end forgets it: AddressSanitizer would tell of a leak. */
static void another_thread_may_give_it_back(void **state)
{
    (void)state;
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, give_back, pieces->xMalloc(100)), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
}

/* A program may shut SQLite down and use it again, more often than there are keys of threads. */
static void it_begins_and_ends_without_end(void **state)
{
    (void)state;
    for (int i = 0; i < 2000; i++) {
        pieces->xShutdown(NULL);
        assert_int_equal(pieces->xInit(NULL), SQLITE_OK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_are_rounded_and_told),
        cmocka_unit_test(what_was_given_back_is_taken_again),
        cmocka_unit_test(a_piece_keeps_what_it_held_when_it_is_resized),
        cmocka_unit_test(another_thread_may_give_it_back),
        cmocka_unit_test(it_begins_and_ends_without_end),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
