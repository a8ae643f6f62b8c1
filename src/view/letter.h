/* Letters: a template of the rulebook and a context -> the final bytes of the mail.
 *
 * A template is Markdown with front matter between two lines `---`: `subject:` is wanted, other
 * keys are left to the rulebook. The placeholders are letter_placeholders; all of them must be in
 * the context (null, "" or [] where there is nothing), so that a typing error never leaves a hole
 * in a letter.
 *
 * Invariants: same input, same bytes. Nothing in the context can add a header or a line. Lines are
 * wrapped at 78 columns where blanks allow it and never exceed 998 bytes (RFC 5322 2.1.1). Body:
 * text/plain; charset=utf-8, 7bit or quoted-printable (RFC 2045 6.7), since a relay need not know
 * 8BITMIME. Subjects outside ASCII are encoded by RFC 2047. Dates are in UTC. A letter in two
 * languages is multipart/mixed (RFC 2046 5.1.3), the record first, each part with its
 * Content-Language (RFC 3282). */
#ifndef BAILIWICK_VIEW_LETTER_H
#define BAILIWICK_VIEW_LETTER_H

#include "base/buffer.h"
#include "base/digest.h"
#include "base/error.h"
#include "base/json.h"
#include "model/vocabulary.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    LETTER_MAX = 1 << 20,     /* a letter of some hundred pages is a mistake */
    LETTER_SUBJECT_MAX = 800, /* fits the header after encoding */
    LETTER_ADDRESS_MAX = 254, /* RFC 5321 4.5.3.1.3, without the angle brackets */
};

extern const struct vocabulary_row letter_placeholders[];
extern const size_t letter_placeholder_count;

struct letter_request {
    const char *template_text; /* with front matter */
    size_t template_size;
    const json_t *context;
    const char *from, *to;           /* bare addresses, ASCII */
    const char *from_name, *to_name; /* for people; NULL for none */
    const char *message_id;          /* without the angle brackets: "c-12.n1@authority.example" */
    const char *in_reply_to;         /* the same form; NULL for none */
    const char *language;            /* of the template, BCP 47; needed beside a translation */
    /* The same letter in another language: a second part of the mail. NULL for none. */
    const char *translation_text;
    size_t translation_size;
    const char *translation_language;
    int64_t date;   /* wall time, microseconds UTC */
    bool automatic; /* no person decided: Auto-Submitted: auto-generated (RFC 3834 5) */
    bool replies;   /* with `automatic`: a machine answers a mail that came in: auto-replied */
};

struct letter {
    char subject[LETTER_SUBJECT_MAX + 1]; /* UTF-8 */
    struct buffer message;                /* RFC 5322, CRLF */
    struct buffer text;                   /* the body as people read it, LF */
    struct digest digest;                 /* SHA-256 of `message`, which holds both languages */
    struct buffer translation;            /* the body in the other language, LF; empty for none */
    struct digest translation_digest;     /* SHA-256 of `translation`; zero for none */
};

/* ERR_SYNTAX for template or addresses, ERR_NOT_FOUND for a placeholder that the context lacks,
 * ERR_LIMIT. */
int letter_render(const struct letter_request *request, struct letter *ret_letter,
                  struct error_detail *detail);
void letter_done(struct letter *letter);

/* Is this a bare address that may stand in a header and in SMTP: local@domain of RFC 5321 without
 * quoted forms, ASCII. */
bool letter_address_valid(const char *address);

#define LETTER_CLEANUP __attribute__((cleanup(letter_done)))

#endif
