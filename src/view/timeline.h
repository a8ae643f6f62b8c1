/* A timeline as SVG: moments on a line, each with a shape, a word and a date; readable without
 * colour, without script and on paper. */
#ifndef BAILIWICK_VIEW_TIMELINE_H
#define BAILIWICK_VIEW_TIMELINE_H

#include "base/error.h"
#include "view/markup.h"

#include <stddef.h>
#include <stdint.h>

struct catalogue;

enum timeline_tone {
    TONE_PLAIN, /* a dot */
    TONE_GOOD,  /* a tick */
    TONE_BAD,   /* a cross */
    TONE_DUE,   /* a ring: not yet, or planned */
};

struct timeline_item {
    int64_t at;
    const char *label; /* short: "Notice sent" */
    enum timeline_tone tone;
};

enum { TIMELINE_ITEMS_MAX = 60 }; /* more is a table, not a picture: the middle is left out */

/* Items in any order. `title` is the accessible name of the picture. */
int timeline_svg(const struct timeline_item *items, size_t count, const char *title,
                 const struct catalogue *catalogue, struct markup *ret_markup,
                 struct error_detail *detail);

#endif
