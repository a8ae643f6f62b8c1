#include "app/complaints/rebuild.h"

#include "app/complaints/buckets.h"
#include "app/complaints/cluster.h"
#include "app/complaints/projection.h"

#include <string.h>

enum { COMPLAINT_ARENA_MAX = 64 << 20 };

struct rebuild {
    struct app *app;
    struct error_detail *detail;
    struct complaints_rebuilt done;
    struct arena arena; /* of one complaint */
};

static bool is_as_told(const struct store_complaint *stored, const struct store_complaint *folded)
{
    return stored->priority == folded->priority && strcmp(stored->type, folded->type) == 0 &&
           strcmp(stored->state, folded->state) == 0 &&
           strcmp(stored->closure, folded->closure) == 0 &&
           strcmp(stored->case_id, folded->case_id) == 0;
}

static int write_row(struct rebuild *at, const struct store_complaint *stored,
                     const struct complaint_projection *folded)
{
    struct store_complaint row = *stored;
    row.type = folded->type;
    row.priority = (int)folded->priority;
    row.state = complaint_state_text(folded->state);
    row.closure = folded->closure;
    row.case_id = folded->case_id;
    if (is_as_told(stored, &row))
        return 0;
    int result = store_complaint_settle(at->app->store, &row);
    at->done.changed++;
    return result < 0 ? app_store_failed(at->app, result, at->detail, "row of a complaint") : 0;
}

static int write_join(struct rebuild *at, const struct store_join *join)
{
    if (!join->other)
        return 0;
    int result = store_join_put(at->app->store, join);
    at->done.joined++;
    return result < 0 ? app_store_failed(at->app, result, at->detail, "joined complaints") : 0;
}

static int write_look(struct rebuild *at, const struct store_look *look)
{
    int result = look->draw ? store_look_put(at->app->store, look) : 0;
    return result < 0 ? app_store_failed(at->app, result, at->detail, "second looks") : 0;
}

static int write_buckets(struct rebuild *at, const char *reference)
{
    struct complaint_buckets found;
    int result = complaint_buckets_make(at->app, reference, &at->arena, &found, at->detail);
    if (result < 0)
        return result;
    result = store_sketch_bucket_put(at->app->store, found.number, found.buckets, found.count);
    return result < 0 ? app_store_failed(at->app, result, at->detail, "buckets of a sketch") : 0;
}

static int rebuild_complaint(void *context, const struct store_complaint *stored)
{
    struct rebuild *at = context;
    struct complaint_projection folded;
    arena_clear(&at->arena);
    int result =
        complaint_projection_make(at->app, stored->reference, &at->arena, &folded, at->detail);
    if (result >= 0)
        result = write_row(at, stored, &folded);
    if (result >= 0)
        result = write_join(at, &folded.join);
    if (result >= 0)
        result = write_look(at, &folded.look);
    if (result >= 0)
        result = write_buckets(at, stored->reference);
    at->done.complaints++;
    return result;
}

int complaints_rebuild(struct app *app, struct complaints_rebuilt *ret_rebuilt,
                       struct error_detail *detail)
{
    struct rebuild at = {.app = app, .detail = detail};
    arena_init(&at.arena, COMPLAINT_ARENA_MAX);
    int result = store_join_forget_all(app->store);
    if (result >= 0)
        result = store_sketch_bucket_forget_all(app->store);
    if (result >= 0)
        result = store_look_forget_all(app->store);
    result = result < 0 ? app_store_failed(app, result, detail, "what is told of complaints")
                        : complaint_projection_each(app, rebuild_complaint, &at, detail);
    arena_done(&at.arena);
    if (result >= 0)
        result = clusters_sort_again(app, detail);
    if (result >= 0)
        *ret_rebuilt = at.done;
    return result;
}
