/* rulebook check|adopt|list|migrate, obligation list|show|diff. */
#include "cli/command.h"
#include "cli/print.h"
#include "cli/session.h"

#include "app/admin.h"

#include <stdio.h>
#include <string.h>

static int run_rulebook_check(struct cli *cli)
{
    struct buffer faults BUFFER_CLEANUP = {0};
    struct error_detail detail = {0};
    buffer_init(&faults, 16 << 20);
    int failure = admin_check_rulebook(cli->words[0], &faults, &detail);
    fwrite(faults.data ? faults.data : (const uint8_t *)"", 1, faults.size, stdout);
    if (failure < 0 && faults.size == 0)
        return cli_fail(failure, &detail, cli->words[0]);
    return failure < 0 ? EXIT_USAGE : EXIT_MET;
}

/* The first person proposes, a second adopts; both bring the same folder. */
static int run_rulebook_adopt(struct cli *cli)
{
    json_t *arguments JSON_CLEANUP = json_object(), *archive = NULL;
    json_t *result JSON_CLEANUP = NULL;
    struct error_detail detail = {0};
    int failure = admin_rulebook_archive(cli->words[0], &archive, &detail);
    if (failure < 0)
        return cli_fail(failure, &detail, "rulebook adopt");
    json_object_set_new(arguments, "tree", archive);
    failure = session_command(cli, cli_flag(cli, "confirm") ? "rulebook.adopt" : "rulebook.propose",
                              arguments, &result);
    if (failure)
        return failure;
    cli_print(cli, result, NULL, NULL);
    if (!cli->json && !cli_flag(cli, "confirm"))
        printf("proposed; a second person adopts it with --confirm\n");
    return EXIT_MET;
}

/* A question with its arguments taken from options of the same names. */
static int ask(struct cli *cli, const char *query, const char *const *options, json_t *arguments,
               json_t **ret_result)
{
    for (size_t i = 0; options && options[i]; i++)
        session_put(arguments, options[i], cli_value(cli, options[i], 0));
    session_put(arguments, "as_of", cli_value(cli, "as-of", 0));
    return session_query(cli, query, arguments, ret_result);
}

/* Without --preview one person proposes for all; one case has `case migrate`. */
static int run_rulebook_migrate(struct cli *cli)
{
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    bool preview = cli_flag(cli, "preview");
    const char *id = cli->word_count ? cli->words[0] : NULL;
    if (id && !preview) {
        cli_say("rulebook migrate: one case is proposed with 'case migrate'");
        return EXIT_USAGE;
    }
    session_put(arguments, "case", id);
    session_put(arguments, "reason", cli_value(cli, "reason", 0));
    int failed = preview ? session_query(cli, "rulebook.preview", arguments, &result)
                         : session_command(cli, "rulebook.migrate", arguments, &result);
    if (!failed)
        cli_print(cli, result, "cases",
                  preview ? "case stage possible due due_then letters gained lost why"
                          : "case stage possible due due_then proposal why");
    return failed;
}

/* The second person's word for all that wait, for the version that they name. */
static int run_rulebook_agree(struct cli *cli)
{
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    session_put(arguments, "version", cli->words[0]);
    int failed = session_command(cli, "rulebook.agree", arguments, &result);
    if (!failed)
        cli_print(cli, result, "cases", "case agreed why");
    return failed;
}

static int run_rulebook_list(struct cli *cli)
{
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    int failed = ask(cli, "rulebook.list", NULL, arguments, &result);
    if (!failed)
        cli_print(cli, result, "rulebooks", "version name label adopted_at proposed_by adopted_by");
    return failed;
}

static int run_obligation_list(struct cli *cli)
{
    static const char *const options[] = {"party", "subject", NULL};
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    bool coverage = cli_flag(cli, "coverage");
    int failed =
        ask(cli, coverage ? "obligation.coverage" : "obligation.list", options, arguments, &result);
    if (!failed)
        cli_print(cli, result, coverage ? NULL : "obligations",
                  "id kind theme state from until test clause");
    return failed;
}

static int run_obligation_show(struct cli *cli)
{
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    session_put(arguments, "obligation", cli->words[0]);
    int failed = ask(cli, "obligation.show", NULL, arguments, &result);
    if (!failed)
        cli_print(cli, result, NULL, NULL);
    return failed;
}

static int run_obligation_diff(struct cli *cli)
{
    static const char *const options[] = {"party", "subject", NULL};
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    session_put(arguments, "from", cli->words[0]);
    session_put(arguments, "to", cli->words[1]);
    int failed = ask(cli, "obligation.diff", options, arguments, &result);
    if (!failed)
        cli_print(cli, result, "changes", "id what");
    return failed;
}

static const struct cli_option adopt_options[] = {
    {"confirm", NULL, "adopt what another person proposed"},
};
static const struct cli_option obligation_options[] = {
    {"party", "ID", "what binds this party"},
    {"subject", "TLD", "for this TLD of the party"},
    {"coverage", NULL, "count how the obligations are tested"},
};
static const struct cli_option diff_options[] = {
    {"party", "ID", "for this party, by its agreements"},
    {"subject", "TLD", "for this TLD of the party"},
};
static const struct cli_option migrate_options[] = {
    {"preview", NULL, "only say what would change, for all such cases or for CASE"},
    {"reason", "CODE", "reason code"},
};

const struct cli_command command_rulebook_check = {
    .name = "rulebook check",
    .arguments = "DIR",
    .summary = "say everything that is wrong in a rulebook folder, as FILE:LINE:COL: message",
    .least_words = 1,
    .most_words = 1,
    .run = run_rulebook_check};
const struct cli_command command_rulebook_adopt = {
    .name = "rulebook adopt",
    .arguments = "DIR",
    .summary = "propose, and with --confirm adopt, a folder as the law in force",
    .options = adopt_options,
    .option_count = sizeof adopt_options / sizeof *adopt_options,
    .least_words = 1,
    .most_words = 1,
    .run = run_rulebook_adopt};
const struct cli_command command_rulebook_list = {.name = "rulebook list",
                                                  .arguments = "",
                                                  .summary = "adopted versions",
                                                  .run = run_rulebook_list};
const struct cli_command command_rulebook_migrate = {
    .name = "rulebook migrate",
    .arguments = "[CASE]",
    .summary = "propose that running cases go over to the rulebook in force, or preview it",
    .options = migrate_options,
    .option_count = sizeof migrate_options / sizeof *migrate_options,
    .most_words = 1,
    .run = run_rulebook_migrate};
const struct cli_command command_rulebook_agree = {
    .name = "rulebook agree",
    .arguments = "VERSION",
    .summary = "agree as second person to every proposal that a case goes over to that version",
    .text =
        "Each case is checked on its own, as 'case agree' does; what is refused is listed with the "
        "reason.",
    .least_words = 1,
    .most_words = 1,
    .run = run_rulebook_agree};
const struct cli_command command_obligation_list = {
    .name = "obligation list",
    .arguments = "",
    .summary = "obligations, those that bind a party, or how they are tested",
    .options = obligation_options,
    .option_count = sizeof obligation_options / sizeof *obligation_options,
    .run = run_obligation_list};
const struct cli_command command_obligation_show = {.name = "obligation show",
                                                    .arguments = "ID",
                                                    .summary = "one obligation as of a date",
                                                    .least_words = 1,
                                                    .most_words = 1,
                                                    .run = run_obligation_show};
const struct cli_command command_obligation_diff = {
    .name = "obligation diff",
    .arguments = "DATE DATE",
    .summary = "what begins, ends and changes between two dates",
    .options = diff_options,
    .option_count = sizeof diff_options / sizeof *diff_options,
    .least_words = 2,
    .most_words = 2,
    .run = run_obligation_diff};
