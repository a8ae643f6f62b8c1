/* How a command reaches the store: through the daemon when one runs, else by itself. */
#ifndef BAILIWICK_CLI_SESSION_H
#define BAILIWICK_CLI_SESSION_H

#include "base/json.h"
#include "cli/command.h"

/* Runs a command of the table in app/command.h as the user of the token file; *ret_result is the
 * caller's. Prints what went wrong and returns the exit code; 0 when done. */
int session_command(const struct cli *cli, const char *command, const json_t *arguments,
                    json_t **ret_result);

/* The same, but says nothing: the failure and its words are the caller's. */
int session_try(const struct cli *cli, const char *command, const json_t *arguments,
                json_t **ret_result, struct error_detail *detail);

/* Asks a question of the table in app/query.h, on a read-only store. */
int session_query(const struct cli *cli, const char *query, const json_t *arguments,
                  json_t **ret_result);

/* Reads a whole file as text into an argument; "-" is standard input. Prints what went wrong and
 * returns the exit code; 0 when done. */
int session_put_file(json_t *arguments, const char *name, const char *path);

/* Sets an argument to bytes in base64. ERR_NO_MEMORY. */
int session_put_bytes(json_t *arguments, const char *name, const void *data, size_t size);

/* Sets a text argument when the value is not NULL. */
void session_put(json_t *arguments, const char *name, const char *value);

/* Sets the options of the command that were given, each by its name: text, or true for a flag. */
void session_put_options(const struct cli *cli, json_t *arguments);

#endif
