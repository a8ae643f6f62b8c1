/* Pages in slabs: each its own, kept while it is taken, and no slab held that nobody needs. */
#include "store/sqlite/slab.h"
#include "testing.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

enum { MANY = 2000 };

/* Instead of the call, which fails as long as there is no memory. */
static bool no_memory;
void *__real_mmap64(void *at, size_t size, int how, int flags, int fd, int64_t offset);
void *__wrap_mmap64(void *at, size_t size, int how, int flags, int fd, int64_t offset);

void *__wrap_mmap64(void *at, size_t size, int how, int flags, int fd, int64_t offset)
{
    return no_memory ? MAP_FAILED : __real_mmap64(at, size, how, flags, fd, offset);
}

static unsigned char *pages[MANY];

static void take_many(void)
{
    for (int i = 0; i < MANY; i++) {
        pages[i] = slab_take();
        assert_non_null(pages[i]);
        assert_int_equal((uintptr_t)pages[i] % 64, 0);
        memset(pages[i], i % 251, SLAB_PAGE_SIZE);
    }
}

static void assert_kept(int i)
{
    for (int j = 0; j < SLAB_PAGE_SIZE; j++)
        assert_int_equal(pages[i][j], i % 251);
}

static void each_page_is_its_own(void **state)
{
    (void)state;
    take_many();
    for (int i = 0; i < MANY; i++)
        assert_kept(i);
    for (int i = 0; i < MANY; i++)
        slab_give_back(pages[i]);
}

static void what_is_given_back_is_taken_again(void **state)
{
    (void)state;
    take_many();
    size_t held = slab_count();
    for (int i = 0; i < MANY; i += 2)
        slab_give_back(pages[i]);
    for (int i = 0; i < MANY; i += 2) {
        pages[i] = slab_take();
        assert_non_null(pages[i]);
        memset(pages[i], i % 251, SLAB_PAGE_SIZE);
    }
    assert_int_equal(slab_count(), held);
    for (int i = 0; i < MANY; i++) {
        assert_kept(i);
        slab_give_back(pages[i]);
    }
}

static void one_slab_is_left_when_all_is_given_back(void **state)
{
    (void)state;
    take_many();
    assert_true(slab_count() > 4);
    for (int i = MANY - 1; i >= 0; i--)
        slab_give_back(pages[i]);
    assert_int_equal(slab_count(), 1);
    take_many();
    for (int i = 0; i < MANY; i++)
        slab_give_back(pages[i]);
    assert_int_equal(slab_count(), 1);
}

static void without_memory_none_is_taken_and_none_is_lost(void **state)
{
    (void)state;
    int had = 0;
    no_memory = true;
    while (had < MANY && (pages[had] = slab_take()))
        had++;
    no_memory = false;
    assert_true(had < MANY); /* what the slab that is there still had */
    pages[had] = slab_take();
    assert_non_null(pages[had]);
    for (int i = 0; i <= had; i++)
        slab_give_back(pages[i]);
    assert_int_equal(slab_count(), 1);
}

static void *give_and_take(void *state)
{
    for (int round = 0; round < 20; round++) {
        void *mine[50];
        for (int i = 0; i < 50; i++) {
            mine[i] = slab_take();
            assert_non_null(mine[i]);
            memset(mine[i], round, SLAB_PAGE_SIZE);
        }
        for (int i = 0; i < 50; i++) {
            assert_int_equal(*(unsigned char *)mine[i], round);
            slab_give_back(mine[i]);
        }
    }
    slab_give_back(state);
    return NULL;
}

static void threads_take_and_give_back_at_once(void **state)
{
    (void)state;
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, give_and_take, slab_take()), 0);
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(slab_count(), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_page_is_its_own),
        cmocka_unit_test(what_is_given_back_is_taken_again),
        cmocka_unit_test(one_slab_is_left_when_all_is_given_back),
        cmocka_unit_test(without_memory_none_is_taken_and_none_is_lost),
        cmocka_unit_test(threads_take_and_give_back_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
