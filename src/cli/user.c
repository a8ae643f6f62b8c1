/* user add, user renew, user disable, user token, user absent, user back, user list, user absences.
 */
#include "cli/act.h"
#include "cli/command.h"
#include "cli/load.h"
#include "cli/print.h"
#include "cli/session.h"

#include "app/people/token.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { CERTIFICATE_FILE_MAX = 64 << 10 /* with a chain, and the key, that others need */ };

static int token_failed(const char *path, int failure)
{
    cli_say("bailiwick: token file '%s': %s", path, error_text(failure));
    return EXIT_USAGE;
}

/* A new file that only its owner can read. It is there, whole and for good, before the token is
 * anybody's: one that cannot be kept would be lost. */
static int make_token_file(const char *path, struct digest *ret_sha256)
{
    char token[TOKEN_TEXT], line[TOKEN_TEXT + 1];
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return token_failed(path, -errno);
    token_make(token);
    snprintf(line, sizeof line, "%s\n", token);
    int result = file_finish(fd, line, strlen(line));
    if (result >= 0)
        result = file_sync_name(path);
    if (result < 0) {
        unlink(path);
        return token_failed(path, result);
    }
    *ret_sha256 = digest_of(token, strlen(token));
    return 0;
}

/* A refusal leaves no file behind. Of another failure nobody knows whether it came before the token
 * was taken or after, so the file stays. */
static void forget_token_file(const char *path, int failed)
{
    if (failed == EXIT_USAGE)
        unlink(path);
    else
        cli_say("bailiwick: '%s' stays, since the token in it may have been taken; `user list` and "
                "a try will tell",
                path);
}

/* Commands that hand out a token: into a file with --out, else it is printed, once. */
static int hand_out(struct cli *cli, const char *command, json_t *arguments)
{
    json_t *result JSON_CLEANUP = NULL;
    const char *out = cli_value(cli, "out", 0);
    struct digest sha256;
    char hex[DIGEST_HEX];
    int failed = out ? make_token_file(out, &sha256) : 0;
    if (failed)
        return failed;
    if (out)
        session_put(arguments, "token_sha256", digest_format(&sha256, hex));
    session_put(arguments, "id", cli->words[0]);
    failed = session_command(cli, command, arguments, &result);
    if (failed && out)
        forget_token_file(out, failed);
    if (!failed)
        cli_print(cli, result, NULL, NULL);
    return failed;
}

static int run_add(struct cli *cli)
{
    json_t *arguments JSON_CLEANUP = json_object(), *roles = json_array();
    const char *role;
    for (size_t n = 0; (role = cli_value(cli, "role", n)); n++)
        json_array_append_new(roles, json_string(role));
    json_object_set_new(arguments, "roles", roles);
    session_put(arguments, "party", cli_value(cli, "party", 0));
    return hand_out(cli, "user.add", arguments);
}

static int run_renew(struct cli *cli)
{
    json_t *arguments JSON_CLEANUP = json_object();
    return hand_out(cli, "user.renew", arguments);
}

/* What the token is bound to, by the file that the program shows it from. */
static int put_certificate(json_t *arguments, const char *path)
{
    struct buffer pem BUFFER_CLEANUP = {0};
    struct error_detail detail = {0};
    struct clock clock;
    struct digest sha256;
    char hex[DIGEST_HEX];
    clock_init(&clock);
    buffer_init(&pem, CERTIFICATE_FILE_MAX);
    int result = cli_load(&pem, path, &detail);
    if (result >= 0)
        result = token_read_certificate(&pem, clock_real(&clock), &sha256, &detail);
    if (result < 0)
        return cli_fail(result, &detail, path);
    session_put(arguments, "certificate_sha256", digest_format(&sha256, hex));
    return 0;
}

static int run_token_add(struct cli *cli)
{
    json_t *arguments JSON_CLEANUP = json_object(), *scope;
    const char *word, *certificate = cli_value(cli, "certificate", 0);
    int failed = certificate ? put_certificate(arguments, certificate) : 0;
    if (failed)
        return failed;
    session_put(arguments, "until", cli_value(cli, "until", 0));
    session_put(arguments, "note", cli_value(cli, "note", 0));
    scope = cli_value(cli, "for", 0) ? json_array() : NULL;
    for (size_t n = 0; scope && (word = cli_value(cli, "for", n)); n++)
        json_array_append_new(scope, json_string(word));
    if (scope)
        json_object_set_new(arguments, "scope", scope);
    return hand_out(cli, "user.token.add", arguments);
}

static int run_token_revoke(struct cli *cli)
{
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    int64_t number;
    if (text_parse_int(cli->words[1], 1, UINT32_MAX, &number) < 0) {
        cli_say("bailiwick user token revoke: '%s' is no number of a token", cli->words[1]);
        return EXIT_USAGE;
    }
    session_put(arguments, "id", cli->words[0]);
    json_object_set_new(arguments, "number", json_integer(number));
    int failed = session_command(cli, "user.token.revoke", arguments, &result);
    if (!failed)
        cli_print(cli, result, NULL, NULL);
    return failed;
}

static int run_token_list(struct cli *cli)
{
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    session_put(arguments, "id", cli->words[0]);
    int failed = session_query(cli, "user.tokens", arguments, &result);
    if (!failed)
        cli_print(cli, result, "tokens", "number scope until in_use certificate note");
    return failed;
}

static int run_disable(struct cli *cli)
{
    return cli_act(cli, "user.disable", "id");
}

static int run_absent(struct cli *cli)
{
    return cli_act(cli, "user.absent", "id");
}

static int run_back(struct cli *cli)
{
    return cli_act(cli, "user.back", "id");
}

static int run_list(struct cli *cli)
{
    json_t *result JSON_CLEANUP = NULL;
    int failed = session_query(cli, "user.list", NULL, &result);
    if (!failed)
        cli_print(cli, result, "users", "id roles active");
    return failed;
}

static int run_absences(struct cli *cli)
{
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    session_put_options(cli, arguments);
    int failed = session_query(cli, "user.absences", arguments, &result);
    if (!failed)
        cli_print(cli, result, "absences", "id from until deputy said_at said_by");
    return failed;
}

#define OUT_OPTION                                                                                 \
    {                                                                                              \
        "out", "FILE", "write the token to this new file of mode 0600 instead of printing it"      \
    }

static const struct cli_option add_options[] = {
    {"role", "ROLE",
     "analyst, approver, publisher, auditor, administrator or mail (repeatable), or party"},
    {"party", "ID", "the contracted party of a user with the role party"},
    OUT_OPTION,
};
static const struct cli_option renew_options[] = {OUT_OPTION};
static const struct cli_option token_options[] = {
    {"for", "WORD",
     "read, write, a command (case.answer, complaint.*) or a path to read (repeatable); "
     "without it read and write"},
    {"until", "DATE", "the first day on which it is void; without it it has no end"},
    {"note", "WORDS", "what it is for, to be read in the list"},
    {"certificate", "FILE",
     "PEM file of a certificate, which may sign itself: the token is good together with it alone, "
     "at the staff door's own TLS"},
    OUT_OPTION,
};
static const struct cli_option absent_options[] = {
    {"from", "DATE", "the first day away; today unless given"},
    {"until", "DATE", "the first day back"},
    {"deputy", "ID", "who looks after the cases meanwhile"},
};

static const struct cli_option absences_options[] = {
    {"on", "DATE", "who was, is or will be away on that day"},
};

const struct cli_command command_user_add = {
    .name = "user add",
    .arguments = "ID",
    .summary = "make a user and hand out the token, once",
    .text =
        "Before the first user exists nobody has to be named; afterwards an administrator acts.",
    .options = add_options,
    .option_count = sizeof add_options / sizeof *add_options,
    .least_words = 1,
    .most_words = 1,
    .run = run_add};
const struct cli_command command_user_renew = {
    .name = "user renew",
    .arguments = "ID",
    .summary = "hand out another token; all old ones are void at once",
    .text = "For tokens that were lost or seen by others. Sessions that began with them end.",
    .options = renew_options,
    .option_count = sizeof renew_options / sizeof *renew_options,
    .least_words = 1,
    .most_words = 1,
    .run = run_renew};
const struct cli_command command_user_disable = {
    .name = "user disable",
    .arguments = "ID",
    .summary = "take a user's tokens away, for ever",
    .text = "Sessions end at once. What the user did stays theirs, so the id is not given again.\n"
            "The last active administrator cannot be disabled.",
    .least_words = 1,
    .most_words = 1,
    .run = run_disable};
const struct cli_command command_user_token_add = {
    .name = "user token add",
    .arguments = "ID",
    .summary = "hand out one more token of a user, for what is said",
    .text =
        "Of oneself, or of anybody by an administrator; no token hands out one that may more.\n"
        "A path is one of the staff door, and what lies below it. With --certificate it is for a\n"
        "program that connects to the staff door with that certificate and its key: without them\n"
        "it is nobody's, as it is for this command line and behind a web server with TLS.",
    .options = token_options,
    .option_count = sizeof token_options / sizeof *token_options,
    .least_words = 1,
    .most_words = 1,
    .run = run_token_add};
const struct cli_command command_user_token_revoke = {
    .name = "user token revoke",
    .arguments = "ID NUMBER",
    .summary = "take one token of a user away, at once and for ever",
    .least_words = 2,
    .most_words = 2,
    .run = run_token_revoke};
const struct cli_command command_user_token_list = {
    .name = "user token list",
    .arguments = "ID",
    .summary = "tokens that a user was handed, and for what",
    .least_words = 1,
    .most_words = 1,
    .run = run_token_list};
const struct cli_command command_user_absent = {
    .name = "user absent",
    .arguments = "ID",
    .summary = "say from when until when a user is away, and who stands in",
    .text =
        "Of oneself, or of anybody by an administrator. The cases in these hands are in the "
        "deputy's\n"
        "lists too; the deputy gains no right by it. A new absence takes the place of the last.",
    .options = absent_options,
    .option_count = sizeof absent_options / sizeof *absent_options,
    .least_words = 1,
    .most_words = 1,
    .run = run_absent};
const struct cli_command command_user_back = {.name = "user back",
                                              .arguments = "ID",
                                              .summary =
                                                  "end a user's absence today, or before it begins",
                                              .least_words = 1,
                                              .most_words = 1,
                                              .run = run_back};
const struct cli_command command_user_list = {
    .name = "user list", .arguments = "", .summary = "users and their roles", .run = run_list};
const struct cli_command command_user_absences = {
    .name = "user absences",
    .arguments = "",
    .summary = "what was said of absences, or who was away on a day",
    .text =
        "The last that was said of a user is in force; what was said before stays. On a day that "
        "is past,\nit is what had been said by then, and what was told of it only afterwards.",
    .options = absences_options,
    .option_count = sizeof absences_options / sizeof *absences_options,
    .run = run_absences};
