/* init, upgrade, backup, restore, config, status, clock jump. */
#include "cli/command.h"
#include "cli/print.h"
#include "cli/session.h"

#include "app/admin.h"
#include "app/app.h"
#include "base/buffer.h"

#include <stdio.h>

static struct app_options whole_store(const struct cli *cli)
{
    return (struct app_options){.data = cli_setting(cli, "data", "BAILIWICK_DATA"),
                                .config = cli_setting(cli, "config", "BAILIWICK_CONFIG"),
                                .clock = cli->clock};
}

static int run_init(struct cli *cli)
{
    struct app_options options = whole_store(cli);
    struct error_detail detail = {0};
    json_t *result JSON_CLEANUP = NULL;
    options.create = true;
    int failure = admin_init(&options, &result, &detail);
    if (failure < 0)
        return cli_fail(failure, &detail, "init");
    cli_print(cli, result, NULL, NULL);
    return EXIT_MET;
}

static int run_upgrade(struct cli *cli)
{
    const struct app_options options = whole_store(cli);
    struct error_detail detail = {0};
    json_t *result JSON_CLEANUP = NULL;
    int failure = admin_upgrade(&options, &result, &detail);
    if (failure < 0)
        return cli_fail(failure, &detail, "upgrade");
    cli_print(cli, result, NULL, NULL);
    return EXIT_MET;
}

static int run_backup(struct cli *cli)
{
    struct error_detail detail = {0};
    int failure = admin_backup(cli_setting(cli, "data", "BAILIWICK_DATA"), cli->words[0], &detail);
    return failure < 0 ? cli_fail(failure, &detail, "backup") : EXIT_MET;
}

static int run_restore(struct cli *cli)
{
    struct app_options options = whole_store(cli);
    struct error_detail detail = {0};
    json_t *result JSON_CLEANUP = NULL;
    options.erasures = cli_value(cli, "erasures", 0);
    int failure = admin_restore(cli->words[0], &options, &result, &detail);
    if (failure < 0)
        return cli_fail(failure, &detail, "restore");
    if (json_number(result, "listed", 0) == 0)
        cli_say(
            "bailiwick: restore: no list of erasures here: what was erased after the backup was "
            "made is back; where there is a copy of a list, restore again with --erasures");
    cli_print(cli, result, NULL, NULL);
    return EXIT_MET;
}

static int run_config(struct cli *cli)
{
    struct buffer text BUFFER_CLEANUP = {0};
    (void)cli;
    buffer_init(&text, 1 << 20);
    admin_config_example(&text);
    fwrite(text.data, 1, text.size, stdout);
    return EXIT_MET;
}

static int run_status(struct cli *cli)
{
    json_t *arguments JSON_CLEANUP = json_object();
    json_t *result JSON_CLEANUP = NULL;
    int failed = session_command(cli, "status", arguments, &result);
    if (!failed)
        cli_print(cli, result, NULL, NULL);
    return failed;
}

static int run_jump(struct cli *cli)
{
    json_t *arguments JSON_CLEANUP = json_object();
    json_t *result JSON_CLEANUP = NULL;
    session_put(arguments, "to", cli->words[0]);
    int failed = session_command(cli, "clock.jump", arguments, &result);
    if (!failed)
        cli_print(cli, result, NULL, NULL);
    return failed;
}

static int run_confirm(struct cli *cli)
{
    json_t *arguments JSON_CLEANUP = json_object();
    json_t *result JSON_CLEANUP = NULL;
    int failed = session_command(cli, "clock.confirm", arguments, &result);
    if (!failed)
        cli_print(cli, result, NULL, NULL);
    return failed;
}

static int run_measure(struct cli *cli)
{
    json_t *arguments JSON_CLEANUP = json_object();
    json_t *result JSON_CLEANUP = NULL;
    session_put(arguments, "target", cli->words[0]);
    return session_command(cli, "measure", arguments, &result);
}

const struct cli_command command_init = {.name = "init",
                                         .arguments = "",
                                         .summary = "make a new store with its transparency log",
                                         .run = run_init};
const struct cli_command command_upgrade = {
    .name = "upgrade",
    .arguments = "",
    .summary = "bring the store of an older program up to date, and check it",
    .text =
        "The start of `serve` does the same, without the check. What fails leaves the store as it\n"
        "was; once it is done, the older program does not open the store any more.",
    .run = run_upgrade};
const struct cli_command command_backup = {
    .name = "backup",
    .arguments = "FILE",
    .summary = "copy the store while it is in use, and check the copy",
    .least_words = 1,
    .most_words = 1,
    .run = run_backup};
static const struct cli_option restore_options[] = {
    {"erasures", "FILE", "a copy of DATA/erasures; what it names is erased here from then on"},
};
const struct cli_command command_restore = {
    .name = "restore",
    .arguments = "FILE",
    .summary = "put a backup in the place of the store",
    .text = "A backup of an older program is brought up to date, as a copy, before it replaces\n"
            "anything. The signer remembers the last checkpoint: a log that went on after the\n"
            "backup is not forked; the daemon says so and signs nothing until the missing part is\n"
            "back. Complaints that were erased since are erased again before the backup is the\n"
            "store, as DATA/erasures says; where that was lost with the folder, a copy of it is\n"
            "given with --erasures.",
    .options = restore_options,
    .option_count = sizeof restore_options / sizeof *restore_options,
    .least_words = 1,
    .most_words = 1,
    .run = run_restore};
const struct cli_command command_config = {.name = "config",
                                           .arguments = "",
                                           .summary =
                                               "print the configuration file with every option",
                                           .run = run_config};
const struct cli_command command_status = {
    .name = "status", .arguments = "", .summary = "what the daemon is doing", .run = run_status};
const struct cli_command command_jump = {.name = "clock jump",
                                         .arguments = "RFC3339",
                                         .summary = "move a demonstration's clock forward",
                                         .least_words = 1,
                                         .most_words = 1,
                                         .run = run_jump};
const struct cli_command command_clock_confirm = {
    .name = "clock confirm",
    .arguments = "",
    .summary = "answer for the system's clock, so that deadlines that are held pass again",
    .run = run_confirm};
const struct cli_command command_measure = {.name = "measure",
                                            .arguments = "TLD",
                                            .summary = "ask the daemon to measure a TLD now",
                                            .least_words = 1,
                                            .most_words = 1,
                                            .run = run_measure};
