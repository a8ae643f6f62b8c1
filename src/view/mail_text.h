/* Text as mail wants it: filled paragraphs, quoted-printable, encoded headers. For letter.c. */
#ifndef BAILIWICK_VIEW_MAIL_TEXT_H
#define BAILIWICK_VIEW_MAIL_TEXT_H

#include "base/buffer.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    MAIL_COLUMNS = 78,    /* RFC 5322 2.1.1, should */
    MAIL_LINE_MAX = 998,  /* RFC 5322 2.1.1, must */
    MAIL_QUOTED_MAX = 76, /* RFC 2045 6.7 (5) */
};

/* Fills the paragraphs of a Markdown text: lines of one paragraph are joined and broken again at
 * blanks, list items keep their indentation, a line ending in a backslash or two blanks ends there,
 * table lines stay as they are. Ends with exactly one line end. Never breaks a word. */
void mail_text_fill(const char *text, size_t size, struct buffer *out);

/* Can the text (LF) travel as 7bit: ASCII, no line too long, none that some program would change?
 */
bool mail_text_is_plain(const char *text, size_t size);

/* LF to CRLF, as it is or as quoted-printable. */
void mail_text_put_plain(const char *text, size_t size, struct buffer *out);
void mail_text_put_quoted(const char *text, size_t size, struct buffer *out);

/* The value of an unstructured header or a phrase: folded words when ASCII, else encoded words
 * (RFC 2047, UTF-8, base64). `column` is how much of the line is used already. The text must be
 * free of control characters. */
void mail_text_put_header(const char *text, size_t column, struct buffer *out);

/* Does the header's text need RFC 2047? */
bool mail_text_needs_encoding(const char *text);

#endif
