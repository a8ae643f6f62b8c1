/* `bailiwick --child ROLE`: the processes that the program starts of itself (app/child.h). */
#ifndef BAILIWICK_CLI_ROLE_H
#define BAILIWICK_CLI_ROLE_H

int role_run(const char *role, int argc, char **argv);

#endif
