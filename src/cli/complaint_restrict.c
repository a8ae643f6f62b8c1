/* complaint restrict, restrict-agree, unrestrict, restrictions: whose filings are read last. */
#include "base/text.h"
#include "cli/act.h"
#include "cli/command.h"
#include "cli/print.h"
#include "cli/session.h"

static int run_restrict(struct cli *cli)
{
    return cli_act(cli, "complaint.restrict", "complaint");
}

static int act_on_number(struct cli *cli, const char *command)
{
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    int64_t number;
    if (text_parse_int(cli->words[0], 1, INT64_MAX, &number) < 0) {
        cli_say("bailiwick: %s: '%s' is no number of a restriction", cli->command->name,
                cli->words[0]);
        return EXIT_USAGE;
    }
    json_object_set_new(arguments, "number", json_integer(number));
    int failed = session_command(cli, command, arguments, &result);
    if (!failed)
        cli_print(cli, result, NULL, NULL);
    return failed;
}

static int run_agree(struct cli *cli)
{
    return act_on_number(cli, "complaint.restrict-agree");
}

static int run_unrestrict(struct cli *cli)
{
    return act_on_number(cli, "complaint.unrestrict");
}

static int run_restrictions(struct cli *cli)
{
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    session_put_options(cli, arguments);
    int failed = session_query(cli, "complaint.restrictions", arguments, &result);
    if (!failed)
        cli_print(cli, result, "restrictions",
                  "number complaint state reason until proposed_by agreed_by ended_by");
    return failed;
}

static const struct cli_option restrict_options[] = {
    {"reason", "WORD", "repeated, abusive or untrue"},
    {"until", "DATE", "the first day on which it is void, within a year"},
};
static const struct cli_option list_options[] = {
    {"before", "NUMBER", "go on before this one"},
    {"limit", "N", "as many at most"},
};

#define OPTIONS(list) .options = list, .option_count = sizeof(list) / sizeof *(list)

const struct cli_command command_complaint_restrict = {
    .name = "complaint restrict",
    .arguments = "REF",
    .summary = "propose that what who filed a complaint files is read last for a time",
    .text = "Another person agrees: `complaint restrict-agree`. What they file is kept, gets its\n"
            "receipt and is read as any other, after the others.",
    OPTIONS(restrict_options),
    .least_words = 1,
    .most_words = 1,
    .run = run_restrict};
const struct cli_command command_complaint_restrict_agree = {
    .name = "complaint restrict-agree",
    .arguments = "NUMBER",
    .summary = "agree to a restriction that another person proposed",
    .least_words = 1,
    .most_words = 1,
    .run = run_agree};
const struct cli_command command_complaint_unrestrict = {
    .name = "complaint unrestrict",
    .arguments = "NUMBER",
    .summary = "take a restriction back, or a proposal of one",
    .least_words = 1,
    .most_words = 1,
    .run = run_unrestrict};
const struct cli_command command_complaint_restrictions = {
    .name = "complaint restrictions",
    .arguments = "",
    .summary = "whose filings are read last, and who said so",
    OPTIONS(list_options),
    .run = run_restrictions};
