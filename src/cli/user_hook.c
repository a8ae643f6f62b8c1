/* user hook add, user hook revoke, user hook resume, user hook list. */
#include "cli/command.h"
#include "cli/print.h"
#include "cli/session.h"

#include "base/digest.h"
#include "base/file.h"
#include "base/password.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

/* --- the secret --- */

static int file_failed(const char *path, int failure)
{
    cli_say("bailiwick: file for the secret '%s': %s", path, error_text(failure));
    return EXIT_USAGE;
}

/* A new file that only its owner can read, before there is a secret to lose. */
static int make_secret_file(const char *path, int *ret_fd)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return file_failed(path, -errno);
    *ret_fd = fd;
    return 0;
}

/* Of a hook that is there: it goes to the file, and is printed nowhere. */
static int keep_secret(const char *path, int fd, json_t *made)
{
    char line[BASE64_ROOM(DIGEST_SIZE) + 1];
    const char *secret = json_text(made, "secret");
    int size = snprintf(line, sizeof line, "%s\n", secret ? secret : "");
    int result = file_finish(fd, line, (size_t)size);
    if (result >= 0)
        result = file_sync_name(path);
    password_forget(line, sizeof line);
    json_object_del(made, "secret");
    if (result >= 0)
        return 0;
    unlink(path);
    file_failed(path, result);
    cli_say("bailiwick: hook %lld is there, but nobody has its secret: revoke it and add another",
            (long long)json_number(made, "number", 0));
    return EXIT_OURS;
}

/* A command that failed leaves no file: of a hook that may be there all the same, nobody has the
 * secret, and `user hook list` shows it. */
static int hand_out(struct cli *cli, const json_t *arguments)
{
    json_t *result JSON_CLEANUP = NULL;
    const char *out = cli_value(cli, "out", 0);
    int fd = -1, failed = out ? make_secret_file(out, &fd) : 0;
    if (failed)
        return failed;
    failed = session_command(cli, "user.hook.add", arguments, &result);
    if (failed && out) {
        close(fd);
        unlink(out);
    }
    if (!failed && out)
        failed = keep_secret(out, fd, result);
    if (result)
        cli_print(cli, result, NULL, NULL);
    return failed;
}

/* --- commands --- */

static int run_add(struct cli *cli)
{
    json_t *arguments JSON_CLEANUP = json_object(), *kinds = json_array();
    const char *kind;
    for (size_t n = 0; (kind = cli_value(cli, "for", n)); n++)
        json_array_append_new(kinds, json_string(kind));
    json_object_set_new(arguments, "for", kinds);
    session_put(arguments, "id", cli->words[0]);
    session_put(arguments, "url", cli_value(cli, "url", 0));
    return hand_out(cli, arguments);
}

static int change(struct cli *cli, const char *command)
{
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    int64_t number;
    if (text_parse_int(cli->words[1], 1, UINT32_MAX, &number) < 0) {
        cli_say("bailiwick %s: '%s' is no number of a hook", cli->command->name, cli->words[1]);
        return EXIT_USAGE;
    }
    session_put(arguments, "id", cli->words[0]);
    json_object_set_new(arguments, "number", json_integer(number));
    int failed = session_command(cli, command, arguments, &result);
    if (!failed)
        cli_print(cli, result, NULL, NULL);
    return failed;
}

static int run_revoke(struct cli *cli)
{
    return change(cli, "user.hook.revoke");
}

static int run_resume(struct cli *cli)
{
    return change(cli, "user.hook.resume");
}

static int run_list(struct cli *cli)
{
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    session_put(arguments, "id", cli->words[0]);
    int failed = session_query(cli, "user.hooks", arguments, &result);
    if (!failed)
        cli_print(cli, result, "hooks", "number state waiting delivered last_words for url");
    return failed;
}

static const struct cli_option add_options[] = {
    {"url", "URL", "where it is sent to, by POST"},
    {"for", "KIND",
     "case.told, letter.served, case.changed or complaint.changed (repeatable); of one change the "
     "first of them that fits is told"},
    {"out", "FILE", "write the secret to this new file of mode 0600 instead of printing it"},
};

const struct cli_command command_user_hook_add = {
    .name = "user hook add",
    .arguments = "ID",
    .summary = "have a program of a user told what changed, and show the secret that signs, once",
    .text = "Of oneself, or of anybody by an administrator. Nothing is told but what the user may "
            "see by\nthe API, and of that only where to look.",
    .options = add_options,
    .option_count = sizeof add_options / sizeof *add_options,
    .least_words = 1,
    .most_words = 1,
    .run = run_add};
const struct cli_command command_user_hook_revoke = {
    .name = "user hook revoke",
    .arguments = "ID NUMBER",
    .summary = "tell it nothing any more, at once and for ever",
    .least_words = 2,
    .most_words = 2,
    .run = run_revoke};
const struct cli_command command_user_hook_resume = {
    .name = "user hook resume",
    .arguments = "ID NUMBER",
    .summary = "try a hook again that was set aside since its receiver took nothing for days",
    .least_words = 2,
    .most_words = 2,
    .run = run_resume};
const struct cli_command command_user_hook_list = {.name = "user hook list",
                                                   .arguments = "ID",
                                                   .summary = "hooks of a user, and how they do",
                                                   .least_words = 1,
                                                   .most_words = 1,
                                                   .run = run_list};
