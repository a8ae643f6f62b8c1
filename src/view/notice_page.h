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

#endif
