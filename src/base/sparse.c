#include "base/sparse.h"

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { LINE = 64, LINES_MAX = SPARSE_VALUE_MAX / LINE };

/* One bit for each line says whether it follows; the last may be short. */
static size_t mark_bytes(size_t size)
{
    return ((size + LINE - 1) / LINE + 7) / 8;
}

static size_t line_size(size_t size, size_t at)
{
    return size - at < LINE ? size - at : LINE;
}

static inline bool all_zero(const uint8_t *bytes, size_t size)
{
    uint8_t any = 0;
    for (size_t i = 0; i < size; i++)
        any |= bytes[i];
    return any == 0;
}

/* All lines but the last are whole; with a size that it knows the compiler asks a few words. */
static bool is_zero(const uint8_t *line, size_t size)
{
    return size == LINE ? all_zero(line, LINE) : all_zero(line, size);
}

size_t sparse_size_max(size_t size)
{
    return mark_bytes(size) + size;
}

int sparse_pack(const void *value, size_t size, struct buffer *out)
{
    const uint8_t *bytes = value;
    uint8_t marks[LINES_MAX / 8] = {0};
    buffer_clear(out);
    if (size > SPARSE_VALUE_MAX)
        return ERR_LIMIT;
    buffer_append(out, marks, mark_bytes(size));
    for (size_t at = 0, line = 0; at < size; at += LINE, line++) {
        size_t length = line_size(size, at);
        if (is_zero(bytes + at, length))
            continue;
        marks[line / 8] |= (uint8_t)(1u << (line % 8));
        buffer_append(out, bytes + at, length);
    }
    if (buffer_error(out) < 0)
        return buffer_error(out);
    if (size > 0)
        memcpy(out->data, marks, mark_bytes(size));
    return 0;
}

void sparse_unpack(const struct buffer *packed, void *ret_value, size_t size)
{
    uint8_t *bytes = ret_value;
    const uint8_t *marks = packed->data, *from = marks + mark_bytes(size);
    memset(bytes, 0, size);
    for (size_t at = 0, line = 0; at < size; at += LINE, line++) {
        size_t length = line_size(size, at);
        if (!(marks[line / 8] >> (line % 8) & 1))
            continue;
        memcpy(bytes + at, from, length);
        from += length;
    }
}
