/* Writing foreign text so that it stays text in the place where it lands. */
#ifndef BAILIWICK_VIEW_ESCAPE_H
#define BAILIWICK_VIEW_ESCAPE_H

#include "base/buffer.h"

#include <stddef.h>

enum place {
    PLACE_TEXT,           /* between tags */
    PLACE_ATTRIBUTE,      /* in a quoted attribute */
    PLACE_ADDRESS,        /* at the start of an attribute that holds an address */
    PLACE_ADDRESS_INSIDE, /* later in it: one component of an address */
    PLACE_PLAIN,          /* mail */
    PLACE_BARE,
    PLACE_NONE, /* nothing may be put here */
};

/* HTML and XML: bytes that are not UTF-8 and control characters become U+FFFD. Mail: runs of
 * white space become one blank, too, and bidirectional overrides U+FFFD. */
void escape_put(struct buffer *out, enum place place, const char *text, size_t size);

#endif
