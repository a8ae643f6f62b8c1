/* Pieces that are given back are taken again, in bounds; JSON can be made of them. */
#include "base/pieces.h"

#include "base/json.h"
#include "testing.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void sizes_are_rounded_and_told(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 8, 32, 33, 1000, 1024, 1025, 70000};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        void *piece = pieces_take(sizes[i]);
        assert_non_null(piece);
        assert_int_equal((uintptr_t)piece % 8, 0);
        assert_int_equal(pieces_size(piece), pieces_round_up(sizes[i]));
        assert_true(pieces_size(piece) >= sizes[i]);
        memset(piece, 0xff, pieces_size(piece));
        pieces_give_back(piece);
    }
    assert_int_equal(pieces_size(NULL), 0);
    pieces_give_back(NULL);
    assert_null(pieces_take(SIZE_MAX));
}

static void what_was_given_back_is_taken_again(void **state)
{
    (void)state;
    void *first = pieces_take(200), *second = pieces_take(200);
    assert_ptr_not_equal(first, second);
    pieces_give_back(first);
    assert_ptr_equal(pieces_take(193), first);
    pieces_give_back(first);
    pieces_give_back(second);
}

/* In a thread of its own, which keeps nothing yet. */
static void *fill(void *unused)
{
    (void)unused;
    enum { KEPT = PIECES_KEPT_MAX / PIECES_SMALL_MAX, MANY = KEPT + 100 };
    static void *pieces[MANY];
    for (size_t i = 0; i < MANY; i++)
        assert_non_null(pieces[i] = pieces_take(PIECES_SMALL_MAX));
    for (size_t i = 0; i < MANY; i++)
        pieces_give_back(pieces[i]);
    /* In the other order; what was above the limit is malloc()'s. */
    for (size_t i = KEPT; i-- > 0;)
        assert_ptr_equal(pieces_take(PIECES_SMALL_MAX), pieces[i]);
    for (size_t i = 0; i < KEPT; i++)
        pieces_give_back(pieces[i]);
    return NULL;
}

static void no_more_is_kept_than_the_limit(void **state)
{
    (void)state;
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, fill, NULL), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
}

static void *give_back(void *piece)
{
    pieces_give_back(piece);
    return NULL;
}

/* The thread keeps it, and its end forgets it: AddressSanitizer would tell of a leak. */
static void another_thread_may_give_it_back(void **state)
{
    (void)state;
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, give_back, pieces_take(100)), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
}

static void json_is_made_of_them(void **state)
{
    (void)state;
    struct error_detail detail = {0};
    struct buffer out BUFFER_CLEANUP = {0};
    json_t *json JSON_CLEANUP = NULL;
    json_keep_memory();
    static const char text[] = "{\"b\":[1,2,3],\"a\":{\"c\":\"text\",\"d\":null}}";
    for (int i = 0; i < 3; i++) {
        json_release(&json);
        assert_int_equal(json_parse(text, sizeof text - 1, &json, &detail), 0);
    }
    buffer_init(&out, 1000);
    assert_int_equal(json_canonical(json, &out), 0);
    assert_string_equal(buffer_text(&out), "{\"a\":{\"c\":\"text\",\"d\":null},\"b\":[1,2,3]}");
    assert_int_equal(pieces_size(json) % PIECES_STEP, 0);
    assert_true(pieces_size(json) >= sizeof *json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_are_rounded_and_told),
        cmocka_unit_test(what_was_given_back_is_taken_again),
        cmocka_unit_test(no_more_is_kept_than_the_limit),
        cmocka_unit_test(another_thread_may_give_it_back),
        cmocka_unit_test(json_is_made_of_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
