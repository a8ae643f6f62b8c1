/* A file of past notices, as CSV or as JSON, row by row.
 *
 * CSV has the columns Party,Kind,Notice,Cure due,Cured,Suspended,Terminated,Clauses,Source, clauses
 * separated by semicolons; JSON is a list of objects {party, kind, notice, cure_due, cured,
 * suspended, terminated, clauses: [text], source}. Party is an IANA Registrar ID, a TLD, an id or a
 * name of a party that is known here; dates are 2026-11-24, and may be empty but for the notice's.
 *
 * A row that cannot be taken is refused with its place and the reason; the others stand. */
#ifndef BAILIWICK_APP_PUBLISH_PAST_READ_H
#define BAILIWICK_APP_PUBLISH_PAST_READ_H

#include "app/app.h"
#include "store/past_notice.h"

enum {
    PAST_ROWS_MAX = 5000, /* all that were published in twenty years are some hundreds */
    PAST_SOURCE_MAX = 1000,
    PAST_REASON_MAX = 300,
};

struct past_refusal {
    size_t line; /* of a CSV file; of a list of JSON the number of the object, from 1 */
    char reason[PAST_REASON_MAX];
};

struct past_rows {
    struct store_past_notice *list;
    size_t count;
    struct past_refusal *refused;
    size_t refused_count;
};

/* Everything lives in the arena. ERR_SYNTAX or ERR_DAMAGED for what is no such file at all,
 * ERR_LIMIT. */
int past_read(struct app *app, const char *text, struct arena *arena, struct past_rows *ret_rows,
              struct error_detail *detail);

/* The party that a text means: 1 and its id, 0 when there is none, ERR_CONFLICT when a name is that
 * of several. */
int past_party(struct app *app, const char *text, struct arena *arena, const char **ret_party,
               struct error_detail *detail);

#endif
