/* Mail that came in, as far as the program has to know it: who wrote, what it refers to, whether a
 * machine wrote it, its words, and what a report says (RFC 5322, 2045-2049, 3464, 8098, 3834,
 * 5965).
 *
 * Nothing is rendered, decoded for display or executed. The first MAIL_READ_MAX bytes are looked
 * at, and only as many of them as hold MAIL_DASHES_MAX lines that could be a boundary and
 * MAIL_COLONS_MAX colons: every limit on parts, headers and nesting follows from that. Where a part
 * is an X-ARF file, MAIL_FILE_MAX and MAIL_FILE_DASHES_MAX take their place. The worst mail takes
 * some 50 ms, with such a file half a second; what lies behind is kept by the caller unread. All
 * texts are UTF-8 without control characters but LF. */
#ifndef BAILIWICK_PROTO_MAIL_MESSAGE_H
#define BAILIWICK_PROTO_MAIL_MESSAGE_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "model/abuse_report.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    MAIL_SIZE_MAX = 25 << 20, /* what large mail services take */
    MAIL_READ_MAX =
        96 << 10,            /* reports stand at the front; the words before one have up to 60 KB */
    MAIL_DASHES_MAX = 1000,  /* lines "--...", which may begin a part; what follows is not read */
    MAIL_COLONS_MAX = 5000,  /* each may make a header field; text has one in some hundred bytes */
    MAIL_HEADERS_MAX = 1000, /* of the message; real ones have below 100 */
    MAIL_PARTS_MAX = 200,    /* children of the message; a report has three */
    MAIL_REFERENCES_MAX = 100, /* named messages; long threads are cut by mail programs */
    MAIL_RECIPIENTS_MAX = 100, /* of a report; our letters have one */
    MAIL_TEXT_MAX = 998,       /* one line of RFC 5322; longer texts are cut, longer ids dropped */
    MAIL_FILE_MAX = 12 << 20,  /* where an X-ARF file is attached: 5 MiB of evidence, coded twice */
    MAIL_FILE_DASHES_MAX = 50, /* then; such mail has some three parts */
    MAIL_WORDS_MAX = 16384,  /* of the body; what is longer is cut, the mail itself is kept whole */
    MAIL_NAMES_MAX = 50,     /* domain names in the words; more stand in the mail */
    MAIL_RECEIVED_MAX = 100, /* Received fields: RFC 5321 6.3 takes as many for a loop */
    MAIL_FACTS_MAX = 1 << 20, /* the encoded form of the largest struct mail */
};

enum mail_kind {
    MAIL_ORDINARY,
    MAIL_DELIVERY_STATUS, /* RFC 3464 */
    MAIL_DISPOSITION,     /* RFC 8098: read, deleted, ... */
    MAIL_ABUSE_REPORT,    /* RFC 5965 or X-ARF; `report`, or `fault` */
    MAIL_KIND_COUNT
};

/* RFC 3464 2.3.3 */
enum mail_action {
    MAIL_ACTION_UNKNOWN,
    MAIL_FAILED,
    MAIL_DELAYED,
    MAIL_DELIVERED,
    MAIL_RELAYED,
    MAIL_EXPANDED,
    MAIL_ACTION_COUNT
};

struct mail_recipient {
    enum mail_action action;
    const char *final_address;    /* "" when not said */
    const char *original_address; /* as the sender wrote it; "" when not said */
    const char *status;           /* "5.1.1" */
    const char *diagnostic;       /* words of the mail server */
};

struct mail {
    enum mail_kind kind;
    bool automatic;          /* RFC 3834, or mailing list, bulk mail, and mail that goes round */
    bool unanswerable;       /* its sender wants no automatic answer, or reads none */
    const char *sender;      /* address of the author; "" when there is none */
    const char *sender_name; /* for people, decoded; "" when there is none */
    const char *subject;     /* decoded */
    const char *message_id;  /* without angle brackets; "" when there is none */
    const char **references; /* In-Reply-To, then References, without angle brackets */
    size_t reference_count;
    const char *words;    /* the body as plain text, lines ended by LF; "" when it has none */
    const char *language; /* BCP 47, by the script of most of its letters: "ar"; "" for others */
    const char **names;   /* what looks like a domain name in subject and words, in lower case */
    size_t name_count;
    /* MAIL_ABUSE_REPORT: the report, or NULL and why it cannot be read ("PLACE: reason") */
    struct abuse_report *report;
    const char *fault;
    /* MAIL_DELIVERY_STATUS */
    const char *returned_id; /* Message-ID of the message that the report is about, or "" */
    struct mail_recipient *recipients;
    size_t recipient_count;
};

/* Once, before mail_parse() and before a sandbox closes: loads tables of character sets. */
void mail_prepare(void);

/* One of which nothing is known: no text is NULL. */
struct mail mail_none(void);

/* ERR_SYNTAX for what is no message at all, ERR_LIMIT; the texts live in the arena. */
int mail_parse(const void *bytes, size_t size, struct arena *arena, struct mail *ret_mail,
               struct error_detail *detail);

/* An X-ARF report that came as a file: a mail of the kind MAIL_ABUSE_REPORT that holds nothing
 * else. ERR_LIMIT. */
int mail_parse_xarf(const void *bytes, size_t size, struct arena *arena, struct mail *ret_mail);

/* One content, one form (CBOR), for the pipe between processes. Decoding refuses what encoding does
 * not write (ERR_SYNTAX). */
int mail_encode(const struct mail *mail, struct buffer *out);
int mail_decode(const void *bytes, size_t size, struct arena *arena, struct mail *ret_mail);

#endif
