/* complaint decide for many complaints at once. */
#ifndef BAILIWICK_CLI_COMPLAINT_BULK_H
#define BAILIWICK_CLI_COMPLAINT_BULK_H

#include "cli/command.h"

int complaint_decide_many(struct cli *cli);

#endif
