/* Is this JSON? The grammar of RFC 8259 and nothing else: no values are made, so that nothing but
 * nesting has a limit.
 *
 * A reader of values (base/json.h) also refuses what the grammar allows: numbers that fit no type,
 * "\u0000", half a surrogate pair, equal names in one object (RFC 8259 4, 6, 8.2 leave them to
 * whoever reads). Where a fault of others is judged, the two must be told apart. */
#ifndef BAILIWICK_BASE_JSON_GRAMMAR_H
#define BAILIWICK_BASE_JSON_GRAMMAR_H

#include "base/error.h"

#include <stddef.h>

enum { JSON_GRAMMAR_DEPTH_MAX = 8192 }; /* a bit each on the stack; RFC 8259 9 allows a limit */

/* One value of `size` bytes, which must be UTF-8 without a byte order mark (RFC 8259 8.1). Returns
 * the value's first byte: '{' for an object, '[' for an array and so on. ERR_SYNTAX: it is not
 * JSON, with the line and the column (in bytes, from 1) of the first wrong byte in the detail.
 * ERR_LIMIT: right so far, but nested deeper than the limit. */
int json_grammar_check(const void *text, size_t size, struct error_detail *detail);

#endif
