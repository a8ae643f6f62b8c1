#include "cli/print.h"

#include "base/digest.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { COLUMNS_MAX = 16, CELL_MAX = 200, OUTPUT_MAX = 256 << 20 };

const char *cli_setting(const struct cli *cli, const char *option, const char *variable)
{
    const char *value = cli_value(cli, option, 0);
    return value ? value : getenv(variable);
}

/* Text of others must not move the cursor of a terminal, nor turn what stands beside it: each such
 * character becomes one '?'. Line ends and tabs stay where `lines` are. */
static void disarm(char *text, bool lines)
{
    char *to = text;
    for (const char *at = text; *at;) {
        bool line = *at == '\n' || *at == '\t' || (at[0] == '\r' && at[1] == '\n');
        size_t steering = lines && line ? 0 : text_steers(at);
        *to++ = steering ? '?' : *at;
        at += steering ? steering : 1;
    }
    *to = '\0';
}

/* A list of words as words, as long as they fit; a list that was cut would be taken for whole. */
static bool format_words(const json_t *list, char cell[CELL_MAX])
{
    size_t index, used = 0;
    json_t *item;
    cell[0] = '\0';
    json_array_foreach(list, index, item)
    {
        const char *word = json_string_value(item);
        if (!word || used + strlen(word) + 2 > CELL_MAX)
            return false;
        used += (size_t)snprintf(cell + used, CELL_MAX - used, "%s%s", index ? " " : "", word);
    }
    return used > 0;
}

static void format_cell(const json_t *value, char cell[CELL_MAX])
{
    if (json_is_string(value))
        snprintf(cell, CELL_MAX, "%s", json_string_value(value));
    else if (json_is_integer(value))
        snprintf(cell, CELL_MAX, "%lld", (long long)json_integer_value(value));
    else if (json_is_boolean(value))
        snprintf(cell, CELL_MAX, "%s", json_is_true(value) ? "yes" : "no");
    else if ((json_is_array(value) && !format_words(value, cell)) || json_is_object(value))
        snprintf(cell, CELL_MAX, "(%zu)",
                 json_is_array(value) ? json_array_size(value) : json_object_size(value));
    else if (!json_is_array(value))
        cell[0] = '\0';
    disarm(cell, /* lines= */ false);
}

static size_t split_columns(const char *columns, char names[COLUMNS_MAX][CELL_MAX])
{
    size_t count = 0;
    while (*columns && count < COLUMNS_MAX) {
        size_t size = strcspn(columns, " ");
        snprintf(names[count++], CELL_MAX, "%.*s", (int)size, columns);
        columns += size;
        columns += *columns == ' ';
    }
    return count;
}

static void print_table(const json_t *list, const char *columns)
{
    char names[COLUMNS_MAX][CELL_MAX], cell[CELL_MAX];
    size_t widths[COLUMNS_MAX], count = split_columns(columns, names), index;
    json_t *row;
    for (size_t c = 0; c < count; c++) {
        widths[c] = strlen(names[c]);
        json_array_foreach(list, index, row)
        {
            format_cell(json_object_get(row, names[c]), cell);
            if (strlen(cell) > widths[c])
                widths[c] = strlen(cell);
        }
    }
    for (size_t c = 0; c < count; c++)
        printf("%-*s%s", (int)widths[c], names[c], c + 1 < count ? "  " : "\n");
    json_array_foreach(list, index, row)
    {
        for (size_t c = 0; c < count; c++) {
            format_cell(json_object_get(row, names[c]), cell);
            printf("%-*s%s", (int)widths[c], cell, c + 1 < count ? "  " : "\n");
        }
    }
}

/* What goes on to a file or another program stays as it is. */
static void print_text(const char *key, const char *text)
{
    char *copy = strdup(text);
    if (copy && isatty(STDOUT_FILENO))
        disarm(copy, /* lines= */ true);
    printf("%s: %s\n", key, copy ? copy : "");
    free(copy);
}

static void print_members(const json_t *object)
{
    const char *key;
    json_t *value;
    char cell[CELL_MAX];
    json_object_foreach((json_t *)object, key, value)
    {
        if (json_is_string(value)) {
            print_text(key, json_string_value(value));
            continue;
        }
        format_cell(value, cell);
        printf("%s: %s\n", key, cell);
    }
}

void cli_print(const struct cli *cli, const json_t *json, const char *list, const char *columns)
{
    if (cli->json) {
        struct buffer text BUFFER_CLEANUP = {0};
        struct json_out out;
        buffer_init(&text, OUTPUT_MAX);
        json_out_init(&out, &text, /* indent= */ true);
        json_out_value(&out, json);
        fwrite(text.data, 1, text.size, stdout);
    } else if (list) {
        print_table(json_object_get(json, list), columns);
    } else {
        print_members(json);
    }
}

void cli_print_more(const struct cli *cli, const json_t *json, const char *list,
                    const char *columns)
{
    if (cli->json || json_array_size(json_object_get(json, list)) == 0)
        return;
    printf("\n");
    cli_print(cli, json, list, columns);
}

/* Control characters of ASCII but the end of a line, a carriage return before it and a tab, and
 * those of ISO 6429's second set in UTF-8 (c2 80 to c2 9f). */
static bool steers(const uint8_t *bytes, size_t size, size_t at)
{
    uint8_t byte = bytes[at];
    if (byte == '\r')
        return at + 1 == size || bytes[at + 1] != '\n';
    if (byte >= 0x80 && byte < 0xa0)
        return at > 0 && bytes[at - 1] == 0xc2;
    return (byte < 0x20 && byte != '\n' && byte != '\t') || byte == 0x7f;
}

static void make_harmless(uint8_t *bytes, size_t size)
{
    for (size_t at = 0; at < size; at++) {
        if (steers(bytes, size, at))
            bytes[at] = '?';
    }
}

int cli_print_bytes(const char *base64)
{
    size_t room = strlen(base64), size = 0;
    uint8_t *bytes = malloc(room + 1);
    bool read = bytes && base64_parse(base64, bytes, room + 1, &size) >= 0;
    if (read && isatty(STDOUT_FILENO))
        make_harmless(bytes, size);
    bool written = read && fwrite(bytes, 1, size, stdout) == size && fflush(stdout) == 0;
    free(bytes);
    return written ? EXIT_MET : EXIT_OURS;
}

int cli_print_exhibit(const struct cli *cli, const json_t *exhibit)
{
    /* What somebody sends may steer a terminal. */
    if (!cli->json && isatty(STDOUT_FILENO)) {
        cli_say("bailiwick: %s: its bytes go to a file or another program, not to a terminal",
                cli->command->name);
        return EXIT_USAGE;
    }
    if (!cli->json)
        return cli_print_bytes(json_text(exhibit, "base64"));
    cli_print(cli, exhibit, NULL, NULL);
    return EXIT_MET;
}
