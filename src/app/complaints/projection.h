/* What lists show of a complaint, worked out from its events: record_step() writes it step by step,
 * `rebuild` works it out again from all events and compares. */
#ifndef BAILIWICK_APP_COMPLAINTS_PROJECTION_H
#define BAILIWICK_APP_COMPLAINTS_PROJECTION_H

#include "app/app.h"
#include "model/complaint.h"
#include "store/complaint.h"
#include "store/second_look.h"
#include "store/sketch.h"

struct complaint_projection {
    const char *type; /* as its filing says, or a person later */
    const char *rulebook;
    enum complaint_state state;
    const char *closure, *case_id; /* "" for none */
    int64_t erased_at;             /* 0: never */
    enum complaint_priority priority;
    bool prioritised;       /* by a person */
    const char *hold;       /* why it is on legal hold; NULL: it is not */
    const char *tlp;        /* its label (model/tlp.h); NULL: it has none */
    struct store_join join; /* `other` is NULL: joined to none */
    struct store_look look; /* `draw` is 0: it was never chosen */
};

/* Of all events of a complaint, from the first; lives in the arena, and as long as the events.
 * ERR_DAMAGED names the event that cannot follow those before it. */
int complaint_projection_fold(const struct store_complaint_event *events, size_t count,
                              struct arena *arena, struct complaint_projection *ret_projection,
                              struct error_detail *detail);

/* The same of those in the store. ERR_DAMAGED too when there is none. */
int complaint_projection_make(struct app *app, const char *reference, struct arena *arena,
                              struct complaint_projection *ret_projection,
                              struct error_detail *detail);

/* Takes each complaint there is, in the order in which they came, until one is refused. The row
 * lives until `take` returns. Tells the app's progress. */
int complaint_projection_each(struct app *app,
                              int (*take)(void *context, const struct store_complaint *row),
                              void *context, struct error_detail *detail);

#endif
