/* user hook add, user hook revoke, user hook resume, user hook list. */
#include "cli/command.h"
#include "cli/print.h"
#include "cli/session.h"

#include "base/text.h"

static int run_add(struct cli *cli)
{
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL,
                      *kinds = json_array();
    const char *kind;
    for (size_t n = 0; (kind = cli_value(cli, "for", n)); n++)
        json_array_append_new(kinds, json_string(kind));
    json_object_set_new(arguments, "for", kinds);
    session_put(arguments, "id", cli->words[0]);
    session_put(arguments, "url", cli_value(cli, "url", 0));
    int failed = session_command(cli, "user.hook.add", arguments, &result);
    if (!failed)
        cli_print(cli, result, NULL, NULL);
    return failed;
}

static int change(struct cli *cli, const char *command)
{
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    int64_t number;
    if (text_parse_int(cli->words[1], 1, UINT32_MAX, &number) < 0) {
        cli_say("bailiwick %s: '%s' is no number of a hook", cli->command->name, cli->words[1]);
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
    return change(cli, "user.hook.revoke");
}

static int run_resume(struct cli *cli)
{
    return change(cli, "user.hook.resume");
}

static int run_list(struct cli *cli)
{
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    session_put(arguments, "id", cli->words[0]);
    int failed = session_query(cli, "user.hooks", arguments, &result);
    if (!failed)
        cli_print(cli, result, "hooks", "number state waiting delivered last_words for url");
    return failed;
}

static const struct cli_option add_options[] = {
    {"url", "URL", "where it is sent to, by POST"},
    {"for", "KIND",
     "case.told, letter.served, case.changed or complaint.changed (repeatable); of one change the "
     "first of them that fits is told"},
};

const struct cli_command command_user_hook_add = {
    .name = "user hook add",
    .arguments = "ID",
    .summary = "have a program of a user told what changed, and show the secret that signs, once",
    .text = "Of oneself, or of anybody by an administrator. Nothing is told but what the user may "
            "see by\nthe API, and of that only where to look.",
    .options = add_options,
    .option_count = sizeof add_options / sizeof *add_options,
    .least_words = 1,
    .most_words = 1,
    .run = run_add};
const struct cli_command command_user_hook_revoke = {
    .name = "user hook revoke",
    .arguments = "ID NUMBER",
    .summary = "tell it nothing any more, at once and for ever",
    .least_words = 2,
    .most_words = 2,
    .run = run_revoke};
const struct cli_command command_user_hook_resume = {
    .name = "user hook resume",
    .arguments = "ID NUMBER",
    .summary = "try a hook again that was set aside since its receiver took nothing for days",
    .least_words = 2,
    .most_words = 2,
    .run = run_resume};
const struct cli_command command_user_hook_list = {.name = "user hook list",
                                                   .arguments = "ID",
                                                   .summary = "hooks of a user, and how they do",
                                                   .least_words = 1,
                                                   .most_words = 1,
                                                   .run = run_list};
