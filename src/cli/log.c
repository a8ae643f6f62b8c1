/* log verify and verify BUNDLE. */
#include "cli/command.h"
#include "cli/print.h"
#include "cli/session.h"

#include "app/admin.h"

#include <stdio.h>

static int run_log_verify(struct cli *cli)
{
    json_t *result JSON_CLEANUP = NULL;
    int failed = session_query(cli, "log.verify", NULL, &result);
    if (failed)
        return failed;
    const json_t *faults = json_object_get(result, "faults");
    if (cli->json || json_array_size(faults) == 0)
        cli_print(cli, result, NULL, NULL);
    else
        cli_print(cli, result, "faults", "kind id words");
    return json_array_size(faults) ? EXIT_NOT_MET : EXIT_MET;
}

static int run_verify(struct cli *cli)
{
    json_t *result JSON_CLEANUP = NULL;
    struct error_detail detail = {0};
    const char *key = cli_value(cli, "log-key", 0);
    if (!key) {
        fprintf(stderr, "bailiwick verify: --log-key says whom to believe; the key in a bundle "
                        "proves nothing\n");
        return EXIT_USAGE;
    }
    int failure = admin_verify_bundle(cli->words[0], key, &result, &detail);
    if (failure == ERR_DAMAGED || failure == ERR_SYNTAX) {
        fprintf(stderr, "bailiwick verify: %s: %s\n", cli->words[0], error_words(&detail, failure));
        return EXIT_NOT_MET;
    }
    if (failure < 0)
        return cli_fail(failure, &detail, "verify");
    cli_print(cli, result, NULL, NULL);
    return EXIT_MET;
}

static const struct cli_option verify_options[] = {
    {"log-key", "KEY", "the log's public key, got from elsewhere than the bundle (text or file)"},
};

const struct cli_command command_log_verify = {
    .name = "log verify",
    .arguments = "",
    .summary = "recompute log, checkpoint, openings and evidence",
    .run = run_log_verify};
const struct cli_command command_verify = {.name = "verify",
                                           .arguments = "BUNDLE",
                                           .summary =
                                               "verify the proof bundle of a notice, offline",
                                           .options = verify_options,
                                           .option_count = 1,
                                           .least_words = 1,
                                           .most_words = 1,
                                           .run = run_verify};
