/* complaint file: a complaint from a file, with the files that it names. */
#include "cli/complaint_file.h"

#include "cli/command.h"
#include "cli/load.h"
#include "cli/print.h"
#include "cli/session.h"

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXHIBIT_MAX = 5 << 20 };

/* "path", beside the document, becomes "base64". */
static int load_exhibit(json_t *exhibit, const char *folder, struct error_detail *detail)
{
    struct buffer bytes BUFFER_CLEANUP = {0};
    char path[PATH_MAX];
    const char *name = json_text(exhibit, "path");
    if (!name)
        return 0;
    snprintf(path, sizeof path, "%s%s%s", name[0] == '/' ? "" : folder, name[0] == '/' ? "" : "/",
             name);
    buffer_init(&bytes, EXHIBIT_MAX);
    int result = cli_load(&bytes, path, detail);
    if (result >= 0)
        result = session_put_bytes(exhibit, "base64", bytes.data, bytes.size);
    if (result < 0)
        return error_context(detail, result, "%s", path);
    json_object_del(exhibit, "path");
    return 0;
}

static int load_exhibits(json_t *document, const char *file, struct error_detail *detail)
{
    char beside[PATH_MAX];
    size_t i;
    json_t *exhibit;
    int result = 0;
    snprintf(beside, sizeof beside, "%s", file);
    const char *folder = strcmp(file, "-") == 0 ? "." : dirname(beside);
    json_array_foreach(json_object_get(document, "exhibits"), i, exhibit)
    {
        if (result >= 0)
            result = load_exhibit(exhibit, folder, detail);
    }
    return result;
}

int complaint_put_document(json_t *arguments, const struct buffer *bytes, const char *file,
                           struct error_detail *detail)
{
    struct buffer text BUFFER_CLEANUP = {0};
    struct json_out out;
    json_t *document JSON_CLEANUP = NULL;
    int result = json_parse(buffer_text(bytes), bytes->size, &document, detail);
    if (result >= 0)
        result = load_exhibits(document, file, detail);
    if (result < 0)
        return result;
    buffer_init(&text, CLI_FILE_MAX);
    json_out_init(&out, &text, /* indent= */ false);
    json_out_value(&out, document);
    if (buffer_error(&text) < 0)
        return buffer_error(&text);
    session_put(arguments, "document", buffer_text(&text));
    return 0;
}

/* The arguments of complaint.file for one complaint. */
static int put_complaint(struct cli *cli, json_t *arguments, const struct buffer *bytes,
                         struct error_detail *detail)
{
    const char *format = cli_value(cli, "format", 0);
    if (cli_flag(cli, "anyway"))
        json_object_set_new(arguments, "anyway", json_true());
    if (!format || strcmp(format, "json") == 0)
        return complaint_put_document(arguments, bytes, cli->words[0], detail);
    session_put(arguments, "format", format);
    return session_put_bytes(arguments, "bytes", bytes->data, bytes->size);
}

/* What the complainant keeps. */
static void print_receipt(const json_t *receipt)
{
    size_t i;
    const json_t *lack;
    printf("reference    %s\nreceived     %s\nstate        %s\nsecret link  %s\nlog entry    %s\n",
           json_text(receipt, "reference"), json_text(receipt, "received_at"),
           json_text(receipt, "state"), json_text(receipt, "link"),
           json_text(json_object_get(receipt, "opening"), "entry"));
    json_array_foreach(json_object_get(receipt, "missing"), i, lack)
    {
        printf("missing      %s (%s): %s\n", json_text(lack, "id"), json_text(lack, "kind"),
               json_text(lack, "words"));
    }
}

/* For whoever takes it down, and on standard error: what the complainant keeps says nothing of it,
 * and was made before anybody looked. A suggestion that cannot be had is none. */
static void say_similar(struct cli *cli, const char *reference)
{
    size_t i, j;
    const json_t *row, *other;
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    session_put(arguments, "complaint", reference);
    if (session_query(cli, "complaint.similar", arguments, &result) != EXIT_MET)
        return;
    json_array_foreach(json_object_get(result, "complaints"), i, row)
    {
        json_array_foreach(json_object_get(row, "similar"), j, other)
        {
            if (strcmp(json_text(other, "kind"), "repeat") == 0)
                cli_say("for staff: may repeat %s; see 'bailiwick complaint similar %s'",
                        json_text(other, "reference"), reference);
        }
    }
}

static int file_one(struct cli *cli)
{
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    struct buffer bytes BUFFER_CLEANUP = {0};
    struct error_detail detail = {0};
    const char *file = cli->words[0];
    buffer_init(&bytes, CLI_FILE_MAX);
    int failed = cli_load(&bytes, file, &detail);
    if (failed >= 0)
        failed = put_complaint(cli, arguments, &bytes, &detail);
    if (failed < 0)
        return cli_fail(failed, &detail, file);
    failed = session_command(cli, "complaint.file", arguments, &result);
    if (failed)
        return failed;
    if (cli->json)
        cli_print(cli, result, NULL, NULL);
    else
        print_receipt(result);
    say_similar(cli, json_text(result, "reference"));
    return EXIT_MET;
}

/* --- many --- */

/* Each line is a complaint of its own, and what becomes of it says nothing about the others. */
static int file_line(struct cli *cli, const struct buffer *line, int64_t number, json_t *items)
{
    json_t *arguments JSON_CLEANUP = json_object(), *receipt JSON_CLEANUP = NULL;
    struct error_detail detail = {0};
    int result = put_complaint(cli, arguments, line, &detail);
    if (result >= 0)
        result = session_try(cli, "complaint.file", arguments, &receipt, &detail);
    const char *state = result < 0 ? "refused" : json_text(receipt, "state");
    json_t *item = json_pack("{s:I, s:s, s:s, s:s, s:s}", "line", (json_int_t)number, "state",
                             state, "reference", result < 0 ? "" : json_text(receipt, "reference"),
                             "link", result < 0 ? "" : json_text(receipt, "link"), "error",
                             result < 0 ? error_words(&detail, result) : "");
    json_array_append_new(items, item);
    return result;
}

/* Whether what went wrong lies in the complaint; else no other one could be filed either. */
static bool is_refusal(int failure)
{
    return failure == ERR_SYNTAX || failure == ERR_LIMIT || failure == ERR_NOT_FOUND;
}

static int file_lines(struct cli *cli, FILE *in, json_t *items)
{
    char *text = NULL;
    size_t room = 0;
    int64_t number = 0;
    ssize_t size;
    int worst = EXIT_MET, result = 0;
    while ((result >= 0 || is_refusal(result)) && (size = getline(&text, &room, in)) >= 0) {
        struct buffer line BUFFER_CLEANUP = {0};
        number++;
        if (text[strspn(text, " \t\r\n")] == '\0')
            continue;
        buffer_init(&line, CLI_FILE_MAX);
        buffer_append(&line, text, (size_t)size);
        result =
            buffer_error(&line) < 0 ? buffer_error(&line) : file_line(cli, &line, number, items);
        worst = result < 0 ? EXIT_USAGE : worst;
    }
    free(text);
    if (result < 0 && !is_refusal(result)) {
        struct error_detail detail = {0};
        error_set(&detail, result, "line %lld and those behind it were not filed: %s",
                  (long long)number,
                  json_text(json_array_get(items, json_array_size(items) - 1), "error"));
        return cli_fail(result, &detail, cli->words[0]);
    }
    return worst;
}

static int file_many(struct cli *cli)
{
    const char *file = cli->words[0], *format = cli_value(cli, "format", 0);
    bool own = strcmp(file, "-") != 0;
    if (format && strcmp(format, "arf") == 0) {
        cli_say("bailiwick: complaint file: a mail has more than one line, so no --bulk with arf");
        return EXIT_USAGE;
    }
    FILE *in = own ? fopen(file, "re") : stdin;
    if (!in)
        return cli_fail(-errno, NULL, file);
    json_t *result JSON_CLEANUP = json_object(), *items = json_array();
    json_object_set_new(result, "items", items);
    int failed = file_lines(cli, in, items);
    if (own)
        fclose(in);
    cli_print(cli, result, "items", "line state reference link error");
    return failed;
}

static int run_file(struct cli *cli)
{
    return cli_flag(cli, "bulk") ? file_many(cli) : file_one(cli);
}

static const struct cli_option file_options[] = {
    {"anyway", NULL, "file it also when something is missing"},
    {"format", "WORD", "what FILE is: json (as docs/schema/complaint.json says), xarf or arf"},
    {"bulk", NULL, "FILE has a complaint in each line; each is filed or refused by itself"},
};

const struct cli_command command_complaint_file = {
    .name = "complaint file",
    .arguments = "FILE",
    .summary = "file a complaint, or a report of abuse",
    .text =
        "Nothing is refused for being incomplete or out of scope: what lacks something is kept\n"
        "as a draft and says what it lacks, or is filed all the same with --anyway. An\n"
        "exhibit has its bytes as base64, or the path of a file beside FILE. What is printed\n"
        "is the receipt: keep the secret link, which is not shown again. With --format xarf FILE "
        "is\n"
        "a report in X-ARF, version 3 or 4, with --format arf a mail as RFC 5965 says; the "
        "rulebook\n"
        "says which type of complaint it becomes.",
    .options = file_options,
    .option_count = sizeof file_options / sizeof *file_options,
    .least_words = 1,
    .most_words = 1,
    .run = run_file};
