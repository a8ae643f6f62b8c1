#include "base/json.h"

#include "base/civil.h"
#include "base/pieces.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

/* jansson limits nesting by JSON_PARSER_MAX_DEPTH (2048), which its recursion survives; ours is
 * lower, so that everything below may recurse without thought. */
static int check_depth(const json_t *json, int depth)
{
    if (depth > JSON_DEPTH_MAX)
        return ERR_LIMIT;
    if (json_is_object(json)) {
        const char *key;
        json_t *value;
        json_object_foreach((json_t *)json, key, value)
        {
            if (check_depth(value, depth + 1) < 0)
                return ERR_LIMIT;
        }
    } else if (json_is_array(json)) {
        size_t index;
        json_t *value;
        json_array_foreach(json, index, value)
        {
            if (check_depth(value, depth + 1) < 0)
                return ERR_LIMIT;
        }
    }
    return 0;
}

void json_keep_memory(void)
{
    json_set_alloc_funcs(pieces_take, pieces_give_back);
}

int json_parse(const char *text, size_t size, json_t **ret_json, struct error_detail *detail)
{
    json_error_t error;
    json_t *json = json_loadb(text, size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (!json)
        return error_set(detail, ERR_SYNTAX, "line %d, column %d: %s", error.line, error.column,
                         error.text);
    if (check_depth(json, 0) < 0) {
        json_decref(json);
        return error_set(detail, ERR_LIMIT, "JSON is nested deeper than %d levels", JSON_DEPTH_MAX);
    }
    *ret_json = json;
    return 0;
}

int json_load(const char *path, size_t limit, json_t **ret_json, struct error_detail *detail)
{
    struct buffer bytes BUFFER_CLEANUP = {0};
    buffer_init(&bytes, limit);
    int result = buffer_load_file(&bytes, path);
    if (result >= 0)
        result = json_parse(buffer_text(&bytes), bytes.size, ret_json, detail);
    return result < 0 ? error_context(detail, result, "%s", path) : 0;
}

const char *json_text(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

int64_t json_number(const json_t *object, const char *key, int64_t fallback)
{
    const json_t *value = json_object_get(object, key);
    return json_is_integer(value) ? (int64_t)json_integer_value(value) : fallback;
}

void json_out_init(struct json_out *out, struct buffer *buffer, bool indent)
{
    *out = (struct json_out){.buffer = buffer, .indent = indent};
}

static uint64_t level_bit(const struct json_out *out)
{
    return UINT64_C(1) << out->depth;
}

static void new_line(struct json_out *out)
{
    if (!out->indent)
        return;
    buffer_append_byte(out->buffer, '\n');
    for (int i = 0; i < out->depth; i++)
        buffer_append_text(out->buffer, "  ");
}

/* Comma and line break before a value of an array or a key of an object. */
static void separate(struct json_out *out)
{
    if (out->filled & level_bit(out))
        buffer_append_byte(out->buffer, ',');
    out->filled |= level_bit(out);
    if (out->depth)
        new_line(out);
}

static void before_value(struct json_out *out)
{
    if (out->after_key)
        out->after_key = false;
    else if (out->depth)
        separate(out);
}

static void open_level(struct json_out *out, char bracket, bool is_array)
{
    before_value(out);
    buffer_append_byte(out->buffer, (uint8_t)bracket);
    if (out->depth + 1 >= JSON_DEPTH_MAX) {
        if (!out->buffer->failure)
            out->buffer->failure = ERR_LIMIT;
        return;
    }
    out->depth++;
    out->filled &= ~level_bit(out);
    if (is_array)
        out->arrays |= level_bit(out);
    else
        out->arrays &= ~level_bit(out);
}

void json_out_object(struct json_out *out)
{
    open_level(out, '{', false);
}

void json_out_array(struct json_out *out)
{
    open_level(out, '[', true);
}

void json_out_end(struct json_out *out)
{
    bool is_array = (out->arrays & level_bit(out)) != 0,
         filled = (out->filled & level_bit(out)) != 0;
    if (out->depth)
        out->depth--;
    if (filled)
        new_line(out);
    buffer_append_byte(out->buffer, is_array ? ']' : '}');
    if (out->depth == 0 && out->indent)
        buffer_append_byte(out->buffer, '\n');
}

/* Escapes of RFC 8785 3.2.2.2, which are the shortest of RFC 8259. */
static void write_string(struct buffer *buffer, const char *text, size_t size)
{
    const uint8_t *at = (const uint8_t *)text, *end = at + size;
    buffer_append_byte(buffer, '"');
    while (at < end) {
        const uint8_t *plain = at;
        while (at < end && *at >= 0x20 && *at < 0x80 && *at != '"' && *at != '\\')
            at++;
        if (at > plain)
            buffer_append(buffer, plain, (size_t)(at - plain));
        if (at == end)
            break;
        static const char short_escapes[] = "btn\0fr"; /* for 0x08 to 0x0d */
        if (*at == '"' || *at == '\\') {
            buffer_append_byte(buffer, '\\');
            buffer_append_byte(buffer, *at++);
        } else if (*at >= 0x08 && *at <= 0x0d && short_escapes[*at - 8]) {
            buffer_append_byte(buffer, '\\');
            buffer_append_byte(buffer, (uint8_t)short_escapes[*at++ - 8]);
        } else if (*at < 0x20) {
            buffer_printf(buffer, "\\u%04x", *at++);
        } else {
            size_t length = text_utf8_length((const char *)at, (size_t)(end - at));
            if (length)
                buffer_append(buffer, at, length);
            else
                buffer_append_text(buffer, "\xef\xbf\xbd");
            at += length ? length : 1;
        }
    }
    buffer_append_byte(buffer, '"');
}

void json_out_key(struct json_out *out, const char *key)
{
    separate(out);
    write_string(out->buffer, key, strlen(key));
    buffer_append_text(out->buffer, out->indent ? ": " : ":");
    out->after_key = true;
}

void json_out_slice(struct json_out *out, const char *text, size_t size)
{
    before_value(out);
    write_string(out->buffer, text, size);
}

void json_out_text(struct json_out *out, const char *text)
{
    if (text)
        json_out_slice(out, text, strlen(text));
    else
        json_out_null(out);
}

void json_out_int(struct json_out *out, int64_t value)
{
    before_value(out);
    buffer_printf(out->buffer, "%lld", (long long)value);
}

void json_out_bool(struct json_out *out, bool value)
{
    before_value(out);
    buffer_append_text(out->buffer, value ? "true" : "false");
}

void json_out_null(struct json_out *out)
{
    before_value(out);
    buffer_append_text(out->buffer, "null");
}

void json_out_raw(struct json_out *out, const char *json, size_t size)
{
    before_value(out);
    buffer_append(out->buffer, json, size);
}

void json_out_value(struct json_out *out, const json_t *json)
{
    const char *key;
    json_t *value;
    size_t index;
    switch (json_typeof(json)) {
    case JSON_OBJECT:
        json_out_object(out);
        json_object_foreach((json_t *)json, key, value)
        {
            json_out_key(out, key);
            json_out_value(out, value);
        }
        json_out_end(out);
        break;
    case JSON_ARRAY:
        json_out_array(out);
        json_array_foreach(json, index, value) json_out_value(out, value);
        json_out_end(out);
        break;
    case JSON_STRING:
        json_out_slice(out, json_string_value(json), json_string_length(json));
        break;
    case JSON_INTEGER:
        json_out_int(out, json_integer_value(json));
        break;
    case JSON_REAL:
        before_value(out);
        buffer_printf(out->buffer, "%.17g", json_real_value(json));
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        json_out_bool(out, json_is_true(json));
        break;
    case JSON_NULL:
        json_out_null(out);
        break;
    }
}

void json_out_member_text(struct json_out *out, const char *key, const char *text)
{
    json_out_key(out, key);
    json_out_text(out, text);
}

void json_out_member_int(struct json_out *out, const char *key, int64_t value)
{
    json_out_key(out, key);
    json_out_int(out, value);
}

void json_out_member_bool(struct json_out *out, const char *key, bool value)
{
    json_out_key(out, key);
    json_out_bool(out, value);
}

void json_out_member_instant(struct json_out *out, const char *key, int64_t instant)
{
    char text[CIVIL_INSTANT_TEXT];
    json_out_member_text(out, key, civil_format_instant(instant, text));
}

void json_out_member_date(struct json_out *out, const char *key, int32_t days)
{
    char text[CIVIL_DATE_TEXT];
    bool open = days == CIVIL_FAR_PAST || days == CIVIL_FAR_FUTURE;
    json_out_member_text(out, key, open ? NULL : civil_format_date(days, text));
}

/* UTF-16 order of RFC 8785 3.2.3 differs from byte order only between surrogate pairs (lead byte
 * 0xf0 and above) and U+E000..U+FFFF (lead bytes 0xee and 0xef). */
static int compare_utf16(const char *a, const char *b)
{
    while (*a && *a == *b) {
        a++;
        b++;
    }
    uint8_t x = (uint8_t)*a, y = (uint8_t)*b;
    if (x >= 0xf0 && (y == 0xee || y == 0xef))
        return -1;
    if (y >= 0xf0 && (x == 0xee || x == 0xef))
        return 1;
    return (int)x - (int)y;
}

static int compare_keys(const void *a, const void *b)
{
    return compare_utf16(*(const char *const *)a, *(const char *const *)b);
}

static int write_canonical(struct json_out *out, const json_t *json)
{
    if (json_is_real(json))
        return ERR_UNSUPPORTED;
    if (json_is_array(json)) {
        size_t index;
        json_t *value;
        json_out_array(out);
        json_array_foreach(json, index, value)
        {
            int result = write_canonical(out, value);
            if (result < 0)
                return result;
        }
        json_out_end(out);
        return 0;
    }
    if (!json_is_object(json)) {
        json_out_value(out, json);
        return 0;
    }
    size_t count = json_object_size(json), filled = 0;
    const char **keys = calloc(count ? count : 1, sizeof *keys);
    if (!keys)
        return ERR_NO_MEMORY;
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)json, key, value) keys[filled++] = key;
    qsort(keys, count, sizeof *keys, compare_keys);
    json_out_object(out);
    int result = 0;
    for (size_t i = 0; i < count && result >= 0; i++) {
        json_out_key(out, keys[i]);
        result = write_canonical(out, json_object_get(json, keys[i]));
    }
    json_out_end(out);
    free(keys);
    return result;
}

int json_canonical(const json_t *json, struct buffer *buffer)
{
    struct json_out out;
    json_out_init(&out, buffer, /* indent= */ false);
    int result = write_canonical(&out, json);
    return result < 0 ? result : buffer_error(buffer);
}
