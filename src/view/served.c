#include "view/served.h"

#include "view/letter.h"
#include "view/mail_text.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* --- reading --- */

static const char encoding_header[] = "\r\nContent-Transfer-Encoding: ";

static int hex_value(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* CRLF becomes LF; where quoted, =XX a byte and = at the end of a line nothing (RFC 2045 6.7). */
static int decode(const uint8_t *at, const uint8_t *end, bool quoted, struct buffer *out)
{
    while (at < end) {
        if (end - at >= 2 && at[0] == '\r' && at[1] == '\n') {
            buffer_append_byte(out, '\n');
            at += 2;
        } else if (quoted && *at == '=') {
            if (end - at < 3)
                return ERR_DAMAGED;
            int high = hex_value(at[1]), low = hex_value(at[2]);
            if (high >= 0 && low >= 0)
                buffer_append_byte(out, (uint8_t)(high << 4 | low));
            else if (at[1] != '\r' || at[2] != '\n')
                return ERR_DAMAGED;
            at += 3;
        } else {
            buffer_append_byte(out, *at++);
        }
    }
    return buffer_error(out);
}

/* The header as letter_render() writes it must stand in these bytes. */
static bool has_subject(const void *head, size_t size, const char *subject)
{
    BUFFER_CLEANUP struct buffer line;
    buffer_init(&line, LETTER_MAX);
    buffer_append_text(&line, "\r\nSubject: ");
    mail_text_put_header(subject, strlen("Subject: "), &line);
    buffer_append_text(&line, "\r\n");
    return buffer_error(&line) >= 0 && memmem(head, size, line.data, line.size);
}

int served_read(const void *bytes, size_t size, const char *subject, struct buffer *ret_text,
                struct error_detail *detail)
{
    const uint8_t *start = bytes, *body = memmem(bytes, size, "\r\n\r\n", 4);
    size_t head = body ? (size_t)(body - start) : 0;
    const char *encoding =
        body ? memmem(bytes, head, encoding_header, sizeof encoding_header - 1) : NULL;
    if (!encoding)
        return error_set(detail, ERR_DAMAGED, "these bytes are no letter of ours");
    if (!has_subject(bytes, head, subject))
        return error_set(detail, ERR_DAMAGED, "the letter has another subject than '%s'", subject);
    encoding += sizeof encoding_header - 1;
    bool quoted = strncmp(encoding, "quoted-printable", strlen("quoted-printable")) == 0;
    int result = decode(body + 4, start + size, quoted, ret_text);
    return result < 0 ? error_set(detail, result, "the letter's body: %s", error_text(result)) : 0;
}

/* --- redacting --- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\t';
}

/* How many bytes of the text these words are; 0 when it says something else. */
static size_t match(const char *text, const char *words)
{
    const char *at = text;
    while (*words) {
        if (is_blank(*words)) {
            if (!is_blank(*at))
                return 0;
            at += strspn(at, " \n\t");
            words += strspn(words, " \n\t");
        } else if (*at++ != *words++) {
            return 0;
        }
    }
    return (size_t)(at - text);
}

int served_find(const char *text, const char *words, struct arena *arena,
                struct served_range **ret_ranges, size_t *ret_count)
{
    struct served_range *ranges = NULL;
    size_t count = 0;
    for (const char *at = text; *at && *words;) {
        size_t size = match(at, words);
        if (size) {
            struct served_range *slot =
                count < SERVED_RANGES_MAX ? arena_push(arena, &ranges, &count, sizeof *slot) : NULL;
            if (!slot)
                return ERR_LIMIT;
            *slot = (struct served_range){(size_t)(at - text), size};
        }
        at += size ? size : 1;
    }
    *ret_ranges = ranges;
    *ret_count = count;
    return count ? 0 : ERR_NOT_FOUND;
}

static bool is_hidden(size_t at, const struct served_range *ranges, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (at >= ranges[i].start && at - ranges[i].start < ranges[i].size)
            return true;
    }
    return false;
}

int served_redact(const char *text, const struct served_range *ranges, size_t count,
                  struct buffer *out)
{
    bool hidden = false;
    for (size_t i = 0; text[i]; i++) {
        bool was = hidden;
        hidden = is_hidden(i, ranges, count);
        if (!hidden)
            buffer_append_byte(out, (uint8_t)text[i]);
        else if (!was)
            buffer_append_text(out, SERVED_MARK);
    }
    return buffer_error(out);
}

int served_ranges_format(const struct served_range *ranges, size_t count, struct buffer *out)
{
    for (size_t i = 0; i < count; i++)
        buffer_printf(out, "%s%zu+%zu", i ? " " : "", ranges[i].start, ranges[i].size);
    return buffer_error(out);
}

int served_ranges_parse(const char *text, struct arena *arena, struct served_range **ret_ranges,
                        size_t *ret_count)
{
    struct served_range *ranges = NULL;
    size_t count = 0;
    while (*text) {
        char *plus, *end;
        size_t start = strtoul(text, &plus, 10);
        if (plus == text || *plus != '+' || count == SERVED_RANGES_MAX)
            return ERR_SYNTAX;
        size_t size = strtoul(plus + 1, &end, 10);
        if (end == plus + 1 || (*end && *end != ' '))
            return ERR_SYNTAX;
        struct served_range *slot = arena_push(arena, &ranges, &count, sizeof *slot);
        if (!slot)
            return ERR_LIMIT;
        *slot = (struct served_range){start, size};
        text = *end ? end + 1 : end;
    }
    *ret_ranges = ranges;
    *ret_count = count;
    return 0;
}
