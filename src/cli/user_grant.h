/* What `user grant revoke` and `own revoke` have in common. */
#ifndef BAILIWICK_CLI_USER_GRANT_H
#define BAILIWICK_CLI_USER_GRANT_H

#include "cli/command.h"

/* Runs a command of the core with the words ID NUMBER. The exit code. */
int user_grant_revoke_as(struct cli *cli, const char *command);

#endif
