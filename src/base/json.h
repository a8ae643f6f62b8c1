/* JSON: jansson reads (the only strict reader packaged), a streaming writer of ours writes.
 *
 * This header is the only place that includes jansson. Everything that the program prints or hashes
 * goes through `struct json_out`, which is stable: same calls, same bytes. Text is checked UTF-8;
 * bytes that are not UTF-8 are written as U+FFFD so that hostile input cannot break the output.
 *
 * json_canonical() writes RFC 8785 (JSON Canonicalization Scheme) of what the transparency log
 * commits to: keys sorted by UTF-16 code units, no white space, integers only (a real number is
 * ERR_UNSUPPORTED, because we never commit to one). */
#ifndef BAILIWICK_BASE_JSON_H
#define BAILIWICK_BASE_JSON_H

#include "base/buffer.h"
#include "base/error.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { JSON_DEPTH_MAX = 64 }; /* deeper nesting is a fault of the input, not a need */

/* Parses one value of `size` bytes: duplicate keys, trailing bytes and too deep nesting are
 * refused. The caller owns the result (json_decref). ERR_SYNTAX with line and column in the detail.
 */
int json_parse(const char *text, size_t size, json_t **ret_json, struct error_detail *detail);
int json_load(const char *path, size_t limit, json_t **ret_json, struct error_detail *detail);

/* Members of an object; NULL or the fallback when absent or of another type. Borrowed. */
const char *json_text(const json_t *object, const char *key);
int64_t json_number(const json_t *object, const char *key, int64_t fallback);

/* Has jansson take its memory from base/pieces.h: a letter's context alone is some hundred values.
 * Before anything else of jansson's is used; no text of it may be given to free() then. */
void json_keep_memory(void);

int json_canonical(const json_t *json, struct buffer *out);
/* The same of a text that `struct json_out` wrote without indentation: only its members are put in
 * order. Nothing else is checked but how it is built: ERR_SYNTAX for another text, ERR_UNSUPPORTED
 * for real numbers and for keys that are not plain ASCII, ERR_LIMIT above JSON_DEPTH_MAX or 128
 * members of one object; what `out` holds then is of no use. */
int json_canonical_text(const char *text, size_t size, struct buffer *out);

static inline void json_release(json_t **json)
{
    json_decref(*json);
}
#define JSON_CLEANUP __attribute__((cleanup(json_release)))

/* --- writing --- */

struct json_out {
    struct buffer *buffer;
    bool indent; /* two spaces a level, for people; else one line */
    bool after_key;
    int depth;
    uint64_t filled; /* one bit a level: something was written there */
    uint64_t arrays; /* one bit a level: this level is an array */
};

void json_out_init(struct json_out *out, struct buffer *buffer, bool indent);

void json_out_object(struct json_out *out);
void json_out_array(struct json_out *out);
void json_out_end(struct json_out *out); /* ends the innermost object or array */
void json_out_key(struct json_out *out, const char *key);
void json_out_text(struct json_out *out, const char *text); /* NULL writes null */
void json_out_slice(struct json_out *out, const char *text, size_t size);
void json_out_int(struct json_out *out, int64_t value);
void json_out_bool(struct json_out *out, bool value);
void json_out_null(struct json_out *out);
/* A value that is JSON already (from this writer or checked by json_parse). */
void json_out_raw(struct json_out *out, const char *json, size_t size);
void json_out_value(struct json_out *out, const json_t *json); /* keys in the order of insertion */

/* key and value in one call */
void json_out_member_text(struct json_out *out, const char *key, const char *text);
void json_out_member_int(struct json_out *out, const char *key, int64_t value);
void json_out_member_bool(struct json_out *out, const char *key, bool value);
void json_out_member_instant(struct json_out *out, const char *key, int64_t instant); /* RFC 3339 */
void json_out_member_date(struct json_out *out, const char *key,
                          int32_t days); /* null for open ends */

#endif
