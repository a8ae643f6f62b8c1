/* Large plain values that are mostly zero, kept small: their bytes without the lines of 64 that
 * hold nothing. For memory only: the form is that of this program and machine. */
#ifndef BAILIWICK_BASE_SPARSE_H
#define BAILIWICK_BASE_SPARSE_H

#include "base/buffer.h"

#include <stddef.h>

enum { SPARSE_VALUE_MAX = 64 << 10 };

/* The most bytes that a value of `size` bytes needs. */
size_t sparse_size_max(size_t size);

/* Writes the value over what `out` held. ERR_LIMIT (of the value, or of `out`), ERR_NO_MEMORY. */
int sparse_pack(const void *value, size_t size, struct buffer *out);

/* The value of `size` bytes that was packed. */
void sparse_unpack(const struct buffer *packed, void *ret_value, size_t size);

#endif
