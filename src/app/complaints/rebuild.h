/* What lists show of complaints, written anew from their events. */
#ifndef BAILIWICK_APP_COMPLAINTS_REBUILD_H
#define BAILIWICK_APP_COMPLAINTS_REBUILD_H

#include "app/app.h"

struct complaints_rebuilt {
    int64_t complaints;
    int64_t changed; /* rows that said something else */
    int64_t joined;  /* rows that say to which other one a complaint is joined */
};

/* In a transaction of the caller: state, closure and case of each complaint, written where its row
 * says something else; who is joined to whom, the buckets of sketches, and clusters, dropped and
 * written. A
 * complaint whose events do not fold, or whose sketch is damaged, is the end of it, named. What was
 * filed, and that something was erased, cannot be written again: `rebuild --check` compares them.
 */
int complaints_rebuild(struct app *app, struct complaints_rebuilt *ret_rebuilt,
                       struct error_detail *detail);

#endif
