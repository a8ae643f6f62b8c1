/* Pages are dropped where there are any to drop, as SQLite asks; its own cache stands behind, and
 * how often it is asked is counted. */
#include "store/sqlite/page_cache.h"
#include "testing.h"

#include <stdbool.h>

static sqlite3_pcache_methods2 plain, counted, methods;
static int truncations;

static void count_truncation(sqlite3_pcache *cache, unsigned first)
{
    truncations++;
    plain.xTruncate(cache, first);
}

static int begin(void **state)
{
    (void)state;
    assert_int_equal(sqlite3_config(SQLITE_CONFIG_GETPCACHE2, &plain), SQLITE_OK);
    counted = plain;
    counted.xTruncate = count_truncation;
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_lies_beyond_is_dropped),
        cmocka_unit_test(nothing_is_walked_where_nothing_lies),
        cmocka_unit_test(a_number_that_was_lent_is_forgotten),
        cmocka_unit_test(a_page_that_keeps_such_a_number_is_dropped),
    };
    return cmocka_run_group_tests(tests, begin, NULL);
}
