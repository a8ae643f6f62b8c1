/* Small things about text that several rooms need. Locale never matters: ASCII rules only. */
#ifndef BAILIWICK_BASE_TEXT_H
#define BAILIWICK_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Position of `text` in a list of texts, ERR_NOT_FOUND when it is not there. */
int text_index(const char *const *texts, size_t count, const char *text);

bool text_equal_nocase(const char *a, const char *b); /* ASCII letters only */
bool text_starts_with(const char *text, const char *start);
bool text_ends_with(const char *text, const char *end);

/* Lower-cases ASCII letters in place. */
void text_lower(char *text);

enum { TEXT_DOMAIN_MAX = 253 };

/* A domain name in ASCII and lower case (RFC 1035 2.3.4; other scripts as A-labels, RFC 5890), no
 * dot at its end: labels of 1 to 63 letters, digits, hyphens and low lines. */
bool text_domain_valid(const char *name);

/* Length of the UTF-8 sequence at `text` (1 to 4), 0 when it is not well formed (RFC 3629). `left`
 * bytes are there, at least one. */
size_t text_utf8_length(const char *text, size_t left);

/* How many bytes stand at `text` that would steer a terminal, turn a line or break it: a control
 * character (C0 with tab and line end, DEL, and C1 in UTF-8), U+2028, U+2029, or one of Unicode's
 * Bidi_Control (UAX 9). 0 for anything else, and for bytes that are no UTF-8. */
size_t text_steers(const char *text);

/* Whole decimal number in [least, most]; no sign but '-', no blanks. ERR_SYNTAX or ERR_LIMIT. */
int text_parse_int(const char *text, int64_t least, int64_t most, int64_t *ret_value);

#endif
