#include "app/argument.h"

#include "base/civil.h"
#include "base/text.h"

#include <string.h>

int argument_text(const json_t *arguments, const char *name, const char **ret_text,
                  struct error_detail *detail)
{
    const char *text = json_text(arguments, name);
    if (!text)
        return error_set(detail, ERR_SYNTAX, "the argument '%s' is missing", name);
    *ret_text = text;
    return 0;
}

int argument_bytes(const json_t *arguments, const char *name, const char *what, size_t most,
                   struct arena *arena, struct bytes *ret_bytes, struct error_detail *detail)
{
    const char *text;
    size_t size = 0;
    int result = argument_text(arguments, name, &text, detail);
    if (result < 0)
        return result;
    size_t room = strlen(text) / 4 * 3 + 3;
    uint8_t *bytes = room <= most + 3 ? arena_alloc(arena, room) : NULL;
    if (!bytes)
        return error_set(detail, ERR_LIMIT, "%s of more than %zu bytes", what, most);
    if (base64_parse(text, bytes, room, &size) < 0)
        return error_set(detail, ERR_SYNTAX, "the argument '%s' is no base64", name);
    *ret_bytes = (struct bytes){bytes, size};
    return 0;
}

int argument_day(const json_t *arguments, const char *name, int32_t otherwise, int32_t *ret_day,
                 struct error_detail *detail)
{
    const json_t *value = json_object_get(arguments, name);
    const char *text = json_string_value(value);
    int32_t day = otherwise;
    /* What is no text was meant to be a day: to go on without would be another thing. */
    if (value && !text && !json_is_null(value))
        return error_set(detail, ERR_SYNTAX, "the argument '%s' is no date (2026-11-24)", name);
    if (text && civil_parse_date(text, &day) < 0)
        return error_set(detail, ERR_SYNTAX, "'%s' is no date (2026-11-24)", text);
    *ret_day = day;
    return 0;
}

int argument_members(const json_t *object, const char *where, const char *const *known,
                     size_t count, struct error_detail *detail)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)object, name, value)
    {
        if (text_index(known, count, name) < 0)
            return error_set(detail, ERR_SYNTAX, "%s/%.64s: there is no such member", where, name);
    }
    return 0;
}

int argument_sha256(const char *text, struct digest *ret_digest, struct error_detail *detail)
{
    if (digest_parse(text, ret_digest) >= 0)
        return 0;
    return error_set(detail, ERR_SYNTAX, "'%s' is no SHA-256 (64 hexadecimal digits)", text);
}
