#include "app/complaints/buckets.h"

int complaint_sketch_decode(const struct store_sketch *row, struct arena *arena,
                            struct sketch *ret_sketch, struct error_detail *detail)
{
    int result = sketch_decode(row->sketch.data, row->sketch.size, arena, ret_sketch);
    return result == ERR_DAMAGED
               ? error_set(detail, result, "complaint %s: its sketch is damaged", row->reference)
               : result;
}

static int fill(struct app *app, int result, const struct store_sketch *row, struct arena *arena,
                struct complaint_buckets *ret_buckets, struct error_detail *detail)
{
    struct sketch sketch;
    ret_buckets->number = 0;
    ret_buckets->count = 0;
    if (result == ERR_NOT_FOUND)
        return 0;
    if (result < 0)
        return app_store_failed(app, result, detail, "sketch of a complaint");
    result = complaint_sketch_decode(row, arena, &sketch, detail);
    if (result < 0)
        return result;
    ret_buckets->number = row->number;
    ret_buckets->count = sketch_buckets(&sketch, ret_buckets->buckets);
    return 0;
}

int complaint_buckets_make(struct app *app, const char *reference, struct arena *arena,
                           struct complaint_buckets *ret_buckets, struct error_detail *detail)
{
    struct store_sketch row;
    int result = store_sketch_find(app->store, reference, arena, &row);
    return fill(app, result, &row, arena, ret_buckets, detail);
}

int complaint_buckets_of(struct app *app, int64_t number, struct arena *arena,
                         struct complaint_buckets *ret_buckets, struct error_detail *detail)
{
    struct store_sketch row;
    int result = store_sketch_find_row(app->store, number, arena, &row);
    return fill(app, result, &row, arena, ret_buckets, detail);
}
