/* Errors: one list of codes and texts, and a fixed-size detail for people.
 *
 * Every function that can fail returns an int: >= 0 is success, negative is a failure. Failures of
 * the system keep their errno as -errno; ours come from ERROR_LIST. A verdict is never an error: a
 * registry that answers wrongly is a successful observation.
 *
 * The optional `struct error_detail *` says what, where, why and what to do, in words for a person.
 * It is written at the place that knows most; callers above may add where they were with
 * error_context(), never replace it. NULL is always allowed. */
#ifndef BAILIWICK_BASE_ERROR_H
#define BAILIWICK_BASE_ERROR_H

#include <stddef.h>

/* name, value, text. Values stay below every -errno and are never reused. */
#define ERROR_LIST(E)                                                                              \
    E(SYNTAX, -1001, "malformed input")                                                            \
    E(LIMIT, -1002, "a limit was exceeded")                                                        \
    E(NOT_FOUND, -1003, "not found")                                                               \
    E(CONFLICT, -1004, "conflicts with what is there")                                             \
    E(REFUSED, -1005, "refused by the rules")                                                      \
    E(DENIED, -1006, "not permitted for this user")                                                \
    E(DAMAGED, -1007, "damaged: bytes do not match their digest")                                  \
    E(UNAVAILABLE, -1008, "not available now")                                                     \
    E(TIMED_OUT, -1009, "timed out")                                                               \
    E(UNSUPPORTED, -1010, "not supported")                                                         \
    E(STORE, -1011, "the store failed")                                                            \
    E(CRYPTO, -1012, "a cryptographic operation failed")                                           \
    E(CLOSED, -1013, "the other side closed")                                                      \
    E(INTERNAL, -1014, "internal error")                                                           \
    E(USAGE, -1015, "wrong usage")                                                                 \
    E(NO_MEMORY, -1016, "out of memory")

enum error_code {
#define E(name, value, text) ERR_##name = value,
    ERROR_LIST(E)
#undef E
};

/* Text of a code of ours or of a negative errno; never NULL. */
const char *error_text(int code);

/* Name of a code, such as "NOT_FOUND"; "ERRNO" for system errors. */
const char *error_name(int code);

enum { ERROR_DETAIL_MAX = 512 };

struct error_detail {
    char text[ERROR_DETAIL_MAX]; /* always terminated; "" when nothing was said */
};

/* Writes the detail (when not NULL and still empty) and returns `code`, so that a failing function
 * can end with `return error_set(detail, ERR_SYNTAX, "line %d: ...", line);`. */
int error_set(struct error_detail *detail, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Puts "<context>: " in front of what the detail says and returns `code`. */
int error_context(struct error_detail *detail, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* What was told elsewhere is told: sets the detail to the words of `from`. */
int error_pass(struct error_detail *detail, int code, const struct error_detail *from);

/* Clang's analyser sees one file at a time; this tells it that the code comes back. */
#ifdef __clang_analyzer__
#define error_set(detail, code, ...) ((void)error_set(detail, code, __VA_ARGS__), (code))
#define error_context(detail, code, ...) ((void)error_context(detail, code, __VA_ARGS__), (code))
#endif

/* What to show to a person: the detail when it says something, else the text of the code. */
const char *error_words(const struct error_detail *detail, int code);

#endif
