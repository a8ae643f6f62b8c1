/* complaint file: a complaint from a file, with the files that it names. */
#include "base/buffer.h"
#include "base/digest.h"
#include "cli/command.h"
#include "cli/print.h"
#include "cli/session.h"

#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DOCUMENT_MAX = 60 << 20, EXHIBIT_MAX = 5 << 20 };

/* "path", beside the document, becomes "base64". */
static int load_exhibit(json_t *exhibit, const char *folder)
{
    struct buffer bytes BUFFER_CLEANUP = {0};
    char path[PATH_MAX];
    const char *name = json_text(exhibit, "path");
    if (!name)
        return 0;
    snprintf(path, sizeof path, "%s%s%s", name[0] == '/' ? "" : folder, name[0] == '/' ? "" : "/",
             name);
    buffer_init(&bytes, EXHIBIT_MAX);
    int result = buffer_load_file(&bytes, path);
    char *text = result < 0 ? NULL : malloc(BASE64_ROOM(bytes.size));
    if (!text) {
        cli_say("bailiwick: %s: %s", path, error_text(result < 0 ? result : ERR_NO_MEMORY));
        return result < 0 ? result : ERR_NO_MEMORY;
    }
    base64_format(bytes.data, bytes.size, text, BASE64_ROOM(bytes.size));
    json_object_set_new(exhibit, "base64", json_string(text));
    json_object_del(exhibit, "path");
    free(text);
    return 0;
}

static int load_exhibits(json_t *document, const char *file)
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
            result = load_exhibit(exhibit, folder);
    }
    return result;
}

static int load(const char *file, json_t *arguments)
{
    struct buffer bytes BUFFER_CLEANUP = {0}, text BUFFER_CLEANUP = {0};
    struct error_detail detail = {0};
    struct json_out out;
    json_t *document JSON_CLEANUP = NULL;
    buffer_init(&bytes, DOCUMENT_MAX);
    buffer_init(&text, DOCUMENT_MAX);
    int result = strcmp(file, "-") == 0 ? buffer_load_fd(&bytes, STDIN_FILENO)
                                        : buffer_load_file(&bytes, file);
    if (result >= 0)
        result = json_parse(buffer_text(&bytes), bytes.size, &document, &detail);
    if (result < 0)
        return cli_fail(result, &detail, file);
    if (load_exhibits(document, file) < 0)
        return EXIT_USAGE;
    json_out_init(&out, &text, /* indent= */ false);
    json_out_value(&out, document);
    if (buffer_error(&text) < 0)
        return cli_fail(buffer_error(&text), &detail, file);
    session_put(arguments, "document", buffer_text(&text));
    return 0;
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

static int run_file(struct cli *cli)
{
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    int failed = load(cli->words[0], arguments);
    if (cli_flag(cli, "anyway"))
        json_object_set_new(arguments, "anyway", json_true());
    if (!failed)
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

static const struct cli_option file_options[] = {
    {"anyway", NULL, "file it also when something is missing"},
};

const struct cli_command command_complaint_file = {
    .name = "complaint file",
    .arguments = "FILE",
    .summary = "file a complaint, JSON as docs/schema/complaint.json says",
    .text =
        "Nothing is refused for being incomplete or out of scope: what lacks something is kept\n"
        "as a draft and says what it lacks, or is filed all the same with --anyway. An\n"
        "exhibit has its bytes as base64, or the path of a file beside FILE. What is printed\n"
        "is the receipt: keep the secret link, which is not shown again.",
    .options = file_options,
    .option_count = sizeof file_options / sizeof *file_options,
    .least_words = 1,
    .most_words = 1,
    .run = run_file};
