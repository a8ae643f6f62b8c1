/* `bailiwick`: finds the command in the table and runs it. `--child ROLE` is how the program starts
 * its own processes (app/child.h); nobody types that. */
#include "cli/command.h"
#include "cli/role.h"

#include "app/child.h"
#include "base/json.h"
#include "base/log.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
    json_keep_memory();
    /* A peer that goes away is an error of one write, not the end of the process. */
    signal(SIGPIPE, SIG_IGN);
    if (argc >= 3 && strcmp(argv[1], CHILD_WORD_DEBUG) == 0)
        log_set_level(LOG_LEVEL_DEBUG);
    if (argc >= 3 && (strcmp(argv[1], CHILD_WORD) == 0 || log_shows(LOG_LEVEL_DEBUG)))
        return role_run(argv[2], argc - 3, argv + 3);
    static struct cli cli; /* large; one a process */
    int result = cli_parse(argc - 1, argv + 1, &cli);
    if (result != 0)
        return result < 0 ? EXIT_MET : result;
    int exit_code = cli.command->run(&cli);
    /* Output that could not be written is not done. */
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fprintf(stderr, "bailiwick: cannot write to standard output\n");
        return EXIT_OURS;
    }
    return exit_code;
}
