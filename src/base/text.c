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
