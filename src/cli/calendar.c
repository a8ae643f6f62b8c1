/* calendar import|agree|withdraw|list: days off as versions of their own. */
#include "cli/act.h"
#include "cli/command.h"
#include "cli/print.h"
#include "cli/session.h"

#include <stdio.h>

/* Days that come and go, then what becomes of running deadlines. */
static void print_change(const struct cli *cli, const json_t *result)
{
    static const char *const lists[] = {"added", "removed"};
    if (cli->json) {
        cli_print(cli, result, NULL, NULL);
        return;
    }
    for (int i = 0; i < 2; i++) {
        printf("%s:\n", lists[i]);
        cli_print(cli, result, lists[i], "date name more");
    }
    printf("running deadlines:\n");
    cli_print(cli, result, "deadlines", "case rule from to moves why");
}

static int run_import(struct cli *cli)
{
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    session_put(arguments, "name", cli_value(cli, "name", 0));
    int failed = session_put_file(arguments, "ics", cli->words[0]);
    if (!failed)
        failed = session_command(cli, "calendar.propose", arguments, &result);
    if (failed)
        return failed;
    print_change(cli, result);
    if (!cli->json)
        printf("proposed; a second person agrees with\n  bailiwick calendar agree %s --sha256 %s\n",
               json_text(result, "name"), json_text(result, "version"));
    return EXIT_MET;
}

static int run_agree(struct cli *cli)
{
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    session_put(arguments, "name", cli->words[0]);
    session_put(arguments, "sha256", cli_value(cli, "sha256", 0));
    int failed = session_command(cli, "calendar.agree", arguments, &result);
    if (!failed)
        print_change(cli, result);
    return failed;
}

static int run_withdraw(struct cli *cli)
{
    return cli_act(cli, "calendar.withdraw", "name");
}

static int run_list(struct cli *cli)
{
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    int failed = session_query(cli, "calendar.list", arguments, &result);
    if (!failed)
        cli_print(cli, result, "calendars",
                  "name version proposed_by proposed_at adopted_by adopted_at withdrawn_by");
    return failed;
}

static const struct cli_option import_options[] = {
    {"name", "NAME", "the calendar of the rulebook that it takes the place of"},
};
static const struct cli_option agree_options[] = {
    {"sha256", "HEX", "the version, as it was proposed"},
};

const struct cli_command command_calendar_import = {
    .name = "calendar import",
    .arguments = "FILE",
    .summary = "propose an iCalendar file as a calendar, and show what it would change",
    .options = import_options,
    .option_count = sizeof import_options / sizeof *import_options,
    .least_words = 1,
    .most_words = 1,
    .run = run_import};
const struct cli_command command_calendar_agree = {
    .name = "calendar agree",
    .arguments = "NAME",
    .summary = "agree as second person to a proposed calendar, which then counts",
    .options = agree_options,
    .option_count = sizeof agree_options / sizeof *agree_options,
    .least_words = 1,
    .most_words = 1,
    .run = run_agree};
const struct cli_command command_calendar_withdraw = {
    .name = "calendar withdraw",
    .arguments = "NAME",
    .summary = "take back a proposed calendar that waits for a second person",
    .options = agree_options,
    .option_count = sizeof agree_options / sizeof *agree_options,
    .least_words = 1,
    .most_words = 1,
    .run = run_withdraw};
const struct cli_command command_calendar_list = {
    .name = "calendar list", .arguments = "", .summary = "calendars of their own", .run = run_list};
