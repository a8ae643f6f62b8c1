#include "cli/act.h"

#include "cli/print.h"
#include "cli/session.h"

int cli_act(struct cli *cli, const char *command, const char *word)
{
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    session_put_options(cli, arguments);
    if (word)
        session_put(arguments, word, cli->words[0]);
    int failed = session_command(cli, command, arguments, &result);
    if (!failed)
        cli_print(cli, result, NULL, NULL);
    return failed;
}
