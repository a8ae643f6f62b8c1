/* Markup that is already escaped: its own type, so that a text can never take its place.
 *
 * Only this room makes it, by rendering a template as HTML. A template prints it with {{{name}}},
 * which never looks at texts; {{name}} never looks at markup. */
#ifndef BAILIWICK_VIEW_MARKUP_H
#define BAILIWICK_VIEW_MARKUP_H

#include "base/buffer.h"

struct markup {
    struct buffer bytes;
};

enum { MARKUP_MAX = 4 << 20 }; /* one page; the largest is a matrix of some thousand cells */

void markup_init(struct markup *markup);
void markup_done(struct markup *markup);

#define MARKUP_CLEANUP __attribute__((cleanup(markup_done)))

#endif
