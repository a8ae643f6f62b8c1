/* For tests of the core: a core over a world, which no child of it serves. */
#ifndef BAILIWICK_APP_HOUSE_H
#define BAILIWICK_APP_HOUSE_H

#include "app/core_parts.h"
#include "app/world.h"

struct house {
    struct world *world;
    struct core *core;
    bool started;
};

/* A core that was not started: it only knows its app. */
struct house *house_new(void);

/* Starts the core, which begins no child and no tick by itself. */
void house_start(struct house *house);

/* Also ends a core that was started. */
void house_free(struct house *house);

#endif
