#include "proto/mail/report.h"

#include "proto/mail/field.h"

#include <string.h>
#include <strings.h>

struct reader {
    struct mail_field_reader fields;
    struct arena *arena;
    struct mail *mail;
    struct mail_recipient *recipient; /* of the present group */
    size_t group;                     /* 0: about the message */
};

/* "rfc822; user@example": what stands behind the type, "utf-8;" and others alike. */
static const char *typed_value(struct arena *arena, const struct mail_field *field)
{
    const char *semicolon = memchr(field->value, ';', field->value_size);
    const char *at = semicolon ? semicolon + 1 : field->value;
    size_t size = (size_t)(field->value + field->value_size - at);
    mail_field_trim(&at, &size);
    return mail_text(arena, at, size);
}

static enum mail_action parse_action(const struct mail_field *field)
{
    static const char *const words[MAIL_ACTION_COUNT] = {"",          "failed",  "delayed",
                                                         "delivered", "relayed", "expanded"};
    const char *at = field->value;
    size_t size = field->value_size;
    mail_field_trim(&at, &size);
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

static int put_field(struct reader *reader, const struct mail_field *field)
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
    if (mail_field_named(field, "Action"))
        recipient->action = parse_action(field);
    if (mail_field_named(field, "Final-Recipient"))
        return set_text(&recipient->final_address, typed_value(reader->arena, field));
    if (mail_field_named(field, "Original-Recipient"))
        return set_text(&recipient->original_address, typed_value(reader->arena, field));
    if (mail_field_named(field, "Diagnostic-Code"))
        return set_text(&recipient->diagnostic, typed_value(reader->arena, field));
    mail_field_trim(&at, &size);
    return mail_field_named(field, "Status")
               ? set_text(&recipient->status, mail_text(reader->arena, at, size))
               : 0;
}

int report_parse(const char *text, size_t size, struct arena *arena, struct mail *mail)
{
    if (size == 0)
        return 0; /* an empty part has no text at all */
    struct reader reader = {.fields = {text, text + size}, .arena = arena, .mail = mail};
    struct mail_field field;
    enum mail_field_line line;
    bool in_group = false;
    int result = 0;
    while (result >= 0 && (line = mail_field_next(&reader.fields, &field)) != MAIL_FIELD_END) {
        if (line == MAIL_FIELD_BLANK) {
            reader.group += in_group;
            in_group = false;
            reader.recipient = NULL;
        } else if (line == MAIL_FIELD_TAKEN) {
            in_group = true;
            /* The group about the message has nothing that we need. */
            result = reader.group ? put_field(&reader, &field) : 0;
        }
    }
    return result;
}
