#include "store/sketch.h"

#include "store/statement.h"

#include <string.h>

/* --- the key --- */

int store_sketch_key_put(struct store *store, const struct hash_key *key)
{
    return store_change(store, STATEMENT_SKETCH_KEY_PUT,
                        VALUES(value_bytes(key->bytes, sizeof key->bytes)));
}

static void read_key(struct query *query, struct arena *arena, void *item)
{
    struct bytes bytes = query_bytes(query, 0, arena);
    struct hash_key *key = item;
    if (bytes.size == sizeof key->bytes)
        memcpy(key->bytes, bytes.data, sizeof key->bytes);
}

int store_sketch_key_find(struct store *store, struct hash_key *ret_key)
{
    struct arena arena ARENA_CLEANUP = {0};
    const struct reading reading = {STATEMENT_SKETCH_KEY_FIND, read_key, sizeof *ret_key,
                                    NO_VALUES};
    arena_init(&arena, /* limit= */ 4096);
    return store_read_one(store, &reading, &arena, ret_key);
}

/* --- sketches --- */

int store_sketch_put(struct store *store, const char *reference, struct bytes sketch,
                     const int64_t *buckets, size_t bucket_count)
{
    int64_t number;
    int result =
        store_insert(store, STATEMENT_SKETCH_PUT,
                     VALUES(value_text(reference), value_bytes(sketch.data, sketch.size)), &number);
    return result < 0 ? result : store_sketch_bucket_put(store, number, buckets, bucket_count);
}

int store_sketch_bucket_put(struct store *store, int64_t number, const int64_t *buckets,
                            size_t bucket_count)
{
    int result = 0;
    for (size_t i = 0; result >= 0 && i < bucket_count; i++)
        result = store_change(store, STATEMENT_SKETCH_BUCKET_PUT,
                              VALUES(value_int(buckets[i]), value_int(number)));
    return result;
}

int store_sketch_bucket_find(struct store *store, int64_t bucket, int64_t number)
{
    int64_t found;
    return store_read_number(store, STATEMENT_SKETCH_BUCKET_FIND,
                             VALUES(value_int(bucket), value_int(number)), &found);
}

void store_sketch_read(struct query *query, struct arena *arena, void *item)
{
    *(struct store_sketch *)item = (struct store_sketch){.number = query_int(query, 0),
                                                         .reference = query_text(query, 1, arena),
                                                         .received_at = query_int(query, 2),
                                                         .sketch = query_bytes(query, 3, arena)};
}

int store_sketch_find(struct store *store, const char *reference, struct arena *arena,
                      struct store_sketch *ret_sketch)
{
    const struct reading reading = {STATEMENT_SKETCH_FIND, store_sketch_read, sizeof *ret_sketch,
                                    VALUES(value_text(reference))};
    return store_read_one(store, &reading, arena, ret_sketch);
}

int store_sketch_find_number(struct store *store, int64_t number, struct arena *arena,
                             struct store_sketch *ret_sketch)
{
    const struct reading reading = {STATEMENT_SKETCH_FIND_NUMBER, store_sketch_read,
                                    sizeof *ret_sketch, VALUES(value_int(number))};
    return store_read_one(store, &reading, arena, ret_sketch);
}

static void read_number(struct query *query, struct arena *arena, void *item)
{
    (void)arena;
    *(int64_t *)item = query_int(query, 0);
}

int store_sketch_bucket(struct store *store, int64_t bucket, size_t limit, struct arena *arena,
                        int64_t **ret_numbers, size_t *ret_count)
{
    const struct reading reading = {STATEMENT_SKETCH_BUCKET_LIST, read_number, sizeof **ret_numbers,
                                    VALUES(value_int(bucket), value_limit(limit))};
    return store_read_all(store, &reading, arena, ret_numbers, ret_count);
}

int store_sketch_erase(struct store *store, int64_t number, const int64_t *buckets,
                       size_t bucket_count)
{
    int result = store_wipe_begin(store);
    for (size_t i = 0; result >= 0 && i < bucket_count; i++)
        result = store_run(store, STATEMENT_SKETCH_BUCKET_ERASE,
                           VALUES(value_int(buckets[i]), value_int(number)));
    return result < 0 ? result
                      : store_change(store, STATEMENT_SKETCH_ERASE, VALUES(value_int(number)));
}

/* --- all buckets, for a rebuild --- */

int store_sketch_find_row(struct store *store, int64_t number, struct arena *arena,
                          struct store_sketch *ret_sketch)
{
    const struct reading reading = {STATEMENT_SKETCH_FIND_ROW, store_sketch_read,
                                    sizeof *ret_sketch, VALUES(value_int(number))};
    return store_read_one(store, &reading, arena, ret_sketch);
}

int store_sketch_bucket_count(struct store *store, int64_t *ret_count)
{
    return store_read_number(store, STATEMENT_SKETCH_BUCKET_COUNT, NO_VALUES, ret_count);
}

static void read_place(struct query *query, struct arena *arena, void *item)
{
    (void)arena;
    *(struct store_sketch_place *)item =
        (struct store_sketch_place){query_int(query, 0), query_int(query, 1)};
}

int store_sketch_bucket_page(struct store *store, struct store_sketch_place after, size_t limit,
                             struct arena *arena, struct store_sketch_place **ret_places,
                             size_t *ret_count)
{
    const struct reading reading = {
        STATEMENT_SKETCH_BUCKET_PAGE, read_place, sizeof **ret_places,
        VALUES(value_int(after.bucket), value_int(after.number), value_limit(limit))};
    return store_read_all(store, &reading, arena, ret_places, ret_count);
}

int store_sketch_bucket_forget_all(struct store *store)
{
    int result = store_run(store, STATEMENT_SKETCH_BUCKET_FORGET_ALL, NO_VALUES);
    return result < 0 ? result : 0;
}

/* --- joined --- */

int store_join_put(struct store *store, const struct store_join *join)
{
    return store_change(
        store, STATEMENT_JOIN_PUT,
        VALUES(value_text(join->reference), value_text(join->other), value_int(join->joined_at)));
}

static void read_join(struct query *query, struct arena *arena, void *item)
{
    *(struct store_join *)item = (struct store_join){.reference = query_text(query, 0, arena),
                                                     .other = query_text(query, 1, arena),
                                                     .joined_at = query_int(query, 2)};
}

int store_join_find(struct store *store, const char *reference, struct arena *arena,
                    struct store_join *ret_join)
{
    const struct reading reading = {STATEMENT_JOIN_FIND, read_join, sizeof *ret_join,
                                    VALUES(value_text(reference))};
    return store_read_one(store, &reading, arena, ret_join);
}

int store_join_list(struct store *store, const char *other, size_t limit, struct arena *arena,
                    struct store_join **ret_joins, size_t *ret_count)
{
    const struct reading reading = {STATEMENT_JOIN_LIST, read_join, sizeof **ret_joins,
                                    VALUES(value_text(other), value_limit(limit))};
    return store_read_all(store, &reading, arena, ret_joins, ret_count);
}

int store_join_forget_all(struct store *store)
{
    int result = store_run(store, STATEMENT_JOIN_FORGET_ALL, NO_VALUES);
    return result < 0 ? result : 0;
}

int store_join_erase(struct store *store, const char *reference)
{
    return store_change(store, STATEMENT_JOIN_ERASE, VALUES(value_text(reference)));
}
