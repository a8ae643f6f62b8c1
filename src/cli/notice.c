/* notice list|show, and what people write for the public about a notice. */
#include "cli/command.h"
#include "cli/print.h"
#include "cli/session.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

enum { REFUSED_MAX = 1000000 };

static const char item_columns[] = "item notice kind about actor at state sha256";

static int run_list(struct cli *cli)
{
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    int failed = session_query(cli, "notice.list", arguments, &result);
    if (failed)
        return failed;
    cli_print(cli, result, "notices",
              "notice state published_at updated_at next_update_due overdue_since");
    cli_print_more(cli, result, "items", item_columns);
    return EXIT_MET;
}

static int run_show(struct cli *cli)
{
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    session_put(arguments, "notice", cli->words[0]);
    int failed = session_query(cli, "notice.show", arguments, &result);
    if (failed)
        return failed;
    cli_print(cli, result, "updates", "id at kind text");
    cli_print_more(cli, result, "items", "item kind about actor at state sha256 text reason");
    return EXIT_MET;
}

/* `notice VERB ID [FILE] [options]` is `notice.VERB` with the first word under `name`. */
static int run_action(struct cli *cli, const char *name)
{
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    char command[64];
    snprintf(command, sizeof command, "notice.%s", strchr(cli->command->name, ' ') + 1);
    session_put(arguments, name, cli->words[0]);
    session_put_options(cli, arguments);
    int failed = cli->word_count > 1 ? session_put_file(arguments, "text", cli->words[1]) : 0;
    if (!failed)
        failed = session_command(cli, command, arguments, &result);
    if (!failed)
        cli_print(cli, result, NULL, NULL);
    return failed;
}

static int run_on_notice(struct cli *cli)
{
    return run_action(cli, "notice");
}

static int run_on_letter(struct cli *cli)
{
    return run_action(cli, "letter");
}

static int run_on_item(struct cli *cli)
{
    return run_action(cli, "item");
}

static int put_refused(const struct cli *cli, json_t *arguments)
{
    const char *text = cli_value(cli, "refused", 0);
    int64_t count = 0;
    if (text && text_parse_int(text, 0, REFUSED_MAX, &count) < 0) {
        cli_say("notice import: --refused wants a number, not '%s'", text);
        return EXIT_USAGE;
    }
    json_object_set_new(arguments, "refused", json_integer(count));
    return 0;
}

static int run_import(struct cli *cli)
{
    static const char *const lists[] = {"added", "changed", "refused"};
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    json_object_set_new(arguments, "dry_run", json_boolean(cli_flag(cli, "dry-run")));
    int failed = put_refused(cli, arguments);
    if (!failed)
        failed = session_put_file(arguments, "text", cli->words[0]);
    if (!failed)
        failed = session_command(cli, cli_flag(cli, "confirm") ? "notice.adopt" : "notice.import",
                                 arguments, &result);
    if (failed)
        return failed;
    if (cli->json) {
        cli_print(cli, result, NULL, NULL);
        return EXIT_MET;
    }
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        printf("%s: %zu\n", lists[i], json_array_size(json_object_get(result, lists[i])));
    cli_print_more(cli, result, "refused", "line reason");
    return EXIT_MET;
}

static int run_history(struct cli *cli)
{
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    session_put(arguments, "party", cli->words[0]);
    session_put(arguments, "from", cli_value(cli, "from", 0));
    session_put(arguments, "until", cli_value(cli, "until", 0));
    session_put(arguments, "as_of", cli_value(cli, "as-of", 0));
    int failed = session_query(cli, "notice.history", arguments, &result);
    if (!failed)
        cli_print(cli, result, "notices",
                  "notice kind cure_due cured suspended terminated imported source");
    return failed;
}

static const struct cli_option import_options[] = {
    {"dry-run", NULL, "only show what would change"},
    {"confirm", NULL, "as second person, with the same file: it is imported"},
    {"refused", "N", "how many rows are refused and left out; else one stops the import"},
};
static const struct cli_option history_options[] = {
    {"from", "DATE", "notices from this day on"},
    {"until", "DATE", "notices before this day"},
};
static const struct cli_option correct_options[] = {
    {"about", "UPDATE", "which update; without it the notice as a whole"},
    {"reason", "WORDS", "why, for the public"},
};
static const struct cli_option withdraw_options[] = {
    {"about", "UPDATE", "which update"},
    {"reason", "WORDS", "why, for the public"},
};
static const struct cli_option redact_options[] = {
    {"words", "TEXT", "what is not to be shown, wherever the letter has it"},
    {"reason", "WORDS", "why, for the public; never the words themselves"},
};
static const struct cli_option agree_options[] = {
    {"sha256", "HEX", "the item that is meant, as `notice show` names it"},
};

#define OPTIONS(list) .options = list, .option_count = sizeof list / sizeof *list
#define ONE_WORD(word) .arguments = word, .least_words = 1, .most_words = 1
#define WITH_FILE .arguments = "NOTICE FILE", .least_words = 2, .most_words = 2

const struct cli_command command_notice_list = {
    .name = "notice list",
    .arguments = "",
    .summary = "public notices, when their updates are due, and what waits for a second person",
    .run = run_list};
const struct cli_command command_notice_show = {
    .name = "notice show",
    ONE_WORD("NOTICE"),
    .summary = "the updates of a notice, and what was written for it",
    .run = run_show};
const struct cli_command command_notice_progress = {
    .name = "notice progress",
    WITH_FILE,
    .summary = "tell the public how the matter stands",
    .text = "FILE is plain text (- is standard input). Published at once, or after a second person "
            "agreed where the process wants one. The next update is due anew.",
    .run = run_on_notice};
const struct cli_command command_notice_statement = {
    .name = "notice statement",
    WITH_FILE,
    .summary = "put a statement that the party gave beside its notice",
    .text = "FILE is plain text (- is standard input), word for word as the party gave it. "
            "Published when a second person agreed.",
    .run = run_on_notice};
const struct cli_command command_notice_correct = {
    .name = "notice correct",
    WITH_FILE,
    .summary = "publish other words for an update, beside the old ones",
    .text = "FILE is plain text (- is standard input). Published when a second person agreed; the "
            "old words stay readable.",
    OPTIONS(correct_options),
    .run = run_on_notice};
const struct cli_command command_notice_withdraw = {
    .name = "notice withdraw",
    ONE_WORD("NOTICE"),
    .summary = "take an update back; it stays where it is, marked as withdrawn",
    .text = "Published when a second person agreed. To take the notice itself back, send the "
            "letter of its rescission (case send).",
    OPTIONS(withdraw_options),
    .run = run_on_notice};
const struct cli_command command_notice_redact = {
    .name = "notice redact",
    ONE_WORD("LETTER"),
    .summary = "hide words of a formal letter from the public",
    .text = "In force when a second person agreed, which may be before the letter goes out. The "
            "notice tells that something is hidden and why.",
    OPTIONS(redact_options),
    .run = run_on_letter};
const struct cli_command command_notice_agree = {
    .name = "notice agree",
    ONE_WORD("ITEM"),
    .summary = "agree as second person to what was written; it is then published",
    OPTIONS(agree_options),
    .run = run_on_item};
const struct cli_command command_notice_drop = {
    .name = "notice drop",
    ONE_WORD("ITEM"),
    .summary = "end what waits for a second person; it is never published",
    .run = run_on_item};
const struct cli_command command_notice_import = {
    .name = "notice import",
    ONE_WORD("FILE"),
    .summary = "bring in notices that were published elsewhere before",
    .text = "FILE is CSV with the columns Party, Kind, Notice, Cure due, Cured, Suspended, "
            "Terminated, Clauses (separated by semicolons) and Source, or JSON, a list of objects "
            "with the members party, kind, notice, cure_due, cured, suspended, terminated, clauses "
            "and source. Party is an IANA Registrar ID, a TLD, an id or a name. One person "
            "proposes, another brings the same file with --confirm. What is imported counts when "
            "one looks back over a party's conduct, and is never published as a notice of ours.",
    OPTIONS(import_options),
    .run = run_import};
const struct cli_command command_notice_history = {
    .name = "notice history",
    ONE_WORD("PARTY"),
    .summary = "the formal notices of a party, ours and imported ones",
    .text = "PARTY is an IANA Registrar ID, a TLD, an id or a name.",
    OPTIONS(history_options),
    .run = run_history};
