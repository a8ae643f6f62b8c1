/* Formal notices that were published elsewhere, before this house was: imported, so that what looks
 * back over a party's conduct sees them. They are never published by us. */
#ifndef BAILIWICK_STORE_PAST_NOTICE_H
#define BAILIWICK_STORE_PAST_NOTICE_H

#include "base/digest.h"
#include "store/store.h"

struct store_past_notice {
    const char *id;   /* of party, kind, day and source: "p-" and hexadecimal digits */
    uint32_t version; /* from 1; the highest counts */
    const char *party;
    const char *kind;                               /* "breach", "suspension" ... */
    int32_t day;                                    /* of the notice: a civil day */
    int32_t cure_due, cured, suspended, terminated; /* CIVIL_FAR_FUTURE for none */
    const char **clauses;
    size_t clause_count;
    const char *source; /* address of what was published */
    int64_t imported_at;
    const char *imported_by, *agreed_by;
    struct digest entry; /* its opening */
};

enum { PAST_CLAUSES_MAX = 50 };

/* ERR_CONFLICT when that version is there. */
int store_past_notice_put(struct store *store, const struct store_past_notice *notice);
/* The latest version. ERR_NOT_FOUND. */
int store_past_notice_find(struct store *store, const char *id, struct arena *arena,
                           struct store_past_notice *ret_notice);
/* The latest versions of a party's with from <= day < until, by day. */
struct store_past_query {
    const char *party;
    int32_t from, until;
};
int store_past_notice_list(struct store *store, const struct store_past_query *query,
                           struct arena *arena, struct store_past_notice **ret_notices,
                           size_t *ret_count);

#endif
