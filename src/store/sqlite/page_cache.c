#include "store/sqlite/page_cache.h"

#include <stdlib.h>

/* No page has a number above `highest`, but for at most `beyond` of them. */
struct cache {
    sqlite3_pcache *inner;
    unsigned highest;
    unsigned beyond;
};

static sqlite3_pcache_methods2 its;

static sqlite3_pcache *inner_of(sqlite3_pcache *cache)
{
    return ((struct cache *)cache)->inner;
}

static sqlite3_pcache *create(int page_size, int extra_size, int purgeable)
{
    struct cache *cache = calloc(1, sizeof *cache);
    if (cache)
        cache->inner = its.xCreate(page_size, extra_size, purgeable);
    if (cache && cache->inner)
        return (sqlite3_pcache *)cache;
    free(cache);
    return NULL;
}

static void set_size(sqlite3_pcache *cache, int pages)
{
    its.xCachesize(inner_of(cache), pages);
}

static int count(sqlite3_pcache *cache)
{
    return its.xPagecount(inner_of(cache));
}

static sqlite3_pcache_page *fetch(sqlite3_pcache *opaque, unsigned number, int may_create)
{
    struct cache *cache = (struct cache *)opaque;
    sqlite3_pcache_page *page = its.xFetch(cache->inner, number, may_create);
    if (may_create && number > cache->highest)
        cache->highest = number;
    return page;
}

static void unpin(sqlite3_pcache *cache, sqlite3_pcache_page *page, int discard)
{
    its.xUnpin(inner_of(cache), page, discard);
}

/* A number that is lent does not raise the highest. */
static void renumber(sqlite3_pcache *opaque, sqlite3_pcache_page *page, unsigned from, unsigned to)
{
    struct cache *cache = (struct cache *)opaque;
    if (from > cache->highest && cache->beyond > 0)
        cache->beyond--;
    if (to > cache->highest)
        cache->beyond++;
    its.xRekey(cache->inner, page, from, to);
}

static void drop_from(sqlite3_pcache *opaque, unsigned first)
{
    struct cache *cache = (struct cache *)opaque;
    if (first > cache->highest && cache->beyond == 0)
        return;
    its.xTruncate(cache->inner, first);
    cache->highest = first ? first - 1 : 0;
    cache->beyond = 0;
}

static void destroy(sqlite3_pcache *opaque)
{
    its.xDestroy(inner_of(opaque));
    free(opaque);
}

static void shrink(sqlite3_pcache *cache)
{
    its.xShrink(inner_of(cache));
}

sqlite3_pcache_methods2 page_cache_methods(const sqlite3_pcache_methods2 *inner)
{
    its = *inner;
    sqlite3_pcache_methods2 methods = *inner; /* with how it begins and ends */
    methods.xCreate = create;
    methods.xCachesize = set_size;
    methods.xPagecount = count;
    methods.xFetch = fetch;
    methods.xUnpin = unpin;
    methods.xRekey = renumber;
    methods.xTruncate = drop_from;
    methods.xDestroy = destroy;
    methods.xShrink = shrink;
    return methods;
}
