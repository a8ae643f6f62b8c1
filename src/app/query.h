/* Questions to the store, for the command line and the staff door: a table of names and functions,
 * each of which fills one JSON object. Nothing here writes; a read-only app is enough. */
#ifndef BAILIWICK_APP_QUERY_H
#define BAILIWICK_APP_QUERY_H

#include "app/app.h"
#include "base/json.h"

struct query_call {
    struct app *app;
    const json_t *arguments; /* an object; texts by name */
    json_t *result;
    struct arena *arena;
    struct error_detail *detail;
};

/* ERR_NOT_FOUND for an unknown name or object. The caller owns *ret_result. */
int query_run(struct app *app, const char *name, const json_t *arguments, json_t **ret_result,
              struct error_detail *detail);

/* For queries: a text argument that must be there. */
int query_need_text(struct query_call *call, const char *name, const char **ret_text);

/* The argument "limit" of a list whose pages have `most` rows: that many where it is missing.
 * ERR_SYNTAX. */
int query_limit(struct query_call *call, int64_t most, size_t *ret_limit);

/* An instant as RFC 3339, null for 0. New reference. */
json_t *query_instant(int64_t instant);

#endif
