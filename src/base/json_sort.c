/* The canonical form of a text that `struct json_out` wrote, without a tree of it. */
#include "base/error.h"
#include "base/json.h"

#include <stdlib.h>
#include <string.h>

enum { MEMBERS_MAX = 128 }; /* of one object; what is written of an event has a few dozen */

struct span {
    const char *at;
    size_t size;
};

struct member {
    struct span key; /* with its quotes */
    struct span value;
};

struct reader {
    const char *at, *end;
    unsigned depth;
};

static int put_value(struct reader *reader, struct buffer *out);

static bool take(struct reader *reader, char byte)
{
    if (reader->at == reader->end || *reader->at != byte)
        return false;
    reader->at++;
    return true;
}

/* Past the string that begins here. */
static bool skip_string(struct reader *reader)
{
    if (!take(reader, '"'))
        return false;
    const char *at = reader->at, *end = reader->end;
    while (at < end && *at != '"')
        at += *at == '\\' ? 2 : 1;
    if (at >= end)
        return false;
    reader->at = at + 1;
    return true;
}

/* Past the value that begins here: to the comma or bracket that is none of its own. */
static bool skip_value(struct reader *reader)
{
    unsigned depth = 0;
    const char *start = reader->at;
    while (reader->at < reader->end) {
        char byte = *reader->at;
        if (byte == '"') {
            if (!skip_string(reader))
                return false;
            continue;
        }
        bool ends = byte == '}' || byte == ']';
        if (depth == 0 && (ends || byte == ','))
            break;
        depth += byte == '{' || byte == '[';
        depth -= ends;
        reader->at++;
    }
    return depth == 0 && reader->at > start;
}

/* Bytes of a plain key order as RFC 8785 3.2.3 wants; no other is written of ours. */
static bool is_plain(struct span key)
{
    for (size_t i = 0; i < key.size; i++) {
        if ((unsigned char)key.at[i] >= 0x80 || key.at[i] == '\\')
            return false;
    }
    return true;
}

static int compare_members(const void *a, const void *b)
{
    const struct span *x = &((const struct member *)a)->key, *y = &((const struct member *)b)->key;
    size_t shorter = x->size < y->size ? x->size : y->size;
    /* Without the quote that ends it: a key comes before those that it begins. */
    int order = memcmp(x->at, y->at, shorter - 1);
    return order ? order : (x->size > y->size) - (x->size < y->size);
}

static int read_member(struct reader *reader, struct member *ret_member)
{
    struct member member = {.key = {reader->at, 0}};
    if (!skip_string(reader))
        return ERR_SYNTAX;
    member.key.size = (size_t)(reader->at - member.key.at);
    if (!take(reader, ':'))
        return ERR_SYNTAX;
    member.value.at = reader->at;
    if (!skip_value(reader))
        return ERR_SYNTAX;
    member.value.size = (size_t)(reader->at - member.value.at);
    *ret_member = member;
    return is_plain(member.key) ? 0 : ERR_UNSUPPORTED;
}

static int put_members(struct member *members, size_t count, unsigned depth, struct buffer *out)
{
    if (count == 0) {
        buffer_append_text(out, "{}");
        return 0;
    }
    qsort(members, count, sizeof *members, compare_members);
    for (size_t i = 0; i < count; i++) {
        const struct span *value = &members[i].value;
        struct reader inner = {value->at, value->at + value->size, depth};
        if (i > 0 && compare_members(&members[i - 1], &members[i]) == 0)
            return ERR_SYNTAX;
        buffer_append(out, i > 0 ? "," : "{", 1);
        buffer_append(out, members[i].key.at, members[i].key.size);
        buffer_append(out, ":", 1);
        int result = put_value(&inner, out);
        if (result < 0)
            return result;
        if (inner.at != inner.end)
            return ERR_SYNTAX;
    }
    buffer_append_text(out, "}");
    return 0;
}

static int put_object(struct reader *reader, struct buffer *out)
{
    struct member members[MEMBERS_MAX];
    size_t count = 0;
    reader->at++;
    while (!take(reader, '}')) {
        if (count == MEMBERS_MAX)
            return ERR_LIMIT;
        if (count > 0 && !take(reader, ','))
            return ERR_SYNTAX;
        int result = read_member(reader, &members[count]);
        if (result < 0)
            return result;
        count++;
    }
    return put_members(members, count, reader->depth, out);
}

static int put_array(struct reader *reader, struct buffer *out)
{
    reader->at++;
    buffer_append(out, "[", 1);
    for (bool first = true; !take(reader, ']'); first = false) {
        if (!first && !take(reader, ','))
            return ERR_SYNTAX;
        if (!first)
            buffer_append(out, ",", 1);
        int result = put_value(reader, out);
        if (result < 0)
            return result;
    }
    buffer_append(out, "]", 1);
    return 0;
}

/* A string, a whole number, true, false or null: as it stands. */
static int put_plain(struct reader *reader, struct buffer *out)
{
    const char *start = reader->at;
    bool string = start < reader->end && *start == '"';
    if (string ? !skip_string(reader) : !skip_value(reader))
        return ERR_SYNTAX;
    size_t size = (size_t)(reader->at - start);
    bool word = (size == 4 && (memcmp(start, "true", 4) == 0 || memcmp(start, "null", 4) == 0)) ||
                (size == 5 && memcmp(start, "false", 5) == 0);
    for (size_t i = *start == '-'; !string && !word && i < size; i++) {
        if (start[i] < '0' || start[i] > '9')
            return ERR_UNSUPPORTED;
    }
    buffer_append(out, start, size);
    return 0;
}

static int put_value(struct reader *reader, struct buffer *out)
{
    char first = reader->at < reader->end ? *reader->at : '\0';
    if (first != '{' && first != '[')
        return put_plain(reader, out);
    if (reader->depth == JSON_DEPTH_MAX)
        return ERR_LIMIT;
    reader->depth++;
    int result = first == '{' ? put_object(reader, out) : put_array(reader, out);
    reader->depth--;
    return result;
}

int json_canonical_text(const char *text, size_t size, struct buffer *out)
{
    struct reader reader = {text, text + size, 0};
    int result = put_value(&reader, out);
    if (result >= 0 && reader.at != reader.end)
        result = ERR_SYNTAX;
    return result < 0 ? result : buffer_error(out);
}
