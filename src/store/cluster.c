#include "store/cluster.h"

#include "store/statement.h"

/* --- sorting --- */

static void read_unsorted(struct query *query, struct arena *arena, void *item)
{
    *(struct store_unsorted *)item =
        (struct store_unsorted){.number = query_int(query, 0),
                                .reference = query_text(query, 1, arena),
                                .filed = query_int(query, 2) != 0,
                                .sketch = query_bytes(query, 3, arena)};
}

int store_cluster_unsorted(struct store *store, size_t limit, struct arena *arena,
                           struct store_unsorted **ret_list, size_t *ret_count)
{
    int64_t sorted;
    int result = store_read_number(store, STATEMENT_CLUSTER_SORTED, NO_VALUES, &sorted);
    if (result < 0)
        return result;
    const struct reading reading = {STATEMENT_CLUSTER_UNSORTED, read_unsorted, sizeof **ret_list,
                                    VALUES(value_int(sorted), value_limit(limit))};
    return store_read_all(store, &reading, arena, ret_list, ret_count);
}

int store_cluster_bucket_put(struct store *store, int64_t number, const int64_t *buckets,
                             size_t bucket_count)
{
    int result = 0;
    for (size_t i = 0; result >= 0 && i < bucket_count; i++)
        result = store_change(store, STATEMENT_CLUSTER_BUCKET_PUT,
                              VALUES(value_int(buckets[i]), value_int(number)));
    return result;
}

int store_cluster_bucket_erase(struct store *store, int64_t number, const int64_t *buckets,
                               size_t bucket_count)
{
    int result = 0;
    for (size_t i = 0; result >= 0 && i < bucket_count; i++)
        result = store_run(store, STATEMENT_CLUSTER_BUCKET_ERASE,
                           VALUES(value_int(buckets[i]), value_int(number)));
    return result;
}

int store_cluster_put(struct store *store, int64_t number, const int64_t *buckets,
                      size_t bucket_count)
{
    int result = store_change(store, STATEMENT_CLUSTER_PUT, VALUES(value_int(number)));
    return result < 0 ? result : store_cluster_bucket_put(store, number, buckets, bucket_count);
}

static int count(struct store *store, int64_t number, int members, int filed)
{
    return store_change(store, STATEMENT_CLUSTER_COUNT,
                        VALUES(value_int(number), value_int(members), value_int(filed)));
}

int store_member_put(struct store *store, const struct store_member *member)
{
    int result = store_change(
        store, STATEMENT_MEMBER_PUT,
        VALUES(value_int(member->number), value_int(member->cluster), value_int(member->filed)));
    return result < 0 ? result : count(store, member->cluster, 1, member->filed);
}

int store_member_settle(struct store *store, const struct store_member *member, bool filed)
{
    int result = store_change(store, STATEMENT_MEMBER_SETTLE,
                              VALUES(value_int(member->number), value_int(filed)));
    return result < 0 ? result : count(store, member->cluster, 0, filed - member->filed);
}

int store_member_erase(struct store *store, const struct store_member *member)
{
    int result = store_wipe_begin(store);
    if (result >= 0)
        result = store_change(store, STATEMENT_MEMBER_ERASE, VALUES(value_int(member->number)));
    return result < 0 ? result : count(store, member->cluster, -1, -member->filed);
}

int store_cluster_face(struct store *store, int64_t number, int64_t face)
{
    return store_change(store, STATEMENT_CLUSTER_FACE, VALUES(value_int(number), value_int(face)));
}

int store_cluster_forget_all(struct store *store)
{
    static const enum statement_name all[] = {STATEMENT_MEMBER_FORGET_ALL,
                                              STATEMENT_CLUSTER_BUCKET_FORGET_ALL,
                                              STATEMENT_CLUSTER_FORGET_ALL};
    int result = 0;
    for (size_t i = 0; result >= 0 && i < sizeof all / sizeof *all; i++)
        result = store_run(store, all[i], NO_VALUES);
    return result < 0 ? result : 0;
}

/* --- asking --- */

static void read_cluster(struct query *query, struct arena *arena, void *item)
{
    (void)arena;
    *(struct store_cluster *)item = (struct store_cluster){
        query_int(query, 0), query_int(query, 1), query_int(query, 2), query_int(query, 3)};
}

int store_cluster_find(struct store *store, int64_t number, struct store_cluster *ret_cluster)
{
    struct arena arena ARENA_CLEANUP = {0};
    const struct reading reading = {STATEMENT_CLUSTER_FIND, read_cluster, sizeof *ret_cluster,
                                    VALUES(value_int(number))};
    arena_init(&arena, /* limit= */ 4096);
    return store_read_one(store, &reading, &arena, ret_cluster);
}

static void read_number(struct query *query, struct arena *arena, void *item)
{
    (void)arena;
    *(int64_t *)item = query_int(query, 0);
}

int store_cluster_of_bucket(struct store *store, int64_t bucket, size_t limit, struct arena *arena,
                            int64_t **ret_numbers, size_t *ret_count)
{
    const struct reading reading = {STATEMENT_CLUSTER_BUCKET_LIST, read_number,
                                    sizeof **ret_numbers,
                                    VALUES(value_int(bucket), value_limit(limit))};
    return store_read_all(store, &reading, arena, ret_numbers, ret_count);
}

static void read_member(struct query *query, struct arena *arena, void *item)
{
    (void)arena;
    *(struct store_member *)item =
        (struct store_member){query_int(query, 0), query_int(query, 1), query_int(query, 2) != 0};
}

int store_member_find(struct store *store, const char *reference, struct store_member *ret_member)
{
    struct arena arena ARENA_CLEANUP = {0};
    const struct reading reading = {STATEMENT_MEMBER_FIND, read_member, sizeof *ret_member,
                                    VALUES(value_text(reference))};
    arena_init(&arena, /* limit= */ 4096);
    return store_read_one(store, &reading, &arena, ret_member);
}

int store_member_first(struct store *store, int64_t cluster, int64_t *ret_number)
{
    return store_read_number(store, STATEMENT_MEMBER_FIRST, VALUES(value_int(cluster)), ret_number);
}

int store_cluster_list_size(struct store *store, const struct store_cluster *after, size_t limit,
                            struct arena *arena, struct store_cluster **ret_list, size_t *ret_count)
{
    const int64_t filed = after ? after->filed : INT64_MAX, number = after ? after->number : 0;
    const struct reading reading = {
        STATEMENT_CLUSTER_LIST_SIZE, read_cluster, sizeof **ret_list,
        VALUES(value_int(filed), value_int(number), value_limit(limit))};
    return store_read_all(store, &reading, arena, ret_list, ret_count);
}

int store_cluster_list_open(struct store *store, int64_t after, size_t limit, struct arena *arena,
                            struct store_cluster **ret_list, size_t *ret_count)
{
    const struct reading reading = {STATEMENT_CLUSTER_LIST_OPEN, read_cluster, sizeof **ret_list,
                                    VALUES(value_int(after), value_limit(limit))};
    return store_read_all(store, &reading, arena, ret_list, ret_count);
}

int store_member_list(struct store *store, const struct store_member_query *query,
                      struct arena *arena, struct store_sketch **ret_list, size_t *ret_count)
{
    int64_t after = query->latest_first && query->after == 0 ? INT64_MAX : query->after;
    const enum statement_name name = query->latest_first ? STATEMENT_MEMBER_LIST_LATEST
                                     : query->filed_only ? STATEMENT_MEMBER_LIST_FILED
                                                         : STATEMENT_MEMBER_LIST;
    const struct reading reading = {
        name, store_sketch_read, sizeof **ret_list,
        VALUES(value_int(query->cluster), value_int(after), value_limit(query->limit))};
    return store_read_all(store, &reading, arena, ret_list, ret_count);
}
