/* The formal notices of a party, for everything that looks back over its conduct: a repeat within
 * twelve months, three breaches within twelve months, what a letter recites. Ours, and those that
 * were published elsewhere before and imported; each says which it is and where it stands. */
#ifndef BAILIWICK_APP_PUBLISH_FORMAL_NOTICE_H
#define BAILIWICK_APP_PUBLISH_FORMAL_NOTICE_H

#include "app/app.h"

struct formal_notice {
    const char *id;                                 /* of our notice, or of the imported row */
    const char *kind;                               /* "breach", "suspension" ... */
    int32_t day;                                    /* civil day (UTC) on which it was sent */
    int32_t cure_due, cured, suspended, terminated; /* CIVIL_FAR_FUTURE for none */
    const char **clauses;
    size_t clause_count;
    bool imported;
    const char *source; /* address: of what was published elsewhere, or of our page */
};

struct formal_notice_query {
    const char *party;
    int32_t from, until; /* from <= day < until */
};

/* By day. A notice of ours counts once for each formal letter; one that was taken back does not
 * count. Lives in the arena. */
int formal_notice_list(struct app *app, const struct formal_notice_query *query,
                       struct arena *arena, struct formal_notice **ret_notices, size_t *ret_count,
                       struct error_detail *detail);

#endif
