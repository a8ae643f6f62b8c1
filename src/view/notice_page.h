/* What the pages and feeds of notices share. For notice_*.c. */
#ifndef BAILIWICK_VIEW_NOTICE_PAGE_H
#define BAILIWICK_VIEW_NOTICE_PAGE_H

#include "view/context.h"
#include "view/notice.h"

struct catalogue;

/* Name, address and so on of the site, under their names in `struct site`, and "lang". */
void notice_put_site(struct context *context, const struct site *site,
                     const struct catalogue *catalogue);

/* A published notice with words for people added (kind_words, sent, due ...). The caller owns it.
 */
int notice_view(const json_t *notice, const struct catalogue *catalogue, json_t **ret_view);

/* When the newest update of a notice was written or changed; 0 when it says no such moment. */
int64_t notice_changed_at(const json_t *notice);
/* "made": of the newest update on the page, nothing for 0. So a page changes with what it tells of,
 * and never else. */
void notice_put_made(struct context *context, int64_t changed_at,
                     const struct catalogue *catalogue);

struct template_markup;

/* A page within the frame that all public pages have: its own template is rendered from the
 * context, then the frame around it. */
struct notice_frame {
    const char *template_name;
    bool no_index; /* search engines are asked to forget it */
    const struct template_markup *markups;
    size_t markup_count;
};
int notice_render(const struct notice_frame *page, struct context *context,
                  const struct catalogue *catalogue, struct buffer *out,
                  struct error_detail *detail);

#endif
