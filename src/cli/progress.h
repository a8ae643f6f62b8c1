/* How far long work has come, on one line of a terminal. Nothing is said of work that is short, and
 * nothing stays when it is over. */
#ifndef BAILIWICK_CLI_PROGRESS_H
#define BAILIWICK_CLI_PROGRESS_H

#include "app/app.h"
#include "cli/command.h"

#include <stdio.h>

enum { PROGRESS_AFTER_US = 2000000, PROGRESS_EACH_US = 250000 };

struct progress_line {
    struct app_progress progress; /* for who works */
    FILE *to;                     /* NULL: nobody watches */
    int64_t begun, told;          /* monotonic; `told` is 0 before the first line */
};

/* On standard error where that is a terminal, and without --json. The line lives where it stands
 * until progress_line_end(). */
void progress_line_begin(struct progress_line *line, const struct cli *cli);
/* The same for a stream, from that moment on. */
void progress_line_begin_on(struct progress_line *line, FILE *to, int64_t now);

/* Whom to tell: NULL where nobody watches. Takes NULL. */
const struct app_progress *progress_line_for(const struct progress_line *line);

/* Writes the line when it is time for one. */
void progress_line_tell(struct progress_line *line, int64_t now, const char *what, int64_t done,
                        int64_t total);

/* Takes the line away, where there is one. Takes NULL. */
void progress_line_end(struct progress_line *line);

#endif
