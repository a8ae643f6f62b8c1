#include "proto/iana/root_db.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

/* The piece between two marks, searched from *at; moves *at behind the second. NULL when a mark is
 * missing before `end`. */
static char *cut_between(struct arena *arena, const char **at, const char *end, const char *open,
                         const char *close)
{
    const char *start = memmem(*at, (size_t)(end - *at), open, strlen(open));
    if (!start)
        return NULL;
    start += strlen(open);
    const char *stop = memmem(start, (size_t)(end - start), close, strlen(close));
    if (!stop)
        return NULL;
    *at = stop + strlen(close);
    return arena_copy_slice(arena, start, (size_t)(stop - start));
}

/* Writes a code point as UTF-8 (RFC 3629 3) and returns the bytes used, 0 for what is none. */
static size_t put_utf8(char *into, unsigned long code)
{
    if (code == 0 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
        return 0;
    if (code < 0x80) {
        into[0] = (char)code;
        return 1;
    }
    size_t size = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const unsigned char leads[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = size; i-- > 1; code >>= 6)
        into[i] = (char)(0x80 | (code & 0x3f));
    into[0] = (char)(leads[size] | code);
    return size;
}

/* Resolves the character references that occur in names, folds white space; in place, because no
 * reference is shorter than what it stands for. */
static void clean_cell(char *cell)
{
    static const struct {
        const char *reference;
        char character;
    } named[] = {{"&amp;", '&'},  {"&lt;", '<'},    {"&gt;", '>'},
                 {"&quot;", '"'}, {"&apos;", '\''}, {"&nbsp;", ' '}};
    char *out = cell;
    for (const char *at = cell; *at;) {
        size_t skip = 0, wrote = 0;
        for (size_t i = 0; *at == '&' && i < sizeof named / sizeof *named; i++) {
            if (text_starts_with(at, named[i].reference)) {
                skip = strlen(named[i].reference);
                out[0] = named[i].character;
                wrote = 1;
            }
        }
        if (!skip && at[0] == '&' && at[1] == '#') {
            int base = at[2] == 'x' || at[2] == 'X' ? 16 : 10;
            char *stop;
            unsigned long code = strtoul(at + (base == 16 ? 3 : 2), &stop, base);
            if (*stop == ';') {
                wrote = put_utf8(out, code);
                skip = (size_t)(stop + 1 - at);
            }
        }
        if (!skip) {
            *out = *at;
            skip = wrote = 1;
        }
        bool blank = wrote == 1 && (*out == ' ' || *out == '\n' || *out == '\t' || *out == '\r');
        at += skip;
        if (!blank)
            out += wrote;
        else if (out > cell && out[-1] != ' ')
            *out++ = ' ';
    }
    if (out > cell && out[-1] == ' ')
        out--;
    *out = '\0';
}

static int read_row(const char *row, size_t size, struct arena *arena, struct root_db_row *ret_row,
                    struct error_detail *detail)
{
    const char *at = row, *end = row + size;
    char *tld = cut_between(arena, &at, end, "/domains/root/db/", ".html\"");
    char *first_end = tld ? cut_between(arena, &at, end, ">", "</td>") : NULL;
    char *type = first_end ? cut_between(arena, &at, end, "<td>", "</td>") : NULL;
    char *manager = type ? cut_between(arena, &at, end, "<td>", "</td>") : NULL;
    if (!manager)
        return error_set(detail, ERR_SYNTAX, "a row without TLD, type and manager");
    clean_cell(type);
    clean_cell(manager);
    text_lower(tld);
    if (tld_class_parse(type, &ret_row->tld_class) < 0 || ret_row->tld_class == TLD_UNCLASSIFIED)
        return error_set(detail, ERR_SYNTAX, "TLD '%s' has the unknown type '%s'", tld, type);
    ret_row->tld = tld;
    ret_row->manager = manager;
    return 0;
}

int root_db_parse(const char *text, size_t size, struct arena *arena, struct root_db *ret_db,
                  struct error_detail *detail)
{
    static const char head[] = "id=\"tld-table\"", foot[] = "</table>", row_end[] = "</tr>";
    struct root_db db = {0};
    if (size > ROOT_DB_MAX)
        return error_set(detail, ERR_LIMIT, "larger than %d bytes", ROOT_DB_MAX);
    if (memchr(text, '\0', size))
        return error_set(detail, ERR_SYNTAX, "the file holds a NUL byte: not a page");
    const char *table = memmem(text, size, head, sizeof head - 1);
    const char *end =
        table ? memmem(table, size - (size_t)(table - text), foot, sizeof foot - 1) : NULL;
    const char *at = end ? memmem(table, (size_t)(end - table), "<tbody>", 7) : NULL;
    if (!at)
        return error_set(detail, ERR_DAMAGED,
                         "no whole table 'tld-table': not the root database, or cut off");
    for (;;) {
        const char *start = memmem(at, (size_t)(end - at), "<tr>", 4);
        const char *stop =
            start ? memmem(start, (size_t)(end - start), row_end, sizeof row_end - 1) : NULL;
        if (!stop)
            break;
        at = stop + sizeof row_end - 1;
        if (db.count == ROOT_DB_ROWS_MAX)
            return error_set(detail, ERR_LIMIT, "more than %d rows", ROOT_DB_ROWS_MAX);
        struct root_db_row *row = arena_push(arena, &db.rows, &db.count, sizeof *row);
        if (!row)
            return ERR_LIMIT;
        int result = read_row(start, (size_t)(stop - start), arena, row, detail);
        if (result < 0)
            return error_context(detail, result, "row %zu", db.count);
    }
    if (db.count == 0)
        return error_set(detail, ERR_DAMAGED, "the table 'tld-table' has no rows");
    *ret_db = db;
    return 0;
}
