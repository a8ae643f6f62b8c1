/* complaint follow, add, insist, withdraw, ask-review: what a complainant does with the secret
 * link. It is read from a file: on a command line others could see it. */
#include "cli/command.h"
#include "cli/complaint_file.h"
#include "cli/complaint_print.h"
#include "cli/load.h"
#include "cli/print.h"
#include "cli/session.h"

#include <string.h>

static int put_link(const struct cli *cli, json_t *arguments, const char *name)
{
    int failed = session_put_file(arguments, name, cli->words[0]);
    if (failed)
        return failed;
    const char *text = json_text(arguments, name);
    json_object_set_new(arguments, name, json_stringn(text, strcspn(text, "\r\n")));
    return 0;
}

static int run_follow(struct cli *cli)
{
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    int failed = put_link(cli, arguments, "token");
    if (!failed)
        failed = session_query(cli, "complaint.follow", arguments, &result);
    if (!failed)
        complaint_print(cli, result);
    return failed;
}

static int run_with_link(struct cli *cli, const char *command, json_t *arguments)
{
    json_t *result JSON_CLEANUP = NULL;
    int failed = session_command(cli, command, arguments, &result);
    if (failed)
        return failed;
    cli_print(cli, result, NULL, NULL);
    cli_print_more(cli, result, "missing", "kind id words");
    return EXIT_MET;
}

static int run_add(struct cli *cli)
{
    json_t *arguments JSON_CLEANUP = json_object();
    struct buffer bytes BUFFER_CLEANUP = {0};
    struct error_detail detail = {0};
    const char *file = cli->words[1];
    int failed = put_link(cli, arguments, "link");
    if (failed)
        return failed;
    buffer_init(&bytes, CLI_FILE_MAX);
    failed = cli_load(&bytes, file, &detail);
    if (failed >= 0)
        failed = complaint_put_document(arguments, &bytes, file, &detail);
    return failed < 0 ? cli_fail(failed, &detail, file)
                      : run_with_link(cli, "complaint.add", arguments);
}

static int act_with_link(struct cli *cli, const char *command)
{
    json_t *arguments JSON_CLEANUP = json_object();
    session_put_options(cli, arguments);
    int failed = put_link(cli, arguments, "link");
    return failed ? failed : run_with_link(cli, command, arguments);
}

static int run_withdraw(struct cli *cli)
{
    return act_with_link(cli, "complaint.withdraw");
}

static int run_insist(struct cli *cli)
{
    return act_with_link(cli, "complaint.insist");
}

static int run_review(struct cli *cli)
{
    return act_with_link(cli, "complaint.review");
}

#define OPTIONS(list) .options = list, .option_count = sizeof(list) / sizeof *(list)

static const struct cli_option withdraw_options[] = {
    {"reason", "TEXT", "why, for a person to read"},
};
static const struct cli_option review_options[] = {
    {"reason", "TEXT", "what was decided wrongly, for the person who looks again"},
};

const struct cli_command command_complaint_follow = {
    .name = "complaint follow",
    .arguments = "FILE",
    .summary = "what the complainant sees by the secret link that FILE holds",
    .least_words = 1,
    .most_words = 1,
    .run = run_follow};
const struct cli_command command_complaint_add = {
    .name = "complaint add",
    .arguments = "LINK FILE",
    .summary = "add words, answers or exhibits by the secret link that LINK holds",
    .text =
        "FILE is JSON as docs/schema/complaint-addition.json says; an exhibit has its bytes as\n"
        "base64, or the path of a file beside FILE. What was filed stays as it was. A draft that\n"
        "lacks nothing then is filed; a decision stands until a person looked. The same said\n"
        "again adds nothing. No token is needed: the link proves who asks.",
    .least_words = 2,
    .most_words = 2,
    .run = run_add};
const struct cli_command command_complaint_insist = {
    .name = "complaint insist",
    .arguments = "LINK",
    .summary = "file a draft as it is, by its secret link",
    .text = "A person decides with what is there.",
    .least_words = 1,
    .most_words = 1,
    .run = run_insist};
const struct cli_command command_complaint_withdraw = {
    .name = "complaint withdraw",
    .arguments = "LINK",
    .summary = "take a complaint back, by its secret link",
    .text = "Nothing is deleted: a person closes it, or goes on with the matter as the\n"
            "authority's own.",
    OPTIONS(withdraw_options),
    .least_words = 1,
    .most_words = 1,
    .run = run_withdraw};
const struct cli_command command_complaint_ask_review = {
    .name = "complaint ask-review",
    .arguments = "LINK",
    .summary = "ask that another person looks at an out-of-scope decision, by the secret link",
    .text = "Once for each complaint. `complaint decide` by who did not decide answers it.",
    OPTIONS(review_options),
    .least_words = 1,
    .most_words = 1,
    .run = run_review};
