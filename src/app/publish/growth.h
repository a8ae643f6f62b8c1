/* How the log grows at a tick: what waits is put in order, padded (tlog/sequence.h) and appended.
 *
 * Few entries are appended in one transaction. Many, after a flood, would keep the core's one
 * thread for seconds; so they are taken in slices, each a transaction of its own, with turns of the
 * core in between. It is one growth all the same: entries are in order and padded over the whole of
 * it, and the plan of it is in the store before the first slice is. Nothing of it is published
 * before it is complete, since the tree is signed at its end; one that was cut is found by the next
 * tick and goes on as the one that it was. What comes in meanwhile waits for the next. */
#ifndef BAILIWICK_APP_PUBLISH_GROWTH_H
#define BAILIWICK_APP_PUBLISH_GROWTH_H

#include "app/app.h"
#include "base/arena.h"
#include "store/log.h"

#include <stdbool.h>

enum { GROWTH_SLICE = 512 }; /* entries that one turn appends; fewer are appended at once */

struct growth {
    struct arena arena;
    struct store_log_growth log;
    struct store_waiting *waiting; /* as gathered so far: log.waiting */
    size_t waiting_room;
    bool planned; /* the store holds the plan */
    bool resumed; /* and held it before: a cut tick left it */
    unsigned stage;
    size_t at; /* how far the stage is */
};

void growth_init(struct growth *growth);
void growth_done(struct growth *growth); /* what the store holds stays, and is gone on with */

/* One turn's work, in transactions of its own: 1 while something is left, 0 when everything that
 * waited before the first step stands in the log. */
int growth_step(struct growth *growth, struct app *app, struct error_detail *detail);

#endif
