/* Parsing by the table: `bailiwick WORD [WORD] [ARGUMENT ...] [--option VALUE ...]`. */
#include "cli/command.h"

#include "base/civil.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { LINE_MAX_BYTES = 2048 }; /* of an error: it may hold what somebody else wrote */

void cli_say(const char *format, ...)
{
    char line[LINE_MAX_BYTES];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    for (char *at = line; *at; at++) {
        if ((unsigned char)*at < ' ' || *at == 0x7f)
            *at = '?';
    }
    fprintf(stderr, "%s\n", line);
}

const struct cli_option cli_common_options[] = {
    {"data", "DIR", "store, evidence and log (or BAILIWICK_DATA)"},
    {"config", "FILE", "configuration file (or BAILIWICK_CONFIG)"},
    {"rulebook", "DIR",
     "check, replay, complaint: by the rulebook in this folder, not the adopted one"},
    {"token", "FILE", "who is acting: a token file of mode 0600 (or BAILIWICK_TOKEN)"},
    {"now", "RFC3339", "wall clock; marks a store as a demonstration"},
    {"as-of", "DATE", "judge by the rules of that date"},
    {"json", NULL, "print JSON"},
    {"help", NULL, "explain the command"},
};
const size_t cli_common_option_count = sizeof cli_common_options / sizeof *cli_common_options;

static const struct cli_option *find_option(const struct cli_command *command, const char *name,
                                            size_t size)
{
    for (size_t i = 0; i < command->option_count; i++) {
        if (strlen(command->options[i].name) == size &&
            strncmp(command->options[i].name, name, size) == 0)
            return &command->options[i];
    }
    for (size_t i = 0; i < cli_common_option_count; i++) {
        const char *common = cli_common_options[i].name;
        if (strlen(common) == size && strncmp(common, name, size) == 0)
            return &cli_common_options[i];
    }
    return NULL;
}

/* Number of leading words of argv that spell the command's name, 0 when they do not. */
static int match_name(const char *name, int argc, char **argv)
{
    int words = 0;
    while (*name) {
        size_t size = strcspn(name, " ");
        if (words >= argc || strlen(argv[words]) != size || strncmp(argv[words], name, size) != 0)
            return 0;
        words++;
        name += size;
        name += *name == ' ';
    }
    return words;
}

/* The longest name wins, so that `log verify` is not `log` with an argument. */
static const struct cli_command *find_command(int argc, char **argv, int *ret_words)
{
    const struct cli_command *best = NULL;
    *ret_words = 0;
    for (size_t i = 0; i < cli_command_count; i++) {
        int words = match_name(cli_commands[i]->name, argc, argv);
        if (words > *ret_words) {
            best = cli_commands[i];
            *ret_words = words;
        }
    }
    return best;
}

static int usage_error(const struct cli_command *command, const char *what, const char *which)
{
    cli_say("bailiwick%s%s: %s%s%.200s; see 'bailiwick %s%s--help'", command ? " " : "",
            command ? command->name : "", what, which[0] ? " " : "", which,
            command ? command->name : "", command ? " " : "");
    return EXIT_USAGE;
}

/* Reads one `--name VALUE`, `--name=VALUE` or `--flag` at argv[*at]. */
static int read_option(struct cli *cli, int argc, char **argv, int *at)
{
    const char *name = argv[*at] + 2, *equals = strchr(name, '=');
    size_t size = equals ? (size_t)(equals - name) : strlen(name);
    const struct cli_option *option = find_option(cli->command, name, size);
    if (!option)
        return usage_error(cli->command, "unknown option", argv[*at]);
    if (cli->value_count == CLI_VALUES_MAX)
        return usage_error(cli->command, "too many options from", argv[*at]);
    struct cli_value *value = &cli->values[cli->value_count++];
    *value = (struct cli_value){.name = option->name};
    if (!option->argument)
        return equals ? usage_error(cli->command, "takes no value:", argv[*at]) : 0;
    if (!equals && *at + 1 >= argc)
        return usage_error(cli->command, "a value is missing after", argv[*at]);
    value->value = equals ? equals + 1 : argv[++*at];
    return 0;
}

static int apply_common(struct cli *cli)
{
    cli->json = cli_flag(cli, "json");
    clock_init(&cli->clock);
    const char *now = cli_value(cli, "now", 0);
    if (!now)
        return 0;
    int64_t to;
    if (civil_parse_instant(now, &to) < 0)
        return usage_error(cli->command,
                           "--now wants an RFC 3339 time such as 2026-11-24T10:00:00Z, not", now);
    if (clock_jump(&cli->clock, to) < 0)
        return usage_error(cli->command, "--now must not lie in the past:", now);
    return 0;
}

/* `help`, `help COMMAND`, and `help --json` for those that make man pages and completion. */
static int help(int argc, char **argv)
{
    int words;
    if (argc == 2 && strcmp(argv[1], "--json") == 0)
        return cli_print_table() < 0 ? EXIT_OURS : -1;
    cli_print_help(argc > 1 ? find_command(argc - 1, argv + 1, &words) : NULL);
    return argc < 1 ? EXIT_USAGE : -1;
}

int cli_parse(int argc, char **argv, struct cli *ret_cli)
{
    struct cli *cli = ret_cli;
    *cli = (struct cli){0};
    if (argc < 1 || strcmp(argv[0], "--help") == 0 || strcmp(argv[0], "help") == 0)
        return help(argc, argv);
    int words;
    cli->command = find_command(argc, argv, &words);
    if (!cli->command)
        return usage_error(NULL, "unknown command", argv[0]);
    bool only_words = false;
    for (int i = words; i < argc; i++) {
        if (!only_words && strcmp(argv[i], "--") == 0) {
            only_words = true;
        } else if (!only_words && strncmp(argv[i], "--", 2) == 0) {
            int result = read_option(cli, argc, argv, &i);
            if (result != 0)
                return result;
        } else if (cli->word_count == CLI_WORDS_MAX) {
            return usage_error(cli->command, "too many arguments from", argv[i]);
        } else {
            cli->words[cli->word_count++] = argv[i];
        }
    }
    if (cli_flag(cli, "help")) {
        cli_print_help(cli->command);
        return -1;
    }
    if (cli->word_count < cli->command->least_words || cli->word_count > cli->command->most_words)
        return usage_error(cli->command, "wants the arguments", cli->command->arguments);
    return apply_common(cli);
}

const char *cli_value(const struct cli *cli, const char *name, size_t n)
{
    for (size_t i = 0; i < cli->value_count; i++) {
        if (strcmp(cli->values[i].name, name) == 0 && n-- == 0)
            return cli->values[i].value;
    }
    return NULL;
}

bool cli_flag(const struct cli *cli, const char *name)
{
    for (size_t i = 0; i < cli->value_count; i++) {
        if (strcmp(cli->values[i].name, name) == 0)
            return true;
    }
    return false;
}

int cli_fail(int failure, const struct error_detail *detail, const char *words)
{
    cli_say("bailiwick: %.200s: %s", words, error_words(detail, failure));
    switch (failure) {
    case ERR_SYNTAX:
    case ERR_USAGE:
    case ERR_LIMIT:
    case ERR_NOT_FOUND:
    case ERR_DAMAGED:
    case ERR_CONFLICT:
    case ERR_REFUSED:
    case ERR_DENIED:
    case ERR_UNSUPPORTED:
    case -ENOENT: /* a file named by the user */
    case -ENOTDIR:
    case -EISDIR:
        return EXIT_USAGE;
    case ERR_UNAVAILABLE:
    case ERR_TIMED_OUT:
        return EXIT_UNDETERMINED;
    default:
        return EXIT_OURS;
    }
}
