/* The plainest shape of a command: what was said on the command line goes to the store as it is. */
#ifndef BAILIWICK_CLI_ACT_H
#define BAILIWICK_CLI_ACT_H

#include "cli/command.h"

/* Sends a command of app/command.h with the options that were given, each by its name, and the
 * first word as the argument `word` (NULL: it has none), and prints the answer. The exit code. */
int cli_act(struct cli *cli, const char *command, const char *word);

#endif
