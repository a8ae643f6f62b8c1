#include "web/form.h"

#include "base/digest.h"

#include <string.h>

/* Decodes "%41" and "+"; appends to `out`. */
static int decode(const char *at, const char *end, struct buffer *out)
{
    while (at < end) {
        uint8_t byte = (uint8_t)*at++;
        if (byte == '+') {
            byte = ' ';
        } else if (byte == '%') {
            char digits[3] = {0};
            if (end - at < 2)
                return ERR_SYNTAX;
            memcpy(digits, at, 2);
            if (hex_parse(digits, &byte, 1) < 0)
                return ERR_SYNTAX;
            at += 2;
        }
        if (byte == '\0')
            return ERR_SYNTAX;
        buffer_append_byte(out, byte);
    }
    return buffer_error(out);
}

static int add_field(json_t *form, const char *at, const char *end)
{
    const char *equals = memchr(at, '=', (size_t)(end - at));
    BUFFER_CLEANUP struct buffer name, value;
    buffer_init(&name, (size_t)(end - at));
    buffer_init(&value, (size_t)(end - at));
    int result = decode(at, equals ? equals : end, &name);
    if (result >= 0 && equals)
        result = decode(equals + 1, end, &value);
    if (result < 0)
        return result;
    if (json_object_get(form, buffer_text(&name)))
        return ERR_SYNTAX;
    return json_object_set_new(form, buffer_text(&name), json_string(buffer_text(&value))) == 0
               ? 0
               : ERR_SYNTAX;
}

int form_parse(const uint8_t *body, size_t size, json_t **ret_form)
{
    JSON_CLEANUP json_t *form = json_object();
    const char *at = (const char *)body, *end = at + size;
    for (int i = 0; at < end; i++) {
        if (i == FORM_FIELDS_MAX)
            return ERR_LIMIT;
        const char *stop = memchr(at, '&', (size_t)(end - at));
        stop = stop ? stop : end;
        int result = add_field(form, at, stop);
        if (result < 0)
            return result;
        at = stop + 1;
    }
    *ret_form = json_incref(form);
    return 0;
}

int cookie_find(const char *header, const char *name, char *ret_value, size_t room)
{
    size_t length = strlen(name);
    while (header && *header) {
        header += strspn(header, " ;");
        size_t size = strcspn(header, ";");
        if (size > length && strncmp(header, name, length) == 0 && header[length] == '=') {
            size -= length + 1;
            if (size >= room)
                return ERR_NOT_FOUND;
            memcpy(ret_value, header + length + 1, size);
            ret_value[size] = '\0';
            return 0;
        }
        header += size;
    }
    return ERR_NOT_FOUND;
}
