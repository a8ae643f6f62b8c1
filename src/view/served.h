/* What a served letter says: the words of the mail that letter_render() made, read from its bytes
 * again, so that what the public sees of a letter comes from what was sent and from nothing else.
 *
 * A redaction hides passages of the text: each is a range of its bytes, and SERVED_MARK stands for
 * what lies in it, whatever its length. */
#ifndef BAILIWICK_VIEW_SERVED_H
#define BAILIWICK_VIEW_SERVED_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

#define SERVED_MARK "[redacted]"

struct served_range {
    size_t start, size;
};

enum { SERVED_RANGES_MAX = 100 }; /* of one redaction; a letter with more is not one to publish */

/* The body as people read it (LF). ERR_DAMAGED when these are no bytes of letter_render(), or none
 * with this subject. */
int served_read(const void *bytes, size_t size, const char *subject, struct buffer *ret_text,
                struct error_detail *detail);

/* Every place where the text has these words; any run of blanks and line ends is like any other.
 * ERR_NOT_FOUND, ERR_LIMIT. */
int served_find(const char *text, const char *words, struct arena *arena,
                struct served_range **ret_ranges, size_t *ret_count);

/* Appends the text with the ranges hidden. Ranges may overlap and lie in any order. */
int served_redact(const char *text, const struct served_range *ranges, size_t count,
                  struct buffer *out);

/* "12+5 80+5", the form in which ranges are kept and logged. */
int served_ranges_format(const struct served_range *ranges, size_t count, struct buffer *out);
int served_ranges_parse(const char *text, struct arena *arena, struct served_range **ret_ranges,
                        size_t *ret_count); /* ERR_SYNTAX */

#endif
