/* A form with files as it comes in (multipart/form-data: RFC 7578, RFC 2046 5.1), piece by piece.
 *
 * Nothing of a body is kept but the fields of the part that begins: its bytes go on to a sink as
 * they come. What a program that makes forms would not send is refused rather than guessed at, and
 * the words name the part: text before the first delimiter or behind the last one, parts inside of
 * parts, a coding other than none (RFC 7578 4.7), `filename*` (4.2), a field twice, control
 * characters, what is no UTF-8. Other fields of a part are ignored (4.8).
 *
 *   delimiter -> head -> bytes -> delimiter -> ... -> delimiter "--" -> at most one line end */
#ifndef BAILIWICK_WEB_MULTIPART_H
#define BAILIWICK_WEB_MULTIPART_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    MULTIPART_BOUNDARY_MAX = 70, /* RFC 2046 5.1.1 */
    MULTIPART_PARTS_MAX = 32,    /* a document, and more files than anything here takes */
    MULTIPART_HEAD_MAX = 2048,   /* the fields of a part; browsers send about 150 bytes */
    MULTIPART_NAME_MAX = 64,
    MULTIPART_FILE_NAME_MAX = 200, /* of its end, where it is longer */
    MULTIPART_TYPE_MAX = 127,
};

struct multipart_part {
    size_t number;                               /* from 1 on */
    char name[MULTIPART_NAME_MAX + 1];           /* letters, digits and "._-" */
    char file_name[MULTIPART_FILE_NAME_MAX + 1]; /* one line without a path; "" for none */
    char media_type[MULTIPART_TYPE_MAX + 1];     /* lower case, no parameters; "" for none */
};

/* Where parts go. A failure ends the reading. */
struct multipart_sink {
    void *context;
    int (*begin)(void *context, const struct multipart_part *part, struct error_detail *detail);
    int (*data)(void *context, const void *data, size_t size, struct error_detail *detail);
    int (*end)(void *context, struct error_detail *detail); /* of the part */
};

enum multipart_state {
    MULTIPART_IN_START, /* before the first delimiter */
    MULTIPART_IN_LINE,  /* behind a delimiter: a line end, or "--" */
    MULTIPART_IN_HEAD,
    MULTIPART_IN_BYTES,
    MULTIPART_IN_CLOSE /* behind the last delimiter */
};

struct multipart {
    struct multipart_sink sink;
    enum multipart_state state;
    char delimiter[4 + MULTIPART_BOUNDARY_MAX + 1]; /* with its line end */
    size_t delimiter_size;
    size_t matched; /* so much of it stands before what comes now ... */
    size_t unsent;  /* ... of which so much is no part's, whatever comes */
    char line[2];
    size_t line_size;
    char head[MULTIPART_HEAD_MAX + 1];
    size_t head_size;
    struct multipart_part part;
    int failure;
};

/* Begins with the boundary that a Content-Type header says. ERR_SYNTAX where it says none. */
int multipart_begin(struct multipart *form, const char *content_type,
                    const struct multipart_sink *sink, struct error_detail *detail);

/* What comes next. ERR_SYNTAX, ERR_LIMIT, ERR_UNSUPPORTED, or what the sink said; the same again
 * for whatever follows. */
int multipart_feed(struct multipart *form, const void *data, size_t size,
                   struct error_detail *detail);

/* Nothing follows. ERR_SYNTAX where the form was cut off. */
int multipart_end(struct multipart *form, struct error_detail *detail);

#endif
