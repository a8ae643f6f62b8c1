/* party import, party list, party language, party family, party families, tld list. */
#include "cli/command.h"
#include "cli/print.h"
#include "cli/session.h"

#include "base/text.h"

#include <stdio.h>

enum { REMOVALS_MAX = 1000000 };

/* Returns an exit code, 0 when all is well. */
static int put_confirmed(const struct cli *cli, json_t *arguments)
{
    const char *text = cli_value(cli, "confirm-removals", 0);
    int64_t count;
    if (!text)
        return 0;
    if (text_parse_int(text, 0, REMOVALS_MAX, &count) < 0) {
        fprintf(stderr, "bailiwick party import: --confirm-removals wants a number, not '%s'\n",
                text);
        return EXIT_USAGE;
    }
    json_object_set_new(arguments, "confirm_removals", json_integer(count));
    return 0;
}

static int run_import(struct cli *cli)
{
    static const struct {
        const char *option, *argument;
    } files[] = {{"root-zone", "root_zone"},
                 {"root-db", "root_db"},
                 {"registrars", "registrars"},
                 {"rdap-bootstrap", "rdap_bootstrap"},
                 {"contacts", "contacts"}};
    static const char *const lists[] = {"added", "removed", "changed"};
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        const char *path = cli_value(cli, files[i].option, 0);
        int failed = path ? session_put_file(arguments, files[i].argument, path) : 0;
        if (failed)
            return failed;
    }
    if (json_object_size(arguments) == 0) {
        fprintf(stderr,
                "bailiwick party import: name a file; see 'bailiwick party import --help'\n");
        return EXIT_USAGE;
    }
    json_object_set_new(arguments, "dry_run", json_boolean(cli_flag(cli, "dry-run")));
    int failed = put_confirmed(cli, arguments);
    if (!failed)
        failed = session_command(cli, "party.import", arguments, &result);
    if (failed)
        return failed;
    if (cli->json) {
        cli_print(cli, result, NULL, NULL);
        return EXIT_MET;
    }
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        printf("%s: %zu\n", lists[i], json_array_size(json_object_get(result, lists[i])));
    return EXIT_MET;
}

static int run_party_list(struct cli *cli)
{
    json_t *result JSON_CLEANUP = NULL;
    int failed = session_query(cli, "party.list", NULL, &result);
    if (!failed)
        cli_print(cli, result, "parties", "id kind status name");
    return failed;
}

static int run_tld_list(struct cli *cli)
{
    json_t *result JSON_CLEANUP = NULL;
    int failed = session_query(cli, "tld.list", NULL, &result);
    if (!failed)
        cli_print(cli, result, "tlds", "name class party rdap_url");
    return failed;
}

/* What a party is like as a reader: one command for each KEY. */
static int run_reader(struct cli *cli, const char *command, const char *key)
{
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    session_put(arguments, "party", cli->words[0]);
    session_put(arguments, key, cli->words[1]);
    int failed = session_command(cli, command, arguments, &result);
    if (!failed)
        cli_print(cli, result, NULL, NULL);
    return failed;
}

/* party language ID TAG */
static int run_language(struct cli *cli)
{
    return run_reader(cli, "party.language", "language");
}

/* party zone ID ZONE */
static int run_zone(struct cli *cli)
{
    return run_reader(cli, "party.zone", "zone");
}

/* party family ID FAMILY */
static int run_family(struct cli *cli)
{
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    session_put_options(cli, arguments);
    session_put(arguments, "party", cli->words[0]);
    session_put(arguments, "family", cli->words[1]);
    int failed = session_command(cli, "party.family", arguments, &result);
    if (!failed)
        cli_print(cli, result, NULL, NULL);
    return failed;
}

static int run_families(struct cli *cli)
{
    json_t *arguments JSON_CLEANUP = json_object(), *result JSON_CLEANUP = NULL;
    session_put(arguments, "party", cli->words[0]);
    int failed = session_query(cli, "party.families", arguments, &result);
    if (!failed)
        cli_print(cli, result, "families", "family from_day until_day");
    return failed;
}

static const struct cli_option import_options[] = {
    {"root-zone", "FILE", "the root zone as the IANA publishes it"},
    {"root-db", "FILE", "the IANA's root database page (HTML)"},
    {"registrars", "FILE", "the IANA's list of Registrar IDs (CSV)"},
    {"rdap-bootstrap", "FILE", "RDAP bootstrap registry for domains (RFC 9224)"},
    {"contacts", "FILE", "CSV: Kind,ID,Name,Role,E-mail"},
    {"dry-run", NULL, "only show what would change"},
    {"confirm-removals", "N", "so many TLDs are meant to go; asked for when they are many"},
};

static const struct cli_option family_options[] = {
    {"from", "DATE", "the first day; today unless given"},
    {"until", "DATE", "the first day on which it belongs to it no more; open unless given"},
};

const struct cli_command command_party_import = {
    .name = "party import",
    .arguments = "",
    .summary = "take over parties, agreements, TLDs and delegations; show the differences",
    .text = "Every file is read whole before anything changes; a damaged or truncated one changes\n"
            "nothing. When more than 5 TLDs and more than 2 of 100 would be removed, their number "
            "has to\n"
            "be confirmed; --dry-run shows it.",
    .options = import_options,
    .option_count = sizeof import_options / sizeof *import_options,
    .run = run_import};
const struct cli_command command_party_language = {
    .name = "party language",
    .arguments = "ID TAG",
    .summary = "in which language a party reads",
    .text = "Letters then carry that version beside the authority's, which governs.",
    .least_words = 2,
    .most_words = 2,
    .run = run_language};
const struct cli_command command_party_zone = {.name = "party zone",
                                               .arguments = "ID ZONE",
                                               .summary = "in which time zone a party works",
                                               .text =
                                                   "A name of the IANA time-zone database, such as "
                                                   "Asia/Tokyo. Reminders go out in its working\n"
                                                   "hours; deadlines keep the zone of their rule.",
                                               .least_words = 2,
                                               .most_words = 2,
                                               .run = run_zone};
const struct cli_command command_party_family = {
    .name = "party family",
    .arguments = "ID FAMILY",
    .summary = "record that a party is under common control with others, from when until when",
    .text =
        "The name of a family has a-z, 0-9 and '-'. A party belongs to one family at a time; at "
        "a change\nof control the first record gets an end, then comes the second. A record "
        "with the same first\nday takes the place of the last; with --until on that day it was "
        "a mistake. For staff alone.",
    .options = family_options,
    .option_count = sizeof family_options / sizeof *family_options,
    .least_words = 2,
    .most_words = 2,
    .run = run_family};
const struct cli_command command_party_families = {
    .name = "party families",
    .arguments = "ID",
    .summary = "to which families a party belonged, and who else did then",
    .least_words = 1,
    .most_words = 1,
    .run = run_families};
const struct cli_command command_party_list = {
    .name = "party list", .arguments = "", .summary = "contracted parties", .run = run_party_list};
const struct cli_command command_tld_list = {.name = "tld list",
                                             .arguments = "",
                                             .summary = "TLDs, their class and party",
                                             .run = run_tld_list};
