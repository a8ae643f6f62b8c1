/* complaint second-looks, second-look, draws: closures that another person looks at again. */
#include "cli/command.h"
#include "cli/print.h"
#include "cli/session.h"

#include <stdio.h>

static int ask(struct cli *cli, const char *query, const char *rows, const char *columns,
               json_t **ret_result)
{
    json_t *arguments JSON_CLEANUP = json_object();
    session_put_options(cli, arguments);
    int failed = session_query(cli, query, arguments, ret_result);
    if (!failed)
        cli_print(cli, *ret_result, rows, columns);
    return failed;
}

static int run_looks(struct cli *cli)
{
    json_t *result JSON_CLEANUP = NULL;
    return ask(cli, "complaint.looks", "looks",
               "reference type state closure draw decision received_at", &result);
}

static int run_draws(struct cli *cli)
{
    json_t *result JSON_CLEANUP = NULL;
    int failed =
        ask(cli, "complaint.draws", "draws",
            "draw from until population chosen waiting agrees differs error_per_mille", &result);
    const json_t *total = json_object_get(result, "total");
    if (failed || cli->json)
        return failed;
    if (json_is_integer(json_object_get(total, "error_per_mille")))
        printf("of these, %lld of 1000 closures were wrong (95 %%: %lld to %lld)\n",
               (long long)json_number(total, "error_per_mille", 0),
               (long long)json_number(total, "error_low", 0),
               (long long)json_number(total, "error_high", 0));
    else
        printf("nobody looked at any yet\n");
    return failed;
}

static int run_look(struct cli *cli)
{
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    session_put(arguments, "complaint", cli->words[0]);
    session_put(arguments, "verdict", cli->words[1]);
    session_put_options(cli, arguments);
    int failed = session_command(cli, "complaint.second-look", arguments, &result);
    if (!failed)
        cli_print(cli, result, NULL, NULL);
    return failed;
}

static const struct cli_option looks_options[] = {
    {"after", "REF", "go on after this one"},
    {"limit", "N", "as many at most"},
};
static const struct cli_option draws_options[] = {
    {"after", "DRAW", "go on after this one"},
    {"limit", "N", "as many at most"},
};
static const struct cli_option look_options[] = {
    {"reason", "TEXT", "differs: why, for who filed it"},
};

const struct cli_command command_complaint_looks = {
    .name = "complaint second-looks",
    .arguments = "",
    .summary = "closures as out of scope that were drawn, and that nobody looked at again yet",
    .options = looks_options,
    .option_count = sizeof looks_options / sizeof *looks_options,
    .run = run_looks};
const struct cli_command command_complaint_look = {
    .name = "complaint second-look",
    .arguments = "REF VERDICT",
    .summary = "say whether a closure that was drawn was right",
    .text = "VERDICT is 'agrees' or 'differs'. Another person than who closed it says it. What\n"
            "differs waits for a decision again at once, and who filed it reads the reason.",
    .options = look_options,
    .option_count = sizeof look_options / sizeof *look_options,
    .least_words = 2,
    .most_words = 2,
    .run = run_look};
const struct cli_command command_complaint_draws = {
    .name = "complaint draws",
    .arguments = "",
    .summary = "how often closures as out of scope were wrong, by the draws of second looks",
    .text = "The daemon draws on Mondays, from the closures of the week before, as many as the\n"
            "process says. Which ones follows from a seed to which the log was committed before\n"
            "that week; it is shown once it was drawn with.",
    .options = draws_options,
    .option_count = sizeof draws_options / sizeof *draws_options,
    .run = run_draws};
