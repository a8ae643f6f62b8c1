#include "proto/mail/report.h"

#include "base/text.h"

#include <string.h>
#include <strings.h>

const char *mail_text(struct arena *arena, const char *text, size_t size)
{
    BUFFER_CLEANUP struct buffer clean = {0};
    buffer_init(&clean, MAIL_TEXT_MAX + 4);
    size_t at = 0;
    while (at < size && clean.size < MAIL_TEXT_MAX) {
        size_t length = text_utf8_length(text + at, size - at);
        if (length == 0)
            buffer_append_text(&clean, "\xef\xbf\xbd");
        else if (length == 1 && ((unsigned char)text[at] < 0x20 || text[at] == 0x7f))
            buffer_append_text(&clean, " ");
        else
            buffer_append(&clean, text + at, length);
        at += length ? length : 1;
    }
    return buffer_error(&clean) < 0 ? NULL
                                    : arena_copy_slice(arena, buffer_text(&clean), clean.size);
}

/* One field, its folded lines still in it. */
struct field {
    const char *name, *value;
    size_t name_size, value_size;
};

struct reader {
    const char *at, *end;
    struct arena *arena;
    struct mail *mail;
    struct mail_recipient *recipient; /* of the present group */
    size_t group;                     /* 0: about the message */
};

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

/* Takes one field with its continuation lines; false for a line that is none. */
static bool take_field(struct reader *reader, struct field *field)
{
    const char *start = reader->at, *end = line_end(start, reader->end);
    const char *colon = memchr(start, ':', (size_t)(end - start));
    reader->at = end < reader->end ? end + 1 : end;
    if (!colon)
        return false;
    while (reader->at < reader->end && (*reader->at == ' ' || *reader->at == '\t')) {
        end = line_end(reader->at, reader->end);
        if (is_blank(reader->at, end))
            break;
        reader->at = end < reader->end ? end + 1 : end;
    }
    *field = (struct field){start, colon + 1, (size_t)(colon - start), (size_t)(end - colon - 1)};
    return true;
}

static bool named(const struct field *field, const char *name)
{
    return field->name_size == strlen(name) &&
           strncasecmp(field->name, name, field->name_size) == 0;
}

static void trim(const char **at, size_t *size)
{
    while (*size && strchr(" \t\r\n<", (*at)[0]) && (*at)[0]) {
        (*at)++;
        (*size)--;
    }
    while (*size && strchr(" \t\r\n>", (*at)[*size - 1]) && (*at)[*size - 1])
        (*size)--;
}

/* "rfc822; user@example": what stands behind the type, "utf-8;" and others alike. */
static const char *typed_value(struct arena *arena, const struct field *field)
{
    const char *semicolon = memchr(field->value, ';', field->value_size);
    const char *at = semicolon ? semicolon + 1 : field->value;
    size_t size = (size_t)(field->value + field->value_size - at);
    trim(&at, &size);
    return mail_text(arena, at, size);
}

static enum mail_action parse_action(const struct field *field)
{
    static const char *const words[MAIL_ACTION_COUNT] = {"",          "failed",  "delayed",
                                                         "delivered", "relayed", "expanded"};
    const char *at = field->value;
    size_t size = field->value_size;
    trim(&at, &size);
    for (size_t i = 1; i < MAIL_ACTION_COUNT; i++) {
        if (size == strlen(words[i]) && strncasecmp(at, words[i], size) == 0)
            return (enum mail_action)i;
    }
    return MAIL_ACTION_UNKNOWN;
}

static int set_text(const char **slot, const char *text)
{
    *slot = text;
    return text ? 0 : ERR_LIMIT;
}

static int put_field(struct reader *reader, const struct field *field)
{
    struct mail *mail = reader->mail;
    const char *at = field->value;
    size_t size = field->value_size;
    if (!reader->recipient) {
        if (mail->recipient_count == MAIL_RECIPIENTS_MAX)
            return ERR_LIMIT;
        reader->recipient = arena_push(reader->arena, &mail->recipients, &mail->recipient_count,
                                       sizeof *mail->recipients);
        if (!reader->recipient)
            return ERR_LIMIT;
        *reader->recipient = (struct mail_recipient){
            .final_address = "", .original_address = "", .status = "", .diagnostic = ""};
    }
    struct mail_recipient *recipient = reader->recipient;
    if (named(field, "Action"))
        recipient->action = parse_action(field);
    if (named(field, "Final-Recipient"))
        return set_text(&recipient->final_address, typed_value(reader->arena, field));
    if (named(field, "Original-Recipient"))
        return set_text(&recipient->original_address, typed_value(reader->arena, field));
    if (named(field, "Diagnostic-Code"))
        return set_text(&recipient->diagnostic, typed_value(reader->arena, field));
    trim(&at, &size);
    return named(field, "Status") ? set_text(&recipient->status, mail_text(reader->arena, at, size))
                                  : 0;
}

int report_parse(const char *text, size_t size, struct arena *arena, struct mail *mail)
{
    if (size == 0)
        return 0; /* an empty part has no text at all */
    struct reader reader = {.at = text, .end = text + size, .arena = arena, .mail = mail};
    bool in_group = false;
    int result = 0;
    while (reader.at < reader.end && result >= 0) {
        const char *end = line_end(reader.at, reader.end);
        struct field field;
        if (is_blank(reader.at, end)) {
            reader.at = end < reader.end ? end + 1 : end;
            reader.group += in_group;
            in_group = false;
            reader.recipient = NULL;
        } else if (take_field(&reader, &field)) {
            in_group = true;
            /* The group about the message has nothing that we need. */
            result = reader.group ? put_field(&reader, &field) : 0;
        }
    }
    return result;
}
