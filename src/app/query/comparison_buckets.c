/* Complaints that are alike are found by the buckets of their sketches. */
#include "app/complaints/buckets.h"
#include "app/query/comparison.h"

#include <inttypes.h>

enum { PAGE = 1000, BUCKETS_ARENA_MAX = 1 << 20 };

static int failed(struct comparison *at, int result)
{
    return app_store_failed(at->call->app, result, at->call->detail, "buckets of sketches");
}

/* The row that is on one side only. */
static int tell(struct comparison *at, const struct store_sketch_place *place, bool stored)
{
    at->table = "complaint_bucket";
    at->key = arena_printf(at->call->arena, "%" PRId64 "/%" PRId64, place->bucket, place->number);
    if (!at->key)
        return ERR_LIMIT;
    comparison_differ(at, "bucket", stored ? json_integer(place->bucket) : json_null(),
                      stored ? json_null() : json_integer(place->bucket));
    return 0;
}

/* --- missing --- */

static int compare_expected(struct comparison *at, const struct store_sketch_place *place)
{
    int result = store_sketch_bucket_find(at->call->app->store, place->bucket, place->number);
    if (result == ERR_NOT_FOUND)
        return tell(at, place, /* stored= */ false);
    at->buckets++;
    return result < 0 ? failed(at, result) : 0;
}

int comparison_buckets(struct comparison *at, const char *reference, struct arena *arena)
{
    struct error_detail *detail = at->call->detail;
    struct complaint_buckets buckets;
    int result = complaint_buckets_make(at->call->app, reference, arena, &buckets, detail);
    if (result == ERR_DAMAGED) {
        at->table = "complaint_sketch";
        at->key = reference;
        comparison_differ(at, "sketch", json_null(), json_string(error_words(detail, result)));
        return 0;
    }
    if (result < 0)
        return result;
    for (size_t i = 0; result >= 0 && i < buckets.count; i++)
        result = compare_expected(
            at, &(const struct store_sketch_place){buckets.buckets[i], buckets.number});
    return result;
}

/* --- too many --- */

static bool belongs(const struct complaint_buckets *buckets, int64_t bucket)
{
    size_t at = 0;
    while (at < buckets->count && buckets->buckets[at] != bucket)
        at++;
    return at < buckets->count;
}

static int compare_stored(struct comparison *at, const struct store_sketch_place *place,
                          struct arena *arena)
{
    struct error_detail *detail = at->call->detail;
    struct complaint_buckets buckets;
    int result = complaint_buckets_of(at->call->app, place->number, arena, &buckets, detail);
    if (result == ERR_DAMAGED) /* told as the fault of the sketch */
        return 0;
    if (result < 0)
        return result;
    return belongs(&buckets, place->bucket) ? 0 : tell(at, place, /* stored= */ true);
}

static int compare_page(struct comparison *at, const struct store_sketch_place *places,
                        size_t count)
{
    struct arena arena ARENA_CLEANUP = {0};
    int result = 0;
    arena_init(&arena, BUCKETS_ARENA_MAX);
    for (size_t i = 0; result >= 0 && i < count; i++) {
        arena_clear(&arena);
        result = compare_stored(at, &places[i], &arena);
    }
    return result;
}

/* Looks at each row by itself, which takes long, only where there are more than belong there. */
int comparison_buckets_extra(struct comparison *at)
{
    struct store *store = at->call->app->store;
    struct store_sketch_place after = {INT64_MIN, INT64_MIN};
    struct arena arena ARENA_CLEANUP = {0};
    int64_t stored = 0;
    size_t count = PAGE;
    int result = store_sketch_bucket_count(store, &stored);
    arena_init(&arena, BUCKETS_ARENA_MAX);
    while (result >= 0 && stored > at->buckets && count == PAGE) {
        struct store_sketch_place *places;
        arena_clear(&arena);
        result = store_sketch_bucket_page(store, after, PAGE, &arena, &places, &count);
        if (result < 0 || count == 0)
            break;
        after = places[count - 1];
        int compared = compare_page(at, places, count);
        if (compared < 0)
            return compared;
    }
    return result < 0 ? failed(at, result) : 0;
}
