/* Files compiled into the program: templates/ and static/. */
#ifndef BAILIWICK_VIEW_ASSET_H
#define BAILIWICK_VIEW_ASSET_H

#include <stddef.h>

struct asset {
    const char *name; /* "notice.html", "static/style.css" */
    const char *data; /* followed by a NUL byte that is not counted */
    size_t size;
};

const struct asset *asset_find(const char *name);  /* NULL when there is none */
const struct asset *asset_list(size_t *ret_count); /* sorted by name */

#endif
