/* JSON read without a tree, for texts that are read often: the data of events, the payload of
 * tasks.
 *
 * All values lie in one array, in the order of the text, and their texts in one copy of it. What is
 * taken and what is refused, and in which words, is as with json_parse(): a text that is not plain
 * (a number that is not whole, "\u" escapes, a fault) goes through that. */
#ifndef BAILIWICK_BASE_JSON_FLAT_H
#define BAILIWICK_BASE_JSON_FLAT_H

#include "base/arena.h"
#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

/* One value; lives as long as what it was read into. Every question may be asked of NULL, which is
 * the value that is absent. */
struct json_item;

enum json_item_kind {
    JSON_ITEM_ABSENT,
    JSON_ITEM_OBJECT,
    JSON_ITEM_ARRAY,
    JSON_ITEM_TEXT,
    JSON_ITEM_INTEGER,
    JSON_ITEM_REAL, /* its number is not kept */
    JSON_ITEM_TRUE,
    JSON_ITEM_FALSE,
    JSON_ITEM_NULL,
};

struct json_flat {
    struct arena arena;
    struct json_item *items;
    size_t count;
    const struct json_item *root;
};

/* One value of `size` bytes. json_flat_done() in the end, whatever this returned. Errors as
 * json_parse(), and ERR_NO_MEMORY; `root` is NULL then. */
int json_flat_read(struct json_flat *flat, const char *text, size_t size,
                   struct error_detail *detail);
void json_flat_done(struct json_flat *flat);
#define JSON_FLAT_CLEANUP __attribute__((cleanup(json_flat_done)))

enum json_item_kind json_item_kind(const struct json_item *item);
/* A member of an object; NULL when absent or of no object. */
const struct json_item *json_item_member(const struct json_item *object, const char *key);
/* Values of an array; 0 for the rest. */
size_t json_item_count(const struct json_item *item);
/* The first of `json_item_count()` values, which is there unless that is 0, and the one behind. */
const struct json_item *json_item_first(const struct json_item *item);
const struct json_item *json_item_next(const struct json_item *item);

/* What a text or an integer says: NULL, 0 for values of other kinds. */
const char *json_item_text(const struct json_item *item);
int64_t json_item_integer(const struct json_item *item);

/* Members as json_text() and json_number() give them. */
const char *json_flat_text(const struct json_item *object, const char *key);
int64_t json_flat_number(const struct json_item *object, const char *key, int64_t fallback);

#endif
