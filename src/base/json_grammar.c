#include "base/json_grammar.h"

#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { LEVELS = 8 }; /* in one byte */

/* Each step returns false at the first fault, with `at` on the wrong byte and `wanted` set. */
struct reader {
    const uint8_t *at, *start, *end;
    const char *wanted;
    size_t depth;
    uint8_t objects[JSON_GRAMMAR_DEPTH_MAX / LEVELS]; /* one bit a level: an object, not an array */
};

static bool fault(struct reader *reader, const char *wanted)
{
    reader->wanted = wanted;
    return false;
}

static bool is_next(const struct reader *reader, char wanted)
{
    return reader->at < reader->end && *reader->at == (uint8_t)wanted;
}

static bool take(struct reader *reader, char wanted)
{
    if (!is_next(reader, wanted))
        return false;
    reader->at++;
    return true;
}

static void skip_blanks(struct reader *reader)
{
    while (reader->at < reader->end && memchr(" \t\n\r", *reader->at, 4) != NULL)
        reader->at++;
}

/* --- scalars --- */

static bool is_digit_next(const struct reader *reader)
{
    return reader->at < reader->end && *reader->at >= '0' && *reader->at <= '9';
}

static bool take_digits(struct reader *reader)
{
    const uint8_t *from = reader->at;
    while (is_digit_next(reader))
        reader->at++;
    return reader->at > from ? true : fault(reader, "a digit");
}

/* RFC 8259 6 */
static bool take_number(struct reader *reader)
{
    take(reader, '-');
    if (!take(reader, '0') && !take_digits(reader))
        return false;
    if (take(reader, '.') && !take_digits(reader))
        return false;
    if (!take(reader, 'e') && !take(reader, 'E'))
        return true;
    if (!take(reader, '+'))
        take(reader, '-');
    return take_digits(reader);
}

static bool take_word(struct reader *reader, const char *word)
{
    for (; *word != '\0'; word++) {
        if (!take(reader, *word))
            return fault(reader, "a value");
    }
    return true;
}

static bool is_hex(uint8_t byte)
{
    return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f') ||
           (byte >= 'A' && byte <= 'F');
}

/* What stands behind a backslash. */
static bool take_escape(struct reader *reader)
{
    if (reader->at == reader->end || memchr("\"\\/bfnrtu", *reader->at, 9) == NULL)
        return fault(reader, "an escape");
    if (*reader->at++ != 'u')
        return true;
    for (int i = 0; i < 4; i++, reader->at++) {
        if (reader->at == reader->end || !is_hex(*reader->at))
            return fault(reader, "a hexadecimal digit");
    }
    return true;
}

/* RFC 8259 7 */
static bool take_string(struct reader *reader)
{
    if (!take(reader, '"'))
        return fault(reader, "a string");
    while (!take(reader, '"')) {
        if (reader->at == reader->end || *reader->at < 0x20)
            return fault(reader, "the end of a string");
        if (take(reader, '\\')) {
            if (!take_escape(reader))
                return false;
            continue;
        }
        size_t length =
            text_utf8_length((const char *)reader->at, (size_t)(reader->end - reader->at));
        if (length == 0)
            return fault(reader, "UTF-8");
        reader->at += length;
    }
    return true;
}

static bool take_scalar(struct reader *reader)
{
    if (is_next(reader, '-') || is_digit_next(reader))
        return take_number(reader);
    switch (reader->at < reader->end ? *reader->at : 0) {
    case '"':
        return take_string(reader);
    case 't':
        return take_word(reader, "true");
    case 'f':
        return take_word(reader, "false");
    case 'n':
        return take_word(reader, "null");
    default:
        return fault(reader, "a value");
    }
}

/* --- objects and arrays --- */

static bool in_object(const struct reader *reader)
{
    size_t level = reader->depth - 1;
    return reader->depth > 0 && ((reader->objects[level / LEVELS] >> (level % LEVELS)) & 1) != 0;
}

static void enter(struct reader *reader, bool object)
{
    uint8_t *byte = &reader->objects[reader->depth / LEVELS];
    uint8_t bit = (uint8_t)(1u << (reader->depth % LEVELS));
    *byte = (uint8_t)(object ? *byte | bit : *byte & ~bit);
    reader->depth++;
}

/* The name of a member and its colon; nothing in an array. */
static bool take_name(struct reader *reader)
{
    if (!in_object(reader))
        return true;
    skip_blanks(reader);
    if (!take_string(reader))
        return false;
    skip_blanks(reader);
    return take(reader, ':') ? true : fault(reader, "a colon");
}

static bool take_close(struct reader *reader)
{
    if (!take(reader, in_object(reader) ? '}' : ']'))
        return false;
    reader->depth--;
    return true;
}

/* Behind a value: closes what ends here, up to the comma after which the next value stands. Sets
 * *ret_more when there is one. */
static bool take_ends(struct reader *reader, bool *ret_more)
{
    *ret_more = false;
    while (reader->depth > 0) {
        skip_blanks(reader);
        if (take_close(reader))
            continue;
        *ret_more = true;
        return take(reader, ',') ? take_name(reader) : fault(reader, "a comma or the end");
    }
    skip_blanks(reader);
    return reader->at == reader->end ? true : fault(reader, "the end");
}

/* A scalar, an empty object or array, or the beginning of a full one. Sets *ret_opened for that. */
static bool take_value(struct reader *reader, bool *ret_opened)
{
    *ret_opened = false;
    skip_blanks(reader);
    bool object = is_next(reader, '{');
    if (!object && !is_next(reader, '['))
        return take_scalar(reader);
    if (reader->depth == JSON_GRAMMAR_DEPTH_MAX)
        return fault(reader, NULL);
    reader->at++;
    enter(reader, object);
    skip_blanks(reader);
    if (take_close(reader))
        return true;
    *ret_opened = true;
    return take_name(reader);
}

static bool take_all(struct reader *reader)
{
    bool more = true;
    while (more) {
        bool opened;
        if (!take_value(reader, &opened))
            return false;
        if (!opened && !take_ends(reader, &more))
            return false;
    }
    return true;
}

static int tell_fault(const struct reader *reader, struct error_detail *detail)
{
    size_t line = 1, column = 1;
    for (const uint8_t *at = reader->start; at < reader->at; at++) {
        column = *at == '\n' ? 1 : column + 1;
        line += *at == '\n';
    }
    if (reader->wanted == NULL)
        return error_set(detail, ERR_LIMIT, "line %zu, column %zu: nested deeper than %d levels",
                         line, column, JSON_GRAMMAR_DEPTH_MAX);
    return error_set(detail, ERR_SYNTAX, "line %zu, column %zu: expected %s", line, column,
                     reader->wanted);
}

int json_grammar_check(const void *text, size_t size, struct error_detail *detail)
{
    struct reader reader = {.depth = 0};
    if (size == 0)
        return error_set(detail, ERR_SYNTAX, "there is nothing");
    reader.at = reader.start = text;
    reader.end = reader.start + size;
    skip_blanks(&reader);
    const uint8_t *first = reader.at;
    return take_all(&reader) ? *first : tell_fault(&reader, detail);
}
