#include "web/multipart.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { FIELDS_MAX = 16 /* of a part: three mean something */ };

static const char blanks[] = " \t";

/* RFC 9110 5.6.2 */
static bool is_token_sign(char sign)
{
    return (sign >= '0' && sign <= '9') || (sign >= 'A' && sign <= 'Z') ||
           (sign >= 'a' && sign <= 'z') || (sign && strchr("!#$%&'*+-.^_`|~", sign));
}

static size_t token_size(const char *text)
{
    size_t size = 0;
    while (is_token_sign(text[size]))
        size++;
    return size;
}

/* --- parameters: `; name=value; name="value"` --- */

struct parameter {
    const char *name, *value; /* of the value what stands between quotes */
    size_t name_size, value_size;
};

/* A backslash stands for itself, as browsers send it, but before a quote (RFC 7578 4.2). */
static const char *quote_end(const char *at)
{
    while (*at && *at != '"')
        at += at[0] == '\\' && at[1] == '"' ? 2 : 1;
    return *at ? at : NULL;
}

/* 1 with the next parameter, 0 at the end; ERR_SYNTAX. */
static int next_parameter(const char **at, struct parameter *ret)
{
    const char *text = *at + strspn(*at, blanks);
    if (!*text)
        return 0;
    if (*text != ';')
        return ERR_SYNTAX;
    text += 1 + strspn(text + 1, blanks);
    struct parameter parameter = {.name = text, .name_size = token_size(text)};
    text += parameter.name_size;
    if (parameter.name_size == 0 || *text != '=')
        return ERR_SYNTAX;
    text++;
    const char *end = *text == '"' ? quote_end(text + 1) : text + token_size(text);
    if (!end || (*text != '"' && end == text))
        return ERR_SYNTAX;
    parameter.value = *text == '"' ? text + 1 : text;
    parameter.value_size = (size_t)(end - parameter.value);
    *at = *text == '"' ? end + 1 : end;
    *ret = parameter;
    return 1;
}

static bool is_named(const struct parameter *parameter, const char *name)
{
    return strlen(name) == parameter->name_size &&
           strncasecmp(parameter->name, name, parameter->name_size) == 0;
}

/* --- beginning --- */

/* RFC 2046 5.1.1: bchars; the space, which may not stand last, nobody uses. */
static bool is_boundary(const char *text, size_t size)
{
    static const char signs[] = "'()+_,-./:=?";
    for (size_t i = 0; i < size; i++) {
        bool plain = (text[i] >= '0' && text[i] <= '9') || (text[i] >= 'A' && text[i] <= 'Z') ||
                     (text[i] >= 'a' && text[i] <= 'z');
        if (!plain && !memchr(signs, text[i], sizeof signs - 1))
            return false;
    }
    return size > 0 && size <= MULTIPART_BOUNDARY_MAX;
}

int multipart_begin(struct multipart *form, const char *content_type,
                    const struct multipart_sink *sink, struct error_detail *detail)
{
    struct parameter parameter, boundary = {.name = NULL};
    const char *at = content_type + strcspn(content_type, ";");
    int result;
    while ((result = next_parameter(&at, &parameter)) > 0) {
        if (!is_named(&parameter, "boundary"))
            continue;
        if (boundary.name)
            return error_set(detail, ERR_SYNTAX, "the Content-Type says two boundaries");
        boundary = parameter;
    }
    if (result < 0 || !boundary.name || !is_boundary(boundary.value, boundary.value_size))
        return error_set(detail, ERR_SYNTAX,
                         "the Content-Type says no boundary of 1 to %d letters, digits and signs",
                         MULTIPART_BOUNDARY_MAX);
    *form = (struct multipart){.sink = *sink, .state = MULTIPART_IN_START};
    form->delimiter_size = (size_t)snprintf(form->delimiter, sizeof form->delimiter, "\r\n--%.*s",
                                            (int)boundary.value_size, boundary.value);
    /* The first one stands at the very beginning. */
    form->matched = form->unsent = 2;
    return 0;
}

/* --- the fields of a part --- */

static int refuse(const struct multipart *form, int failure, const char *words,
                  struct error_detail *detail)
{
    return error_set(detail, failure, "part %zu of the form: %s", form->part.number, words);
}

static int take_name(struct multipart *form, const struct parameter *parameter,
                     struct error_detail *detail)
{
    size_t size = parameter->value_size;
    for (size_t i = 0; i < size; i++) {
        char sign = parameter->value[i];
        bool plain = (sign >= '0' && sign <= '9') || (sign >= 'A' && sign <= 'Z') ||
                     (sign >= 'a' && sign <= 'z') || strchr("._-", sign);
        if (!plain)
            size = 0;
    }
    if (size == 0 || size > MULTIPART_NAME_MAX)
        return refuse(form, ERR_SYNTAX, "its name is not 1 to 64 letters, digits and '.', '_', '-'",
                      detail);
    memcpy(form->part.name, parameter->value, size);
    return 0;
}

/* What would steer a terminal is left out, and the path (RFC 7578 4.2, RFC 2183 2.3). The bytes are
 * UTF-8. */
static void take_file_name(struct multipart *form, const struct parameter *parameter)
{
    char text[MULTIPART_HEAD_MAX + 1] = "";
    size_t size = 0, i = 0;
    while (i < parameter->value_size) {
        const char *at = parameter->value + i;
        size_t steering = text_steers(at);
        size_t length = text_utf8_length(at, parameter->value_size - i);
        if (at[0] == '/' || at[0] == '\\')
            size = 0;
        else if (!steering)
            memmove(text + size, at, length);
        size += at[0] == '/' || at[0] == '\\' || steering ? 0 : length;
        i += steering ? steering : length;
    }
    /* The end says more than the beginning; it begins with a character. */
    size_t from = size > MULTIPART_FILE_NAME_MAX ? size - MULTIPART_FILE_NAME_MAX : 0;
    while (from < size && ((unsigned char)text[from] & 0xc0) == 0x80)
        from++;
    memcpy(form->part.file_name, text + from, size - from);
}

/* RFC 7578 4.2: `form-data; name="field"; filename="file"`. */
static int read_disposition(struct multipart *form, const char *value, struct error_detail *detail)
{
    struct parameter parameter;
    bool named = false, filed = false;
    const char *at = value + token_size(value);
    int result;
    if (at - value != 9 || strncasecmp(value, "form-data", 9) != 0)
        return refuse(form, ERR_SYNTAX, "its Content-Disposition is not form-data", detail);
    while ((result = next_parameter(&at, &parameter)) > 0) {
        bool name = is_named(&parameter, "name"), file = is_named(&parameter, "filename");
        if ((name && named) || (file && filed))
            return refuse(form, ERR_SYNTAX, "it has two names", detail);
        if (is_named(&parameter, "filename*"))
            return refuse(form, ERR_SYNTAX, "a form has no filename* (RFC 7578 4.2)", detail);
        if (name && take_name(form, &parameter, detail) < 0)
            return ERR_SYNTAX;
        if (file)
            take_file_name(form, &parameter);
        named |= name;
        filed |= file;
    }
    if (result < 0)
        return refuse(form, ERR_SYNTAX, "its Content-Disposition is malformed", detail);
    return named ? 0 : refuse(form, ERR_SYNTAX, "it has no name", detail);
}

static int read_type(struct multipart *form, const char *value, struct error_detail *detail)
{
    size_t type = token_size(value);
    size_t subtype = value[type] == '/' ? token_size(value + type + 1) : 0;
    const char *rest = value + type + 1 + subtype;
    if (type == 0 || subtype == 0 || type + 1 + subtype > MULTIPART_TYPE_MAX ||
        (rest[strspn(rest, blanks)] && rest[strspn(rest, blanks)] != ';'))
        return refuse(form, ERR_SYNTAX, "its Content-Type is malformed", detail);
    memcpy(form->part.media_type, value, type + 1 + subtype);
    text_lower(form->part.media_type);
    if (text_starts_with(form->part.media_type, "multipart/"))
        return refuse(form, ERR_UNSUPPORTED, "it has parts of its own", detail);
    return 0;
}

static int read_coding(struct multipart *form, const char *value, struct error_detail *detail)
{
    bool none = text_equal_nocase(value, "binary") || text_equal_nocase(value, "8bit") ||
                text_equal_nocase(value, "7bit");
    return none ? 0
                : refuse(form, ERR_UNSUPPORTED,
                         "its bytes come as they are, without Content-Transfer-Encoding", detail);
}

static const struct {
    const char *name;
    int (*read)(struct multipart *form, const char *value, struct error_detail *detail);
} fields[] = {
    {"Content-Disposition", read_disposition},
    {"Content-Type", read_type},
    {"Content-Transfer-Encoding", read_coding},
};

/* One line, which is terminated; `seen` has a bit for each of the fields. */
static int read_field(struct multipart *form, char *line, unsigned *seen,
                      struct error_detail *detail)
{
    size_t name = token_size(line);
    if (name == 0 || line[name] != ':')
        return refuse(form, ERR_SYNTAX, "a line of its head is no field", detail);
    char *value = line + name + 1;
    value += strspn(value, blanks);
    for (size_t size = strlen(value); size > 0 && strchr(blanks, value[size - 1]); size--)
        value[size - 1] = '\0';
    line[name] = '\0';
    for (unsigned i = 0; i < sizeof fields / sizeof *fields; i++) {
        if (!text_equal_nocase(line, fields[i].name))
            continue;
        if (*seen & 1u << i)
            return refuse(form, ERR_SYNTAX, "a field of its head stands twice", detail);
        *seen |= 1u << i;
        return fields[i].read(form, value, detail);
    }
    return 0;
}

/* Lines end with CR LF; other control characters than the tab stand nowhere. */
static int check_signs(const struct multipart *form, struct error_detail *detail)
{
    for (size_t i = 0; i < form->head_size;) {
        const char *at = form->head + i;
        size_t length = text_utf8_length(at, form->head_size - i);
        bool end = at[0] == '\r' && at[1] == '\n';
        if (length == 0)
            return refuse(form, ERR_SYNTAX, "its head is no UTF-8", detail);
        if (!end && at[0] != '\t' && ((unsigned char)at[0] < ' ' || at[0] == 0x7f))
            return refuse(form, ERR_SYNTAX, "its head has a control character", detail);
        i += end ? 2 : length;
    }
    return 0;
}

/* The head is whole, with the line end of its last field. */
static int read_head(struct multipart *form, struct error_detail *detail)
{
    unsigned seen = 0;
    char *line = form->head;
    form->head[form->head_size] = '\0';
    int result = check_signs(form, detail);
    for (int i = 0; result >= 0 && *line; i++) {
        char *end = strstr(line, "\r\n");
        if (i == FIELDS_MAX)
            return refuse(form, ERR_LIMIT, "its head has more than 16 fields", detail);
        *end = '\0';
        result = read_field(form, line, &seen, detail);
        line = end + 2;
    }
    if (result >= 0 && !(seen & 1u))
        return refuse(form, ERR_SYNTAX, "it has no Content-Disposition", detail);
    return result < 0 ? result : form->sink.begin(form->sink.context, &form->part, detail);
}

/* --- as it comes --- */

static int begin_head(struct multipart *form, struct error_detail *detail)
{
    form->part = (struct multipart_part){.number = form->part.number + 1};
    form->head_size = 0;
    form->state = MULTIPART_IN_HEAD;
    return form->part.number > MULTIPART_PARTS_MAX
               ? error_set(detail, ERR_LIMIT, "the form has more than %d parts",
                           MULTIPART_PARTS_MAX)
               : 0;
}

/* Two bytes behind a delimiter. Returns how many were taken. */
static int64_t feed_line(struct multipart *form, const char *data, struct error_detail *detail)
{
    form->line[form->line_size++] = *data;
    if (form->line_size < 2)
        return 1;
    form->line_size = 0;
    int result = 0;
    if (form->part.number > 0)
        result = form->sink.end(form->sink.context, detail);
    if (result < 0)
        return result;
    if (memcmp(form->line, "\r\n", 2) == 0)
        result = begin_head(form, detail);
    else if (memcmp(form->line, "--", 2) == 0)
        form->state = MULTIPART_IN_CLOSE;
    else
        result = error_set(detail, ERR_SYNTAX,
                           "behind part %zu of the form: the boundary does not end its line",
                           form->part.number);
    return result < 0 ? result : 1;
}

/* Up to the empty line. */
static int64_t feed_head(struct multipart *form, const char *data, size_t size,
                         struct error_detail *detail)
{
    size_t used = 0;
    while (used < size) {
        if (form->head_size == MULTIPART_HEAD_MAX)
            return refuse(form, ERR_LIMIT, "its head has more than 2048 bytes", detail);
        form->head[form->head_size++] = data[used++];
        const char *end = form->head + form->head_size;
        bool empty = form->head_size == 2 && memcmp(form->head, "\r\n", 2) == 0;
        if (!empty && (form->head_size < 4 || memcmp(end - 4, "\r\n\r\n", 4) != 0))
            continue;
        form->head_size -= 2;
        int result = read_head(form, detail);
        form->state = MULTIPART_IN_BYTES;
        /* The line end before us may be the next delimiter's. */
        form->matched = form->unsent = 2;
        return result < 0 ? result : (int64_t)used;
    }
    return (int64_t)used;
}

/* What was held back for the delimiter's sake is the part's. */
static int release(struct multipart *form, struct error_detail *detail)
{
    size_t from = form->unsent, size = form->matched - from;
    form->matched = form->unsent = 0;
    return size ? form->sink.data(form->sink.context, form->delimiter + from, size, detail) : 0;
}

/* A delimiter, or bytes of a part. The carriage return stands at the delimiter's beginning alone: a
 * mismatch begins nothing but at the byte that it is seen at. */
static int64_t feed_bytes(struct multipart *form, const char *data, size_t size,
                          struct error_detail *detail)
{
    if (form->matched == 0) {
        const char *end = memchr(data, '\r', size);
        size_t plain = end ? (size_t)(end - data) : size;
        int result = plain ? form->sink.data(form->sink.context, data, plain, detail) : 0;
        form->matched = end != NULL;
        return result < 0 ? result : (int64_t)(plain + (end != NULL));
    }
    if (*data != form->delimiter[form->matched]) {
        if (form->state == MULTIPART_IN_START)
            return error_set(detail, ERR_SYNTAX, "the form does not begin with its boundary");
        return release(form, detail);
    }
    if (++form->matched == form->delimiter_size) {
        form->matched = form->unsent = 0;
        form->state = MULTIPART_IN_LINE;
    }
    return 1;
}

/* RFC 2046 5.1.1 has an epilogue, which nobody reads; a line end is common. */
static int64_t feed_close(struct multipart *form, const char *data, struct error_detail *detail)
{
    if (form->line_size == 2 || *data != "\r\n"[form->line_size])
        return error_set(detail, ERR_SYNTAX, "something stands behind the end of the form");
    form->line_size++;
    return 1;
}

static int64_t feed(struct multipart *form, const char *data, size_t size,
                    struct error_detail *detail)
{
    switch (form->state) {
    case MULTIPART_IN_LINE:
        return feed_line(form, data, detail);
    case MULTIPART_IN_HEAD:
        return feed_head(form, data, size, detail);
    case MULTIPART_IN_START:
    case MULTIPART_IN_BYTES:
        return feed_bytes(form, data, size, detail);
    case MULTIPART_IN_CLOSE:
        break;
    }
    return feed_close(form, data, detail);
}

int multipart_feed(struct multipart *form, const void *data, size_t size,
                   struct error_detail *detail)
{
    const char *at = data;
    while (form->failure == 0 && size > 0) {
        int64_t used = feed(form, at, size, detail);
        if (used < 0) {
            form->failure = (int)used;
            break;
        }
        at += used;
        size -= (size_t)used;
    }
    return form->failure;
}

int multipart_end(struct multipart *form, struct error_detail *detail)
{
    if (form->failure == 0 && form->state != MULTIPART_IN_CLOSE)
        form->failure = form->part.number == 0
                            ? error_set(detail, ERR_SYNTAX, "the form has no part")
                            : refuse(form, ERR_SYNTAX, "the form was cut off here", detail);
    return form->failure;
}
