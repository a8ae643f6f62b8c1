/* `check` and `replay`. */
#include "cli/command.h"
#include "cli/print.h"

#include "app/monitor/check_many.h"
#include "base/buffer.h"
#include "base/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { REPORT_MAX = 64 << 20, NS_MAX = 64 };

static void read_options(const struct cli *cli, const char **ns, struct check_options *options)
{
    *options = (struct check_options){.config = cli_setting(cli, "config", "BAILIWICK_CONFIG"),
                                      .data = cli_setting(cli, "data", "BAILIWICK_DATA"),
                                      .rulebook = cli_value(cli, "rulebook", 0),
                                      .hints = cli_value(cli, "hints", 0),
                                      .trust_anchor = cli_value(cli, "trust-anchor", 0),
                                      .ca_file = cli_value(cli, "rdap-ca", 0),
                                      .net_map = cli_value(cli, "net-map", 0),
                                      .network = cli_setting(cli, "network", "BAILIWICK_NETWORK"),
                                      .vantage = cli_value(cli, "vantage", 0),
                                      .reference_url = cli_value(cli, "reference", 0),
                                      .rdap_url = cli_value(cli, "rdap", 0),
                                      .rdap_domain = cli_value(cli, "rdap-domain", 0),
                                      .ds = cli_value(cli, "ds", 0),
                                      .save = cli_value(cli, "save", 0),
                                      .as_of = cli_value(cli, "as-of", 0),
                                      .ns = ns};
    while (options->ns_count < NS_MAX &&
           (ns[options->ns_count] = cli_value(cli, "ns", options->ns_count)))
        options->ns_count++;
}

/* --- for people --- */

static const char *mark(const char *verdict)
{
    return strcmp(verdict, "met") == 0            ? "[ ok ]"
           : strcmp(verdict, "not met") == 0      ? "[FAIL]"
           : strcmp(verdict, "undetermined") == 0 ? "[ ?? ]"
                                                  : "[ -- ]";
}

static void print_finding(const json_t *finding)
{
    const char *verdict = json_text(finding, "verdict");
    size_t index;
    json_t *item;
    printf("%s %s  (%s)\n", mark(verdict), json_text(finding, "obligation"),
           json_text(finding, "clause"));
    if (strcmp(verdict, "met") == 0)
        return;
    printf("       %s\n", json_text(finding, "reason"));
    json_array_foreach(json_object_get(finding, "codes"), index, item)
        printf("       code: %s\n", json_string_value(item));
    if (json_text(finding, "statement")) {
        printf("       must be true: %s\n", json_text(finding, "statement"));
        printf("       how to comply: %s\n", json_text(finding, "guidance"));
        printf("       what puts it right: %s\n", json_text(finding, "cure"));
    }
}

static void print_report(const json_t *report)
{
    size_t index;
    json_t *item;
    printf(".%s  observed %s  rules as of %s\n", json_text(report, "target"),
           json_text(report, "observed_at"), json_text(report, "as_of"));
    json_array_foreach(json_object_get(report, "findings"), index, item) print_finding(item);
    json_array_foreach(json_object_get(report, "results"), index, item)
    {
        if (strcmp(json_text(item, "sight"), "seen") != 0)
            continue;
        printf("  seen: %s at %s, exchanges", json_text(item, "code"), json_text(item, "subject"));
        size_t n;
        json_t *id;
        json_array_foreach(json_object_get(item, "exchanges"), n, id)
            printf(" %lld", (long long)json_integer_value(id));
        printf("\n");
    }
    printf("verdict: %s; evidence %s\n", json_text(report, "verdict"),
           json_text(report, "measurement"));
}

static int show(const struct cli *cli, const struct buffer *report)
{
    json_t *json JSON_CLEANUP = NULL;
    if (cli->json) {
        fwrite(report->data, 1, report->size, stdout);
        return 0;
    }
    int result = json_parse(buffer_text(report), report->size, &json, NULL);
    if (result >= 0)
        print_report(json);
    return result;
}

/* --- the commands --- */

struct printing {
    const struct cli *cli;
    const char *const *targets;
    size_t count;
    enum verdict verdict; /* of all */
    int failure;          /* exit code of the first that could not be looked at, else 0 */
};

static void print_one(void *user, size_t index, const struct check_report *report)
{
    struct printing *printing = user;
    const char *target = printing->targets[index];
    enum verdict pair[2] = {printing->verdict, report->verdict};
    bool on_terminal = isatty(STDERR_FILENO) && printing->count > 1;
    if (on_terminal)
        fprintf(stderr, "\r%zu of %zu: .%s\033[K%s", index + 1, printing->count, target,
                index + 1 == printing->count ? "\r\033[K" : "");
    int result = report->result < 0 ? report->result : show(printing->cli, &report->text);
    if (result < 0) {
        int code = cli_fail(result, &report->detail, target);
        printing->failure = printing->failure ? printing->failure : code;
        return;
    }
    printing->verdict = verdict_all_of(pair, 2);
}

static int check_these(const struct cli *cli, struct check_session *session,
                       const char *const *targets, size_t count)
{
    struct printing printing = {
        .cli = cli, .targets = targets, .count = count, .verdict = VERDICT_NOT_APPLICABLE};
    check_many(session, targets, count, print_one, &printing);
    return printing.failure ? printing.failure : verdict_exit_code(printing.verdict);
}

static int check_all(const struct cli *cli, struct check_session *session)
{
    struct error_detail detail = {0};
    const char *const *names;
    size_t count;
    int result = check_all_targets(session, &names, &count, &detail);
    return result < 0 ? cli_fail(result, &detail, "check --all")
                      : check_these(cli, session, names, count);
}

static int print_table(void)
{
    struct buffer table BUFFER_CLEANUP = {0};
    buffer_init(&table, REPORT_MAX);
    int result = check_table_write(&table);
    if (result < 0)
        return cli_fail(result, NULL, "check --list");
    fwrite(table.data, 1, table.size, stdout);
    return EXIT_MET;
}

static int run_check(struct cli *cli)
{
    struct check_options options;
    struct check_session *session;
    struct error_detail detail = {0};
    const char *ns[NS_MAX + 1];
    bool all = cli_flag(cli, "all");
    if (cli_flag(cli, "list"))
        return print_table();
    if (all == (cli->word_count == 1)) {
        fprintf(
            stderr,
            "bailiwick check: name one TLD or zone, or say --all; see 'bailiwick check --help'\n");
        return EXIT_USAGE;
    }
    read_options(cli, ns, &options);
    int result = check_session_open(&options, &session, &detail);
    if (result < 0)
        return cli_fail(result, &detail, "check");
    const char *target = all ? NULL : cli->words[0];
    result = all ? check_all(cli, session) : check_these(cli, session, &target, 1);
    check_session_close(session);
    return result;
}

static int run_replay(struct cli *cli)
{
    struct check_options options;
    struct check_session *session;
    struct error_detail detail = {0};
    struct buffer report BUFFER_CLEANUP = {0};
    const char *ns[NS_MAX + 1];
    enum verdict verdict;
    buffer_init(&report, REPORT_MAX);
    read_options(cli, ns, &options);
    options.saved_only = true;
    int result = check_session_open(&options, &session, &detail);
    if (result < 0)
        return cli_fail(result, &detail, "replay");
    result = check_replay(session, cli->words[0], &report, &verdict, &detail);
    if (result >= 0)
        result = show(cli, &report);
    check_session_close(session);
    return result < 0 ? cli_fail(result, &detail, "replay") : verdict_exit_code(verdict);
}

static const struct cli_option check_options[] = {
    {"all", NULL, "every contracted TLD of the store"},
    {"list", NULL, "print the table of checks and codes as JSON"},
    {"hints", "FILE", "names and addresses of the root servers"},
    {"trust-anchor", "FILE", "DS or DNSKEY records of the root"},
    {"ns", "NAME/ADDR", "ask this server instead of the delegated ones (repeatable)"},
    {"ds", "FILE", "DS records to take instead of the parent's"},
    {"rdap", "URL", "base URL of the RDAP service"},
    {"rdap-domain", "NAME", "domain to look up there (default nic.TLD)"},
    {"rdap-ca", "FILE", "certificates that HTTPS is verified against"},
    {"reference", "URL", "HTTPS address that answers when our own network is well"},
    {"net-map", "FILE", "lines ADDR#PORT ADDR#PORT: where to send instead"},
    {"network", "NS", "measure from this network namespace only (or BAILIWICK_NETWORK)"},
    {"vantage", "NAME", "name of this vantage point"},
    {"save", "FILE", "keep the measurement for replay"},
};

const struct cli_command command_check = {
    .name = "check",
    .arguments = "[TLD]",
    .summary = "measure a TLD or zone and judge it obligation by obligation",
    .text =
        "Asks the delegation and every name server address over UDP and TCP, IPv4 and IPv6, and\n"
        "the RDAP service when one is known, then says of each obligation that is tested this way\n"
        "whether it is met, not met, or undetermined because we could not see.",
    .options = check_options,
    .option_count = sizeof check_options / sizeof *check_options,
    .least_words = 0,
    .most_words = 1,
    .run = run_check,
};

const struct cli_command command_replay = {
    .name = "replay",
    .arguments = "FILE",
    .summary = "judge a saved measurement again; the same bytes as when it was made",
    .least_words = 1,
    .most_words = 1,
    .run = run_replay,
};
