/* outbox list, outbox retry, outbox settle. */
#include "cli/act.h"
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
    return cli_act(cli, "outbox.retry", "key");
}

static int run_settle(struct cli *cli)
{
    return cli_act(cli, "outbox.settle", "key");
}

static const struct cli_option list_options[] = {
    {"state", "WORD", "pending, claimed, done or dead; dead when none is given"},
    {"after", "KEY", "go on after this one"},
};
static const struct cli_option settle_options[] = {
    {"reason", "WORDS", "how it was done by hand, or why it is not done"},
};

const struct cli_command command_outbox_list = {
    .name = "outbox list",
    .arguments = "",
    .summary = "work outside the store: what waits for a person, or for the program",
    .options = list_options,
    .option_count = sizeof list_options / sizeof *list_options,
    .run = run_list};
const struct cli_command command_outbox_retry = {.name = "outbox retry",
                                                 .arguments = "KEY",
                                                 .summary = "try again what was given up",
                                                 .least_words = 1,
                                                 .most_words = 1,
                                                 .run = run_retry};
const struct cli_command command_outbox_settle = {
    .name = "outbox settle",
    .arguments = "KEY",
    .summary = "end what waits for a person: done by hand, or why it is not done",
    .options = settle_options,
    .option_count = sizeof settle_options / sizeof *settle_options,
    .least_words = 1,
    .most_words = 1,
    .run = run_settle};
