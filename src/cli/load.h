/* A file that somebody names on the command line. */
#ifndef BAILIWICK_CLI_LOAD_H
#define BAILIWICK_CLI_LOAD_H

#include "base/buffer.h"
#include "base/error.h"

enum { CLI_FILE_MAX = 60 << 20 /* one that goes to the store whole, exhibits in base64 inside */ };

/* Reads a whole file of at most the limit of `bytes`, which is empty; "-" is standard input.
 * ERR_NOT_FOUND when there is none, ERR_LIMIT when it is larger, ERR_DENIED when it cannot be read,
 * ERR_NO_MEMORY. The detail does not name the file: cli_fail() does, or error_context(). */
int cli_load(struct buffer *bytes, const char *path, struct error_detail *detail);

#endif
