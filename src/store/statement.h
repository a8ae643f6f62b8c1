/* Inside the room: how the nouns run statements. A backend gives query_*(); statement.c gives the
 * usual ways to run one. A statement is prepared once for each store and used by one at a time. */
#ifndef BAILIWICK_STORE_STATEMENT_H
#define BAILIWICK_STORE_STATEMENT_H

#include "base/digest.h"
#include "base/json.h"
#include "model/measurement.h"
#include "sql_statements.h" /* made by embed_sql.py */
#include "store/store.h"

enum { QUERY_PARAMETERS_MAX = 25, STORE_LIST_MAX = 100000 /* rows that one list may hold */ };

enum value_kind { VALUE_NULL, VALUE_INT, VALUE_TEXT, VALUE_BYTES };

struct value {
    enum value_kind kind;
    int64_t number;
    const void *data;
    size_t size;
};

static inline struct value value_int(int64_t number)
{
    return (struct value){.kind = VALUE_INT, .number = number};
}

static inline struct value value_null(void)
{
    return (struct value){.kind = VALUE_NULL};
}

struct value value_text(const char *text);     /* NULL becomes "" */
struct value value_optional(const char *text); /* NULL and "" become NULL */
struct value value_bytes(const void *data, size_t size);
struct value value_digest(const struct digest *digest);
struct value value_entry(const struct digest *entry); /* all zero becomes NULL */
/* Rows of a list call. */
struct value value_limit(size_t limit);

/* Values of $1, $2, ... and their number, as two arguments or two members. */
#define VALUES(...)                                                                                \
    (const struct value[]){__VA_ARGS__},                                                           \
        sizeof((const struct value[]){__VA_ARGS__}) / sizeof(struct value)
#define NO_VALUES NULL, 0

/* --- backend --- */

struct query; /* a statement with values, on its way through its rows */

int query_start(struct store *store, enum statement_name name, const struct value *values,
                size_t count, struct query **ret_query);
int query_step(struct query *query); /* 1: a row, 0: no more, or a failure */
/* Rows changed by the statement. */
int query_changes(struct query *query);
/* The number of the row that was inserted last. */
int64_t query_inserted(struct query *query);
void query_end(struct query *query);

/* Advice, which changes no answer: this list is read next, so that what it needs can be asked of
 * the disk together. */
void query_expect(struct store *store, enum statement_name list, const struct value *values,
                  size_t count);

/* Columns of the present row, from 0. Texts and bytes are copied; NULL is "" or no bytes. A lack
 * of memory sticks until query_failure(). */
int64_t query_int(struct query *query, int column);
const char *query_text(struct query *query, int column, struct arena *arena);
struct bytes query_bytes(struct query *query, int column, struct arena *arena);
struct digest query_digest(struct query *query, int column); /* zero for NULL */
bool query_is_null(struct query *query, int column);
void query_fail(struct query *query, int failure);
int query_failure(const struct query *query);

/* Writes the words of a failure of ours and returns the code. */
int store_fail(struct store *store, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
struct error_detail *store_detail(struct store *store); /* cleared; for functions of other rooms */

/* store_transaction() becomes another. */
void store_outdate(struct store *store);
/* store_case_writes() grows. */
void store_note_case(struct store *store);
/* The opening that was put last, whose events are put next: they need not look for its number. */
void store_note_opening(struct store *store, const struct digest *entry, int64_t number);
/* Its number; 0 for another one, or one of an earlier transaction. */
int64_t store_noted_opening(const struct store *store, const struct digest *entry);

/* --- the usual ways --- */

/* Runs a writing statement. Returns the number of rows changed. ERR_USAGE outside a transaction. */
int store_run(struct store *store, enum statement_name name, const struct value *values,
              size_t count);
/* The same for one new row, and gives its number. */
int store_insert(struct store *store, enum statement_name name, const struct value *values,
                 size_t count, int64_t *ret_number);
/* The same as store_run(), but ERR_NOT_FOUND when no row was changed. */
int store_change(struct store *store, enum statement_name name, const struct value *values,
                 size_t count);

typedef void row_reader(struct query *query, struct arena *arena, void *item);

struct reading {
    enum statement_name name;
    row_reader *row;
    size_t size; /* of an item */
    const struct value *values;
    size_t value_count;
};

/* The first row; ERR_NOT_FOUND when there is none. */
int store_read_one(struct store *store, const struct reading *reading, struct arena *arena,
                   void *ret_item);
/* The first column of the first row; ERR_NOT_FOUND. Runs the statement to its end, so that it may
 * also write (RETURNING). */
int store_read_number(struct store *store, enum statement_name name, const struct value *values,
                      size_t count, int64_t *ret_number);
/* All rows, as an array in the arena; `ret_items` is the address of the pointer to it. */
int store_read_all(struct store *store, const struct reading *reading, struct arena *arena,
                   void *ret_items, size_t *ret_count);

/* The number of an opening, to refer to it; NULL for one that is not there and for a zero entry. */
int store_opening_value(struct store *store, const struct digest *entry, struct value *ret_value);

/* JSON arrays of texts, such as codes and roles. */
int texts_encode(const char *const *texts, size_t count, struct buffer *out);
/* ERR_DAMAGED when it is no such array, ERR_LIMIT above `limit`. */
int texts_decode(const char *json, size_t limit, struct arena *arena, const char ***ret_texts,
                 size_t *ret_count);

#endif
