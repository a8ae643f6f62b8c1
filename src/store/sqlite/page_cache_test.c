/* Pages are dropped where there are any to drop, as SQLite asks; its own cache stands behind, and
 * how often it is asked is counted. */
#include "store/sqlite/page_cache.h"
#include "testing.h"

#include <stdbool.h>

static sqlite3_pcache_methods2 plain, counted, methods;
static int truncations, shrinks, sizes;

static void count_truncation(sqlite3_pcache *cache, unsigned first)
{
    truncations++;
    plain.xTruncate(cache, first);
}

static void count_shrink(sqlite3_pcache *cache)
{
    shrinks++;
    plain.xShrink(cache);
}

static void count_size(sqlite3_pcache *cache, int pages)
{
    sizes += pages;
    plain.xCachesize(cache, pages);
}

static sqlite3_pcache *create_none(int page_size, int extra_size, int purgeable)
{
    (void)page_size, (void)extra_size, (void)purgeable;
    return NULL;
}

static int begin(void **state)
{
    (void)state;
    assert_int_equal(sqlite3_config(SQLITE_CONFIG_GETPCACHE2, &plain), SQLITE_OK);
    counted = plain;
    counted.xTruncate = count_truncation;
    counted.xShrink = count_shrink;
    counted.xCachesize = count_size;
    methods = page_cache_methods(&counted);
    assert_int_equal(sqlite3_config(SQLITE_CONFIG_PCACHE2, &methods), SQLITE_OK);
    return sqlite3_initialize();
}

/* A cache with the pages 1 to 4, none of them in use. */
static sqlite3_pcache *cache_of_four(void)
{
    sqlite3_pcache *cache = methods.xCreate(4096, 64, 1);
    assert_non_null(cache);
    methods.xCachesize(cache, 100);
    for (unsigned i = 1; i <= 4; i++) {
        sqlite3_pcache_page *page = methods.xFetch(cache, i, 2);
        assert_non_null(page);
        methods.xUnpin(cache, page, 0);
    }
    truncations = 0;
    return cache;
}

static bool holds(sqlite3_pcache *cache, unsigned number)
{
    sqlite3_pcache_page *page = methods.xFetch(cache, number, 0);
    if (page)
        methods.xUnpin(cache, page, 0);
    return page != NULL;
}

static void what_lies_beyond_is_dropped(void **state)
{
    (void)state;
    sqlite3_pcache *cache = cache_of_four();
    methods.xTruncate(cache, 3);
    assert_int_equal(truncations, 1);
    assert_int_equal(methods.xPagecount(cache), 2);
    assert_true(holds(cache, 2) && !holds(cache, 3));
    methods.xTruncate(cache, 0);
    assert_int_equal(methods.xPagecount(cache), 0);
    methods.xDestroy(cache);
}

static void nothing_is_walked_where_nothing_lies(void **state)
{
    (void)state;
    sqlite3_pcache *cache = cache_of_four();
    methods.xTruncate(cache, 5);
    assert_false(holds(cache, 9));
    methods.xTruncate(cache, 5);
    assert_int_equal(truncations, 0);
    methods.xShrink(cache);
    methods.xDestroy(cache);
}

/* As a page that is split does, with numbers far beyond the end. */
static void a_number_that_was_lent_is_forgotten(void **state)
{
    (void)state;
    sqlite3_pcache *cache = cache_of_four();
    sqlite3_pcache_page *page = methods.xFetch(cache, 2, 0);
    methods.xRekey(cache, page, 2, 262145);
    methods.xRekey(cache, page, 262145, 2);
    methods.xUnpin(cache, page, 0);
    methods.xTruncate(cache, 5);
    assert_int_equal(truncations, 0);
    assert_true(holds(cache, 2));
    methods.xDestroy(cache);
}

static void a_page_that_keeps_such_a_number_is_dropped(void **state)
{
    (void)state;
    sqlite3_pcache *cache = cache_of_four();
    sqlite3_pcache_page *page = methods.xFetch(cache, 2, 0);
    methods.xRekey(cache, page, 2, 9);
    methods.xUnpin(cache, page, 0);
    methods.xTruncate(cache, 6);
    assert_int_equal(truncations, 1);
    assert_false(holds(cache, 9));
    assert_int_equal(methods.xPagecount(cache), 3);
    methods.xTruncate(cache, 6);
    assert_int_equal(truncations, 1);
    methods.xDestroy(cache);
}

/* The last page of all is one of those that are dropped from its number on. */
static void pages_are_dropped_from_the_first_on(void **state)
{
    (void)state;
    sqlite3_pcache *cache = cache_of_four();
    for (unsigned first = 4; first > 1; first--) {
        methods.xTruncate(cache, first);
        assert_int_equal(methods.xPagecount(cache), first - 1);
        assert_int_equal(truncations, 5 - first);
    }
    methods.xTruncate(cache, 0);
    methods.xTruncate(cache, 1); /* there are none left */
    assert_int_equal(truncations, 4);
    methods.xDestroy(cache);
}

/* Numbers up to the highest are none that was lent. */
static void only_numbers_beyond_are_lent(void **state)
{
    (void)state;
    sqlite3_pcache *cache = cache_of_four();
    sqlite3_pcache_page *last = methods.xFetch(cache, 4, 0);
    methods.xUnpin(cache, last, /* discard= */ 1);
    sqlite3_pcache_page *page = methods.xFetch(cache, 2, 0);
    methods.xRekey(cache, page, 2, 4);
    methods.xTruncate(cache, 5);
    assert_int_equal(truncations, 0);
    sqlite3_pcache_page *far = methods.xFetch(cache, 1, 0);
    methods.xRekey(cache, far, 1, 9);
    methods.xRekey(cache, page, 4, 2);
    methods.xUnpin(cache, page, 0);
    methods.xUnpin(cache, far, 0);
    methods.xTruncate(cache, 6); /* 9 is lent still */
    assert_int_equal(truncations, 1);
    assert_false(holds(cache, 9));
    methods.xDestroy(cache);
}

static void what_it_does_not_know_better_is_passed_on(void **state)
{
    (void)state;
    sizes = shrinks = 0;
    sqlite3_pcache *cache = cache_of_four();
    assert_int_equal(sizes, 100);
    methods.xShrink(cache);
    assert_int_equal(shrinks, 1);
    methods.xDestroy(cache);
    sqlite3_pcache_methods2 failing = counted;
    failing.xCreate = create_none;
    page_cache_methods(&failing);
    assert_null(methods.xCreate(4096, 64, 1));
    page_cache_methods(&counted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_lies_beyond_is_dropped),
        cmocka_unit_test(nothing_is_walked_where_nothing_lies),
        cmocka_unit_test(a_number_that_was_lent_is_forgotten),
        cmocka_unit_test(a_page_that_keeps_such_a_number_is_dropped),
        cmocka_unit_test(pages_are_dropped_from_the_first_on),
        cmocka_unit_test(only_numbers_beyond_are_lent),
        cmocka_unit_test(what_it_does_not_know_better_is_passed_on),
    };
    return cmocka_run_group_tests(tests, begin, NULL);
}
