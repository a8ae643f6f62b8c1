/* Help: for people as text, for the makers of man pages and completion as JSON. Both come from the
 * table of commands. */
#include "cli/command.h"

#include "base/json.h"

#include <stdio.h>

enum { TABLE_MAX = 1 << 20 }; /* forty commands with their options are 20 KB */

static void print_options(const struct cli_option *options, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char left[64];
        snprintf(left, sizeof left, "--%s%s%s", options[i].name, options[i].argument ? " " : "",
                 options[i].argument ? options[i].argument : "");
        printf("  %-26s %s\n", left, options[i].meaning);
    }
}

void cli_print_help(const struct cli_command *command)
{
    if (!command) {
        printf("usage: bailiwick COMMAND [ARGUMENT ...] [--option VALUE ...]\n\n");
        for (size_t i = 0; i < cli_command_count; i++)
            printf("  %-18s %s\n", cli_commands[i]->name, cli_commands[i]->summary);
        printf("\n'bailiwick COMMAND --help' explains one.\n");
        return;
    }
    printf("usage: bailiwick %s%s%s [--option VALUE ...]\n\n%s\n", command->name,
           command->arguments[0] ? " " : "", command->arguments, command->summary);
    if (command->text)
        printf("\n%s\n", command->text);
    if (command->option_count)
        printf("\noptions:\n");
    print_options(command->options, command->option_count);
    printf("\noptions of every command:\n");
    print_options(cli_common_options, cli_common_option_count);
    printf(
        "\nexit: 0 met or done, 1 not met, 2 usage or bad input, 3 undetermined or unavailable,\n"
        "4 our own failure\n");
}

static void write_options(struct json_out *out, const struct cli_option *options, size_t count)
{
    json_out_array(out);
    for (size_t i = 0; i < count; i++) {
        json_out_object(out);
        json_out_member_text(out, "argument", options[i].argument);
        json_out_member_text(out, "meaning", options[i].meaning);
        json_out_member_text(out, "name", options[i].name);
        json_out_end(out);
    }
    json_out_end(out);
}

static void write_command(struct json_out *out, const struct cli_command *command)
{
    json_out_object(out);
    json_out_member_text(out, "arguments", command->arguments);
    json_out_member_text(out, "name", command->name);
    json_out_key(out, "options");
    write_options(out, command->options, command->option_count);
    json_out_member_text(out, "summary", command->summary);
    json_out_member_text(out, "text", command->text);
    json_out_end(out);
}

int cli_print_table(void)
{
    struct buffer text BUFFER_CLEANUP = {0};
    struct json_out out;
    buffer_init(&text, TABLE_MAX);
    json_out_init(&out, &text, /* indent= */ true);
    json_out_object(&out);
    json_out_key(&out, "commands");
    json_out_array(&out);
    for (size_t i = 0; i < cli_command_count; i++)
        write_command(&out, cli_commands[i]);
    json_out_end(&out);
    json_out_key(&out, "common_options");
    write_options(&out, cli_common_options, cli_common_option_count);
    json_out_end(&out);
    int result = buffer_error(&text);
    if (result >= 0)
        fwrite(text.data, 1, text.size, stdout);
    return result;
}
