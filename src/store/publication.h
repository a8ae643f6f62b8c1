/* Formal notices as the public sees them: the record and its append-only updates. */
#ifndef BAILIWICK_STORE_PUBLICATION_H
#define BAILIWICK_STORE_PUBLICATION_H

#include "base/digest.h"
#include "store/store.h"

struct store_publication {
    const char *notice; /* id in the public address */
    const char *case_id;
    const char *state;  /* current effect: "breach", "suspended", "cured", ... */
    const char *record; /* JSON: exactly the public fields */
    int64_t published_at, updated_at;
    int64_t next_update_due; /* 0 for none */
};

int store_publication_put(struct store *store, const struct store_publication *publication);
int store_publication_find(struct store *store, const char *notice, struct arena *arena,
                           struct store_publication *ret_publication);
int store_publication_find_case(struct store *store, const char *case_id, struct arena *arena,
                                struct store_publication *ret_publication);
/* By notice, from after `after`. */
int store_publication_list(struct store *store, const char *after, size_t limit,
                           struct arena *arena, struct store_publication **ret_publications,
                           size_t *ret_count);

struct store_publication_update {
    const char *notice;
    uint32_t seq; /* from 1 without gaps */
    int64_t at;
    const char *kind;            /* "published", "progress", "cured", "corrected" */
    const char *text;            /* for the public */
    struct digest record_sha256; /* tlog_record_digest() of the record after it */
    struct digest entry;         /* the opening that binds it */
};

int store_publication_update_append(struct store *store,
                                    const struct store_publication_update *update);
int store_publication_update_list(struct store *store, const char *notice, struct arena *arena,
                                  struct store_publication_update **ret_updates, size_t *ret_count);

#endif
