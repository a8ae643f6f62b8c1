/* A stored sketch, and where it is to be found: worked out from it again. */
#ifndef BAILIWICK_APP_COMPLAINTS_BUCKETS_H
#define BAILIWICK_APP_COMPLAINTS_BUCKETS_H

#include "app/app.h"
#include "cases/sketch.h"
#include "store/sketch.h"

/* ERR_DAMAGED names the complaint; ERR_LIMIT. */
int complaint_sketch_decode(const struct store_sketch *row, struct arena *arena,
                            struct sketch *ret_sketch, struct error_detail *detail);

struct complaint_buckets {
    int64_t number; /* of the sketch; 0: there is none, as after an erasure */
    size_t count;
    int64_t buckets[SKETCH_BUCKETS_MAX]; /* in order */
};

/* Of a complaint. ERR_DAMAGED names it. The arena holds what is read. */
int complaint_buckets_make(struct app *app, const char *reference, struct arena *arena,
                           struct complaint_buckets *ret_buckets, struct error_detail *detail);
/* Of a sketch by its number, which may be nobody's, or of a complaint that was lost. */
int complaint_buckets_of(struct app *app, int64_t number, struct arena *arena,
                         struct complaint_buckets *ret_buckets, struct error_detail *detail);

#endif
