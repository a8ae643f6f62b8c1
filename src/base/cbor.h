/* Deterministic CBOR (RFC 8949 4.2.1): shortest integers, definite lengths, keys in the order that
 * the format defines. Only what our formats need: unsigned and negative integers, byte and text
 * strings, arrays, maps, booleans and null.
 *
 * The reader refuses everything that the writer would not have written (longer integers than
 * needed, indefinite lengths, tags, floats), so that one content has one encoding. Its first
 * failure sticks. */
#ifndef BAILIWICK_BASE_CBOR_H
#define BAILIWICK_BASE_CBOR_H

#include "base/arena.h"
#include "base/buffer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void cbor_put_int(struct buffer *out, int64_t value);
void cbor_put_uint(struct buffer *out, uint64_t value);
void cbor_put_bytes(struct buffer *out, const void *data, size_t size);
void cbor_put_text(struct buffer *out, const char *text); /* NULL writes null */
void cbor_put_array(struct buffer *out, size_t count);
void cbor_put_map(struct buffer *out, size_t count);
void cbor_put_bool(struct buffer *out, bool value);
void cbor_put_null(struct buffer *out);

struct cbor_in {
    const uint8_t *at, *end, *start;
    int failure; /* 0, ERR_SYNTAX, or what cbor_fail() was given */
};

void cbor_in_init(struct cbor_in *in, const void *data, size_t size);

int64_t cbor_get_int(struct cbor_in *in);
uint64_t cbor_get_uint(struct cbor_in *in);
/* Borrowed from the input; NULL after a failure. */
const uint8_t *cbor_get_bytes(struct cbor_in *in, size_t *ret_size);
/* Borrowed, not terminated. NULL for null or after a failure. */
const char *cbor_get_text(struct cbor_in *in, size_t *ret_size);

/* Copies in an arena, which outlive the input; a full arena is the failure ERR_NO_MEMORY. A text
 * with a NUL inside is a failure. NULL for null or after a failure; to need a text makes null a
 * failure too. */
const char *cbor_copy_text(struct cbor_in *in, struct arena *arena);
const char *cbor_need_text(struct cbor_in *in, struct arena *arena);
const uint8_t *cbor_copy_bytes(struct cbor_in *in, struct arena *arena, size_t *ret_size);

/* Number of elements; more than the input could hold is a failure and gives 0. */
size_t cbor_get_array(struct cbor_in *in);
size_t cbor_get_map(struct cbor_in *in);
bool cbor_get_bool(struct cbor_in *in);
bool cbor_skip_null(struct cbor_in *in); /* true when the next item was null, now passed */

/* For what a format forbids, or lack of memory: nothing more is read. The first failure stays. */
void cbor_fail(struct cbor_in *in, int failure);

/* 0 when everything was read without failure and nothing is left, else the failure. */
int cbor_finish(const struct cbor_in *in);

#endif
