#include "proto/mail/field.h"

#include "base/buffer.h"
#include "base/text.h"
#include "proto/mail/message.h"

#include <string.h>
#include <strings.h>

const char *mail_clean(struct arena *arena, const char *text, size_t size, size_t most, bool lines)
{
    BUFFER_CLEANUP struct buffer clean = {0};
    buffer_init(&clean, most + 4);
    size_t at = 0;
    while (at < size && clean.size < most) {
        size_t length = text_utf8_length(text + at, size - at);
        if (length == 0)
            buffer_append_text(&clean, "\xef\xbf\xbd");
        else if (length == 1 && ((unsigned char)text[at] < 0x20 || text[at] == 0x7f))
            buffer_append_text(&clean, lines && text[at] == '\n' ? "\n" : " ");
        else
            buffer_append(&clean, text + at, length);
        at += length ? length : 1;
    }
    return buffer_error(&clean) < 0 ? NULL
                                    : arena_copy_slice(arena, buffer_text(&clean), clean.size);
}

const char *mail_text(struct arena *arena, const char *text, size_t size)
{
    return mail_clean(arena, text, size, MAIL_TEXT_MAX, /* lines= */ false);
}

static const char *line_end(const char *at, const char *end)
{
    const char *newline = memchr(at, '\n', (size_t)(end - at));
    return newline ? newline : end;
}

static bool is_blank(const char *at, const char *end)
{
    while (at < end && (*at == ' ' || *at == '\t' || *at == '\r'))
        at++;
    return at == end;
}

enum mail_field_line mail_field_next(struct mail_field_reader *reader, struct mail_field *ret_field)
{
    if (reader->at >= reader->end)
        return MAIL_FIELD_END;
    const char *start = reader->at, *end = line_end(start, reader->end);
    reader->at = end < reader->end ? end + 1 : end;
    if (is_blank(start, end))
        return MAIL_FIELD_BLANK;
    const char *colon = memchr(start, ':', (size_t)(end - start));
    if (!colon)
        return MAIL_FIELD_OTHER;
    while (reader->at < reader->end && (*reader->at == ' ' || *reader->at == '\t')) {
        end = line_end(reader->at, reader->end);
        if (is_blank(reader->at, end))
            break;
        reader->at = end < reader->end ? end + 1 : end;
    }
    *ret_field =
        (struct mail_field){start, colon + 1, (size_t)(colon - start), (size_t)(end - colon - 1)};
    return MAIL_FIELD_TAKEN;
}

bool mail_field_named(const struct mail_field *field, const char *name)
{
    return field->name_size == strlen(name) &&
           strncasecmp(field->name, name, field->name_size) == 0;
}

void mail_field_trim(const char **at, size_t *size)
{
    while (*size && strchr(" \t\r\n<", (*at)[0]) && (*at)[0]) {
        (*at)++;
        (*size)--;
    }
    while (*size && strchr(" \t\r\n>", (*at)[*size - 1]) && (*at)[*size - 1])
        (*size)--;
}

const char *mail_field_text(struct arena *arena, const struct mail_field *field)
{
    const char *at = field->value;
    size_t size = field->value_size;
    mail_field_trim(&at, &size);
    return mail_text(arena, at, size);
}
