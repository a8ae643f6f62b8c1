/* What lists, counts and deadlines are read from, dropped and written anew from the events. */
#ifndef BAILIWICK_APP_CASEWORK_REBUILD_H
#define BAILIWICK_APP_CASEWORK_REBUILD_H

#include "app/app.h"
#include "base/json.h"

/* In one transaction of its own, so a failure or a crash changes nothing:
 *  - rows of deadlines, latest findings, open cases and joined complaints are deleted and written
 *    from events and findings;
 *  - a row of a case or a complaint cannot be deleted, as its party, obligation and subject, or its
 *    language and link, are told by no event: all that events do tell of it is worked out, and
 *    written where the row says something else.
 * A case or a complaint whose history does not fold, or whose row is gone, is the end of it, named.
 * Links, proposals, records of notices, and of a complaint what was filed and when it was erased,
 * are kept as they are: `rebuild --check` compares them.
 *
 * Sets "cases", "changed" (rows of cases and complaints), "deadlines", "complaints" and "joined" of
 * the result. */
int rebuild_projections(struct app *app, json_t *result, struct error_detail *detail);

#endif
