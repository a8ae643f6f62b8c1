/* Clusters of complaints that are alike, by the numbers of their sketches (store/sketch.h). What
 * belongs together is not known here. */
#ifndef BAILIWICK_STORE_CLUSTER_H
#define BAILIWICK_STORE_CLUSTER_H

#include "store/sketch.h"

struct store_cluster {
    int64_t number; /* of the sketch with which it began */
    int64_t face;   /* of the sketch that others are compared with */
    int64_t members, filed;
};

struct store_member {
    int64_t number, cluster;
    bool filed; /* waits for a decision */
};

/* --- sorting --- */

struct store_unsorted {
    int64_t number;
    const char *reference;
    bool filed;
    struct bytes sketch;
};
/* Sketches that no cluster has yet, in their order. */
int store_cluster_unsorted(struct store *store, size_t limit, struct arena *arena,
                           struct store_unsorted **ret_list, size_t *ret_count);

/* A cluster without members yet, whose face is the sketch of that number. */
int store_cluster_put(struct store *store, int64_t number, const int64_t *buckets,
                      size_t bucket_count);
/* Its numbers follow. */
int store_member_put(struct store *store, const struct store_member *member);
int store_member_settle(struct store *store, const struct store_member *member, bool filed);
/* Before the sketch is erased. A cluster without members stays, and is listed no more. */
int store_member_erase(struct store *store, const struct store_member *member);
/* Another sketch takes the place of the face. */
int store_cluster_face(struct store *store, int64_t number, int64_t face);
int store_cluster_bucket_put(struct store *store, int64_t number, const int64_t *buckets,
                             size_t bucket_count);
int store_cluster_bucket_erase(struct store *store, int64_t number, const int64_t *buckets,
                               size_t bucket_count);
/* All of it, to be sorted again. */
int store_cluster_forget_all(struct store *store);

/* --- asking --- */

/* ERR_NOT_FOUND. */
int store_cluster_find(struct store *store, int64_t number, struct store_cluster *ret_cluster);
/* The newest clusters whose face lies in the bucket. */
int store_cluster_of_bucket(struct store *store, int64_t bucket, size_t limit, struct arena *arena,
                            int64_t **ret_numbers, size_t *ret_count);
/* ERR_NOT_FOUND for a complaint that was not sorted yet, or erased. */
int store_member_find(struct store *store, const char *reference, struct store_member *ret_member);
/* The oldest of a cluster; ERR_NOT_FOUND. */
int store_member_first(struct store *store, int64_t cluster, int64_t *ret_number);

/* Those of which at least two wait, most first; after the one given (NULL: from the first). */
int store_cluster_list_size(struct store *store, const struct store_cluster *after, size_t limit,
                            struct arena *arena, struct store_cluster **ret_list,
                            size_t *ret_count);
/* Those of which one waits, in the order in which they began, from behind `after` on. */
int store_cluster_list_open(struct store *store, int64_t after, size_t limit, struct arena *arena,
                            struct store_cluster **ret_list, size_t *ret_count);

struct store_member_query {
    int64_t cluster;
    int64_t after; /* number; with `latest_first` those before it. 0: from the first */
    bool filed_only, latest_first; /* the second implies the first */
    size_t limit;
};
int store_member_list(struct store *store, const struct store_member_query *query,
                      struct arena *arena, struct store_sketch **ret_list, size_t *ret_count);

#endif
