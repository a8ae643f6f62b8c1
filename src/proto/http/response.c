#include "proto/http/response.h"

#include "base/civil.h"
#include "base/error.h"
#include "base/text.h"

#include <string.h>
#include <strings.h>

enum { STATUS_DIGITS = 3, IMF_FIXDATE = 29 };

static bool is_digit(uint8_t byte)
{
    return byte >= '0' && byte <= '9';
}

/* "HTTP/1.1 200 OK", "HTTP/2 200" */
static int read_status(const uint8_t *line, size_t size)
{
    static const char start[] = "HTTP/";
    if (size < sizeof(start) || memcmp(line, start, sizeof(start) - 1) != 0)
        return ERR_SYNTAX;
    const uint8_t *blank = memchr(line, ' ', size);
    if (blank == NULL || (size_t)(line + size - blank) < 1 + STATUS_DIGITS)
        return ERR_SYNTAX;
    const uint8_t *digits = blank + 1;
    if (!is_digit(digits[0]) || !is_digit(digits[1]) || !is_digit(digits[2]))
        return ERR_SYNTAX;
    int status = (digits[0] - '0') * 100 + (digits[1] - '0') * 10 + (digits[2] - '0');
    return status >= 100 && status < 600 ? status : ERR_SYNTAX;
}

/* Size of the line at `at` without its end; *ret_next is behind the end. */
static int64_t line_size(const uint8_t *data, size_t size, size_t at, size_t *ret_next)
{
    size_t most = size - at < HTTP_HEAD_MAX ? size - at : HTTP_HEAD_MAX;
    const uint8_t *end = memchr(data + at, '\n', most);
    if (end == NULL)
        return ERR_SYNTAX;
    *ret_next = (size_t)(end - data) + 1;
    size_t length = (size_t)(end - data) - at;
    return (int64_t)(length > 0 && end[-1] == '\r' ? length - 1 : length);
}

/* Finds the empty line; `head` covers the fields before it. Returns the offset of the body. */
static int64_t read_head(const uint8_t *data, size_t size, size_t at, struct bytes *ret_head)
{
    size_t start = at, next = at;
    while (at < size && at - start <= HTTP_HEAD_MAX) {
        int64_t length = line_size(data, size, at, &next);
        if (length < 0)
            return length;
        if (length == 0) {
            *ret_head = (struct bytes){.data = data + start, .size = at - start};
            return (int64_t)next;
        }
        at = next;
    }
    return ERR_SYNTAX;
}

int http_response_parse(const uint8_t *data, size_t size, struct http_response *ret_response)
{
    size_t at = 0;
    for (int i = 0; i <= HTTP_INTERIM_MAX; i++) {
        size_t next;
        struct bytes head;
        int64_t length = at < size ? line_size(data, size, at, &next) : ERR_SYNTAX;
        if (length < 0)
            return ERR_SYNTAX;
        int status = read_status(data + at, (size_t)length);
        int64_t body = status < 0 ? ERR_SYNTAX : read_head(data, size, next, &head);
        if (body < 0)
            return ERR_SYNTAX;
        at = (size_t)body;
        if (status >= 200) {
            *ret_response = (struct http_response){
                .status = status,
                .head = head,
                .body = {.data = data + at, .size = size - at},
            };
            return 0;
        }
    }
    return ERR_SYNTAX;
}

static struct bytes trim(const uint8_t *data, size_t size)
{
    while (size > 0 && (data[0] == ' ' || data[0] == '\t')) {
        data++;
        size--;
    }
    while (size > 0 && (data[size - 1] == ' ' || data[size - 1] == '\t'))
        size--;
    return (struct bytes){.data = data, .size = size};
}

bool http_field_find(const struct http_response *response, const char *name,
                     struct bytes *ret_value)
{
    size_t at = 0, next = 0, name_size = strlen(name);
    for (int i = 0; i < HTTP_FIELDS_MAX && at < response->head.size; i++, at = next) {
        const uint8_t *line = response->head.data + at;
        int64_t length = line_size(response->head.data, response->head.size, at, &next);
        if (length < 0)
            return false;
        if ((size_t)length > name_size && line[name_size] == ':' &&
            strncasecmp((const char *)line, name, name_size) == 0) {
            *ret_value = trim(line + name_size + 1, (size_t)length - name_size - 1);
            return true;
        }
    }
    return false;
}

const char *http_media_type(const struct http_response *response, char text[HTTP_MEDIA_TYPE_TEXT])
{
    struct bytes value;
    text[0] = '\0';
    if (!http_field_find(response, "Content-Type", &value))
        return text;
    const uint8_t *semicolon = value.size > 0 ? memchr(value.data, ';', value.size) : NULL;
    if (semicolon != NULL)
        value = trim(value.data, (size_t)(semicolon - value.data));
    if (value.size >= HTTP_MEDIA_TYPE_TEXT)
        return text;
    memcpy(text, value.data, value.size);
    text[value.size] = '\0';
    text_lower(text);
    return text;
}

static int month_number(const uint8_t *name)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    for (int i = 0; i < 12; i++) {
        if (memcmp(months + (size_t)(3 * i), name, 3) == 0)
            return i + 1;
    }
    return 0;
}

int http_date(const struct http_response *response, int64_t *ret_instant)
{
    static const char form[IMF_FIXDATE + 1] = "___, 00 ___ 0000 00:00:00 GMT";
    struct bytes value;
    char text[CIVIL_INSTANT_TEXT];
    if (!http_field_find(response, "Date", &value))
        return ERR_NOT_FOUND;
    if (value.size != IMF_FIXDATE)
        return ERR_SYNTAX;
    for (size_t i = 0; i < IMF_FIXDATE; i++) {
        bool fits = form[i] == '_' ||
                    (form[i] == '0' ? is_digit(value.data[i]) : value.data[i] == (uint8_t)form[i]);
        if (!fits)
            return ERR_SYNTAX;
    }
    /* Turned into RFC 3339, whose parser knows which days exist. */
    const char *at = (const char *)value.data;
    int month = month_number(value.data + 8);
    if (month == 0)
        return ERR_SYNTAX;
    memcpy(text, at + 12, 4);
    text[4] = '-';
    text[5] = (char)('0' + month / 10);
    text[6] = (char)('0' + month % 10);
    text[7] = '-';
    memcpy(text + 8, at + 5, 2);
    text[10] = 'T';
    memcpy(text + 11, at + 17, 8);
    memcpy(text + 19, "Z", 2);
    return civil_parse_instant(text, ret_instant);
}
