/* What a reader will read next, asked of the disk together. Who writes has most of it in memory,
 * and is left alone. */
#include "store/sqlite/connection.h"
#include "store/sqlite/read_ahead.h"

static bool takes_advice(const struct store *store)
{
    return store->read_only && store->ahead;
}

/* The first column of all rows. Advice does not fail: whoever reads next is told what is wrong. */
static size_t list_numbers(struct store *store, enum statement_name name,
                           const struct value *values, size_t value_count,
                           int64_t ret_numbers[READ_AHEAD_MAX])
{
    struct query *query;
    size_t count = 0;
    if (query_start(store, name, values, value_count, &query) < 0)
        return 0;
    while (count < READ_AHEAD_MAX && query_step(query) > 0)
        ret_numbers[count++] = query_int(query, 0);
    query_end(query);
    return count;
}

void sqlite_expect_roots(struct store *store)
{
    int64_t pages[READ_AHEAD_MAX];
    if (takes_advice(store)) {
        size_t count = list_numbers(store, STATEMENT_SQLITE_ROOTS, NO_VALUES, pages);
        read_ahead_pages(store->ahead, pages, count);
    }
}

/* 0 when there is none of that name. */
static int64_t root_of(struct store *store, const char *name)
{
    int64_t root;
    return store_read_number(store, STATEMENT_SQLITE_ROOT, VALUES(value_text(name)), &root) < 0
               ? 0
               : root;
}

/* Lists whose rows lie in another order than theirs, and what finds the numbers of these rows. */
static const struct {
    enum statement_name list, rows;
} far_lists[] = {
    {STATEMENT_CASE_LIST_TOLD, STATEMENT_SQLITE_CASE_ROWS_TOLD},
    {STATEMENT_CASE_LIST_OPEN_OF_PARTY, STATEMENT_SQLITE_CASE_ROWS_OPEN_OF_PARTY},
    {STATEMENT_CASE_LIST_OF_PARTY, STATEMENT_SQLITE_CASE_ROWS_OF_PARTY},
    {STATEMENT_CASE_LIST_OF_SUBJECT, STATEMENT_SQLITE_CASE_ROWS_OF_SUBJECT},
    {STATEMENT_CASE_LIST_OF_HANDLER, STATEMENT_SQLITE_CASE_ROWS_OF_HANDLER},
    {STATEMENT_CASE_LIST_OF_STAGE, STATEMENT_SQLITE_CASE_ROWS_OF_STAGE},
};

void query_expect(struct store *store, enum statement_name list, const struct value *values,
                  size_t count)
{
    enum { DUE_LEAVES = 12 }; /* fifty rows of that index are 250 to 900 bytes each */
    int64_t rows[READ_AHEAD_MAX];
    if (!takes_advice(store))
        return;
    if (list == STATEMENT_CASE_LIST_DUE) { /* and whose the cases are */
        read_ahead_start(store->ahead, root_of(store, "case_file_open_by_due"), DUE_LEAVES);
        read_ahead_below(store->ahead, root_of(store, "party"));
    }
    for (size_t i = 0; i < sizeof far_lists / sizeof *far_lists; i++) {
        if (far_lists[i].list != list)
            continue;
        size_t found = list_numbers(store, far_lists[i].rows, values, count, rows);
        read_ahead_rows(store->ahead, root_of(store, "case_file"), rows, found);
    }
}
