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
    int64_t overdue_since;   /* when an update was due that has not come; 0 for none */
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

/* Those about cases of a party. */
int store_publication_list_party(struct store *store, const char *party, struct arena *arena,
                                 struct store_publication **ret_publications, size_t *ret_count);

/* Those whose update is due at `now` and not known to be late yet: the one due first. */
int store_publication_list_due(struct store *store, int64_t now, size_t limit, struct arena *arena,
                               struct store_publication **ret_publications, size_t *ret_count);
/* When the next one is due. ERR_NOT_FOUND. */
int store_publication_next_due(struct store *store, int64_t *ret_due);

/* How many are late, and since when the first of them is; 0 and 0 when none is. */
int store_publication_overdue(struct store *store, int64_t *ret_count, int64_t *ret_since);

struct store_publication_update {
    const char *notice;
    uint32_t seq; /* from 1 without gaps */
    int64_t at;
    const char *kind;            /* words of view/notice.h: "sent", "progress", "cured" ... */
    const char *text;            /* for the public */
    struct digest record_sha256; /* tlog_record_digest() of the record after it */
    struct digest entry;         /* the opening that binds it */
    const char *item;            /* id of the item that it publishes; "" for none */
};

int store_publication_update_append(struct store *store,
                                    const struct store_publication_update *update);
int store_publication_update_list(struct store *store, const char *notice, struct arena *arena,
                                  struct store_publication_update **ret_updates, size_t *ret_count);

/* --- what people write for the public --- */

#define NOTICE_ITEM_KIND_LIST(E)                                                                   \
    E(PROGRESS, "progress")     /* what the authority tells of the matter */                       \
    E(STATEMENT, "statement")   /* what the party wants to be told */                              \
    E(CORRECTION, "correction") /* other words for an update, or for the notice as a whole */      \
    E(REDACTION, "redaction")   /* passages of a letter that are not shown */                      \
    E(WITHDRAWAL, "withdrawal") /* an update is taken back; it stays, marked */

enum notice_item_kind {
#define E(name, text) NOTICE_ITEM_##name,
    NOTICE_ITEM_KIND_LIST(E)
#undef E
        NOTICE_ITEM_KIND_COUNT
};

#define NOTICE_ITEM_STATE_LIST(E)                                                                  \
    E(WAITING, "waiting")                                                                          \
    E(AGREED, "agreed")                                                                            \
    E(DROPPED, "dropped") /* never published */

enum notice_item_state {
#define E(name, text) NOTICE_ITEM_##name,
    NOTICE_ITEM_STATE_LIST(E)
#undef E
        NOTICE_ITEM_STATE_COUNT
};

const char *notice_item_kind_text(enum notice_item_kind kind);
const char *notice_item_state_text(enum notice_item_state state);

struct store_notice_item {
    const char *id; /* random; the public never sees it */
    const char *case_id;
    enum notice_item_kind kind;
    const char *about;  /* id of an update, or of a letter for a redaction; "" for the notice */
    const char *text;   /* for the public */
    const char *ranges; /* of a redaction: what it hides of the letter's text */
    const char *reason; /* for the public */
    int64_t at;
    const char *actor;
    struct digest sha256; /* what a second person names */
    struct digest entry;  /* its opening */
    enum notice_item_state state;
    int64_t settled_at;
    const char *settled_by; /* the second person; "" where none was wanted */
};

int store_notice_item_put(struct store *store, const struct store_notice_item *item); /* waiting */
/* Writes state, settled_at and settled_by. ERR_NOT_FOUND when it does not wait. */
int store_notice_item_settle(struct store *store, const struct store_notice_item *item);
int store_notice_item_find(struct store *store, const char *id, struct arena *arena,
                           struct store_notice_item *ret_item);
/* By time. `case_id` may be NULL for all cases. */
int store_notice_item_list(struct store *store, const char *case_id, bool waiting_only,
                           struct arena *arena, struct store_notice_item **ret_items,
                           size_t *ret_count);

#endif
