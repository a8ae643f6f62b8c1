#include "cli/session.h"

#include "app/app.h"
#include "app/command.h"
#include "app/control.h"
#include "app/query.h"
#include "base/digest.h"
#include "cli/load.h"
#include "cli/print.h"
#include "cli/progress.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TOKEN_MAX = 256 };

/* A token that others can read proves nothing. */
static int read_token(const struct cli *cli, char token[TOKEN_MAX], bool *ret_given,
                      struct error_detail *detail)
{
    const char *path = cli_setting(cli, "token", "BAILIWICK_TOKEN");
    struct stat status;
    *ret_given = path != NULL;
    if (!path)
        return 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &status) < 0) {
        error_set(detail, ERR_DENIED, "token file '%s': %s", path, strerrordesc_np(errno));
        if (fd >= 0)
            close(fd);
        return ERR_DENIED;
    }
    struct buffer bytes BUFFER_CLEANUP = {0};
    buffer_init(&bytes, TOKEN_MAX - 1);
    int result = buffer_load_fd(&bytes, fd);
    close(fd);
    if (result < 0 || (status.st_mode & 077) != 0)
        return error_set(detail, ERR_DENIED, "token file '%s': %s", path,
                         result < 0 ? error_text(result) : "others may read it; chmod 600 it");
    snprintf(token, TOKEN_MAX, "%s", buffer_text(&bytes));
    token[strcspn(token, "\r\n")] = '\0';
    return 0;
}

static struct app_options app_options(const struct cli *cli)
{
    return (struct app_options){.data = cli_setting(cli, "data", "BAILIWICK_DATA"),
                                .config = cli_setting(cli, "config", "BAILIWICK_CONFIG"),
                                .clock = cli->clock,
                                .children = true,
                                .progress = progress_line_for(cli->progress)};
}

static int run_alone(const struct cli *cli, const char *command, const char *token,
                     const json_t *arguments, json_t **ret_result, struct error_detail *detail)
{
    struct app_options options = app_options(cli);
    struct command_request request = {.name = command, .arguments = arguments};
    struct app app;
    int result = app_open(&options, &app, detail);
    if (result < 0)
        return result;
    result = command_actor_for(&app, command, token, &request.actor, detail);
    if (result >= 0)
        result = command_run_alone(&app, &request, ret_result, detail);
    app_close(&app);
    return result;
}

int session_try(const struct cli *cli, const char *command, const json_t *arguments,
                json_t **ret_result, struct error_detail *detail)
{
    const char *data = cli_setting(cli, "data", "BAILIWICK_DATA");
    char token[TOKEN_MAX];
    bool given;
    int fd, result = read_token(cli, token, &given, detail);
    if (result < 0)
        return result;
    if (data && control_connect(data, &fd) >= 0) {
        const struct control_request request = {
            .command = command, .token = given ? token : NULL, .arguments = arguments};
        result = control_ask(fd, &request, ret_result, detail);
        close(fd);
    } else if (!command_find(command)) {
        result =
            error_set(detail, ERR_UNAVAILABLE, "only the daemon can do that, and none runs for %s",
                      data ? data : "(no --data)");
    } else {
        result = run_alone(cli, command, given ? token : NULL, arguments, ret_result, detail);
    }
    return result;
}

/* What a command says begins with its name, for those who read it in a log or over the socket; the
 * terminal has just been told by which words it was called. */
static void drop_name(struct error_detail *detail, const char *command)
{
    size_t size = strlen(command);
    if (strncmp(detail->text, command, size) == 0 && strncmp(detail->text + size, ": ", 2) == 0)
        memmove(detail->text, detail->text + size + 2, strlen(detail->text + size + 2) + 1);
}

int session_command(const struct cli *cli, const char *command, const json_t *arguments,
                    json_t **ret_result)
{
    struct error_detail detail = {0};
    int result = session_try(cli, command, arguments, ret_result, &detail);
    drop_name(&detail, command);
    return result < 0 ? cli_fail(result, &detail, cli->command->name) : 0;
}

int session_query(const struct cli *cli, const char *query, const json_t *arguments,
                  json_t **ret_result)
{
    struct app_options options = app_options(cli);
    struct error_detail detail = {0};
    struct app app;
    options.read_only = true;
    int result = app_open(&options, &app, &detail);
    if (result >= 0) {
        result = query_run(&app, query, arguments, ret_result, &detail);
        app_close(&app);
    }
    progress_line_end(cli->progress);
    return result < 0 ? cli_fail(result, &detail, cli->command->name) : 0;
}

int session_put_bytes(json_t *arguments, const char *name, const void *data, size_t size)
{
    size_t room = BASE64_ROOM(size);
    char *text = malloc(room);
    if (!text)
        return ERR_NO_MEMORY;
    json_object_set_new(arguments, name, json_string(base64_format(data, size, text, room)));
    free(text);
    return 0;
}

void session_put(json_t *arguments, const char *name, const char *value)
{
    if (value)
        json_object_set_new(arguments, name, json_string(value));
}

void session_put_options(const struct cli *cli, json_t *arguments)
{
    for (size_t i = 0; i < cli->command->option_count; i++) {
        const char *name = cli->command->options[i].name;
        session_put(arguments, name, cli_value(cli, name, 0));
        if (!cli->command->options[i].argument && cli_flag(cli, name))
            json_object_set_new(arguments, name, json_true());
    }
}

int session_put_file(json_t *arguments, const char *name, const char *path)
{
    struct buffer bytes BUFFER_CLEANUP = {0};
    struct error_detail detail = {0};
    buffer_init(&bytes, CLI_FILE_MAX);
    int result = cli_load(&bytes, path, &detail);
    json_t *text = result < 0 ? NULL : json_stringn(buffer_text(&bytes), bytes.size);
    if (result >= 0 && !text)
        result = error_set(&detail, ERR_SYNTAX, "is not UTF-8 text");
    if (result < 0)
        return cli_fail(result, &detail, path);
    json_object_set_new(arguments, name, text);
    return 0;
}
