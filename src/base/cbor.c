#include "base/cbor.h"

#include "base/error.h"

#include <string.h>

enum major {
    MAJOR_UINT,
    MAJOR_NEGATIVE,
    MAJOR_BYTES,
    MAJOR_TEXT,
    MAJOR_ARRAY,
    MAJOR_MAP,
    MAJOR_SIMPLE = 7
};
enum { SIMPLE_FALSE = 20, SIMPLE_TRUE = 21, SIMPLE_NULL = 22 };

/* RFC 8949 3: three bits of major type, five bits of argument or of its size. */
static void put_head(struct buffer *out, enum major major, uint64_t value)
{
    uint8_t head[9] = {(uint8_t)(major << 5)};
    size_t size = value < 24            ? 0
                  : value <= UINT8_MAX  ? 1
                  : value <= UINT16_MAX ? 2
                  : value <= UINT32_MAX ? 4
                                        : 8;
    if (size == 0) {
        head[0] |= (uint8_t)value;
    } else {
        head[0] |= (uint8_t)(size == 1 ? 24 : size == 2 ? 25 : size == 4 ? 26 : 27);
        for (size_t i = 0; i < size; i++)
            head[1 + i] = (uint8_t)(value >> (8 * (size - 1 - i)));
    }
    buffer_append(out, head, 1 + size);
}

void cbor_put_uint(struct buffer *out, uint64_t value)
{
    put_head(out, MAJOR_UINT, value);
}

void cbor_put_int(struct buffer *out, int64_t value)
{
    if (value >= 0)
        put_head(out, MAJOR_UINT, (uint64_t)value);
    else
        put_head(out, MAJOR_NEGATIVE, (uint64_t)(-(value + 1)));
}

void cbor_put_bytes(struct buffer *out, const void *data, size_t size)
{
    put_head(out, MAJOR_BYTES, size);
    buffer_append(out, data, size);
}

void cbor_put_text(struct buffer *out, const char *text)
{
    if (!text) {
        cbor_put_null(out);
        return;
    }
    put_head(out, MAJOR_TEXT, strlen(text));
    buffer_append_text(out, text);
}

void cbor_put_array(struct buffer *out, size_t count)
{
    put_head(out, MAJOR_ARRAY, count);
}

void cbor_put_map(struct buffer *out, size_t count)
{
    put_head(out, MAJOR_MAP, count);
}

void cbor_put_bool(struct buffer *out, bool value)
{
    put_head(out, MAJOR_SIMPLE, value ? SIMPLE_TRUE : SIMPLE_FALSE);
}

void cbor_put_null(struct buffer *out)
{
    put_head(out, MAJOR_SIMPLE, SIMPLE_NULL);
}

void cbor_in_init(struct cbor_in *in, const void *data, size_t size)
{
    *in = (struct cbor_in){.at = data, .start = data, .end = (const uint8_t *)data + size};
}

void cbor_fail(struct cbor_in *in, int failure)
{
    if (!in->failure)
        in->failure = failure;
    in->at = in->end;
}

static uint64_t fail(struct cbor_in *in)
{
    cbor_fail(in, ERR_SYNTAX);
    return 0;
}

/* Reads a head of any major type; refuses arguments that are not the shortest. */
static uint64_t get_head(struct cbor_in *in, enum major *ret_major)
{
    *ret_major = MAJOR_SIMPLE;
    if (in->failure || in->at == in->end)
        return fail(in);
    uint8_t first = *in->at++;
    *ret_major = (enum major)(first >> 5);
    uint8_t info = first & 31;
    if (info < 24)
        return info;
    if (info > 27 || *ret_major == MAJOR_SIMPLE)
        return fail(in);
    size_t size = (size_t)1 << (info - 24);
    if ((size_t)(in->end - in->at) < size)
        return fail(in);
    uint64_t value = 0;
    for (size_t i = 0; i < size; i++)
        value = value << 8 | *in->at++;
    uint64_t least = size == 1   ? 24
                     : size == 2 ? UINT64_C(0x100)
                     : size == 4 ? UINT64_C(0x10000)
                                 : UINT64_C(0x100000000);
    return value < least ? fail(in) : value;
}

static uint64_t expect(struct cbor_in *in, enum major major)
{
    enum major got;
    uint64_t value = get_head(in, &got);
    if (in->failure || got != major)
        return fail(in);
    return value;
}

uint64_t cbor_get_uint(struct cbor_in *in)
{
    return expect(in, MAJOR_UINT);
}

int64_t cbor_get_int(struct cbor_in *in)
{
    enum major major;
    uint64_t value = get_head(in, &major);
    if (in->failure || major > MAJOR_NEGATIVE || value > INT64_MAX)
        return (int64_t)fail(in);
    return major == MAJOR_UINT ? (int64_t)value : -(int64_t)value - 1;
}

static const uint8_t *get_string(struct cbor_in *in, enum major major, size_t *ret_size)
{
    *ret_size = 0;
    uint64_t size = expect(in, major);
    if (in->failure)
        return NULL;
    if (size > (uint64_t)(in->end - in->at)) {
        fail(in);
        return NULL;
    }
    const uint8_t *at = in->at;
    in->at += size;
    *ret_size = (size_t)size;
    return at;
}

const uint8_t *cbor_get_bytes(struct cbor_in *in, size_t *ret_size)
{
    return get_string(in, MAJOR_BYTES, ret_size);
}

const char *cbor_get_text(struct cbor_in *in, size_t *ret_size)
{
    *ret_size = 0;
    if (cbor_skip_null(in))
        return NULL;
    return (const char *)get_string(in, MAJOR_TEXT, ret_size);
}

const char *cbor_copy_text(struct cbor_in *in, struct arena *arena)
{
    size_t size;
    const char *text = cbor_get_text(in, &size);
    if (!text)
        return NULL;
    bool whole = !memchr(text, '\0', size);
    const char *copy = whole ? arena_copy_slice(arena, text, size) : NULL;
    if (!copy)
        cbor_fail(in, whole ? ERR_NO_MEMORY : ERR_SYNTAX);
    return copy;
}

const char *cbor_need_text(struct cbor_in *in, struct arena *arena)
{
    const char *text = cbor_copy_text(in, arena);
    if (!text)
        cbor_fail(in, ERR_SYNTAX);
    return text;
}

const uint8_t *cbor_copy_bytes(struct cbor_in *in, struct arena *arena, size_t *ret_size)
{
    size_t size;
    *ret_size = 0;
    const uint8_t *bytes = cbor_get_bytes(in, &size);
    if (!bytes)
        return NULL;
    const uint8_t *copy = arena_copy(arena, bytes, size);
    if (copy)
        *ret_size = size;
    else
        cbor_fail(in, ERR_NO_MEMORY);
    return copy;
}

/* Each element takes at least one byte, each pair of a map two. */
static size_t get_count(struct cbor_in *in, enum major major, size_t least)
{
    uint64_t count = expect(in, major);
    if (count > (uint64_t)(in->end - in->at) / least)
        return (size_t)fail(in);
    return (size_t)count;
}

size_t cbor_get_array(struct cbor_in *in)
{
    return get_count(in, MAJOR_ARRAY, 1);
}

size_t cbor_get_map(struct cbor_in *in)
{
    return get_count(in, MAJOR_MAP, 2);
}

bool cbor_get_bool(struct cbor_in *in)
{
    uint64_t value = expect(in, MAJOR_SIMPLE);
    if (value != SIMPLE_TRUE && value != SIMPLE_FALSE)
        fail(in);
    return value == SIMPLE_TRUE;
}

bool cbor_skip_null(struct cbor_in *in)
{
    if (in->failure || in->at == in->end || *in->at != (MAJOR_SIMPLE << 5 | SIMPLE_NULL))
        return false;
    in->at++;
    return true;
}

int cbor_finish(const struct cbor_in *in)
{
    if (in->failure)
        return in->failure;
    return in->at != in->end ? ERR_SYNTAX : 0;
}
