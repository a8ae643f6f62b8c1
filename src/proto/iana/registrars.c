#include "proto/iana/registrars.h"

#include "base/text.h"
#include "proto/csv/csv.h"

#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 4 };

static int compare_ids(const void *a, const void *b)
{
    const struct registrar_row *x = a, *y = b;
    return (x->id > y->id) - (x->id < y->id);
}

static int read_row(char **fields, struct registrar_row *ret_row, struct error_detail *detail)
{
    static const char *const known[] = {"accredited", "terminated", "reserved"};
    int64_t id;
    if (text_parse_int(fields[0], 0, INT32_MAX, &id) < 0)
        return error_set(detail, ERR_SYNTAX, "'%s' is no Registrar ID", fields[0]);
    text_lower(fields[2]);
    if (text_index(known, sizeof known / sizeof *known, fields[2]) < 0)
        return error_set(detail, ERR_SYNTAX, "unknown status '%s'", fields[2]);
    *ret_row = (struct registrar_row){(int32_t)id, fields[1], fields[2], fields[3]};
    return 0;
}

int registrars_parse(const char *text, size_t size, struct arena *arena,
                     struct registrar_list *ret_list, struct error_detail *detail)
{
    static const char *const header[COLUMNS] = {"ID", "Registrar Name", "Status", "RDAP Base URL"};
    struct registrar_list list = {0};
    struct csv csv;
    char *fields[COLUMNS];
    if (size > REGISTRARS_FILE_MAX)
        return error_set(detail, ERR_LIMIT, "larger than %d bytes", REGISTRARS_FILE_MAX);
    int result = csv_open(&csv, text, size, arena, detail);
    if (result >= 0)
        result = csv_expect_header(&csv, header, COLUMNS, detail);
    while (result >= 0 && (result = csv_next(&csv, fields, COLUMNS, detail)) > 0) {
        if (list.count == REGISTRARS_MAX)
            return error_set(detail, ERR_LIMIT, "more than %d rows", REGISTRARS_MAX);
        struct registrar_row *row = arena_push(arena, &list.rows, &list.count, sizeof *row);
        if (!row)
            return ERR_LIMIT;
        result = read_row(fields, row, detail);
        if (result < 0)
            error_context(detail, result, "line %zu", csv.line);
    }
    if (result < 0)
        return result;
    if (list.count)
        qsort(list.rows, list.count, sizeof *list.rows, compare_ids);
    for (size_t i = 1; i < list.count; i++) {
        if (list.rows[i].id == list.rows[i - 1].id)
            return error_set(detail, ERR_SYNTAX, "Registrar ID %d stands there twice",
                             list.rows[i].id);
    }
    *ret_list = list;
    return 0;
}
