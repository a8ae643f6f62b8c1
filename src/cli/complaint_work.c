/* What the staff does about complaints: reading them, deciding, answering what was said later,
 * erasing. */
#include "base/text.h"
#include "cli/act.h"
#include "cli/command.h"
#include "cli/complaint_bulk.h"
#include "cli/complaint_print.h"
#include "cli/print.h"
#include "cli/session.h"

#include <stdio.h>
#include <string.h>

static int run_list(struct cli *cli)
{
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    session_put_options(cli, arguments);
    int failed = session_query(cli, "complaint.list", arguments, &result);
    if (!failed)
        cli_print(cli, result, "complaints",
                  "received_at reference priority state closure case due type");
    return failed;
}

static int ask(struct cli *cli, const char *query, json_t **ret_result)
{
    json_t *arguments JSON_CLEANUP = json_object();
    session_put(arguments, "complaint", cli->words[0]);
    return session_query(cli, query, arguments, ret_result);
}

void complaint_print(const struct cli *cli, const json_t *result)
{
    const json_t *complaint = json_object_get(result, "complaint");
    cli_print(cli, cli->json ? result : complaint, NULL, NULL);
    cli_print_more(cli, complaint, "facts", "question answer");
    cli_print_more(cli, complaint, "answers", "question answer");
    cli_print_more(cli, complaint, "exhibits", "number evidence media_type size name");
    cli_print_more(cli, complaint, "missing", "kind id");
    cli_print_more(cli, complaint, "outcomes", "at name outcome");
    cli_print_more(cli, complaint, "looked_up",
                   "name registered registrar statuses abuse_contact asked_at measurement");
    cli_print_more(cli, complaint, "services", "tld obligation fault asked_at measurement");
    cli_print_more(cli, complaint, "additions", "at text");
    cli_print_more(cli, complaint, "events", "seq at event actor case closure rule other text");
}

static int run_show(struct cli *cli)
{
    json_t *result JSON_CLEANUP = NULL;
    int failed =
        ask(cli, cli_flag(cli, "as-party") ? "complaint.party" : "complaint.show", &result);
    if (!failed)
        complaint_print(cli, result);
    return failed;
}

static int run_scope(struct cli *cli)
{
    json_t *result JSON_CLEANUP = NULL;
    int failed = ask(cli, "complaint.scope", &result);
    if (failed)
        return failed;
    cli_print(cli, result, NULL, NULL);
    cli_print_more(cli, result, "tests", "id holds from closure words");
    return EXIT_MET;
}

static int run_exhibit(struct cli *cli)
{
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    int64_t number;
    if (text_parse_int(cli->words[1], 1, 1000, &number) < 0) {
        cli_say("bailiwick: complaint exhibit: '%s' is no number", cli->words[1]);
        return EXIT_USAGE;
    }
    session_put(arguments, "complaint", cli->words[0]);
    json_object_set_new(arguments, "number", json_integer(number));
    int failed = session_query(cli, "complaint.exhibit", arguments, &result);
    return failed ? failed : cli_print_exhibit(cli, result);
}

static int run_anyway(struct cli *cli)
{
    return cli_act(cli, "complaint.anyway", "complaint");
}

static int run_decide(struct cli *cli)
{
    bool one = cli->word_count == 1 && !cli_value(cli, "all-of", 0) && !cli_value(cli, "from", 0) &&
               !cli_value(cli, "digest", 0);
    return one ? cli_act(cli, "complaint.decide", "complaint") : complaint_decide_many(cli);
}

static int run_seen(struct cli *cli)
{
    return cli_act(cli, "complaint.seen", "complaint");
}

/* REF OUTCOME NAME ... */
static int run_outcome(struct cli *cli)
{
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    json_t *names = json_array();
    for (size_t i = 2; i < cli->word_count; i++)
        json_array_append_new(names, json_string(cli->words[i]));
    session_put(arguments, "complaint", cli->words[0]);
    session_put(arguments, "outcome", cli->words[1]);
    json_object_set_new(arguments, "names", names);
    int failed = session_command(cli, "complaint.outcome", arguments, &result);
    if (!failed)
        cli_print(cli, result, NULL, NULL);
    return failed;
}

static int run_close(struct cli *cli)
{
    return cli_act(cli, "complaint.close", "complaint");
}

static int run_redact(struct cli *cli)
{
    return cli_act(cli, "complaint.redact", "complaint");
}

static int run_reporter(struct cli *cli)
{
    return cli_act(cli, "complaint.reporter", "complaint");
}

static int run_erase(struct cli *cli)
{
    return cli_act(cli, "complaint.erase", "complaint");
}

/* REF, or --case ID for those that are linked to it. */
static int act_on_hold(struct cli *cli, const char *command)
{
    if ((cli->word_count == 1) != (cli_value(cli, "case", 0) != NULL))
        return cli_act(cli, command, cli->word_count ? "complaint" : NULL);
    cli_say("bailiwick: %s: say either a reference or --case ID", cli->command->name);
    return EXIT_USAGE;
}

static int run_hold(struct cli *cli)
{
    return act_on_hold(cli, "complaint.hold");
}

static int run_lift(struct cli *cli)
{
    return act_on_hold(cli, "complaint.lift");
}

static int run_retype(struct cli *cli)
{
    return cli_act(cli, "complaint.retype", "complaint");
}

static int run_label(struct cli *cli)
{
    return cli_act(cli, "complaint.label", "complaint");
}

static int run_prioritise(struct cli *cli)
{
    return cli_act(cli, "complaint.prioritise", "complaint");
}

static int run_retention(struct cli *cli)
{
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    session_put_options(cli, arguments);
    int failed = session_query(cli, "complaint.retention", arguments, &result);
    if (!failed)
        cli_print(cli, result, "due", "reference type state case received_at retention due");
    return failed;
}

static int run_look_up(struct cli *cli)
{
    return cli_act(cli, "complaint.look-up", "complaint");
}

static int run_evidence(struct cli *cli)
{
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    session_put(arguments, "complaint", cli->words[0]);
    session_put(arguments, "measurement", cli->words[1]);
    int failed = session_query(cli, "complaint.evidence", arguments, &result);
    return failed ? failed : cli_print_exhibit(cli, result);
}

static int run_holds(struct cli *cli)
{
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    session_put_options(cli, arguments);
    int failed = session_query(cli, "complaint.holds", arguments, &result);
    if (!failed)
        cli_print(cli, result, "holds", "reference type state case legal_hold received_at");
    return failed;
}

#define OPTIONS(list) .options = list, .option_count = sizeof(list) / sizeof *(list)
#define ONE_WORD .least_words = 1, .most_words = 1

static const struct cli_option list_options[] = {
    {"state", "STATE", "only those in this state, such as filed or review"},
    {"overdue", NULL,
     "only those that waited too long for a first review, or, waiting, for an answer"},
    {"order", "WORD", "priority: those that are filed, the most urgent first"},
    {"after", "REF", "go on after this one"},
    {"limit", "N", "as many at most"},
};
static const struct cli_option decide_options[] = {
    {"in-scope", NULL, "opens a case, or joins the open one of the same matter"},
    {"obligation", "ID", "in scope: what may not have been met"},
    {"party", "ID", "in scope: by whom"},
    {"subject", "NAME", "in scope: the name or TLD that the case is about"},
    {"out-of-scope", "CODE", "closes it with this code of the process"},
    {"reason", "TEXT", "out of scope, or after a review: why, for the complainant"},
    {"need", "TEXT", "asks the complainant for this"},
    {"all-of", "REF", "all that wait and are like REF (`complaint clusters REF`)"},
    {"from", "FILE", "those that FILE names, one in a line"},
    {"preview", NULL, "tells what would become of each, and does nothing"},
    {"digest", "DIGEST", "of many: does what that preview showed"},
};
static const struct cli_option show_options[] = {
    {"as-party", NULL, "as the party of its case sees it, by consent and less what is redacted"},
};
static const struct cli_option redact_options[] = {
    {"words", "TEXT", "these words, wherever the complaint has them"},
    {"reason", "WORD", "personal-data, third-party or security"},
};
static const struct cli_option reporter_options[] = {
    {"reason", "WORD", "to-answer, to-verify or legal-request"},
};
static const struct cli_option erase_options[] = {
    {"reason", "WORD", "person-asked, retention-over or by-mistake"},
};
static const struct cli_option hold_options[] = {
    {"case", "ID", "instead of REF: all complaints that are linked to this case now"},
    {"reason", "WORD", "court-order, legal-claim or investigation"},
};
static const struct cli_option retype_options[] = {
    {"type", "TYPE", "of which it is, of the rulebook of its day"},
};
static const struct cli_option prioritise_options[] = {
    {"level", "WORD", "urgent, high, normal or low"},
    {"reason", "WORD", "harm, many-affected or can-wait"},
};
static const struct cli_option label_options[] = {
    {"tlp", "LABEL", "red, amber+strict, amber, green or clear"},
    {"reason", "WORD", "source-asked, source-unclear or by-mistake"},
};
static const struct cli_option page_options[] = {
    {"after", "REF", "go on after this one"},
    {"limit", "N", "as many at most"},
};
static const struct cli_option lift_options[] = {
    {"case", "ID", "instead of REF: all complaints that are linked to this case now"},
    {"reason", "WORD", "order-ended, matter-closed or by-mistake"},
};
static const struct cli_option close_options[] = {
    {"own", NULL, "goes on with the matter as the authority's own"},
    {"obligation", "ID", "own: what may not have been met"},
    {"party", "ID", "own: by whom"},
    {"subject", "NAME", "own: the name or TLD that the case is about"},
};

const struct cli_command command_complaint_list = {.name = "complaint list",
                                                   .arguments = "",
                                                   .summary = "complaints, oldest first",
                                                   OPTIONS(list_options),
                                                   .run = run_list};
const struct cli_command command_complaint_show = {
    .name = "complaint show",
    .arguments = "REF",
    .summary = "one complaint with its history; not who filed it",
    OPTIONS(show_options),
    ONE_WORD,
    .run = run_show};
const struct cli_command command_complaint_exhibit = {.name = "complaint exhibit",
                                                      .arguments = "REF NUMBER",
                                                      .summary = "the exact bytes of an exhibit",
                                                      .least_words = 2,
                                                      .most_words = 2,
                                                      .run = run_exhibit};
const struct cli_command command_complaint_scope = {
    .name = "complaint scope",
    .arguments = "REF",
    .summary = "what the scope tests of its type say, as far as facts are known",
    .text =
        "Decides nothing. A test that no known fact answers is 'unknown', and what rests on it\n"
        "undetermined.",
    ONE_WORD,
    .run = run_scope};
const struct cli_command command_complaint_anyway = {.name = "complaint anyway",
                                                     .arguments = "REF",
                                                     .summary = "file a draft as it is",
                                                     ONE_WORD,
                                                     .run = run_anyway};
const struct cli_command command_complaint_decide = {
    .name = "complaint decide",
    .arguments = "[REF]",
    .summary = "say whether a complaint is in scope, or ask for more",
    .text =
        "Said again it corrects what was said before; both stay in the history. What is written\n"
        "for the complainant is sealed like the complaint and erased with it. Where they asked "
        "for\n"
        "a review, another person than who decided says it.\n"
        "Many are decided with the same words, each by itself: --all-of or --from with --preview\n"
        "tells what would become of each, and a digest; with --digest instead it is done, unless\n"
        "something happened to one of them since. What comes later is not among them. `complaint\n"
        "undo DIGEST` takes it back.",
    OPTIONS(decide_options),
    .most_words = 1,
    .run = run_decide};
const struct cli_command command_complaint_seen = {
    .name = "complaint seen",
    .arguments = "REF",
    .summary = "an addition to what is decided was read, and the decision stands",
    ONE_WORD,
    .run = run_seen};
const struct cli_command command_complaint_outcome = {
    .name = "complaint outcome",
    .arguments = "REF OUTCOME NAME ...",
    .summary = "say what became of names of a complaint, each by itself",
    .text = "OUTCOME is a closure code of the process, or 'open', which takes back what was said.\n"
            "The complaint itself is decided as a whole.",
    .least_words = 3,
    .most_words = CLI_WORDS_MAX,
    .run = run_outcome};
const struct cli_command command_complaint_close = {
    .name = "complaint close",
    .arguments = "REF",
    .summary = "end a complaint that was taken back",
    .text = "It leaves the case that it was linked to, which goes on by itself. With --own a case\n"
            "of the authority's own monitoring is opened, or the open one of the matter named.",
    OPTIONS(close_options),
    ONE_WORD,
    .run = run_close};
const struct cli_command command_complaint_redact = {
    .name = "complaint redact",
    .arguments = "REF",
    .summary = "leave words of a complaint out of what a party sees",
    .text =
        "The complaint stays as it was filed, for the staff and for who filed it. `complaint show\n"
        "--as-party` tells what is left.",
    OPTIONS(redact_options),
    ONE_WORD,
    .run = run_redact};
const struct cli_command command_complaint_reporter = {
    .name = "complaint reporter",
    .arguments = "REF",
    .summary = "who filed a complaint; each reading is recorded",
    OPTIONS(reporter_options),
    ONE_WORD,
    .run = run_reporter};
const struct cli_command command_complaint_hold = {
    .name = "complaint hold",
    .arguments = "[REF]",
    .summary = "put a complaint, or those of a case, on legal hold: it is not erased meanwhile",
    OPTIONS(hold_options),
    .most_words = 1,
    .run = run_hold};
const struct cli_command command_complaint_holds = {
    .name = "complaint holds",
    .arguments = "",
    .summary = "the complaints that are on legal hold, and why",
    OPTIONS(page_options),
    .run = run_holds};
const struct cli_command command_complaint_retention = {
    .name = "complaint retention",
    .arguments = "",
    .summary = "the complaints that are due to be erased",
    .text =
        "By the classes of the rulebook in force. What is on legal hold, or belongs to an open\n"
        "case, is not among them. Each is erased by `complaint erase REF --reason retention-over`.",
    OPTIONS(page_options),
    .run = run_retention};
const struct cli_command command_complaint_retype = {
    .name = "complaint retype",
    .arguments = "REF",
    .summary = "a complaint that waits is of another type",
    .text = "What was said stays; what the other type asks for and nobody said is missing.",
    OPTIONS(retype_options),
    ONE_WORD,
    .run = run_retype};
const struct cli_command command_complaint_prioritise = {
    .name = "complaint prioritise",
    .arguments = "REF",
    .summary = "how soon a complaint is read, of those that wait",
    .text = "Until a person says so it is what the type of the complaint says of its answers.",
    OPTIONS(prioritise_options),
    ONE_WORD,
    .run = run_prioritise};
const struct cli_command command_complaint_label = {
    .name = "complaint label",
    .arguments = "REF",
    .summary = "how far what a complaint says may go",
    .text =
        "By the Traffic Light Protocol 2.0. With red and amber+strict no party sees free words\n"
        "and exhibits, whatever the complainant agreed to.",
    OPTIONS(label_options),
    ONE_WORD,
    .run = run_label};
const struct cli_command command_complaint_lift = {
    .name = "complaint lift",
    .arguments = "[REF]",
    .summary = "take a complaint, or those of a case, off legal hold",
    OPTIONS(lift_options),
    .most_words = 1,
    .run = run_lift};
const struct cli_command command_complaint_look_up = {
    .name = "complaint look-up",
    .arguments = "REF",
    .summary = "look up again what a machine can see about a complaint",
    .text =
        "Whether its names are registered and by whom, by RDAP; and whether a fault of the TLD\n"
        "shows, where the complaint is about one. It is done beside: `complaint show` tells what\n"
        "was seen, as the event 'looked-up', and `complaint scope` what follows.",
    ONE_WORD,
    .run = run_look_up};
const struct cli_command command_complaint_evidence = {
    .name = "complaint evidence",
    .arguments = "REF MEASUREMENT",
    .summary = "the exact bytes of what was asked and answered when a name was looked up",
    .text = "For `bailiwick replay`.",
    .least_words = 2,
    .most_words = 2,
    .run = run_evidence};
const struct cli_command command_complaint_erase = {
    .name = "complaint erase",
    .arguments = "REF",
    .summary = "destroy the words of a complaint and who filed it",
    .text = "Not while it is on legal hold. What was decided, when and by whom stays, and proofs\n"
            "of the log go on to hold. The bytes leave the store's files as soon as nobody is\n"
            "reading them. A backup of before keeps them; `restore` erases them again, as\n"
            "DATA/erasures says.",
    OPTIONS(erase_options),
    ONE_WORD,
    .run = run_erase};
