/* outbox list, outbox retry. */
#include "cli/command.h"
#include "cli/print.h"
#include "cli/session.h"

static int run_list(struct cli *cli)
{
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    session_put(arguments, "state", cli_value(cli, "state", 0));
    session_put(arguments, "after", cli_value(cli, "after", 0));
    int failed = session_query(cli, "outbox.list", arguments, &result);
    if (!failed)
        cli_print(cli, result, "tasks", "key kind case letter state attempts due_at error");
    return failed;
}

static int run_retry(struct cli *cli)
{
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    session_put(arguments, "key", cli->words[0]);
    int failed = session_command(cli, "outbox.retry", arguments, &result);
    if (!failed)
        cli_print(cli, result, NULL, NULL);
    return failed;
}

static const struct cli_option list_options[] = {
    {"state", "WORD", "pending, claimed, done or dead; dead when none is given"},
    {"after", "KEY", "go on after this one"},
};

const struct cli_command command_outbox_list = {
    .name = "outbox list",
    .arguments = "",
    .summary = "work outside the store: what was given up, or what is still to do",
    .options = list_options,
    .option_count = sizeof list_options / sizeof *list_options,
    .run = run_list};
const struct cli_command command_outbox_retry = {.name = "outbox retry",
                                                 .arguments = "KEY",
                                                 .summary = "try again what was given up",
                                                 .least_words = 1,
                                                 .most_words = 1,
                                                 .run = run_retry};
