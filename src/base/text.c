#include "base/text.h"

#include "base/error.h"

#include <string.h>

int text_index(const char *const *texts, size_t count, const char *text)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(texts[i], text) == 0)
            return (int)i;
    }
    return ERR_NOT_FOUND;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

bool text_equal_nocase(const char *a, const char *b)
{
    while (*a && lower(*a) == lower(*b)) {
        a++;
        b++;
    }
    return lower(*a) == lower(*b);
}

bool text_starts_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

bool text_ends_with(const char *text, const char *end)
{
    size_t size = strlen(text), tail = strlen(end);
    return size >= tail && strcmp(text + size - tail, end) == 0;
}

void text_lower(char *text)
{
    for (; *text; text++)
        *text = lower(*text);
}

int text_parse_int(const char *text, int64_t least, int64_t most, int64_t *ret_value)
{
    bool negative = *text == '-';
    const char *at = text + negative;
    int64_t value = 0;
    if (!*at)
        return ERR_SYNTAX;
    for (; *at; at++) {
        if (*at < '0' || *at > '9')
            return ERR_SYNTAX;
        int digit = *at - '0';
        if (value > (INT64_MAX - digit) / 10)
            return ERR_LIMIT;
        value = value * 10 + digit;
    }
    value = negative ? -value : value;
    if (value < least || value > most)
        return ERR_LIMIT;
    *ret_value = value;
    return 0;
}

size_t text_utf8_length(const char *text, size_t left)
{
    const uint8_t *at = (const uint8_t *)text;
    if (at[0] < 0x80)
        return 1;
    size_t length = at[0] >= 0xf0 ? 4 : at[0] >= 0xe0 ? 3 : 2;
    if (at[0] < 0xc2 || at[0] > 0xf4 || left < length)
        return 0;
    for (size_t i = 1; i < length; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return 0;
    }
    if ((at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xed && at[1] > 0x9f) ||
        (at[0] == 0xf0 && at[1] < 0x90) || (at[0] == 0xf4 && at[1] > 0x8f))
        return 0;
    return length;
}

size_t text_steers(const char *text)
{
    const uint8_t *at = (const uint8_t *)text;
    if (at[0] < 0x80)
        return at[0] && (at[0] < 0x20 || at[0] == 0x7f);
    if (at[0] == 0xc2 && at[1] >= 0x80 && at[1] < 0xa0)
        return 2;
    if (at[0] == 0xd8 && at[1] == 0x9c) /* U+061C */
        return 2;
    if (at[0] != 0xe2 || (at[1] != 0x80 && at[1] != 0x81))
        return 0;
    bool turns = at[1] == 0x80 ? at[2] == 0x8e || at[2] == 0x8f || (at[2] >= 0xa8 && at[2] <= 0xae)
                               : at[2] >= 0xa6 && at[2] <= 0xa9;
    return turns ? 3 : 0;
}

bool text_domain_valid(const char *name)
{
    static const char signs[] = "abcdefghijklmnopqrstuvwxyz0123456789-_";
    size_t size = strlen(name);
    if (size == 0 || size > TEXT_DOMAIN_MAX)
        return false;
    while (*name) {
        size_t label = strspn(name, signs);
        if (label == 0 || label > 63 || (name[label] != '.' && name[label] != '\0'))
            return false;
        name += label + (name[label] == '.');
        if (*name == '\0' && name[-1] == '.')
            return false;
    }
    return true;
}
