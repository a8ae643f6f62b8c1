/* own cases, own case, own complaints, own findings: the house looks at what a contracted party
 * sees. own answer, own extension, own delegate, own revoke: what the party does for itself, with
 * the token of one of its users. */
#include "cli/act.h"
#include "cli/command.h"
#include "cli/complaint_file.h"
#include "cli/load.h"
#include "cli/print.h"
#include "cli/session.h"
#include "cli/user_grant.h"

/* A list of one party, page by page. */
static int run_list(struct cli *cli, const char *query, const char *list, const char *columns)
{
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    session_put_options(cli, arguments);
    session_put(arguments, "party", cli->words[0]);
    int failed = session_query(cli, query, arguments, &result);
    if (!failed)
        cli_print(cli, result, list, columns);
    return failed;
}

static int run_cases(struct cli *cli)
{
    return run_list(cli, "own.cases", "cases", "id stage subject obligation");
}

static int run_findings(struct cli *cli)
{
    return run_list(cli, "own.findings", "findings", "id verdict subject obligation observed");
}

static int run_case(struct cli *cli)
{
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    session_put(arguments, "case", cli->words[0]);
    int failed = session_query(cli, "own.case", arguments, &result);
    if (!failed)
        cli_print(cli, result, NULL, NULL);
    return failed;
}

static int run_complaints(struct cli *cli)
{
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    session_put(arguments, "case", cli->words[0]);
    int failed = session_query(cli, "own.complaints", arguments, &result);
    if (!failed)
        cli_print(cli, result, "complaints", "received_at type names tlp");
    return failed;
}

static int run_answer(struct cli *cli)
{
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    struct buffer bytes BUFFER_CLEANUP = {0};
    struct error_detail detail = {0};
    const char *file = cli->words[1];
    buffer_init(&bytes, CLI_FILE_MAX);
    int failed = cli_load(&bytes, file, &detail);
    if (failed >= 0)
        failed = complaint_put_document(arguments, &bytes, file, &detail);
    if (failed < 0)
        return cli_fail(failed, &detail, file);
    session_put(arguments, "case", cli->words[0]);
    session_put(arguments, "version", cli_value(cli, "version", 0));
    failed = session_command(cli, "own.answer", arguments, &result);
    if (!failed)
        cli_print(cli, result, NULL, NULL);
    return failed;
}

static int run_extension(struct cli *cli)
{
    return cli_act(cli, "own.extension", "case");
}

static int run_delegate(struct cli *cli)
{
    return cli_act(cli, "own.delegate", "id");
}

static int run_revoke(struct cli *cli)
{
    return user_grant_revoke_as(cli, "own.revoke");
}

static const struct cli_option page_options[] = {
    {"after", "ID", "go on after this case"},
};
#define VERSION_OPTION                                                                             \
    {                                                                                              \
        "version", "HEX", "of the case as it was seen; another one is refused"                     \
    }
static const struct cli_option answer_options[] = {VERSION_OPTION};
static const struct cli_option extension_options[] = {
    {"until", "DATE", "the day that is asked for, after the one that is due"},
    {"text", "WORDS", "why"},
    VERSION_OPTION,
};
static const struct cli_option delegate_options[] = {
    {"party", "ID", "for this contracted party"},
    {"case", "ID", "for this case alone, of which the party was told"},
    {"may", "WORD", "read, or answer, which includes it"},
    {"from", "DATE", "the first day; today unless given"},
    {"until", "DATE", "the first day on which it is void; that of one's own grant unless given"},
};

const struct cli_command command_own_cases = {
    .name = "own cases",
    .arguments = "PARTY",
    .summary = "the cases of a contracted party as it sees them",
    .text = "A case is there for its party from the first letter on that was served to it.",
    .options = page_options,
    .option_count = sizeof page_options / sizeof *page_options,
    .least_words = 1,
    .most_words = 1,
    .run = run_cases};
const struct cli_command command_own_case = {.name = "own case",
                                             .arguments = "CASE",
                                             .summary = "one case as its contracted party sees it",
                                             .least_words = 1,
                                             .most_words = 1,
                                             .run = run_case};
const struct cli_command command_own_complaints = {
    .name = "own complaints",
    .arguments = "CASE",
    .summary = "the complaints that led to a case as its contracted party sees them",
    .text = "Those that were in scope before the letter that was served last, 50 at most.",
    .least_words = 1,
    .most_words = 1,
    .run = run_complaints};
const struct cli_command command_own_findings = {
    .name = "own findings",
    .arguments = "PARTY",
    .summary = "the findings of a contracted party's cases as it sees them",
    .options = page_options,
    .option_count = sizeof page_options / sizeof *page_options,
    .least_words = 1,
    .most_words = 1,
    .run = run_findings};
const struct cli_command command_own_answer = {
    .name = "own answer",
    .arguments = "CASE FILE",
    .summary = "answer what a letter asks, as a user of the contracted party",
    .text = "FILE is JSON ('-' for standard input): {\"text\", \"items\": [\"1=comply\", ...], "
            "\"exhibits\":\n"
            "[{\"media_type\", \"name\", \"collected_on\", \"base64\"}]}; an exhibit may have the "
            "path of a file\n"
            "beside FILE instead of base64. Positions are comply, dispute, need-time and "
            "not-applicable;\nwithout items all are answered at once.",
    .options = answer_options,
    .option_count = sizeof answer_options / sizeof *answer_options,
    .least_words = 2,
    .most_words = 2,
    .run = run_answer};
const struct cli_command command_own_extension = {
    .name = "own extension",
    .arguments = "CASE",
    .summary = "ask for more time, as a user of the contracted party",
    .text = "A person decides; until then nothing moves.",
    .options = extension_options,
    .option_count = sizeof extension_options / sizeof *extension_options,
    .least_words = 1,
    .most_words = 1,
    .run = run_extension};
const struct cli_command command_own_delegate = {
    .name = "own delegate",
    .arguments = "ID",
    .summary = "let a colleague see and answer for one's contracted party",
    .text = "By who may delegate, to a user of the same party, for no longer than their own grant.",
    .options = delegate_options,
    .option_count = sizeof delegate_options / sizeof *delegate_options,
    .least_words = 1,
    .most_words = 1,
    .run = run_delegate};
const struct cli_command command_own_revoke = {
    .name = "own revoke",
    .arguments = "ID NUMBER",
    .summary = "take back what was delegated for one's contracted party",
    .least_words = 2,
    .most_words = 2,
    .run = run_revoke};
