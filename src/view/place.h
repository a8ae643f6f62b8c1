/* Where in an HTML or XML document a template stands: follows the literal text, so that a variable
 * is escaped for its place. Tags, attributes, comments and the content of script and style are told
 * apart; nothing more is needed. */
#ifndef BAILIWICK_VIEW_PLACE_H
#define BAILIWICK_VIEW_PLACE_H

#include "view/escape.h"

#include <stdbool.h>
#include <stddef.h>

enum place_state {
    STATE_TEXT,
    STATE_TAG,     /* in a tag, outside a value */
    STATE_VALUE,   /* in a quoted value */
    STATE_COMMENT, /* or a declaration */
    STATE_RAW,     /* in script or style */
};

struct place_tracker {
    enum place_state state;
    char quote;
    bool address;  /* the value is an address */
    bool program;  /* the value is run by the browser */
    bool begun;    /* something of the value was written */
    char word[16]; /* the tag's name, then the latest attribute's; cut when longer */
    size_t word_size;
    char tag[16];
};

void place_init(struct place_tracker *tracker);

/* Passes literal text. */
void place_pass(struct place_tracker *tracker, const char *text, size_t size);

/* Where a variable would land now; PLACE_NONE when nothing can be put here safely. */
enum place place_of_variable(struct place_tracker *tracker);

/* Do two ways through a section end in the same place? */
bool place_same(const struct place_tracker *a, const struct place_tracker *b);

#endif
