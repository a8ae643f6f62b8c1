/* Fields of the machine's part of a report (RFC 3464 2.1.1, RFC 5965 3): `Name: value`, values
 * folded over several lines. Used by this room only. */
#ifndef BAILIWICK_PROTO_MAIL_FIELD_H
#define BAILIWICK_PROTO_MAIL_FIELD_H

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>

struct mail_field {
    const char *name, *value; /* in the bytes; the value with its folded lines */
    size_t name_size, value_size;
};

struct mail_field_reader {
    const char *at, *end;
};

enum mail_field_line { MAIL_FIELD_END, MAIL_FIELD_BLANK, MAIL_FIELD_OTHER, MAIL_FIELD_TAKEN };

/* The next line, with those that continue it. */
enum mail_field_line mail_field_next(struct mail_field_reader *reader,
                                     struct mail_field *ret_field);

bool mail_field_named(const struct mail_field *field, const char *name); /* in any case */

/* Takes blanks, ends of lines and angle brackets away at both ends. */
void mail_field_trim(const char **at, size_t *size);

/* A copy without control characters, trimmed. NULL when the arena is full. */
const char *mail_field_text(struct arena *arena, const struct mail_field *field);

/* A copy of at most `most` bytes, not in the middle of a character: UTF-8 (what is not becomes
 * U+FFFD), one blank for each control character but, with `lines`, LF. NULL when the arena is full.
 */
const char *mail_clean(struct arena *arena, const char *text, size_t size, size_t most, bool lines);

/* The same for one line of MAIL_TEXT_MAX bytes. */
const char *mail_text(struct arena *arena, const char *text, size_t size);

#endif
