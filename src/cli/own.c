/* own delegate, own revoke: what a contracted party does for itself, with the token of one of its
 * users. */
#include "cli/act.h"
#include "cli/command.h"
#include "cli/user_grant.h"

static int run_delegate(struct cli *cli)
{
    return cli_act(cli, "own.delegate", "id");
}

static int run_revoke(struct cli *cli)
{
    return user_grant_revoke_as(cli, "own.revoke");
}

static const struct cli_option delegate_options[] = {
    {"party", "ID", "for this contracted party"},
    {"may", "WORD", "read, or answer, which includes it"},
    {"from", "DATE", "the first day; today unless given"},
    {"until", "DATE", "the first day on which it is void; that of one's own grant unless given"},
};

const struct cli_command command_own_delegate = {
    .name = "own delegate",
    .arguments = "ID",
    .summary = "let a colleague see and answer for one's contracted party",
    .text = "By who may delegate, to a user of the same party, for no longer than their own grant.",
    .options = delegate_options,
    .option_count = sizeof delegate_options / sizeof *delegate_options,
    .least_words = 1,
    .most_words = 1,
    .run = run_delegate};
const struct cli_command command_own_revoke = {
    .name = "own revoke",
    .arguments = "ID NUMBER",
    .summary = "take back what was delegated for one's contracted party",
    .least_words = 2,
    .most_words = 2,
    .run = run_revoke};
