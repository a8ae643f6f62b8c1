#include "view/calendar_feed.h"

#include "base/civil.h"

enum { LINE_OCTETS = 75, VALUE_MAX = 4096 };

/* RFC 5545 3.1: longer lines go on after a break and a blank; never within a character. */
static void put_line(const char *text, struct buffer *out)
{
    size_t used = 0;
    for (const char *at = text; *at; at++) {
        size_t more = 1;
        while ((at[more] & 0xc0) == 0x80)
            more++;
        if (used + more > LINE_OCTETS) {
            buffer_append_text(out, "\r\n ");
            used = 1;
        }
        buffer_append(out, at, more);
        used += more;
        at += more - 1;
    }
    buffer_append_text(out, "\r\n");
}

/* RFC 5545 3.3.11. Other control characters may not stand in a text at all. */
static void put_text(const char *text, struct buffer *line)
{
    for (const char *at = text; *at; at++) {
        unsigned char c = (unsigned char)*at;
        if (c == '\n')
            buffer_append_text(line, "\\n");
        else if (c == '\\' || c == ';' || c == ',')
            buffer_printf(line, "\\%c", c);
        else if (c >= 0x20 && c != 0x7f)
            buffer_append_byte(line, c);
    }
}

/* `parts` are texts that follow each other in the value; NULL ends them. */
static int put_property(const char *name, const char *const *parts, struct buffer *out)
{
    struct buffer line BUFFER_CLEANUP = {0};
    buffer_init(&line, VALUE_MAX);
    buffer_printf(&line, "%s:", name);
    for (size_t i = 0; parts[i]; i++)
        put_text(parts[i], &line);
    if (buffer_error(&line) == 0)
        put_line(buffer_text(&line), out);
    return buffer_error(&line);
}

/* RFC 5545 3.3.5, form 2. */
static int put_moment(const char *name, const char *text, struct buffer *out)
{
    int64_t instant;
    if (civil_parse_instant(text, &instant) < 0)
        return ERR_SYNTAX;
    struct civil at = civil_from_instant(instant);
    buffer_printf(out, "%s:%04d%02d%02dT%02d%02d%02dZ\r\n", name, at.year, at.month, at.day,
                  at.hour, at.minute, at.second);
    return 0;
}

static int put_event(const json_t *row, struct buffer *out)
{
    const char *id = json_text(row, "case"), *rule = json_text(row, "rule"),
               *party = json_text(row, "party"), *stage = json_text(row, "stage"),
               *due = json_text(row, "due_at"), *updated = json_text(row, "updated_at");
    if (!id || !rule || !party || !stage || !due || !updated)
        return ERR_SYNTAX;
    buffer_append_text(out, "BEGIN:VEVENT\r\n");
    int result = put_property("UID", (const char *[]){id, ".", rule, "@bailiwick", NULL}, out);
    if (result >= 0)
        result = put_moment("DTSTAMP", updated, out);
    if (result >= 0)
        result = put_moment("DTSTART", due, out);
    if (result >= 0)
        result = put_property(
            "SUMMARY", (const char *[]){id, ": ", stage, " (", party, ", ", rule, ")", NULL}, out);
    buffer_printf(out, "SEQUENCE:%lld\r\n", (long long)json_number(row, "seq", 0));
    buffer_append_text(out, "CLASS:CONFIDENTIAL\r\nTRANSP:TRANSPARENT\r\nEND:VEVENT\r\n");
    return result;
}

int calendar_feed_write(const json_t *list, struct buffer *out, struct error_detail *detail)
{
    size_t index;
    json_t *row;
    buffer_append_text(out, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"
                            "PRODID:-//bailiwick//deadlines//EN\r\nCALSCALE:GREGORIAN\r\n"
                            "METHOD:PUBLISH\r\n");
    json_array_foreach(json_object_get(list, "deadlines"), index, row)
    {
        int result = put_event(row, out);
        if (result < 0)
            return error_set(detail, result, "deadline %zu of the feed: %s", index,
                             error_text(result));
    }
    buffer_append_text(out, "END:VCALENDAR\r\n");
    return buffer_error(out);
}
