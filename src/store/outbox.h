/* The outbox: what a transaction decided to have done outside it. A row is written with the state
 * that asked for it; a worker claims it, does it, and says so. Work may be done twice after a
 * crash, so every worker is idempotent; the key makes the row itself so.
 *
 * A claim keeps a task from being given once more while it is under way, over as many transactions
 * as that takes. Who does all of it within the transaction that lists it needs none: what is taken
 * back with it was not done. */
#ifndef BAILIWICK_STORE_OUTBOX_H
#define BAILIWICK_STORE_OUTBOX_H

#include "store/store.h"

#define OUTBOX_STATE_LIST(E)                                                                       \
    E(PENDING, "pending")                                                                          \
    E(CLAIMED, "claimed")                                                                          \
    E(DONE, "done")                                                                                \
    E(DEAD, "dead") /* a person must look */

enum outbox_state {
#define E(name, text) OUTBOX_##name,
    OUTBOX_STATE_LIST(E)
#undef E
        OUTBOX_STATE_COUNT
};
const char *outbox_state_text(enum outbox_state state);
int outbox_state_parse(const char *text, enum outbox_state *ret_state); /* ERR_SYNTAX */

struct store_task {
    const char *key; /* unique for ever: "letter-send:<letter id>" */
    const char *kind;
    const char *payload; /* JSON */
    enum outbox_state state;
    int64_t due_at;
    uint32_t attempts; /* so far, with the one that a claim began */
    const char *error; /* of the last failure, or what a person said who settled it */
};

/* Returns 1 when written, 0 when the key is there already (whatever its state). */
int store_outbox_put(struct store *store, const struct store_task *task);
enum { STORE_OUTBOX_KINDS_LEFT = 3 };

struct store_outbox_query {
    const char *kind;                           /* NULL for any */
    const char *leave[STORE_OUTBOX_KINDS_LEFT]; /* kinds that stay; NULL for none */
    int64_t now;
    size_t limit; /* 0: a page */
};

/* Pending rows with due_at <= now, earliest first. */
int store_outbox_list_due(struct store *store, const struct store_outbox_query *query,
                          struct arena *arena, struct store_task **ret_tasks, size_t *ret_count);
/* Claims them as well. */
int store_outbox_claim(struct store *store, const struct store_outbox_query *query,
                       struct arena *arena, struct store_task **ret_tasks, size_t *ret_count);
/* Each ends an attempt: ERR_NOT_FOUND unless claimed or pending. */
int store_outbox_done(struct store *store, const char *key);
/* Back to pending at due_at. */
int store_outbox_fail(struct store *store, const char *key, int64_t due_at, const char *error);
int store_outbox_kill(struct store *store, const char *key, const char *error);
/* A person wants it tried again, with as many attempts as at first. ERR_NOT_FOUND unless dead. */
int store_outbox_retry(struct store *store, const char *key, int64_t due_at);
/* A person did it, or says why it is not done; `words` take the place of the error. ERR_NOT_FOUND
 * unless dead. */
int store_outbox_settle(struct store *store, const char *key, const char *words);
/* At start: whatever was claimed when the program ended is pending again. Returns how many. */
int store_outbox_recover(struct store *store);
/* Rows of a state by key, from after `after`. */
int store_outbox_list(struct store *store, enum outbox_state state, const char *after, size_t limit,
                      struct arena *arena, struct store_task **ret_tasks, size_t *ret_count);
/* Those of one case, whose keys begin with its id and a slash. */
int store_outbox_list_of_case(struct store *store, enum outbox_state state, const char *case_id,
                              struct arena *arena, struct store_task **ret_tasks,
                              size_t *ret_count);
/* Whatever its state. ERR_NOT_FOUND. */
int store_outbox_find(struct store *store, const char *key, struct arena *arena,
                      struct store_task *ret_task);
/* Earliest due_at of the pending rows, ERR_NOT_FOUND when there is none. */
int store_outbox_next(struct store *store, int64_t *ret_due_at);

#endif
