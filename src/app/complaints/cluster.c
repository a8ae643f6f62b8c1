#include "app/complaints/cluster.h"

#include "app/complaints/buckets.h"
#include "cases/likeness.h"

#include <stdlib.h>
#include <string.h>

enum { ARENA_MAX = 64 << 20, AT_ONCE = 1000 };

struct sorting {
    struct app *app;
    struct error_detail *detail;
    struct arena arena; /* of one complaint */
};

static int failed(const struct sorting *sorting, int result)
{
    return app_store_failed(sorting->app, result, sorting->detail, "clusters of complaints");
}

/* --- where it belongs --- */

static int compare_numbers(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Clusters that share a bucket with the sketch, the oldest first, each once. */
static int gather(struct sorting *sorting, const int64_t *buckets, size_t bucket_count,
                  int64_t ret_numbers[CLUSTERS_LOOKED_AT], size_t *ret_count)
{
    size_t count = 0, left = 0;
    for (size_t i = 0; i < bucket_count; i++) {
        int64_t *numbers;
        size_t found;
        int result = store_cluster_of_bucket(sorting->app->store, buckets[i], CLUSTERS_OF_BUCKET,
                                             &sorting->arena, &numbers, &found);
        if (result < 0)
            return failed(sorting, result);
        for (size_t k = 0; k < found && count < CLUSTERS_LOOKED_AT; k++)
            ret_numbers[count++] = numbers[k];
    }
    if (count)
        qsort(ret_numbers, count, sizeof *ret_numbers, compare_numbers);
    for (size_t i = 0; i < count; i++) {
        if (left == 0 || ret_numbers[left - 1] != ret_numbers[i])
            ret_numbers[left++] = ret_numbers[i];
    }
    *ret_count = left;
    return 0;
}

static int read_face(struct sorting *sorting, int64_t cluster, struct sketch *ret_sketch)
{
    struct store_cluster row;
    struct store_sketch face;
    int result = store_cluster_find(sorting->app->store, cluster, &row);
    if (result >= 0)
        result = store_sketch_find_number(sorting->app->store, row.face, &sorting->arena, &face);
    if (result < 0)
        return failed(sorting, result);
    return complaint_sketch_decode(&face, &sorting->arena, ret_sketch, sorting->detail);
}

/* A damaged sketch is like none. */
static int read_row(const struct store_unsorted *row, struct sorting *sorting,
                    struct sketch *ret_sketch, int64_t buckets[SKETCH_BUCKETS_MAX],
                    size_t *ret_count)
{
    const struct store_sketch stored = {row->number, row->reference, 0, row->sketch};
    int result = complaint_sketch_decode(&stored, &sorting->arena, ret_sketch, /* detail= */ NULL);
    *ret_count = result < 0 ? 0 : sketch_buckets(ret_sketch, buckets);
    return result == ERR_DAMAGED ? 0 : result;
}

/* 0 for none. */
static int find_cluster(struct sorting *sorting, const struct sketch *sketch,
                        const int64_t *buckets, size_t bucket_count, int64_t *ret_cluster)
{
    int64_t numbers[CLUSTERS_LOOKED_AT], best = 0;
    size_t count = 0;
    int score = -1, result = gather(sorting, buckets, bucket_count, numbers, &count);
    for (size_t i = 0; result >= 0 && i < count; i++) {
        struct sketch face;
        result = read_face(sorting, numbers[i], &face);
        if (result < 0)
            break;
        const struct likeness likeness = likeness_compare(&face, sketch);
        int found = likeness.score + (likeness.kind == LIKENESS_REPEAT ? 100 : 0);
        if (found <= score || !likeness_is_near(&face, sketch, &likeness))
            continue;
        score = found;
        best = numbers[i];
    }
    *ret_cluster = best;
    return result;
}

/* The number of the newest sketch comes again once that one is erased; its cluster is empty then.
 */
static int put_cluster(struct store *store, int64_t number, const int64_t *buckets, size_t count)
{
    struct store_cluster empty;
    int result = store_cluster_find(store, number, &empty);
    if (result == ERR_NOT_FOUND)
        return store_cluster_put(store, number, buckets, count);
    if (result >= 0)
        result = store_cluster_face(store, number, number);
    return result < 0 ? result : store_cluster_bucket_put(store, number, buckets, count);
}

static int sort_one(struct sorting *sorting, const struct store_unsorted *row)
{
    struct store *store = sorting->app->store;
    int64_t buckets[SKETCH_BUCKETS_MAX];
    struct sketch sketch = {0};
    size_t count;
    struct store_member member = {.number = row->number, .filed = row->filed};
    int result = read_row(row, sorting, &sketch, buckets, &count);
    if (result >= 0)
        result = find_cluster(sorting, &sketch, buckets, count, &member.cluster);
    if (result < 0)
        return result;
    if (member.cluster == 0) {
        member.cluster = row->number;
        result = put_cluster(store, row->number, buckets, count);
    }
    if (result >= 0)
        result = store_member_put(store, &member);
    return result < 0 ? failed(sorting, result) : 0;
}

int clusters_sort(struct app *app, size_t most, struct error_detail *detail)
{
    struct arena arena ARENA_CLEANUP = {0};
    struct sorting sorting = {.app = app, .detail = detail};
    struct store_unsorted *rows;
    size_t count, done = 0;
    arena_init(&arena, ARENA_MAX);
    arena_init(&sorting.arena, ARENA_MAX);
    int result = store_cluster_unsorted(app->store, most, &arena, &rows, &count);
    if (result < 0)
        result = failed(&sorting, result);
    for (; result >= 0 && done < count; done++) {
        result = sort_one(&sorting, &rows[done]);
        arena_clear(&sorting.arena);
    }
    arena_done(&sorting.arena);
    return result < 0 ? result : (int)done;
}

int clusters_sort_again(struct app *app, struct error_detail *detail)
{
    int result = store_cluster_forget_all(app->store);
    if (result < 0)
        return app_store_failed(app, result, detail, "clusters of complaints");
    do {
        result = clusters_sort(app, AT_ONCE, detail);
    } while (result == AT_ONCE);
    return result < 0 ? result : 0;
}

/* --- what happens later --- */

int cluster_follow(struct app *app, const char *reference, enum complaint_state before,
                   enum complaint_state after, struct error_detail *detail)
{
    struct store_member member;
    bool filed = after == COMPLAINT_FILED_STATE;
    if (filed == (before == COMPLAINT_FILED_STATE))
        return 0;
    int result = store_member_find(app->store, reference, &member);
    if (result == ERR_NOT_FOUND) /* it is sorted as what it is then */
        return 0;
    if (result >= 0 && member.filed != filed)
        result = store_member_settle(app->store, &member, filed);
    return result < 0 ? app_store_failed(app, result, detail, "clusters of complaints") : 0;
}

/* What others are compared with from now on; a cluster of which none is left has no face, and is
 * found no more. */
static int change_face(struct sorting *sorting, const struct store_cluster *cluster)
{
    struct store *store = sorting->app->store;
    struct complaint_buckets old, new;
    int64_t first = 0;
    int result =
        complaint_buckets_of(sorting->app, cluster->face, &sorting->arena, &old, sorting->detail);
    if (result < 0)
        return result;
    result = store_cluster_bucket_erase(store, cluster->number, old.buckets, old.count);
    if (result >= 0)
        result = store_member_first(store, cluster->number, &first);
    if (result == ERR_NOT_FOUND)
        return 0;
    if (result >= 0)
        result = store_cluster_face(store, cluster->number, first);
    if (result < 0)
        return failed(sorting, result);
    result = complaint_buckets_of(sorting->app, first, &sorting->arena, &new, sorting->detail);
    if (result < 0)
        return result;
    result = store_cluster_bucket_put(store, cluster->number, new.buckets, new.count);
    return result < 0 ? failed(sorting, result) : 0;
}

int cluster_leave(struct app *app, const char *reference, struct error_detail *detail)
{
    struct sorting sorting = {.app = app, .detail = detail};
    struct store_member member;
    struct store_cluster cluster;
    int result = store_member_find(app->store, reference, &member);
    if (result == ERR_NOT_FOUND)
        return 0;
    if (result >= 0)
        result = store_cluster_find(app->store, member.cluster, &cluster);
    if (result >= 0)
        result = store_member_erase(app->store, &member);
    if (result < 0)
        return failed(&sorting, result);
    if (cluster.face != member.number)
        return 0;
    arena_init(&sorting.arena, ARENA_MAX);
    result = change_face(&sorting, &cluster);
    arena_done(&sorting.arena);
    return result;
}
