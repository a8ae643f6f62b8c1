/* Rules for JSON objects of a fixed format, as tables: which members there are, which are required,
 * what their values may be, and which need each other. What breaks a rule is told by a JSON pointer
 * (RFC 6901) and a reason; neither repeats a value.
 *
 * Members that no rule names are let through, but where the table is closed. */
#ifndef BAILIWICK_PROTO_XARF_RULE_H
#define BAILIWICK_PROTO_XARF_RULE_H

#include "base/json.h"

#include <stdbool.h>
#include <stdint.h>

enum rule_kind {
    RULE_TEXT, /* of at most `most` characters */
    RULE_LIKE, /* matches `pattern` */
    RULE_WORD, /* one of `words` */
    RULE_MAIL,
    RULE_HOST,
    RULE_URL,
    RULE_UUID,    /* RFC 9562 4 */
    RULE_INSTANT, /* RFC 3339 */
    RULE_DATE,    /* RFC 3339 full-date */
    RULE_ADDRESS, /* IPv4 or IPv6 */
    RULE_IPV4,
    RULE_IPV6,
    RULE_BASE64,
    RULE_FLAG,
    RULE_INTEGER, /* `least` to `most` */
    RULE_NUMBER,
    RULE_OBJECT, /* by `inner` */
    RULE_LIST,   /* array of `least` to `most` elements by `each` */
    RULE_SOME,   /* the same, or one value by `each` */
};

struct rule_set;

struct rule {
    const char *name; /* NULL ends a table */
    enum rule_kind kind;
    bool required;
    double least, most;
    const char *pattern;      /* extended regular expression (POSIX) */
    const char *const *words; /* ends with NULL */
    const struct rule_set *inner;
    const struct rule *each;
};

/* When (or, `unless`, when not) `member` is there and says `word`, or an IP address where that is
 * NULL, the members `needed` must be there. */
struct rule_need {
    const char *member; /* NULL ends a table */
    const char *word;
    bool unless;
    const char *const *needed; /* ends with NULL */
};

struct rule_set {
    const struct rule *rules;
    const struct rule_need *needs;
    const char *const *const *any_of; /* lists of paths ("a/b"), one of each must be there */
    bool closed;                      /* refuses members without a rule */
};

enum {
    RULE_POINTER_MAX = 256,
    RULE_REASON_MAX = 256,
    RULE_TEXT_MAX = 8 << 20, /* of a text without a limit of its own: 5 MB as base64, and some */
    RULE_LIKE_MAX = 2048,    /* of a text that a pattern is tried on */
    RULE_ARRAY_MAX = 1000,   /* of an array without a limit of its own */
};

struct rule_refusal {
    char pointer[RULE_POINTER_MAX]; /* "" is the whole document; cut when longer */
    char reason[RULE_REASON_MAX];
};

/* Holds `value`, which stands at `pointer`, to the rules. ERR_SYNTAX with the refusal written for
 * the first rule that is broken: members in the order of the table, then what needs each other,
 * then what has no place here. */
int rule_check(const json_t *value, const struct rule_set *set, const char *pointer,
               struct rule_refusal *refusal);

/* Writes a refusal and returns ERR_SYNTAX. `name` is a member of what stands at `pointer`, or NULL.
 */
int rule_refuse(struct rule_refusal *refusal, const char *pointer, const char *name,
                const char *format, ...) __attribute__((format(printf, 4, 5)));

bool rule_is_address(const char *text);

#endif
