#include "proto/csv/csv.h"

#include <stdbool.h>
#include <string.h>

enum { COLUMNS_MAX = 64 };

int csv_open(struct csv *csv, const char *text, size_t size, struct arena *arena,
             struct error_detail *detail)
{
    if (size == 0 || text[size - 1] != '\n')
        return error_set(detail, ERR_DAMAGED, "the last line is cut off");
    if (memchr(text, '\0', size))
        return error_set(detail, ERR_SYNTAX, "the file holds a NUL byte: not CSV");
    bool bom = size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0;
    char *copy = arena_copy_slice(arena, text + (bom ? 3 : 0), size - (bom ? 3 : 0));
    if (!copy)
        return ERR_LIMIT;
    *csv = (struct csv){.at = copy, .end = copy + strlen(copy), .next_line = 1};
    return 0;
}

/* Reads one field and cuts it off; *ret_more tells whether another follows in the same row. */
static int read_field(struct csv *csv, char **ret_field, bool *ret_more)
{
    char *in = csv->at, *out = in;
    bool quoted = *in == '"';
    *ret_field = out;
    in += quoted;
    for (;; in++) {
        if (in == csv->end)
            return ERR_SYNTAX;
        if (quoted && *in == '"') {
            if (in[1] != '"')
                break;
            in++;
        } else if (!quoted && (*in == ',' || *in == '\n' || *in == '"')) {
            break;
        }
        csv->next_line += *in == '\n';
        *out++ = *in;
    }
    in += quoted;
    if (!quoted && out > *ret_field && out[-1] == '\r')
        out--;
    in += quoted && *in == '\r';
    if (*in != ',' && *in != '\n')
        return ERR_SYNTAX;
    *ret_more = *in == ',';
    csv->next_line += *in == '\n';
    *out = '\0';
    csv->at = in + 1;
    return 0;
}

int csv_next(struct csv *csv, char **fields, size_t count, struct error_detail *detail)
{
    if (csv->at == csv->end)
        return 0;
    csv->line = csv->next_line;
    bool more = true;
    for (size_t i = 0; i < count; i++) {
        if (!more)
            return error_set(detail, ERR_SYNTAX, "line %zu: %zu fields, expected %zu", csv->line, i,
                             count);
        if (read_field(csv, &fields[i], &more) < 0)
            return error_set(detail, ERR_SYNTAX, "line %zu: field %zu is not closed", csv->line,
                             i + 1);
    }
    if (more)
        return error_set(detail, ERR_SYNTAX, "line %zu: more than %zu fields", csv->line, count);
    return 1;
}

int csv_expect_header(struct csv *csv, const char *const *names, size_t count,
                      struct error_detail *detail)
{
    char *fields[COLUMNS_MAX];
    if (count > COLUMNS_MAX)
        return ERR_LIMIT;
    int result = csv_next(csv, fields, count, detail); /* never 0: csv_open() wants a line */
    for (size_t i = 0; result > 0 && i < count; i++) {
        if (strcmp(fields[i], names[i]) != 0)
            return error_set(detail, ERR_SYNTAX, "line 1: column %zu is '%s', expected '%s'", i + 1,
                             fields[i], names[i]);
    }
    return result < 0 ? result : 0;
}
