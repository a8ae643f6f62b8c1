#include "view/mail_text.h"

#include "base/digest.h"

#include <stdint.h>
#include <string.h>

/* --- paragraphs --- */

struct filler {
    struct buffer *out;
    size_t column;   /* in characters */
    char indent[24]; /* of lines after the first */
    bool open;       /* a paragraph has begun */
    bool blank;      /* a blank line is owed before the next one */
};

struct line {
    const char *text;
    size_t size;
};

static size_t characters(const char *text, size_t size)
{
    size_t count = 0;
    for (size_t i = 0; i < size; i++)
        count += ((uint8_t)text[i] & 0xc0) != 0x80;
    return count;
}

static void end_paragraph(struct filler *filler)
{
    if (filler->open)
        buffer_append_byte(filler->out, '\n');
    filler->open = false;
    filler->column = 0;
}

static size_t blanks_at_start(const struct line *line)
{
    size_t blanks = 0;
    while (blanks < line->size && line->text[blanks] == ' ')
        blanks++;
    return blanks;
}

/* Width of "- ", "* ", "12. " or "> " at `at`, 0 when there is none. */
static size_t marker_width(const char *text, size_t size)
{
    size_t width = 0;
    while (width < size && width < 4 && text[width] >= '0' && text[width] <= '9')
        width++;
    if (width && width < size && (text[width] == '.' || text[width] == ')'))
        width++;
    else if (!width && size && strchr("-*+>", text[0]))
        width = 1;
    else
        return 0;
    return width < size && text[width] == ' ' ? width + 1 : 0;
}

static bool starts_block(const struct line *line)
{
    size_t blanks = blanks_at_start(line);
    const char *at = line->text + blanks;
    return marker_width(at, line->size - blanks) || *at == '#' || *at == '|';
}

static void put_word(struct filler *filler, const char *word, size_t size)
{
    size_t width = characters(word, size);
    size_t indent = strlen(filler->indent);
    if (filler->column > indent && filler->column + 1 + width > MAIL_COLUMNS) {
        buffer_append_byte(filler->out, '\n');
        buffer_append_text(filler->out, filler->indent);
        filler->column = indent;
    } else if (filler->column > indent) {
        buffer_append_byte(filler->out, ' ');
        filler->column++;
    }
    buffer_append(filler->out, word, size);
    filler->column += width;
}

/* Writes indentation and marker, and remembers how later lines are indented. */
static size_t begin_paragraph(struct filler *filler, const struct line *line)
{
    size_t blanks = blanks_at_start(line), start = blanks;
    if (blanks > 8)
        blanks = 8;
    size_t marker = marker_width(line->text + start, line->size - start);
    memset(filler->indent, ' ', blanks + marker);
    if (marker && line->text[start] == '>')
        filler->indent[blanks] = '>';
    filler->indent[blanks + marker] = '\0';
    buffer_append(filler->out, filler->indent, blanks);
    buffer_append(filler->out, line->text + start, marker);
    filler->column = blanks + marker;
    filler->open = true;
    return start + marker;
}

static void put_words(struct filler *filler, const struct line *line, size_t from)
{
    size_t at = from;
    while (at < line->size) {
        while (at < line->size && line->text[at] == ' ')
            at++;
        size_t start = at;
        while (at < line->size && line->text[at] != ' ')
            at++;
        if (at > start)
            put_word(filler, line->text + start, at - start);
    }
}

/* Takes the mark of a hard line end off; true when there was one. */
static bool take_hard_end(struct line *line)
{
    bool hard = line->size >= 2 && memcmp(line->text + line->size - 2, "  ", 2) == 0;
    while (line->size && line->text[line->size - 1] == ' ')
        line->size--;
    if (line->size && line->text[line->size - 1] == '\\') {
        line->size--;
        hard = true;
    }
    return hard;
}

static void fill_line(struct filler *filler, struct line line)
{
    bool hard = take_hard_end(&line);
    if (!line.size) {
        end_paragraph(filler);
        filler->blank = filler->out->size > 0;
        return;
    }
    if (filler->open && starts_block(&line))
        end_paragraph(filler);
    if (filler->blank && !filler->open)
        buffer_append_byte(filler->out, '\n');
    filler->blank = false;
    if (line.text[blanks_at_start(&line)] == '|') {
        buffer_append(filler->out, line.text, line.size);
        filler->open = true;
        hard = true;
    } else {
        size_t from = filler->open ? 0 : begin_paragraph(filler, &line);
        put_words(filler, &line, from);
    }
    if (hard || line.text[0] == '#')
        end_paragraph(filler);
}

void mail_text_fill(const char *text, size_t size, struct buffer *out)
{
    struct filler filler = {.out = out};
    const char *at = text, *end = text + size;
    while (at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        stop = stop ? stop : end;
        size_t length = (size_t)(stop - at);
        length -= length && at[length - 1] == '\r';
        fill_line(&filler, (struct line){at, length});
        at = stop + 1;
    }
    end_paragraph(&filler);
}

/* --- content --- */

bool mail_text_is_plain(const char *text, size_t size)
{
    size_t length = 0;
    for (size_t i = 0; i < size; i++) {
        uint8_t c = (uint8_t)text[i];
        if (c >= 0x7f || (c < 0x20 && c != '\n'))
            return false;
        if (length == 0 && size - i >= 5 && memcmp(text + i, "From ", 5) == 0)
            return false;
        length = c == '\n' ? 0 : length + 1;
        if (length > MAIL_LINE_MAX)
            return false;
    }
    return true;
}

void mail_text_put_plain(const char *text, size_t size, struct buffer *out)
{
    const char *end = text + size;
    while (text < end) {
        const char *stop = memchr(text, '\n', (size_t)(end - text));
        buffer_append(out, text, (size_t)((stop ? stop : end) - text));
        if (stop)
            buffer_append_text(out, "\r\n");
        text = stop ? stop + 1 : end;
    }
}

void mail_text_put_quoted(const char *text, size_t size, struct buffer *out)
{
    size_t column = 0;
    for (size_t i = 0; i < size; i++) {
        uint8_t c = (uint8_t)text[i];
        if (c == '\n') {
            buffer_append_text(out, "\r\n");
            column = 0;
            continue;
        }
        bool line_ends = i + 1 == size || text[i + 1] == '\n';
        bool from = column == 0 && size - i >= 5 && memcmp(text + i, "From ", 5) == 0;
        bool literal = c >= 0x20 && c < 0x7f && c != '=' && !(c == ' ' && line_ends) && !from &&
                       !(column == 0 && c == '.');
        size_t width = literal ? 1 : 3;
        if (column + width > MAIL_QUOTED_MAX - 1) { /* one column for the soft line end's '=' */
            buffer_append_text(out, "=\r\n");
            column = 0;
        }
        if (literal)
            buffer_append_byte(out, c);
        else
            buffer_printf(out, "=%02X", (unsigned)c);
        column += width;
    }
}

/* --- headers --- */

bool mail_text_needs_encoding(const char *text)
{
    for (const char *at = text; *at; at++) {
        if ((uint8_t)*at >= 0x7f || (uint8_t)*at < 0x20)
            return true;
    }
    return strstr(text, "=?") != NULL;
}

/* Encoded words of at most 75 characters (RFC 2047 2): 45 bytes each, cut between characters. */
static void put_encoded(const char *text, struct buffer *out)
{
    enum { PIECE = 42 }; /* the first one shares its line with the header's name */
    size_t left = strlen(text);
    while (left) {
        size_t size = left < PIECE ? left : PIECE;
        while (size < left && size > 1 && ((uint8_t)text[size] & 0xc0) == 0x80)
            size--;
        char encoded[BASE64_ROOM(PIECE)];
        buffer_printf(out, "=?UTF-8?B?%s?=", base64_format(text, size, encoded, sizeof encoded));
        text += size;
        left -= size;
        if (left)
            buffer_append_text(out, "\r\n ");
    }
}

static void put_folded(const char *text, size_t column, struct buffer *out)
{
    bool first = true;
    while (*text) {
        size_t size = strcspn(text, " ");
        if (!first && column + 1 + size > MAIL_COLUMNS) {
            buffer_append_text(out, "\r\n ");
            column = 1;
        } else if (!first) {
            buffer_append_byte(out, ' ');
            column++;
        }
        buffer_append(out, text, size);
        column += size;
        first = false;
        text += size;
        text += *text == ' ';
    }
}

void mail_text_put_header(const char *text, size_t column, struct buffer *out)
{
    if (mail_text_needs_encoding(text))
        put_encoded(text, out);
    else
        put_folded(text, column, out);
}
