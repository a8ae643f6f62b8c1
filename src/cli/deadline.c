/* deadline compute|check|feed. */
#include "cli/command.h"
#include "cli/print.h"
#include "cli/session.h"

#include "base/file_batch.h"
#include "view/calendar_feed.h"

enum { FEED_MAX = 64 << 20 };

static int run_compute(struct cli *cli)
{
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    session_put(arguments, "rule", cli_value(cli, "rule", 0));
    session_put(arguments, "service", cli_value(cli, "service", 0));
    int failed = session_query(cli, "deadline.compute", arguments, &result);
    if (!failed)
        cli_print(cli, result, cli->json ? NULL : "trace", "date mark count name");
    return failed;
}

static int run_check(struct cli *cli)
{
    json_t *result JSON_CLEANUP = NULL;
    int failed = session_query(cli, "deadline.check", NULL, &result);
    if (failed)
        return failed;
    bool differs = json_array_size(json_object_get(result, "differences")) > 0;
    cli_print(cli, result, differs ? "differences" : NULL, "case deadline field stored computed");
    return differs ? EXIT_NOT_MET : EXIT_MET;
}

static int run_feed(struct cli *cli)
{
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    struct buffer feed BUFFER_CLEANUP = {0};
    struct error_detail detail = {0};
    const char *path = cli_value(cli, "out", 0);
    buffer_init(&feed, FEED_MAX);
    session_put(arguments, "party", cli_value(cli, "party", 0));
    session_put(arguments, "handler", cli_value(cli, "handler", 0));
    int failed = session_query(cli, "deadline.list", arguments, &result);
    if (failed)
        return failed;
    if (!path) {
        cli_print(cli, result, cli->json ? NULL : "deadlines", "due_at case rule party stage");
        return EXIT_MET;
    }
    int written = calendar_feed_write(result, &feed, &detail);
    /* A calendar that looks at the file never reads half of it; it is for its owner alone, since it
     * tells of informal matters. */
    if (written >= 0)
        written = file_replace(path, feed.data, feed.size, /* detail= */ NULL);
    return written < 0 ? cli_fail(written, &detail, path) : EXIT_MET;
}

static const struct cli_option compute_options[] = {
    {"rule", "ID", "deadline rule of the process"},
    {"service", "RFC3339", "moment of effective service"},
};
static const struct cli_option feed_options[] = {
    {"out", "FILE", "write an iCalendar file; without it the list is printed"},
    {"party", "ID", "of this party only"},
    {"handler", "NAME", "of the cases in these hands only"},
};

const struct cli_command command_deadline = {
    .name = "deadline compute",
    .arguments = "",
    .summary = "the due date of a rule from a moment of service, with every counted day",
    .options = compute_options,
    .option_count = sizeof compute_options / sizeof *compute_options,
    .run = run_compute};
const struct cli_command command_deadline_check = {
    .name = "deadline check",
    .arguments = "",
    .summary = "count every deadline that runs again, and name each difference",
    .run = run_check};
const struct cli_command command_deadline_feed = {
    .name = "deadline feed",
    .arguments = "",
    .summary = "deadlines that run, as an iCalendar file (RFC 5545) for people's calendars",
    .text = "The file tells of informal matters: it is for the staff and is written for its owner "
            "alone.",
    .options = feed_options,
    .option_count = sizeof feed_options / sizeof *feed_options,
    .run = run_feed};
