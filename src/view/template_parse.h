/* A template as a tree: for template.c only. */
#ifndef BAILIWICK_VIEW_TEMPLATE_PARSE_H
#define BAILIWICK_VIEW_TEMPLATE_PARSE_H

#include "base/arena.h"
#include "base/error.h"
#include "view/escape.h"
#include "view/template.h"

#include <stddef.h>

enum node_kind {
    NODE_LITERAL,
    NODE_VARIABLE,
    NODE_MARKUP,
    NODE_SECTION,
    NODE_INVERTED,
    NODE_PARTIAL
};

struct node {
    enum node_kind kind;
    enum place place; /* where a variable's value lands */
    int line;         /* in the template, from 1 */
    const char *text; /* literal: bytes; else the name, terminated */
    size_t size;
    const char *indent; /* of a partial alone on its line, "" for none */
    struct node *children;
    size_t child_count;
};

struct node_list {
    struct node *nodes;
    size_t count;
};

enum {
    TEMPLATE_DEPTH_MAX = 24, /* nested sections and partials; ours need five */
    TEMPLATE_SIZE_MAX = 256 << 10,
    TEMPLATE_DELIMITER_MAX = 8,
};

/* All memory comes from the arena; literals point into `text`. */
int template_parse(const char *name, const char *text, size_t size, enum template_form form,
                   struct arena *arena, struct node_list *ret_nodes, struct error_detail *detail);

#endif
