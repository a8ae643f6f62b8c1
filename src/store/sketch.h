/* Sketches of complaints (cases/sketch.h) and the buckets in which they lie; and which complaints a
 * person joined. The bytes mean nothing here. */
#ifndef BAILIWICK_STORE_SKETCH_H
#define BAILIWICK_STORE_SKETCH_H

#include "base/keyed_hash.h"
#include "model/measurement.h"
#include "store/store.h"

/* --- the key --- */

/* ERR_CONFLICT when there is one. */
int store_sketch_key_put(struct store *store, const struct hash_key *key);
/* ERR_NOT_FOUND: nothing was hashed yet. */
int store_sketch_key_find(struct store *store, struct hash_key *ret_key);

/* --- sketches --- */

struct store_sketch {
    int64_t number; /* in the order in which they came; given by the store */
    const char *reference;
    int64_t received_at; /* of the complaint */
    struct bytes sketch;
};

/* A row of it, for this room. */
struct query;
void store_sketch_read(struct query *query, struct arena *arena, void *item);

/* ERR_CONFLICT when the complaint has one, or is not there. */
int store_sketch_put(struct store *store, const char *reference, struct bytes sketch,
                     const int64_t *buckets, size_t bucket_count);
int store_sketch_find(struct store *store, const char *reference, struct arena *arena,
                      struct store_sketch *ret_sketch);
int store_sketch_find_number(struct store *store, int64_t number, struct arena *arena,
                             struct store_sketch *ret_sketch);
/* In these buckets too. ERR_CONFLICT when it lies in one of them. */
int store_sketch_bucket_put(struct store *store, int64_t number, const int64_t *buckets,
                            size_t bucket_count);
/* ERR_NOT_FOUND: it does not lie there. */
int store_sketch_bucket_find(struct store *store, int64_t bucket, int64_t number);
/* The newest `limit` of a bucket, newest first. */
int store_sketch_bucket(struct store *store, int64_t bucket, size_t limit, struct arena *arena,
                        int64_t **ret_numbers, size_t *ret_count);
/* With all its buckets, which the caller knows from the sketch; store_complaint_erase() follows in
 * the same transaction, and is refused while there is a sketch. */
int store_sketch_erase(struct store *store, int64_t number, const int64_t *buckets,
                       size_t bucket_count);

/* --- all buckets, for a rebuild --- */

struct store_sketch_place {
    int64_t bucket, number;
};

/* The row, also of a complaint that was lost: `received_at` is 0. */
int store_sketch_find_row(struct store *store, int64_t number, struct arena *arena,
                          struct store_sketch *ret_sketch);
int store_sketch_bucket_count(struct store *store, int64_t *ret_count);
/* The next ones after that one, in order; INT64_MIN of both for the first. */
int store_sketch_bucket_page(struct store *store, struct store_sketch_place after, size_t limit,
                             struct arena *arena, struct store_sketch_place **ret_places,
                             size_t *ret_count);
int store_sketch_bucket_forget_all(struct store *store);

/* --- joined --- */

struct store_join {
    const char *reference, *other;
    int64_t joined_at;
};

/* ERR_CONFLICT when it is joined to one already. */
int store_join_put(struct store *store, const struct store_join *join);
int store_join_find(struct store *store, const char *reference, struct arena *arena,
                    struct store_join *ret_join);
/* What is joined to that one, by reference. */
int store_join_list(struct store *store, const char *other, size_t limit, struct arena *arena,
                    struct store_join **ret_joins, size_t *ret_count);
int store_join_forget_all(struct store *store); /* for a rebuild */
/* ERR_NOT_FOUND when it is joined to none. */
int store_join_erase(struct store *store, const char *reference);

#endif
