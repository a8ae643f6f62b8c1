/* CSV as RFC 4180 describes it: quoted fields may hold commas, quotes (doubled) and line breaks.
 * The last row must end with a line break, so that a file cut off in the middle is noticed. */
#ifndef BAILIWICK_PROTO_CSV_CSV_H
#define BAILIWICK_PROTO_CSV_CSV_H

#include "base/arena.h"
#include "base/error.h"

#include <stddef.h>

struct csv {
    char *at, *end; /* a copy in the arena, cut up in place */
    size_t line;    /* where the row read last begins, from 1 */
    size_t next_line;
};

int csv_open(struct csv *csv, const char *text, size_t size, struct arena *arena,
             struct error_detail *detail);

/* Reads one row of exactly `count` fields: 1 when there was one, 0 at the end, or a failure. The
 * fields live as long as the arena. */
int csv_next(struct csv *csv, char **fields, size_t count, struct error_detail *detail);

/* Reads the first row and compares it with the expected names. */
int csv_expect_header(struct csv *csv, const char *const *names, size_t count,
                      struct error_detail *detail);

#endif
