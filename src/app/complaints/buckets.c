#include "app/complaints/buckets.h"

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
    result = sketch_decode(row->sketch.data, row->sketch.size, arena, &sketch);
    if (result < 0)
        return error_set(detail, result, "complaint %s: its sketch is damaged", row->reference);
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
