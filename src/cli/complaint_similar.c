/* complaint check|similar|clusters|join|part: what is suggested about a complaint, and a person's
 * word on it. */
#include "cli/act.h"
#include "cli/command.h"
#include "cli/print.h"
#include "cli/session.h"

#include <stdio.h>

static void print_similar(const json_t *row)
{
    size_t i, j;
    const json_t *other, *reason;
    json_array_foreach(json_object_get(row, "similar"), i, other)
    {
        printf("  %s %s (%s), %lld of 100:", json_text(other, "kind"),
               json_text(other, "reference"),
               json_is_true(json_object_get(other, "earlier")) ? "filed before" : "filed after",
               (long long)json_number(other, "score", 0));
        json_array_foreach(json_object_get(other, "reasons"), j, reason)
            printf("%s %s", j ? ";" : "", json_string_value(reason));
        printf("\n");
    }
}

static int run_check(struct cli *cli)
{
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    session_put(arguments, "complaint", cli->words[0]);
    int failed = session_query(cli, "complaint.check", arguments, &result);
    if (failed)
        return failed;
    const json_t *proof = json_object_get(result, "proof");
    if (cli->json) {
        cli_print(cli, result, NULL, NULL);
        return EXIT_MET;
    }
    printf("%s (%s): %s\n", json_text(result, "reference"), json_text(result, "state"),
           json_text(result, "outcome"));
    printf("proof that the party was told: %s", json_text(proof, "found"));
    if (json_text(proof, "on"))
        printf(", exhibit %lld of %s", (long long)json_number(proof, "exhibit", 0),
               json_text(proof, "on"));
    printf("\n");
    cli_print_more(cli, result, "holds", "kind id words");
    print_similar(result);
    return EXIT_MET;
}

static int run_similar(struct cli *cli)
{
    size_t i;
    const json_t *row;
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    session_put(arguments, "complaint", cli->word_count ? cli->words[0] : NULL);
    session_put_options(cli, arguments);
    int failed = session_query(cli, "complaint.similar", arguments, &result);
    if (failed)
        return failed;
    if (cli->json) {
        cli_print(cli, result, NULL, NULL);
        return EXIT_MET;
    }
    json_array_foreach(json_object_get(result, "complaints"), i, row)
    {
        printf("%s (%s)\n", json_text(row, "reference"), json_text(row, "state"));
        print_similar(row);
    }
    return EXIT_MET;
}

static void print_cluster(const json_t *row)
{
    size_t i;
    const json_t *value;
    printf("%s (%s): %lld wait, of %lld that are alike, since %s\n", json_text(row, "reference"),
           json_text(row, "type"), (long long)json_number(row, "filed", 0),
           (long long)json_number(row, "members", 0), json_text(row, "first_at"));
    json_array_foreach(json_object_get(row, "names"), i, value)
        printf("%s %s", i ? "" : "  all name", json_string_value(value));
    printf("%s", i ? "\n" : "");
    json_array_foreach(json_object_get(row, "reasons"), i, value)
        printf("%s %s", i ? ";" : "  of the newest,", json_string_value(value));
    printf("%s", i ? "\n" : "");
}

static int run_clusters(struct cli *cli)
{
    size_t i;
    const json_t *row;
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    session_put(arguments, "complaint", cli->word_count ? cli->words[0] : NULL);
    session_put_options(cli, arguments);
    int failed = session_query(cli, "complaint.clusters", arguments, &result);
    if (failed)
        return failed;
    if (cli->json) {
        cli_print(cli, result, NULL, NULL);
        return EXIT_MET;
    }
    if (json_object_get(result, "cluster"))
        print_cluster(json_object_get(result, "cluster"));
    json_array_foreach(json_object_get(result, "clusters"), i, row) print_cluster(row);
    cli_print_more(cli, result, "members", "received_at reference version");
    return EXIT_MET;
}

static int run_join(struct cli *cli)
{
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    session_put(arguments, "complaint", cli->words[0]);
    session_put(arguments, "other", cli->words[1]);
    int failed = session_command(cli, "complaint.join", arguments, &result);
    if (!failed)
        cli_print(cli, result, NULL, NULL);
    return failed;
}

static int run_part(struct cli *cli)
{
    return cli_act(cli, "complaint.part", "complaint");
}

static const struct cli_option similar_options[] = {
    {"after", "REF", "without REF: go on after this one"},
};

static const struct cli_option clusters_options[] = {
    {"singles", NULL, "also those that are like no other: all that waits, the oldest first"},
    {"after", "REF", "go on after this one"},
    {"limit", "N", "as many at most"},
};

const struct cli_command command_complaint_check = {
    .name = "complaint check",
    .arguments = "REF",
    .summary = "what is missing in a complaint, what would close it, and what it may repeat",
    .text = "A suggestion, and no decision: 'hold' with the reasons, 'join' where it may repeat\n"
            "another, else 'file'. A proof that the party was told is looked for in exhibits that\n"
            "are mails or plain text.",
    .least_words = 1,
    .most_words = 1,
    .run = run_check};
const struct cli_command command_complaint_similar = {
    .name = "complaint similar",
    .arguments = "[REF]",
    .summary = "complaints that may be about the same matter, with the reasons",
    .text =
        "A suggestion, and no decision. 'repeat' may be the same incident; 'alike' has the same\n"
        "words about another name, or the same name and little else. Without REF, those of a\n"
        "hundred complaints, oldest first.",
    .options = similar_options,
    .option_count = sizeof similar_options / sizeof *similar_options,
    .most_words = 1,
    .run = run_similar};
const struct cli_command command_complaint_clusters = {
    .name = "complaint clusters",
    .arguments = "[REF]",
    .summary = "complaints that wait and are alike as one row, with the reasons",
    .text =
        "Those of which most wait come first, each named by the oldest of them. With REF, the\n"
        "cluster of that complaint and those of it that wait. A view, and no decision: nothing is\n"
        "merged or closed. The daemon sorts what was filed within moments.",
    .options = clusters_options,
    .option_count = sizeof clusters_options / sizeof *clusters_options,
    .most_words = 1,
    .run = run_clusters};
const struct cli_command command_complaint_join = {
    .name = "complaint join",
    .arguments = "REF OTHER",
    .summary = "say that a complaint is about the same matter as another",
    .text = "Who filed REF counts as another reporter. Both stay as they are, and nobody is told;\n"
            "'complaint part' takes it back.",
    .least_words = 2,
    .most_words = 2,
    .run = run_join};
const struct cli_command command_complaint_part = {
    .name = "complaint part",
    .arguments = "REF",
    .summary = "say that a complaint is a matter of its own again",
    .least_words = 1,
    .most_words = 1,
    .run = run_part};
