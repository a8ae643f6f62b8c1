/* complaint types|type: what may be complained about, by the adopted rulebook or by a folder. */
#include "cli/command.h"
#include "cli/print.h"
#include "cli/session.h"

#include "app/admin.h"

#include <stdio.h>

/* The whole answer of the query; a folder needs no store. */
static int ask(struct cli *cli, const char *type, json_t **ret_result)
{
    struct error_detail detail = {0};
    const char *folder = cli_value(cli, "rulebook", 0);
    const char *language = cli_value(cli, "language", 0);
    if (folder) {
        int failure = admin_complaints(folder, type, language, ret_result, &detail);
        return failure < 0 ? cli_fail(failure, &detail, "complaint") : 0;
    }
    json_t *arguments JSON_CLEANUP = json_object();
    session_put(arguments, "type", type);
    session_put(arguments, "language", language);
    return session_query(cli, type ? "complaint.type" : "complaint.types", arguments, ret_result);
}

static int run_types(struct cli *cli)
{
    json_t *result JSON_CLEANUP = NULL;
    int failed = ask(cli, NULL, &result);
    if (!failed)
        cli_print(cli, result, "types", "id binds first_review_days untranslated title");
    return failed;
}

static void print_list(const json_t *type, const char *name, const char *text, const char *then)
{
    size_t i;
    const json_t *row;
    printf("\n%s\n", name);
    json_array_foreach(json_object_get(type, name), i, row)
    {
        const json_t *required = json_object_get(row, "required");
        printf("  %s%s: %s%s%s\n", json_text(row, "id"), json_is_true(required) ? " *" : "",
               json_text(row, text), then ? " -> " : "", then ? json_text(row, then) : "");
    }
}

static int run_type(struct cli *cli)
{
    json_t *result JSON_CLEANUP = NULL;
    int failed = ask(cli, cli->words[0], &result);
    if (failed)
        return failed;
    if (cli->json) {
        cli_print(cli, result, NULL, NULL);
        return EXIT_MET;
    }
    printf("%s: %s\n", json_text(result, "id"), json_text(result, "title"));
    print_list(result, "questions", "ask", NULL);
    print_list(result, "evidence", "ask", NULL);
    print_list(result, "scope", "words", "closure");
    return EXIT_MET;
}

static const struct cli_option options[] = {
    {"language", "TAG", "the texts in this language, as far as they are translated"},
};

const struct cli_command command_complaint_types = {.name = "complaint types",
                                                    .arguments = "",
                                                    .summary = "what may be complained about",
                                                    .options = options,
                                                    .option_count =
                                                        sizeof options / sizeof *options,
                                                    .run = run_types};
const struct cli_command command_complaint_type = {
    .name = "complaint type",
    .arguments = "ID",
    .summary = "questions, evidence and scope tests of one type of complaint",
    .text = "What is required is marked with *. Each scope test is told with the words for the\n"
            "complainant and the closure code when it fails.",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .least_words = 1,
    .most_words = 1,
    .run = run_type};
