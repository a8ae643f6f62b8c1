/* The command line as data: one row a command, from which help, man pages, completion and parsing
 * come. Each command stands in a file of its own that parses, calls `app` and prints. */
#ifndef BAILIWICK_CLI_COMMAND_H
#define BAILIWICK_CLI_COMMAND_H

#include "base/clock.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Exit codes; several verdicts combine by their ranks (model/verdict.h). */
enum exit_code {
    EXIT_MET = 0, /* or done */
    EXIT_NOT_MET = 1,
    EXIT_USAGE = 2,        /* or bad input */
    EXIT_UNDETERMINED = 3, /* or unavailable */
    EXIT_OURS = 4,         /* our own failure */
};

struct cli_option {
    const char *name;     /* without the dashes */
    const char *argument; /* "FILE"; NULL for a flag */
    const char *meaning;
};

enum { CLI_WORDS_MAX = 64, CLI_VALUES_MAX = 256 };

struct cli_value {
    const char *name;
    const char *value; /* NULL for a flag */
};

struct progress_line;

/* One call, parsed. Everything is borrowed from argv. */
struct cli {
    const struct cli_command *command;
    const char *words[CLI_WORDS_MAX]; /* positional arguments */
    size_t word_count;
    struct cli_value values[CLI_VALUES_MAX];
    size_t value_count;
    struct clock clock; /* moved by --now */
    bool json;
    struct progress_line *progress; /* set by a command that takes long (progress.h); or NULL */
};

struct cli_command {
    const char *name;      /* "check", "party import" */
    const char *arguments; /* "TLD", "" */
    const char *summary;   /* one line */
    const char *text; /* what to know before using it, for help and the man page; may be NULL */
    const struct cli_option *options;
    size_t option_count;
    size_t least_words, most_words;
    int (*run)(struct cli *cli);
};

/* The n-th value of a repeatable option, NULL when there are fewer. */
const char *cli_value(const struct cli *cli, const char *name, size_t n);
bool cli_flag(const struct cli *cli, const char *name);

/* Parses what follows the program's name. 0 with *ret_cli filled; EXIT_USAGE after a message on
 * standard error; -1 when help was asked for and printed. */
int cli_parse(int argc, char **argv, struct cli *ret_cli);

/* One line on standard error; control characters become '?', and what is too long is cut. */
void cli_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Prints `bailiwick: words: detail` and returns the exit code that fits the failure. */
int cli_fail(int failure, const struct error_detail *detail, const char *words);

/* All commands, in the order of help. */
extern const struct cli_command *const cli_commands[];
extern const size_t cli_command_count;

/* Options that every command takes. */
extern const struct cli_option cli_common_options[];
extern const size_t cli_common_option_count;

void cli_print_help(const struct cli_command *command); /* NULL: the list of commands */

/* The same as JSON: {commands:[{arguments,name,options,summary,text}],common_options}. */
int cli_print_table(void);

#endif
