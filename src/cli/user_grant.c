/* user grant add, user grant revoke, user grant list. */
#include "cli/user_grant.h"
#include "cli/act.h"
#include "cli/command.h"
#include "cli/print.h"
#include "cli/session.h"

#include "base/text.h"

static int run_add(struct cli *cli)
{
    return cli_act(cli, "user.grant.add", "id");
}

int user_grant_revoke_as(struct cli *cli, const char *command)
{
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    int64_t number;
    if (text_parse_int(cli->words[1], 1, UINT32_MAX, &number) < 0) {
        cli_say("bailiwick %s: '%s' is no number of a grant", cli->command->name, cli->words[1]);
        return EXIT_USAGE;
    }
    session_put(arguments, "id", cli->words[0]);
    json_object_set_new(arguments, "number", json_integer(number));
    int failed = session_command(cli, command, arguments, &result);
    if (!failed)
        cli_print(cli, result, NULL, NULL);
    return failed;
}

static int run_revoke(struct cli *cli)
{
    return user_grant_revoke_as(cli, "user.grant.revoke");
}

static int run_list(struct cli *cli)
{
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    session_put_options(cli, arguments);
    if (cli->word_count)
        session_put(arguments, "id", cli->words[0]);
    int failed = session_query(cli, "user.grants", arguments, &result);
    if (!failed)
        cli_print(cli, result, "grants", "id number party case may from until in_force made_by");
    return failed;
}

static const struct cli_option add_options[] = {
    {"party", "ID", "for this contracted party"},
    {"case", "ID", "for this case alone, of which the party was told"},
    {"may", "WORD", "read, answer or delegate; each includes those before it"},
    {"from", "DATE", "the first day; today unless given"},
    {"until", "DATE", "the first day on which it is void; without it it has no end"},
};
static const struct cli_option list_options[] = {
    {"party", "ID", "all that were given for this party"},
};

const struct cli_command command_user_grant_add = {
    .name = "user grant add",
    .arguments = "ID",
    .summary = "let a user of a contracted party see and do something for it",
    .text = "By an administrator. One at a time for each user and party, or case. Who may delegate "
            "does the "
            "same with\n'own delegate'.",
    .options = add_options,
    .option_count = sizeof add_options / sizeof *add_options,
    .least_words = 1,
    .most_words = 1,
    .run = run_add};
const struct cli_command command_user_grant_revoke = {
    .name = "user grant revoke",
    .arguments = "ID NUMBER",
    .summary = "take a grant back, and with it what was delegated by it",
    .least_words = 2,
    .most_words = 2,
    .run = run_revoke};
const struct cli_command command_user_grant_list = {
    .name = "user grant list",
    .arguments = "[ID]",
    .summary = "what a user of a contracted party was given, or all that was given for a party",
    .options = list_options,
    .option_count = sizeof list_options / sizeof *list_options,
    .most_words = 1,
    .run = run_list};
