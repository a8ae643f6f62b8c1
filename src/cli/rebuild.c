/* rebuild --check: do the projections still say what the events say? */
#include "cli/command.h"
#include "cli/print.h"
#include "cli/session.h"

#include <stdio.h>

static int run_rebuild(struct cli *cli)
{
    json_t *result JSON_CLEANUP = NULL;
    if (!cli_flag(cli, "check")) {
        fprintf(stderr,
                "bailiwick rebuild: only --check is there: it compares and changes nothing\n");
        return EXIT_USAGE;
    }
    int failed = session_query(cli, "rebuild.check", NULL, &result);
    if (failed)
        return failed;
    size_t differences = json_array_size(json_object_get(result, "differences"));
    cli_print(cli, result, differences ? "differences" : NULL, "case field stored folded");
    return differences ? EXIT_NOT_MET : EXIT_MET;
}

static const struct cli_option options[] = {
    {"check", NULL, "compare; change nothing"},
};

const struct cli_command command_rebuild = {
    .name = "rebuild",
    .arguments = "",
    .summary = "fold every case again from its events and compare with what lists show",
    .options = options,
    .option_count = 1,
    .run = run_rebuild};
