/* How the command line prints, and where it finds settings. */
#ifndef BAILIWICK_CLI_PRINT_H
#define BAILIWICK_CLI_PRINT_H

#include "base/json.h"
#include "cli/command.h"

/* Value of an option, else of an environment variable, else NULL. */
const char *cli_setting(const struct cli *cli, const char *option, const char *variable);

/* Prints JSON with --json; else `columns` (keys separated by blanks) of the array `list` as a
 * table, or the object's members a line each when `list` is NULL. */
void cli_print(const struct cli *cli, const json_t *json, const char *list, const char *columns);

/* One more table below what was printed, where the list has rows; nothing with --json. */
void cli_print_more(const struct cli *cli, const json_t *json, const char *list,
                    const char *columns);

/* The bytes that a base64 text stands for, as they are; on a terminal with a '?' for what would
 * steer it. EXIT_MET, or EXIT_OURS when they could not be written. */
int cli_print_bytes(const char *base64);

/* {media_type, sha256, base64}: its bytes, never to a terminal, or with --json as it is. The exit
 * code. */
int cli_print_exhibit(const struct cli *cli, const json_t *exhibit);

#endif
