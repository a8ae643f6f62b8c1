/* case list|show|next|explain|table and what people do with a case; letter list|show; findings. */
#include "cli/act.h"
#include "cli/command.h"
#include "cli/print.h"
#include "cli/session.h"

#include "base/digest.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PROOF_FILE_MAX = 64 << 20 };

/* Questions: which one, what is the first word, which list and columns people read. */
struct question {
    const char *command, *query, *word, *list, *columns;
};

static const struct question questions[] = {
    {"case list", "case.list", NULL, "cases", "id stage subject obligation party due_at published"},
    {"case show", "case.show", "case", "letters", "id kind state sha256 recipient"},
    {"case next", "case.next", "case", "steps", "event to open why"},
    {"case explain", "case.explain", "case", "events",
     "seq at event from to actor reason rule_line due_at"},
    {"case service", "case.service", "case", "service", "letter kind state next"},
    {"party conduct", "party.conduct", "party", "cases",
     "case stage subject obligation unreachable cured_late counts"},
    {"case table", "case.table", NULL, "edges", "from event to approvals guard"},
    {"letter list", "letter.list", NULL, "letters", "id case kind state recipient sha256"},
    {"finding list", "finding.list", NULL, "findings",
     "id verdict subject obligation party decided_at"},
};

static int run_question(struct cli *cli)
{
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    session_put_options(cli, arguments);
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
        const struct question *q = &questions[i];
        if (strcmp(q->command, cli->command->name) != 0)
            continue;
        if (q->word)
            session_put(arguments, q->word, cli->words[0]);
        int failed = session_query(cli, q->query, arguments, &result);
        if (failed)
            return failed;
        cli_print(cli, result, q->list, q->columns);
        cli_print_more(cli, result, "milestones", "name date state");
        cli_print_more(cli, result, "allegations",
                       "number outcome obligation version subjects first_day last_day reason");
        cli_print_more(cli, result, "items", "number kind allegation position judgement asks");
        cli_print_more(cli, result, "proposals", "sha256 words actor at state open why");
        return EXIT_MET;
    }
    return EXIT_OURS;
}

static int run_letter_show(struct cli *cli)
{
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    session_put(arguments, "letter", cli->words[0]);
    int failed = session_query(cli, "letter.show", arguments, &result);
    if (failed)
        return failed;
    if (cli->json)
        cli_print(cli, result, NULL, NULL);
    else
        printf("%s", json_text(result, "message"));
    return EXIT_MET;
}

/* Commands on one case: `case VERB ID [options]` is `case.VERB` with the options as arguments. */
static int run_action(struct cli *cli)
{
    char name[64];
    snprintf(name, sizeof name, "case.%s", strchr(cli->command->name, ' ') + 1);
    return cli_act(cli, name, "case");
}

/* A repeated option becomes a list. */
static void put_list(const struct cli *cli, const char *option, const char *name, json_t *arguments)
{
    json_t *list = json_array();
    const char *value;
    for (size_t i = 0; (value = cli_value(cli, option, i)); i++)
        json_array_append_new(list, json_string(value));
    if (json_array_size(list) > 0)
        json_object_set(arguments, name, list);
    json_decref(list);
}

/* case allege ID --obligation ID --subject NAME ... */
static int run_allege(struct cli *cli)
{
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    session_put_options(cli, arguments);
    put_list(cli, "subject", "subject", arguments);
    session_put(arguments, "case", cli->words[0]);
    int failed = session_command(cli, "case.allege", arguments, &result);
    if (!failed)
        cli_print(cli, result, NULL, NULL);
    return failed;
}

/* case decide ID NUMBER; case link|unlink ID KIND OBJECT */
static int run_words(struct cli *cli)
{
    static const char *const names[] = {"case", "kind", "object"};
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    char name[64];
    snprintf(name, sizeof name, "case.%s", strchr(cli->command->name, ' ') + 1);
    session_put_options(cli, arguments);
    session_put(arguments, "case", cli->words[0]);
    if (cli->word_count == 2)
        session_put(arguments, "number", cli->words[1]);
    for (size_t i = 1; cli->word_count == 3 && i < 3; i++)
        session_put(arguments, names[i], cli->words[i]);
    int failed = session_command(cli, name, arguments, &result);
    if (!failed)
        cli_print(cli, result, NULL, NULL);
    return failed;
}

/* A file stands for its digest: the file itself stays with whoever keeps it. */
static int put_proof(json_t *arguments, const char *proof)
{
    struct buffer bytes BUFFER_CLEANUP = {0};
    char text[8 + DIGEST_HEX] = "sha256:";
    buffer_init(&bytes, PROOF_FILE_MAX);
    if (!proof || access(proof, F_OK) != 0)
        return 0;
    int result = buffer_load_file(&bytes, proof);
    if (result < 0)
        return cli_fail(result, /* detail= */ NULL, proof);
    const struct digest digest = digest_of(bytes.data, bytes.size);
    digest_format(&digest, text + strlen(text));
    session_put(arguments, "proof", text);
    return 0;
}

/* letter served ID */
static int run_served(struct cli *cli)
{
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    session_put_options(cli, arguments);
    session_put(arguments, "letter", cli->words[0]);
    int failed = put_proof(arguments, cli_value(cli, "proof", 0));
    if (!failed)
        failed = session_command(cli, "letter.served", arguments, &result);
    if (!failed)
        cli_print(cli, result, NULL, NULL);
    return failed;
}

/* letter resend ID */
static int run_resend(struct cli *cli)
{
    return cli_act(cli, "letter.resend", "letter");
}

static int run_open(struct cli *cli)
{
    return cli_act(cli, "case.open", NULL);
}

/* case record ID EVENT */
static int run_record(struct cli *cli)
{
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    session_put_options(cli, arguments);
    session_put(arguments, "case", cli->words[0]);
    session_put(arguments, "event", cli->words[1]);
    int failed = session_command(cli, "case.record", arguments, &result);
    if (!failed)
        cli_print(cli, result, NULL, NULL);
    return failed;
}

/* case answer ID FILE, or case answer ID --mail SHA256 */
static int run_answer(struct cli *cli)
{
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    const char *mail = cli_value(cli, "mail", 0);
    if ((cli->word_count == 2) == (mail != NULL)) {
        cli_say("case answer: say either a file or --mail");
        return EXIT_USAGE;
    }
    session_put(arguments, "case", cli->words[0]);
    session_put(arguments, "mail", mail);
    put_list(cli, "item", "items", arguments);
    int failed = mail ? 0 : session_put_file(arguments, "text", cli->words[1]);
    if (!failed)
        failed = session_command(cli, "case.answer", arguments, &result);
    if (!failed)
        cli_print(cli, result, NULL, NULL);
    return failed;
}

static int run_exhibit(struct cli *cli)
{
    static const char *const names[] = {"event", "number"};
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    session_put(arguments, "case", cli->words[0]);
    for (size_t i = 0; i < 2; i++) {
        int64_t number;
        if (text_parse_int(cli->words[i + 1], 1, UINT32_MAX, &number) < 0) {
            cli_say("bailiwick: case exhibit: '%s' is no number", cli->words[i + 1]);
            return EXIT_USAGE;
        }
        json_object_set_new(arguments, names[i], json_integer(number));
    }
    int failed = session_query(cli, "case.exhibit", arguments, &result);
    return failed ? failed : cli_print_exhibit(cli, result);
}

static int run_migrations(struct cli *cli)
{
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    json_object_set_new(arguments, "stale", json_boolean(cli_flag(cli, "stale")));
    int failed = session_query(cli, "case.migrations", arguments, &result);
    if (!failed)
        cli_print(cli, result, "proposals", "case proposal version actor at stale why");
    return failed;
}

static const struct cli_option migrations_options[] = {
    {"stale", NULL, "only those that cannot be agreed to any more; 'case withdraw' ends one"},
};
static const struct cli_option list_options[] = {
    {"party", "ID", "of this party"},
    {"subject", "NAME", "about this TLD or name"},
    {"stage", "ID", "in this stage"},
    {"open", NULL, "only open ones"},
    {"handler", "ID", "open ones of this person"},
    {"after", "ID", "go on after this one"},
};
static const struct cli_option letter_options[] = {
    {"case", "ID", "of this case"},
    {"after", "ID", "go on after this one"},
};
static const struct cli_option finding_options[] = {
    {"obligation", "ID", "of this obligation"},
    {"party", "ID", "of this party"},
    {"subject", "NAME", "about this TLD or name"},
    {"latest", NULL, "only the latest of each matter"},
};
static const struct cli_option bytes_options[] = {
    {"sha256", "HEX", "the bytes of the letter that are meant"},
    {"reason", "CODE", "reason code, where the process wants one"},
};
static const struct cli_option send_options[] = {
    {"sha256", "HEX", "the bytes of the approved letter"},
    {"criterion", "WORD", "escalation: harm, overdue-remediation or repeat"},
    {"ground", "ID", "contract ground that needs no informal step"},
    {"imported", "TEXT", "for a ground of repetition: notices that the record does not have"},
    {"until", "DATE", "last day of the agreement that is not renewed"},
    {"reason", "CODE", "reason code, where the process wants one"},
};
static const struct cli_option open_options[] = {
    {"party", "ID", "whom it is about"},
    {"obligation", "ID", "what was promised"},
    {"subject", "NAME", "for which TLD or name"},
    {"origin", "WORD", "complaint, monitoring or audit"},
    {"source", "WORD", "of monitoring: article, post, earlier-complaint, trend or measurement"},
    {"violation", NULL, "what is known indicates a violation: a notice, not an inquiry"},
    {"from", "DATE", "first day of the conduct; else its last day"},
    {"to", "DATE", "last day of the conduct; else today"},
    {"version", "DATE", "the version of the obligation in force from that day"},
    {"complaint", "ID", "type of complaint of the rulebook, whose times then apply"},
    {"family", "WORD", "which times apply: default, registration-data, audit-request ..."},
    {"received", NULL, "only received: it waits in intake for a person's decision"},
};
static const struct cli_option accept_options[] = {
    {"violation", NULL, "what is known indicates a violation: a notice, not an inquiry"},
    {"complaint", "ID", "type of complaint of the rulebook, whose times then apply"},
    {"family", "WORD", "which times apply; else those it was received with"},
    {"reason", "CODE", "why"},
};
static const struct cli_option allege_options[] = {
    {"obligation", "ID", "what was promised"},
    {"subject", "NAME", "for which TLD or name; may be given again"},
    {"from", "DATE", "first day of the conduct; else its last day"},
    {"to", "DATE", "last day of the conduct; else today"},
    {"version", "DATE", "the version of the obligation in force from that day"},
    {"reason", "CODE", "reason code"},
};
static const struct cli_option decide_options[] = {
    {"outcome", "WORD",
     "substantiated, not-substantiated, corrected, withdrawn; open takes it back"},
    {"reason", "CODE", "why"},
};
static const struct cli_option complainant_options[] = {
    {"email", "ADDRESS", "where to write"},
    {"language", "TAG", "in which language, such as en; else the authority's"},
};
static const struct cli_option reason_options[] = {
    {"reason", "CODE", "reason code"},
};
static const struct cli_option migrate_options[] = {
    {"to", "VERSION", "the version in force, to be sure of it"},
    {"reason", "CODE", "reason code"},
};
static const struct cli_option proposal_options[] = {
    {"proposal", "HEX", "the proposed step that is meant"},
};
static const struct cli_option draft_options[] = {
    {"letter", "ID", "which letter of the rulebook"},
};
static const struct cli_option resend_options[] = {
    {"to", "ADDRESS", "another contact of the same party; else the letter's own recipient"},
};
static const struct cli_option served_options[] = {
    {"channel", "WORD", "registered-mail, courier, fax or by-hand"},
    {"on", "DATE", "the day of delivery, or of the attempt"},
    {"proof", "FILE|TEXT",
     "proof of delivery: a file, of which the SHA-256 is kept, or a reference"},
    {"failed", "WORDS", "it was not delivered: why"},
    {"reason", "CODE", "reason code"},
};
static const struct cli_option answer_options[] = {
    {"mail", "SHA256", "a mail that came in, instead of a file"},
    {"item", "N=WORD",
     "position to a demand: comply, dispute, need-time or not-applicable; may be "
     "given again"},
};
static const struct cli_option judge_options[] = {
    {"judgement", "WORD", "adequate, partial or inadequate"},
    {"item", "N", "of this demand alone; else of all that are not judged yet"},
    {"reason", "CODE", "why"},
};
static const struct cli_option record_options[] = {
    {"until", "DATE", "new due date (extended, remediation-agreed, milestone-agreed)"},
    {"call", "WORD", "how a call came out: reached or not-reached"},
    {"with", "ROLE", "in which role somebody was reached, never a name"},
    {"dispute", "WORD", "open (disputed); upheld, denied or withdrawn (dispute-ended)"},
    {"closure", "CODE", "closure code (closed)"},
    {"outcome", "WORD", "what became of the allegations that are open still (closed)"},
    {"object", "ID", "who or what it is about"},
    {"reason", "CODE", "reason code"},
};

#define OPTIONS(list) .options = list, .option_count = sizeof list / sizeof *list
#define ONE_WORD .arguments = "ID", .least_words = 1, .most_words = 1

const struct cli_command command_case_list = {.name = "case list",
                                              .arguments = "",
                                              .summary = "cases",
                                              OPTIONS(list_options),
                                              .run = run_question};
const struct cli_command command_case_show = {.name = "case show",
                                              ONE_WORD,
                                              .summary = "one case with its letters and deadlines",
                                              .run = run_question};
const struct cli_command command_case_next = {.name = "case next",
                                              ONE_WORD,
                                              .summary = "what may happen next, and what blocks it",
                                              .run = run_question};
const struct cli_command command_case_explain = {
    .name = "case explain",
    ONE_WORD,
    .summary = "every event, the rule that allowed it and the evidence",
    .run = run_question};
const struct cli_command command_case_table = {
    .name = "case table",
    .arguments = "",
    .summary = "stages, edges and guards of the adopted process",
    .run = run_question};
const struct cli_command command_case_open = {
    .name = "case open",
    .arguments = "",
    .summary = "take a matter up; joins the open case of the same matter",
    OPTIONS(open_options),
    .run = run_open};
const struct cli_command command_case_accept = {.name = "case accept",
                                                ONE_WORD,
                                                .summary =
                                                    "decide that work on a received matter begins",
                                                OPTIONS(accept_options),
                                                .run = run_action};
const struct cli_command command_case_allege = {
    .name = "case allege",
    ONE_WORD,
    .summary = "add an allegation to a case",
    .text = "The version of the obligation is pinned: one that bound the party on a day of the "
            "conduct, by an agreement of that day. Without --version it is the earliest such.",
    OPTIONS(allege_options),
    .run = run_allege};
const struct cli_command command_case_decide = {.name = "case decide",
                                                .arguments = "ID NUMBER",
                                                .summary = "say what became of an allegation",
                                                OPTIONS(decide_options),
                                                .least_words = 2,
                                                .most_words = 2,
                                                .run = run_words};
const struct cli_command command_case_complainant = {
    .name = "case complainant",
    ONE_WORD,
    .summary = "say who complained, who is then told how the case ended",
    .text = "The address stays in the store; neither the log nor the party learns it.",
    OPTIONS(complainant_options),
    .run = run_action};
const struct cli_command command_case_link = {
    .name = "case link",
    .arguments = "ID KIND OBJECT",
    .summary = "link a finding, complaint, lead or case",
    .text = "Nothing is merged. A finding that says more than is alleged adds an allegation.",
    OPTIONS(reason_options),
    .least_words = 3,
    .most_words = 3,
    .run = run_words};
const struct cli_command command_case_unlink = {.name = "case unlink",
                                                .arguments = "ID KIND OBJECT",
                                                .summary = "take a link back",
                                                OPTIONS(reason_options),
                                                .least_words = 3,
                                                .most_words = 3,
                                                .run = run_words};
const struct cli_command command_case_draft = {
    .name = "case draft",
    ONE_WORD,
    .summary = "write a letter of the rulebook as one's own draft",
    OPTIONS(draft_options),
    .run = run_action};
const struct cli_command command_case_adopt = {
    .name = "case adopt",
    ONE_WORD,
    .summary = "stand behind a draft; an informal letter goes out",
    OPTIONS(bytes_options),
    .run = run_action};
const struct cli_command command_case_approve = {
    .name = "case approve",
    ONE_WORD,
    .summary = "approve one sequence of bytes; never one's own draft",
    OPTIONS(bytes_options),
    .run = run_action};
const struct cli_command command_case_send = {.name = "case send",
                                              ONE_WORD,
                                              .summary =
                                                  "take the step that an approved letter opens",
                                              OPTIONS(send_options),
                                              .run = run_action};
const struct cli_command command_case_judge = {.name = "case judge",
                                               ONE_WORD,
                                               .summary = "judge the party's answer",
                                               OPTIONS(judge_options),
                                               .run = run_action};
const struct cli_command command_case_record = {
    .name = "case record",
    .arguments = "ID EVENT",
    .summary = "record a call, a meeting, an extension, a closure ...",
    OPTIONS(record_options),
    .least_words = 2,
    .most_words = 2,
    .run = run_record};
const struct cli_command command_case_migrate = {
    .name = "case migrate",
    ONE_WORD,
    .summary = "propose that a running case goes over to the rulebook in force",
    OPTIONS(migrate_options),
    .run = run_action};
const struct cli_command command_case_migrations = {
    .name = "case migrations",
    .arguments = "",
    .summary = "proposals to go over that wait for a second person",
    OPTIONS(migrations_options),
    .run = run_migrations};
const struct cli_command command_case_agree = {
    .name = "case agree",
    ONE_WORD,
    .summary = "agree as second person to a proposed step, which is then taken",
    OPTIONS(proposal_options),
    .run = run_action};
const struct cli_command command_case_withdraw = {.name = "case withdraw",
                                                  ONE_WORD,
                                                  .summary = "end a proposed step that waits",
                                                  OPTIONS(proposal_options),
                                                  .run = run_action};
const struct cli_command command_case_exhibit = {
    .name = "case exhibit",
    .arguments = "ID EVENT NUMBER",
    .summary = "the bytes that a party brought along with its answer, the event of that number",
    .text = "They go to a file or another program, never to a terminal.",
    .least_words = 3,
    .most_words = 3,
    .run = run_exhibit};
const struct cli_command command_case_answer = {.name = "case answer",
                                                .arguments = "ID [FILE]",
                                                .summary = "file the party's answer",
                                                OPTIONS(answer_options),
                                                .least_words = 1,
                                                .most_words = 2,
                                                .run = run_answer};
const struct cli_command command_letter_list = {.name = "letter list",
                                                .arguments = "",
                                                .summary = "letters, their state and attempts",
                                                OPTIONS(letter_options),
                                                .run = run_question};
const struct cli_command command_letter_show = {.name = "letter show",
                                                ONE_WORD,
                                                .summary = "the exact bytes of a letter",
                                                .run = run_letter_show};
const struct cli_command command_case_service = {
    .name = "case service",
    ONE_WORD,
    .summary = "how each letter was delivered, and the next channel",
    .run = run_question};
const struct cli_command command_party_conduct = {
    .name = "party conduct",
    ONE_WORD,
    .summary = "how a party answered and put things right, from the events of its cases",
    .run = run_question};
const struct cli_command command_letter_served = {
    .name = "letter served",
    ONE_WORD,
    .summary = "record a delivery by registered mail, courier, fax or by hand",
    .text = "The bytes that a person adopted or approved were delivered otherwise than by e-mail. "
            "Service is effective at the end of that day, in the zone of the letter's clock, which "
            "starts then; of a letter that was served it is one more copy. With --failed it is an "
            "attempt, and serves nothing.",
    OPTIONS(served_options),
    .run = run_served};
const struct cli_command command_letter_resend = {
    .name = "letter resend",
    ONE_WORD,
    .summary = "hand the same bytes over again",
    .text =
        "For a letter that was refused or came back: the bytes that a person adopted or approved "
        "go out once more, so that no new approval is needed. The first mail server that takes "
        "them makes service and starts the clock; once served, one more copy restarts nothing.",
    OPTIONS(resend_options),
    .run = run_resend};
const struct cli_command command_finding_list = {.name = "finding list",
                                                 .arguments = "",
                                                 .summary = "findings",
                                                 OPTIONS(finding_options),
                                                 .run = run_question};
