/* For tests of this room: an application on a real store, in a folder of its own under /tmp, whose
 * clock stands still. A failure to make it fails the test. */
#ifndef BAILIWICK_APP_WORLD_H
#define BAILIWICK_APP_WORLD_H

#include "app/app.h"
#include "base/arena.h"

#define WORLD_START INT64_C(1799053200000000) /* 2027-01-04T09:00:00Z, a Monday */

struct world {
    char folder[64];
    struct app app; /* without a rulebook */
    struct arena arena;
    const char *case_id; /* for a test that follows one case; set by the test */
};

struct world *world_new(void);

/* Rolls back what is open and removes the folder. */
void world_free(struct world *world);

/* Stores the rulebook that ships as adopted at WORLD_START; it is not loaded. In a transaction of
 * the caller. */
void world_put_rulebook(struct world *world);

#endif
