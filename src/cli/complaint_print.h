/* A complaint on the terminal. */
#ifndef BAILIWICK_CLI_COMPLAINT_PRINT_H
#define BAILIWICK_CLI_COMPLAINT_PRINT_H

#include "base/json.h"
#include "cli/command.h"

/* The answer of complaint.show, .party or .follow: the head, then each list that is there. */
void complaint_print(const struct cli *cli, const json_t *result);

#endif
