#include "base/json_flat.h"

#include "base/json.h"
#include "base/text.h"

#include <string.h>

enum {
    MEMBERS_MAX = 64,   /* of a plain object: each name is compared with those before it */
    SPACE_OF_BYTE = 256 /* in the arena, at most: two bytes make an item, which may be copied */
};

struct json_item {
    const char *key; /* NULL outside of an object */
    union {
        const char *text;
        int64_t integer;
        size_t count;
    };
    uint32_t span; /* items that it is made of, with itself */
    uint8_t kind;
};

/* A zero byte stands behind the text, which nothing takes: so no end needs to be looked for. */
struct reader {
    struct json_flat *flat;
    char *at;
    int failure;
};

static bool take_value(struct reader *reader, const char *key, unsigned depth);

/* --- the items --- */

/* The place of an item that was added; SIZE_MAX without memory. */
static size_t add(struct json_flat *flat, const char *key, enum json_item_kind kind)
{
    struct json_item *item = flat->count < UINT32_MAX ? arena_push(&flat->arena, &flat->items,
                                                                   &flat->count, sizeof *item)
                                                      : NULL;
    if (!item)
        return SIZE_MAX;
    item->key = key;
    item->kind = (uint8_t)kind;
    item->span = 1;
    return flat->count - 1;
}

/* What was added since the item belongs to it. */
static void end(struct json_flat *flat, size_t place, size_t count)
{
    flat->items[place].count = count;
    flat->items[place].span = (uint32_t)(flat->count - place);
}

static struct json_item *add_one(struct reader *reader, const char *key, enum json_item_kind kind)
{
    size_t place = add(reader->flat, key, kind);
    if (place == SIZE_MAX)
        reader->failure = ERR_NO_MEMORY;
    return place == SIZE_MAX ? NULL : &reader->flat->items[place];
}

/* --- plain text --- */

static void skip_blanks(struct reader *reader)
{
    while (*reader->at == ' ' || *reader->at == '\n' || *reader->at == '\t' || *reader->at == '\r')
        reader->at++;
}

static bool take(struct reader *reader, char byte)
{
    if (*reader->at != byte)
        return false;
    reader->at++;
    return true;
}

static bool take_word(struct reader *reader, const char *word)
{
    size_t size = strlen(word);
    if (strncmp(reader->at, word, size) != 0)
        return false;
    reader->at += size;
    return true;
}

/* What stands behind a backslash, but for "\u". */
static bool take_escape(struct reader *reader, char **put)
{
    static const char escapes[] = "\"\\/bfnrt", bytes[] = "\"\\/\b\f\n\r\t";
    const char *found = *reader->at ? strchr(escapes, *reader->at) : NULL;
    if (!found)
        return false;
    *(*put)++ = bytes[found - escapes];
    reader->at++;
    return true;
}

static bool take_character(struct reader *reader, char **put)
{
    uint8_t byte = (uint8_t)*reader->at;
    if (byte < 0x20)
        return false;
    if (byte == '\\') {
        reader->at++;
        return take_escape(reader, put);
    }
    /* The zero byte behind the text is part of no character. */
    size_t length = text_utf8_length(reader->at, strnlen(reader->at, 4));
    for (size_t i = 0; i < length; i++)
        *(*put)++ = *reader->at++;
    return length > 0;
}

/* Its characters where they stand, without their escapes; NULL when they are not plain. */
static const char *take_text(struct reader *reader)
{
    if (!take(reader, '"'))
        return NULL;
    char *start = reader->at;
    while (*reader->at >= 0x20 && *reader->at < 0x7f && *reader->at != '"' && *reader->at != '\\')
        reader->at++;
    char *put = reader->at;
    while (*reader->at != '"') {
        if (!take_character(reader, &put))
            return NULL;
    }
    reader->at++;
    *put = '\0';
    return start;
}

/* Counts below zero, where there is room for one more. */
static bool take_integer(struct reader *reader, int64_t *ret_number)
{
    bool negative = take(reader, '-');
    const char *start = reader->at;
    int64_t number = 0;
    for (; *reader->at >= '0' && *reader->at <= '9'; reader->at++) {
        if (__builtin_mul_overflow(number, 10, &number) ||
            __builtin_sub_overflow(number, *reader->at - '0', &number))
            return false;
    }
    if (reader->at == start || (*start == '0' && reader->at > start + 1) ||
        (!negative && number == INT64_MIN))
        return false;
    *ret_number = negative ? number : -number;
    return true;
}

static bool is_known(const struct json_flat *flat, size_t place, size_t count, const char *key)
{
    const struct json_item *item = &flat->items[place + 1];
    for (size_t i = 0; i < count; i++, item += item->span) {
        if (strcmp(item->key, key) == 0)
            return true;
    }
    return false;
}

static bool take_members(struct reader *reader, size_t place, unsigned depth, size_t *count)
{
    do {
        skip_blanks(reader);
        const char *key = take_text(reader);
        if (!key || *count == MEMBERS_MAX || is_known(reader->flat, place, *count, key))
            return false;
        skip_blanks(reader);
        if (!take(reader, ':') || !take_value(reader, key, depth))
            return false;
        (*count)++;
    } while (take(reader, ','));
    return true;
}

static bool take_values(struct reader *reader, unsigned depth, size_t *count)
{
    do {
        if (!take_value(reader, /* key= */ NULL, depth))
            return false;
        (*count)++;
    } while (take(reader, ','));
    return true;
}

static bool take_list(struct reader *reader, const char *key, unsigned depth)
{
    bool object = *reader->at++ == '{';
    char bracket = object ? '}' : ']';
    size_t count = 0;
    size_t place = add(reader->flat, key, object ? JSON_ITEM_OBJECT : JSON_ITEM_ARRAY);
    if (place == SIZE_MAX)
        reader->failure = ERR_NO_MEMORY;
    if (place == SIZE_MAX || depth == JSON_DEPTH_MAX)
        return false;
    skip_blanks(reader);
    if (!take(reader, bracket) && !((object ? take_members(reader, place, depth + 1, &count)
                                            : take_values(reader, depth + 1, &count)) &&
                                    take(reader, bracket)))
        return false;
    end(reader->flat, place, count);
    return true;
}

static bool take_scalar(struct reader *reader, const char *key)
{
    struct json_item *item = add_one(reader, key, JSON_ITEM_NULL);
    if (!item)
        return false;
    switch (*reader->at) {
    case '"':
        item->kind = JSON_ITEM_TEXT;
        item->text = take_text(reader);
        return item->text != NULL;
    case 't':
        item->kind = JSON_ITEM_TRUE;
        return take_word(reader, "true");
    case 'f':
        item->kind = JSON_ITEM_FALSE;
        return take_word(reader, "false");
    case 'n':
        return take_word(reader, "null");
    default:
        item->kind = JSON_ITEM_INTEGER;
        return take_integer(reader, &item->integer);
    }
}

/* With the blanks around it. */
static bool take_value(struct reader *reader, const char *key, unsigned depth)
{
    skip_blanks(reader);
    bool list = *reader->at == '{' || *reader->at == '[';
    bool taken = list ? take_list(reader, key, depth) : take_scalar(reader, key);
    skip_blanks(reader);
    return taken;
}

/* Returns 1 when all of it is plain, 0 when it is for others to read. */
static int read_plain(struct json_flat *flat, const char *text, size_t size)
{
    char *copy = arena_copy_slice(&flat->arena, text, size);
    struct reader reader = {.flat = flat, .at = copy};
    if (!copy)
        return ERR_NO_MEMORY;
    bool taken = take_value(&reader, /* key= */ NULL, 0);
    return reader.failure < 0 ? reader.failure : taken && reader.at == copy + size;
}

/* --- all other text --- */

static const uint8_t kinds[] = {
    [JSON_OBJECT] = JSON_ITEM_OBJECT, [JSON_ARRAY] = JSON_ITEM_ARRAY,
    [JSON_STRING] = JSON_ITEM_TEXT,   [JSON_INTEGER] = JSON_ITEM_INTEGER,
    [JSON_REAL] = JSON_ITEM_REAL,     [JSON_TRUE] = JSON_ITEM_TRUE,
    [JSON_FALSE] = JSON_ITEM_FALSE,   [JSON_NULL] = JSON_ITEM_NULL,
};

static int add_tree(struct json_flat *flat, const char *key, const json_t *json)
{
    const char *name;
    json_t *value;
    size_t index, place = add(flat, key, (enum json_item_kind)kinds[json_typeof(json)]);
    int result = place == SIZE_MAX ? ERR_NO_MEMORY : 0;
    if (result < 0)
        return result;
    if (json_is_string(json)) {
        flat->items[place].text = arena_copy_text(&flat->arena, json_string_value(json));
        return flat->items[place].text ? 0 : ERR_NO_MEMORY;
    }
    if (json_is_integer(json))
        flat->items[place].integer = json_integer_value(json);
    json_object_foreach((json_t *)json, name, value)
    {
        const char *copy = arena_copy_text(&flat->arena, name);
        result = result < 0 ? result : copy ? add_tree(flat, copy, value) : ERR_NO_MEMORY;
    }
    json_array_foreach(json, index, value)
    {
        result = result < 0 ? result : add_tree(flat, /* key= */ NULL, value);
    }
    if (result >= 0 && (json_is_object(json) || json_is_array(json)))
        end(flat, place, json_is_object(json) ? json_object_size(json) : json_array_size(json));
    return result;
}

static int read_tree(struct json_flat *flat, const char *text, size_t size,
                     struct error_detail *detail)
{
    json_t *json JSON_CLEANUP = NULL;
    int result = json_parse(text, size, &json, detail);
    flat->count = 0;
    return result < 0 ? result : add_tree(flat, /* key= */ NULL, json);
}

int json_flat_read(struct json_flat *flat, const char *text, size_t size,
                   struct error_detail *detail)
{
    *flat = (struct json_flat){.count = 0};
    arena_init(&flat->arena, (size + 16) * SPACE_OF_BYTE);
    int result = read_plain(flat, text, size);
    if (result == 0)
        result = read_tree(flat, text, size, detail);
    if (result >= 0)
        flat->root = flat->items;
    return result < 0 ? result : 0;
}

void json_flat_done(struct json_flat *flat)
{
    arena_done(&flat->arena);
    *flat = (struct json_flat){.count = 0};
}

/* --- questions --- */

enum json_item_kind json_item_kind(const struct json_item *item)
{
    return item ? (enum json_item_kind)item->kind : JSON_ITEM_ABSENT;
}

size_t json_item_count(const struct json_item *item)
{
    return json_item_kind(item) == JSON_ITEM_ARRAY ? item->count : 0;
}

const struct json_item *json_item_first(const struct json_item *item)
{
    return json_item_count(item) ? item + 1 : NULL;
}

const struct json_item *json_item_next(const struct json_item *item)
{
    return item + item->span;
}

const struct json_item *json_item_member(const struct json_item *object, const char *key)
{
    size_t count = json_item_kind(object) == JSON_ITEM_OBJECT ? object->count : 0;
    const struct json_item *item = object;
    for (size_t i = 0; i < count; i++) {
        item = i == 0 ? object + 1 : json_item_next(item);
        if (*item->key == *key && strcmp(item->key, key) == 0)
            return item;
    }
    return NULL;
}

const char *json_item_text(const struct json_item *item)
{
    return json_item_kind(item) == JSON_ITEM_TEXT ? item->text : NULL;
}

int64_t json_item_integer(const struct json_item *item)
{
    return json_item_kind(item) == JSON_ITEM_INTEGER ? item->integer : 0;
}

const char *json_flat_text(const struct json_item *object, const char *key)
{
    return json_item_text(json_item_member(object, key));
}

int64_t json_flat_number(const struct json_item *object, const char *key, int64_t fallback)
{
    const struct json_item *item = json_item_member(object, key);
    return json_item_kind(item) == JSON_ITEM_INTEGER ? item->integer : fallback;
}
