/* complaint decide --all-of|--from: many complaints, looked at first and then decided, each by
 * itself. complaint undo: what was decided together is taken back, each by itself.
 *
 * What was looked at has a digest: of the decision, and of each complaint with the number of its
 * last event. Without it nothing is decided, and what happened to one of them since refuses it. Of
 * --all-of it also names the last complaint, so that those that come later do not change it. */
#include "cli/complaint_bulk.h"

#include "cli/act.h"
#include "cli/load.h"
#include "cli/print.h"
#include "cli/progress.h"
#include "cli/session.h"
#include "model/bulk.h"

#include <stdio.h>
#include <string.h>

enum { WORD_MAX = 64, BULK_MAX = 1000000, PAGE = 1000 };

struct bulk {
    struct cli *cli;
    const char *command; /* that each complaint is given to */
    json_t *decision;    /* its arguments that are the same for all */
    json_t *complaints;  /* [{reference, version}], in order */
    json_t *items;       /* what became of each */
    char last[WORD_MAX]; /* the last one that may be among them; "" for any */
    bool until;          /* the digest names the last one */
    int64_t done, refused;
};

static bool begin(struct bulk *bulk)
{
    bulk->decision = json_object();
    bulk->complaints = json_array();
    bulk->items = json_array();
    return bulk->decision && bulk->complaints && bulk->items;
}

static void end(struct bulk *bulk)
{
    json_decref(bulk->decision);
    json_decref(bulk->complaints);
    json_decref(bulk->items);
}

/* --- which --- */

/* 1 when the last one is reached. */
static int add_row(struct bulk *bulk, const json_t *row)
{
    const char *reference = json_text(row, "reference");
    json_t *item =
        json_pack("{s:s, s:O*, s:O*}", "reference", reference, "version",
                  json_object_get(row, "version"), "decision", json_object_get(row, "decision"));
    if (json_array_append_new(bulk->complaints, item) < 0)
        return ERR_NO_MEMORY;
    if (json_array_size(bulk->complaints) > BULK_MAX)
        return ERR_LIMIT;
    return bulk->last[0] && strcmp(bulk->last, reference) == 0;
}

/* Page by page; `rows` is the name of the list. The exit code. */
static int collect(struct bulk *bulk, const char *query, json_t *arguments, const char *rows)
{
    json_t *own JSON_CLEANUP = arguments;
    int result = 0;
    while (result == 0) {
        size_t i;
        const json_t *row;
        json_t *page JSON_CLEANUP = NULL;
        int failed = session_query(bulk->cli, query, own, &page);
        if (failed)
            return failed;
        json_array_foreach(json_object_get(page, rows), i, row)
        {
            if (result == 0)
                result = add_row(bulk, row);
        }
        if (!json_text(page, "next"))
            break;
        session_put(own, "after", json_text(page, "next"));
    }
    return result < 0 ? cli_fail(result, NULL, bulk->cli->command->name) : EXIT_MET;
}

/* A page of the file. */
static int add_references(struct bulk *bulk, json_t *references)
{
    json_t *own JSON_CLEANUP = json_pack("{s:O}", "complaints", references);
    int failed = own ? collect(bulk, "complaint.versions", json_incref(own), "complaints")
                     : cli_fail(ERR_NO_MEMORY, NULL, bulk->cli->command->name);
    json_array_clear(references);
    return failed;
}

static int collect_lines(struct bulk *bulk, char *text)
{
    json_t *references JSON_CLEANUP = json_array();
    int failed = EXIT_MET;
    for (char *rest = text, *line; !failed && (line = strsep(&rest, "\n"));) {
        line += strspn(line, " \t\r");
        line[strcspn(line, " \t\r")] = '\0';
        if (*line && json_array_append_new(references, json_string(line)) < 0)
            return cli_fail(ERR_SYNTAX, NULL, "a line is no text");
        if (json_array_size(references) == PAGE)
            failed = add_references(bulk, references);
    }
    return failed ? failed : add_references(bulk, references);
}

static int collect_file(struct bulk *bulk, const char *path)
{
    struct buffer text BUFFER_CLEANUP = {0};
    struct error_detail detail = {0};
    buffer_init(&text, CLI_FILE_MAX);
    int result = cli_load(&text, path, &detail);
    if (result < 0)
        return cli_fail(result, &detail, path);
    buffer_text(&text); /* with its end */
    return collect_lines(bulk, (char *)text.data);
}

/* --- what was looked at --- */

/* "DIGEST" or "DIGEST:LAST". The exit code. */
static int read_digest(struct bulk *bulk, const char *given, char hex[DIGEST_HEX])
{
    struct digest digest;
    const char *colon = strchr(given, ':');
    size_t size = colon ? (size_t)(colon - given) : strlen(given);
    snprintf(hex, DIGEST_HEX, "%.*s", (int)(size < DIGEST_HEX ? size : DIGEST_HEX - 1), given);
    if (size != DIGEST_HEX - 1 || digest_parse(hex, &digest) < 0) {
        cli_say("bailiwick: %s: '%s' is no digest of a preview", bulk->cli->command->name, given);
        return EXIT_USAGE;
    }
    snprintf(bulk->last, sizeof bulk->last, "%s", colon ? colon + 1 : "");
    return EXIT_MET;
}

/* --- each --- */

static int act_on(struct bulk *bulk, const json_t *row, const json_t *extra)
{
    struct error_detail detail = {0};
    json_t *arguments JSON_CLEANUP = json_copy(bulk->decision), *answer JSON_CLEANUP = NULL;
    json_object_update(arguments, (json_t *)extra);
    json_object_set(arguments, "complaint", json_object_get(row, "reference"));
    json_object_set(arguments, "version", json_object_get(row, "version"));
    if (json_object_get(row, "decision"))
        json_object_set(arguments, "decision", json_object_get(row, "decision"));
    int result = session_try(bulk->cli, bulk->command, arguments, &answer, &detail);
    bool refused = result < 0;
    json_t *item =
        json_pack("{s:O, s:s, s:s, s:s, s:s}", "reference", json_object_get(row, "reference"),
                  "state", refused ? "" : json_text(answer, "state"), "closure",
                  refused ? "" : json_text(answer, "closure"), "case",
                  refused ? "" : json_text(answer, "case"), "error",
                  refused ? error_words(&detail, result) : "");
    json_array_append_new(bulk->items, item);
    bulk->done += !refused;
    bulk->refused += refused;
    return refused && !bulk_is_refusal(result) ? result : 0;
}

/* The exit code. */
static int act_on_all(struct bulk *bulk, const json_t *extra)
{
    size_t i;
    const json_t *row;
    struct progress_line line;
    int64_t total = (int64_t)json_array_size(bulk->complaints);
    int result = 0;
    progress_line_begin(&line, bulk->cli);
    json_array_foreach(bulk->complaints, i, row)
    {
        if (result >= 0)
            result = act_on(bulk, row, extra);
        progress_line_tell(&line, clock_mono(), "complaints", (int64_t)i + 1, total);
    }
    progress_line_end(&line);
    if (result < 0) {
        const json_t *last = json_array_get(bulk->items, json_array_size(bulk->items) - 1);
        cli_say("bailiwick: %s: %lld were done; %s and those behind it were not: %s",
                bulk->cli->command->name, (long long)bulk->done, json_text(last, "reference"),
                json_text(last, "error"));
        return cli_fail(result, NULL, bulk->cli->command->name);
    }
    return bulk->refused ? EXIT_NOT_MET : EXIT_MET;
}

static void print(const struct bulk *bulk, const char *digest, bool preview)
{
    json_t *told JSON_CLEANUP = json_pack("{s:b, s:s, s:I, s:I, s:O}", "preview", preview, "digest",
                                          digest, "done", (json_int_t)bulk->done, "refused",
                                          (json_int_t)bulk->refused, "items", bulk->items);
    if (bulk->cli->json) {
        cli_print(bulk->cli, told, NULL, NULL);
        return;
    }
    cli_print_more(bulk->cli, told, "items", "reference state closure case error");
    printf("%lld %s, %lld refused\ndigest %s\n", (long long)bulk->done,
           preview ? "would be done" : "done", (long long)bulk->refused, digest);
}

/* With `given`, the digest of a preview, what it shows is done, if it is the same now; without, it
 * is tried. The exit code. */
static int run(struct bulk *bulk, const char *given)
{
    struct digest digest;
    char hex[DIGEST_HEX], told[DIGEST_HEX + WORD_MAX];
    const json_t *last = json_array_get(bulk->complaints, json_array_size(bulk->complaints) - 1);
    int result = bulk_digest(bulk->command, bulk->decision, bulk->complaints, &digest);
    if (result < 0)
        return cli_fail(result, NULL, bulk->cli->command->name);
    digest_format(&digest, hex);
    snprintf(told, sizeof told, "%s%s%s", hex, bulk->until ? ":" : "",
             bulk->until && last ? json_text(last, "reference") : "");
    if (given && strcmp(given, told) != 0) {
        cli_say("bailiwick: %s: since the preview something happened to one of them, or something "
                "else is to be done: look at it again with --preview",
                bulk->cli->command->name);
        return EXIT_NOT_MET;
    }
    json_t *extra JSON_CLEANUP =
        given ? json_pack("{s:s}", "batch", hex) : json_pack("{s:b}", "preview", true);
    result = extra ? act_on_all(bulk, extra) : cli_fail(ERR_NO_MEMORY, NULL, "bulk");
    print(bulk, told, !given);
    return result;
}

/* --- the commands --- */

/* What is decided; how it is told which ones, is not. */
static void put_decision(struct bulk *bulk)
{
    static const char *const own[] = {"all-of", "from", "preview", "digest"};
    session_put_options(bulk->cli, bulk->decision);
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        json_object_del(bulk->decision, own[i]);
}

static int decide(struct bulk *bulk, const char *all_of, const char *from, const char *given)
{
    char hex[DIGEST_HEX];
    int failed = begin(bulk) ? EXIT_MET : cli_fail(ERR_NO_MEMORY, NULL, "complaint decide");
    if (!failed && given)
        failed = read_digest(bulk, given, hex);
    if (failed)
        return failed;
    put_decision(bulk);
    bulk->until = all_of != NULL;
    failed = all_of ? collect(bulk, "complaint.clusters", json_pack("{s:s}", "complaint", all_of),
                              "members")
                    : collect_file(bulk, from);
    return failed ? failed : run(bulk, given);
}

int complaint_decide_many(struct cli *cli)
{
    struct bulk bulk = {.cli = cli, .command = "complaint.decide"};
    const char *all_of = cli_value(cli, "all-of", 0), *from = cli_value(cli, "from", 0);
    const char *given = cli_value(cli, "digest", 0);
    if (cli->word_count > 0 || (all_of != NULL) == (from != NULL) ||
        cli_flag(cli, "preview") == (given != NULL)) {
        cli_say("bailiwick: complaint decide: say REF, or one of --all-of and --from with one of "
                "--preview and --digest");
        return EXIT_USAGE;
    }
    int failed = decide(&bulk, all_of, from, given);
    end(&bulk);
    return failed;
}

static int run_undo(struct cli *cli)
{
    struct bulk bulk = {.cli = cli, .command = "complaint.reopen"};
    char batch[DIGEST_HEX];
    int failed = begin(&bulk) ? read_digest(&bulk, cli->words[0], batch)
                              : cli_fail(ERR_NO_MEMORY, NULL, "complaint undo");
    bulk.last[0] = '\0';
    session_put(bulk.decision, "reason", cli_value(cli, "reason", 0));
    if (!failed)
        failed = collect(&bulk, "complaint.batch", json_pack("{s:s}", "batch", batch), "decisions");
    json_t *extra JSON_CLEANUP =
        cli_flag(cli, "preview") ? json_pack("{s:b}", "preview", true) : json_object();
    if (!failed) {
        failed = act_on_all(&bulk, extra);
        print(&bulk, batch, cli_flag(cli, "preview"));
    }
    end(&bulk);
    return failed;
}

static int run_reopen(struct cli *cli)
{
    return cli_act(cli, "complaint.reopen", "complaint");
}

static const struct cli_option undo_options[] = {
    {"reason", "TEXT", "why, for those who filed them"},
    {"preview", NULL, "tells what would become of each, and does nothing"},
};
static const struct cli_option reopen_options[] = {
    {"reason", "TEXT", "why, for who filed it"},
    {"preview", NULL, "tells what would become of it, and does nothing"},
};

const struct cli_command command_complaint_undo = {
    .name = "complaint undo",
    .arguments = "DIGEST",
    .summary = "take back what was decided together",
    .text = "DIGEST is what `complaint decide --preview` printed. Each complaint waits again; its\n"
            "history keeps both. What was decided again since, or on a review, and what led to a\n"
            "letter that was served is refused, each by itself: decide those anew.",
    .options = undo_options,
    .option_count = sizeof undo_options / sizeof *undo_options,
    .least_words = 1,
    .most_words = 1,
    .run = run_undo};
const struct cli_command command_complaint_reopen = {
    .name = "complaint reopen",
    .arguments = "REF",
    .summary = "take a decision back: the complaint waits for another",
    .options = reopen_options,
    .option_count = sizeof reopen_options / sizeof *reopen_options,
    .least_words = 1,
    .most_words = 1,
    .run = run_reopen};
