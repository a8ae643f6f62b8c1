/* simulate: years of casework with a drawn population through the real engine, log and store. */
#include "cli/command.h"
#include "cli/print.h"

#include "app/simulate/simulate.h"
#include "base/large_pages.h"
#include "base/text.h"

/* What ten years of the default population take, twice over. */
enum { HEAP_SIZE = 256 << 20 };

/* A whole number among the options, or the fallback. */
static int take_number(const struct cli *cli, const char *name, int64_t most, int64_t *ret_number)
{
    const char *text = cli_value(cli, name, 0);
    if (!text || text_parse_int(text, 0, most, ret_number) >= 0)
        return 0;
    cli_say("bailiwick simulate: --%s is a whole number from 0 to %lld, not '%s'", name,
            (long long)most, text);
    return EXIT_USAGE;
}

static void print(const struct cli *cli, const json_t *report)
{
    if (json_object_get(report, "beside"))
        cli_print(cli, report, "beside", "party figure one other");
    else
        cli_print(cli, report, "months",
                  "month party received out_of_scope first second third escalated breach "
                  "suspension termination cured closed bounced");
}

static int set_beside(const struct cli *cli, json_t *report, struct error_detail *detail)
{
    const char *earlier = cli_value(cli, "beside", 0), *picture = cli_value(cli, "picture", 0);
    const char *mine = cli_value(cli, "process", 0);
    const char *const names[2] = {earlier, mine ? mine : "this run"};
    int result = earlier ? simulate_set_beside(report, earlier, detail) : 0;
    return result >= 0 && earlier && picture ? simulate_draw_beside(report, names, picture, detail)
                                             : result;
}

static int run_simulate(struct cli *cli)
{
    struct simulate_options options = {
        .data = cli_setting(cli, "data", "BAILIWICK_DATA"),
        .config = cli_setting(cli, "config", "BAILIWICK_CONFIG"),
        .population = cli_value(cli, "population", 0),
        .rulebook = cli_value(cli, "rulebook", 0),
        .process = cli_value(cli, "process", 0),
        .until = cli_value(cli, "until", 0),
        .resume = cli_flag(cli, "resume"),
        .years = 1,
        .registrars = 2600,
        .registries = 1200,
        .seed = 1,
    };
    struct error_detail detail = {0};
    json_t *report JSON_CLEANUP = NULL;
    int failed = take_number(cli, "years", SIMULATE_YEARS_MAX, &options.years);
    if (!failed)
        failed = take_number(cli, "registrars", SIMULATE_PARTIES_MAX, &options.registrars);
    if (!failed)
        failed = take_number(cli, "registries", SIMULATE_PARTIES_MAX, &options.registries);
    if (!failed)
        failed = take_number(cli, "seed", INT64_MAX, &options.seed);
    if (failed)
        return failed;
    large_pages_for_heap(HEAP_SIZE);
    int result = simulate_run(&options, &report, &detail);
    if (result < 0)
        return cli_fail(result, &detail, "simulate");
    result = set_beside(cli, report, &detail);
    if (result < 0)
        return cli_fail(result, &detail, "simulate");
    print(cli, report);
    return EXIT_MET;
}

static const struct cli_option options[] = {
    {"years", "N", "how long (default 1)"},
    {"registrars", "N", "how many registrars (default 2600)"},
    {"registries", "N", "how many registries, each with one TLD (default 1200)"},
    {"seed", "N", "the same seed gives the same report (default 1)"},
    {"process", "FILE", "try this process.yaml in place of the rulebook's"},
    {"rulebook", "DIR", "the rulebook to work by (default: the one that ships)"},
    {"population", "FILE", "who complains and how parties behave (default: the one that ships)"},
    {"until", "DATE", "stop before this day; --resume goes on"},
    {"beside", "REPORT", "print the sums beside those of this report (--json) of the same seed"},
    {"picture", "FILE", "with --beside: the two outcomes as SVG"},
    {"resume", NULL, "go on with the simulation that the data directory holds"},
};

const struct cli_command command_simulate = {
    .name = "simulate",
    .arguments = "",
    .summary = "years of casework with a drawn population, through the real engine, log and store",
    .text =
        "Makes the data directory, which must hold no store, a demonstration: staff are scripts,\n"
        "parties answer as simulate/population.yaml says, no mail leaves the machine. Prints what\n"
        "was received and sent, month by month. One simulated day is one transaction; what was "
        "cut\n"
        "goes on with --resume and the same options, to the same report.\n"
        "What another process would have done: run once with --json and keep the report, then run\n"
        "another data directory with the same seed, --process FILE and --beside REPORT.",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .run = run_simulate};
