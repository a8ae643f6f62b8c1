/* What shows that somebody was told: a mail as it was sent, its print-out, or what a form answered.
 *
 * Only lines of the kind "label: value" are looked at, in the languages of the list below, and
 * nothing is decoded: a mail keeps who, when and to whom in plain sight (RFC 5322 3.6). Days that
 * can be read in two ways ("1/2/2027") are none. */
#ifndef BAILIWICK_PROTO_MAIL_SENT_H
#define BAILIWICK_PROTO_MAIL_SENT_H

#include "base/arena.h"
#include "base/buffer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SENT_READ_MAX = 96 << 10, /* what follows is not looked at: heads of mails stand in front */
    SENT_DAYS_MAX = 8,
    SENT_ADDRESSES_MAX = 16,
    SENT_NAMES_MAX = 8,
    SENT_ADDRESS_BYTES = 254, /* RFC 5321 4.5.3.1.3 */
    SENT_FACTS_MAX = 16 << 10,
};

struct sent {
    int32_t days[SENT_DAYS_MAX]; /* on which it says that it was sent or received, UTC left aside */
    size_t day_count;
    const char *addresses[SENT_ADDRESSES_MAX]; /* from, to and cc, lower case */
    size_t address_count;
    bool named; /* one of the names that were asked about stands in it */
};

struct sent_question {
    const char *text;
    size_t size;
    const char *const *names;
    size_t name_count;
};

/* `names` are looked for without regard to the case of ASCII letters; shorter ones than four bytes
 * are not looked for. ERR_LIMIT when the arena is full. */
int sent_read(const struct sent_question *question, struct arena *arena, struct sent *ret_sent);

/* One form (CBOR) for the pipe between processes, of the answer and of the question. Decoding
 * refuses what encoding does not write (ERR_SYNTAX, ERR_LIMIT). Texts live in the arena; those of a
 * question are borrowed. */
int sent_encode(const struct sent *sent, struct buffer *out);
int sent_decode(const void *bytes, size_t size, struct arena *arena, struct sent *ret_sent);

int sent_question_encode(const struct sent_question *question, struct buffer *out);
int sent_question_decode(const void *bytes, size_t size, struct arena *arena,
                         struct sent_question *ret_question);

#endif
