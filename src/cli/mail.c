/* mail-in, and what people do with mail that came in. */
#include "app/intake/mail.h"
#include "base/buffer.h"
#include "cli/act.h"
#include "cli/command.h"
#include "cli/print.h"
#include "cli/session.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* sysexits.h, which mail servers read: what is "temporary" they try again. */
enum { MAIL_ACCEPTED = 0, MAIL_DATA_ERROR = 65, MAIL_UNAVAILABLE = 69, MAIL_TEMPORARY = 75 };

/* Only what no second attempt can cure is final; a wrong token or a store in use can be cured. */
static int mail_exit(int failure)
{
    if (failure == ERR_SYNTAX || failure == ERR_LIMIT)
        return MAIL_DATA_ERROR;
    return failure == ERR_NOT_FOUND || failure == -ENOENT ? MAIL_UNAVAILABLE : MAIL_TEMPORARY;
}

static int run_mail_in(struct cli *cli)
{
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    struct buffer bytes BUFFER_CLEANUP = {0};
    struct error_detail detail = {0};
    buffer_init(&bytes, MAIL_IN_MAX);
    int failed = buffer_load_fd(&bytes, STDIN_FILENO);
    session_put(arguments, "sender", cli_value(cli, "sender", 0));
    if (failed >= 0)
        failed = session_put_bytes(arguments, "bytes", bytes.data, bytes.size);
    if (failed >= 0)
        failed = session_try(cli, "mail.take", arguments, &result, &detail);
    if (failed < 0) {
        cli_fail(failed, &detail, "mail-in");
        return mail_exit(failed);
    }
    if (cli->json)
        cli_print(cli, result, NULL, NULL);
    return MAIL_ACCEPTED;
}

static int run_list(struct cli *cli)
{
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    session_put(arguments, "after", cli_value(cli, "after", 0));
    if (cli_flag(cli, "held"))
        json_object_set_new(arguments, "held", json_true());
    int failed = session_query(cli, "mail.list", arguments, &result);
    if (!failed)
        cli_print(cli, result, "mails", "received_at outcome case sender sha256");
    return failed;
}

static int run_show(struct cli *cli)
{
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    session_put(arguments, "mail", cli->words[0]);
    int failed = session_query(cli, "mail.show", arguments, &result);
    if (failed)
        return failed;
    if (!cli->json)
        return cli_print_bytes(json_text(result, "bytes"));
    cli_print(cli, result, NULL, NULL);
    return EXIT_MET;
}

static int run_dismiss(struct cli *cli)
{
    return cli_act(cli, "mail.dismiss", "mail");
}

static const struct cli_option list_options[] = {
    {"held", NULL, "only mail that waits for a person"},
    {"after", "SHA256", "go on after this one"},
};

static const struct cli_option mail_in_options[] = {
    {"sender", "ADDRESS", "of the envelope, empty where it has none: that mail is automatic"},
};

const struct cli_command command_mail_in = {
    .name = "mail-in",
    .arguments = "",
    .summary = "take one mail from standard input",
    .text =
        "For a mail server to deliver into, with the token of a user whose role is mail. Exits as "
        "sysexits.h says: 0 taken (also when the same bytes were taken before), 65 no mail or too "
        "large, 69 no store is there, 75 not now, try again. Some mail servers write no "
        "Return-Path "
        "for mail without an envelope sender: let those say it by --sender.",
    .options = mail_in_options,
    .option_count = sizeof mail_in_options / sizeof *mail_in_options,
    .run = run_mail_in};
const struct cli_command command_mail_list = {.name = "mail list",
                                              .arguments = "",
                                              .summary = "mail that came in, with its one outcome",
                                              .options = list_options,
                                              .option_count =
                                                  sizeof list_options / sizeof *list_options,
                                              .run = run_list};
const struct cli_command command_mail_show = {.name = "mail show",
                                              .arguments = "SHA256",
                                              .summary = "the exact bytes of a mail",
                                              .least_words = 1,
                                              .most_words = 1,
                                              .run = run_show};
const struct cli_command command_mail_dismiss = {.name = "mail dismiss",
                                                 .arguments = "SHA256",
                                                 .summary = "nothing is to be done about this mail",
                                                 .least_words = 1,
                                                 .most_words = 1,
                                                 .run = run_dismiss};
