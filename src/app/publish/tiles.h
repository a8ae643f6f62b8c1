/* The tiles of the log below public/log/, as files. A tile that is there is never replaced. */
#ifndef BAILIWICK_APP_PUBLISH_TILES_H
#define BAILIWICK_APP_PUBLISH_TILES_H

#include "app/app.h"

#include <stddef.h>
#include <stdint.h>

struct tiles_growth {
    uint64_t older, newer; /* entries */
};

/* Writes some of the tiles that a log of `newer` entries has and one of `older` had not, beginning
 * after the first `*done` of them, and makes them durable: 1 while some are left. ERR_DAMAGED where
 * one is there with other bytes. */
int tiles_step(struct app *app, const struct tiles_growth *growth, size_t *done,
               struct error_detail *detail);

#endif
