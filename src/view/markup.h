/* Markup that is already escaped: its own type, so that a text can never take its place.
 *
 * Only this room makes it, and only in three ways: a template rendered as HTML, Markdown through
 * cmark's safe mode, and what an earlier call of these made and was kept (markup_trust). A template
 * prints it with {{{name}}}, which never looks at texts; {{name}} never looks at markup. */
#ifndef BAILIWICK_VIEW_MARKUP_H
#define BAILIWICK_VIEW_MARKUP_H

#include "base/buffer.h"

struct markup {
    struct buffer bytes;
};

enum { MARKUP_MAX = 4 << 20 }; /* one page; the largest is a matrix of some thousand cells */

void markup_init(struct markup *markup);
void markup_done(struct markup *markup);

/* Markdown to HTML in cmark's safe mode: no raw HTML, no javascript: links. */
int markup_from_markdown(const char *text, size_t size, struct markup *ret_markup);

/* Takes bytes that markup_from_markdown() or a template made before and that were kept in our own
 * store since, such as the letter of a notice. Never for anything that came from outside. */
int markup_trust(const char *bytes, size_t size, struct markup *ret_markup);

#define MARKUP_CLEANUP __attribute__((cleanup(markup_done)))

#endif
