/* user password, user password remove, user sessions, user session end. */
#include "cli/act.h"
#include "cli/command.h"
#include "cli/print.h"
#include "cli/session.h"

#include "app/people/credential.h"
#include "base/password.h"

#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* One line from standard input, unseen where somebody types it. */
static int read_password(char password[PASSWORD_MOST + 2])
{
    struct termios seen, unseen;
    bool typed = isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &seen) == 0;
    if (typed) {
        fprintf(stderr, "Password: ");
        unseen = seen;
        unseen.c_lflag &= ~(tcflag_t)ECHO;
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &unseen);
    }
    const char *line = fgets(password, PASSWORD_MOST + 2, stdin);
    if (typed) {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &seen);
        fprintf(stderr, "\n");
    }
    if (!line)
        password[0] = '\0';
    password[strcspn(password, "\r\n")] = '\0';
    return line ? 0 : ERR_SYNTAX;
}

static int run_password(struct cli *cli)
{
    char password[PASSWORD_MOST + 2];
    struct buffer address BUFFER_CLEANUP = {0};
    struct error_detail detail = {0};
    json_t *arguments JSON_CLEANUP = NULL, *result JSON_CLEANUP = NULL;
    buffer_init(&address, 4096);
    int made = read_password(password);
    if (made < 0)
        made = error_set(&detail, made, "a password is one line of standard input");
    else
        made = credential_make(cli->words[0], password, &arguments, &address, &detail);
    password_forget(password, sizeof password);
    if (made < 0)
        return cli_fail(made, &detail, cli->command->name);
    int failed = session_command(cli, "user.password", arguments, &result);
    if (!failed) {
        json_object_set_new(result, "device", json_string(buffer_text(&address)));
        cli_print(cli, result, NULL, NULL);
    }
    return failed;
}

static int run_password_remove(struct cli *cli)
{
    return cli_act(cli, "user.password.remove", "id");
}

static int run_sessions(struct cli *cli)
{
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    if (cli->word_count)
        session_put(arguments, "id", cli->words[0]);
    int failed = session_query(cli, "user.sessions", arguments, &result);
    if (!failed)
        cli_print(cli, result, "sessions", "id user by address begun_at seen_at ends_at");
    return failed;
}

static int run_session_end(struct cli *cli)
{
    return cli_act(cli, "session.end", "session");
}

const struct cli_command command_user_password = {
    .name = "user password",
    .arguments = "ID",
    .summary = "set one's password and second factor for the staff door",
    .text = "The password is one line of standard input and stays there: what is sent is made from "
            "it.\n"
            "Prints the address that an authenticator (RFC 6238) reads, once. With a token that "
            "may read\n"
            "and write everything, never from a session. Sessions of the user end.",
    .least_words = 1,
    .most_words = 1,
    .run = run_password};
const struct cli_command command_user_password_remove = {
    .name = "user password remove",
    .arguments = "ID",
    .summary = "forget a user's password and second factor, and end their sessions",
    .least_words = 1,
    .most_words = 1,
    .run = run_password_remove};
const struct cli_command command_user_sessions = {.name = "user sessions",
                                                  .arguments = "[ID]",
                                                  .summary = "who is signed in at the staff door",
                                                  .most_words = 1,
                                                  .run = run_sessions};
const struct cli_command command_user_session_end = {
    .name = "user session end",
    .arguments = "SESSION",
    .summary = "end a session of one's own, or anybody's by an administrator",
    .least_words = 1,
    .most_words = 1,
    .run = run_session_end};
