/* rebuild: projections anew from the events; --check: do they still say what the events say? */
#include "app/admin.h"
#include "cli/command.h"
#include "cli/print.h"
#include "cli/progress.h"
#include "cli/session.h"

static int check(struct cli *cli)
{
    json_t *result JSON_CLEANUP = NULL;
    int failed = session_query(cli, "rebuild.check", NULL, &result);
    if (failed)
        return failed;
    size_t differences = json_array_size(json_object_get(result, "differences"));
    cli_print(cli, result, differences ? "differences" : NULL, "table key field stored folded");
    return differences ? EXIT_NOT_MET : EXIT_MET;
}

/* Whoever may write the data directory may do so; a daemon that runs holds the store's lock. */
static int write_anew(struct cli *cli, struct progress_line *line)
{
    const struct app_options options = {.data = cli_setting(cli, "data", "BAILIWICK_DATA"),
                                        .config = cli_setting(cli, "config", "BAILIWICK_CONFIG"),
                                        .clock = cli->clock,
                                        .progress = progress_line_for(line)};
    struct error_detail detail = {0};
    json_t *result JSON_CLEANUP = NULL;
    int failure = admin_rebuild(&options, &result, &detail);
    progress_line_end(line);
    if (failure < 0)
        return cli_fail(failure, &detail, "rebuild");
    cli_print(cli, result, NULL, NULL);
    return EXIT_MET;
}

static int run_rebuild(struct cli *cli)
{
    struct progress_line line;
    progress_line_begin(&line, cli);
    cli->progress = &line;
    int code = cli_flag(cli, "check") ? check(cli) : write_anew(cli, &line);
    cli->progress = NULL;
    return code;
}

static const struct cli_option options[] = {
    {"check", NULL, "compare; change nothing"},
};

const struct cli_command command_rebuild = {
    .name = "rebuild",
    .arguments = "",
    .summary = "write what lists show anew from the events, or compare it with them",
    .text = "What is shown of cases and complaints: where they stand, deadlines, counts, what is\n"
            "joined. All of it is written, or nothing. --check names each row that says something\n"
            "else. On a terminal both say how far they are.",
    .options = options,
    .option_count = 1,
    .run = run_rebuild};
