/* serve: the daemon. Opens the doors' sockets (or takes those that the service manager hands over)
 * and runs the core until it is told to stop. */
#include "cli/command.h"
#include "cli/print.h"

#include "app/app.h"
#include "app/core.h"
#include "base/log.h"
#include "web/server.h"

#include <stdio.h>
#include <unistd.h>

/* Inherited sockets win. */
static int open_door(enum web_inherited door, const char *address, int *ret_fd,
                     struct error_detail *detail)
{
    if (web_listen_inherited(door, ret_fd) >= 0)
        return 0;
    return web_listen(address, ret_fd, detail);
}

static void tell_address(const char *door, const char *scheme, int fd)
{
    char text[WEB_ADDRESS_TEXT];
    if (web_listen_address(fd, text) >= 0)
        log_info("%s door on %s://%s/", door, scheme, text);
}

/* As it listens, where none is configured. */
static void settle_public_url(struct app *app, int fd)
{
    char text[WEB_ADDRESS_TEXT];
    if (*app->config.public_url || web_listen_address(fd, text) < 0)
        return;
    const char *made = arena_printf(&app->arena, "http://%s", text);
    if (made)
        app->config.public_url = made;
}

static int run_serve(struct cli *cli)
{
    const struct app_options options = {.data = cli_setting(cli, "data", "BAILIWICK_DATA"),
                                        .config = cli_setting(cli, "config", "BAILIWICK_CONFIG"),
                                        .clock = cli->clock,
                                        .children = true};
    /* As `check`: a lab's environment must hold for whatever is started in it. */
    const char *network = cli_setting(cli, "network", "BAILIWICK_NETWORK");
    struct core_options core = {
        .public_listener = -1, .staff_listener = -1, .config = options.config};
    struct error_detail detail = {0};
    struct app app;
    int failure = app_open(&options, &app, &detail);
    if (failure < 0)
        return cli_fail(failure, &detail, "serve");
    if (app.config.debug)
        log_set_level(LOG_LEVEL_DEBUG);
    if (network)
        app.config.network = network;
    failure = open_door(INHERITED_PUBLIC, app.config.public_listen, &core.public_listener, &detail);
    if (failure >= 0)
        failure =
            open_door(INHERITED_STAFF, app.config.staff_listen, &core.staff_listener, &detail);
    if (failure >= 0) {
        tell_address("public", "http", core.public_listener);
        settle_public_url(&app, core.public_listener);
        tell_address("staff", *app.config.staff_certificate ? "https" : "http",
                     core.staff_listener);
        failure = core_run(&app, &core, &detail);
    }
    app_close(&app);
    return failure < 0 ? cli_fail(failure, &detail, "serve") : EXIT_MET;
}

static const struct cli_option serve_options[] = {
    {"network", "NS", "measure from this network namespace only (or BAILIWICK_NETWORK)"},
};

const struct cli_command command_serve = {
    .name = "serve",
    .arguments = "",
    .summary = "run the daemon: monitoring, casework, doors, log",
    .text =
        "Prints `ready` once everything listens; stops on SIGTERM. Takes sockets from the service\n"
        "manager: those named `public` and `staff`, or else the first and the second.",
    .options = serve_options,
    .option_count = sizeof serve_options / sizeof *serve_options,
    .run = run_serve};
